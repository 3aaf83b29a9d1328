//! Conversions between our types and the engine's: money as a decimal, never as a float;
//! closed sets as their words.

use duckdb::types::{Decimal, FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};

use crate::domain::{CohortKind, Gender, Grade, OrderStatus, Status};
use crate::money::Money;

impl FromSql for Money {
    /// Reads any decimal with at most two places; sums are wider than amounts.
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let decimal = Decimal::column_result(value)?;
        let hundredths = match decimal.scale() {
            0 => decimal.value().checked_mul(100),
            1 => decimal.value().checked_mul(10),
            2 => Some(decimal.value()),
            _ => None,
        };
        hundredths
            .and_then(|hundredths| i64::try_from(hundredths).ok())
            .map(Money::from_hundredths)
            .ok_or(FromSqlError::OutOfRange(decimal.value()))
    }
}

impl ToSql for Money {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        let decimal = Decimal::new(18, 2, i128::from(self.hundredths()))?;
        Ok(ToSqlOutput::Owned(Value::Decimal(decimal)))
    }
}

/// Reads a closed set from the file's ENUM.
macro_rules! read_word {
    ($($word:ty),+) => {$(
        impl FromSql for $word {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                String::column_result(value)?.parse().map_err(|error| FromSqlError::Other(Box::new(error)))
            }
        }
    )+};
}

read_word!(CohortKind, Gender, Grade, OrderStatus, Status);
