//! Temporary tables of computed rows, for statements to read. They live as long as the
//! connection; the file does not change.

use chrono::{NaiveDate, NaiveDateTime};
use duckdb::types::{ToSql, ToSqlOutput, Value};

use super::{Store, StoreError, quote_identifier};
use crate::money::Money;

/// A column type of a temporary table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatumType {
    /// Text.
    Text,
    /// Whole numbers.
    Int,
    /// Amounts.
    Money,
    /// Doubles.
    Double,
    /// Dates.
    Date,
    /// Timestamps without a time zone.
    Timestamp,
    /// Booleans.
    Bool,
}

impl DatumType {
    const fn sql(self) -> &'static str {
        match self {
            DatumType::Text => "VARCHAR",
            DatumType::Int => "BIGINT",
            DatumType::Money => "DECIMAL(18, 2)",
            DatumType::Double => "DOUBLE",
            DatumType::Date => "DATE",
            DatumType::Timestamp => "TIMESTAMP",
            DatumType::Bool => "BOOLEAN",
        }
    }
}

/// A value of a temporary table.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // each is its type's
pub enum Datum {
    Null,
    Text(String),
    Int(i64),
    Money(Money),
    Double(f64),
    Date(NaiveDate),
    Timestamp(NaiveDateTime),
    Bool(bool),
}

impl ToSql for Datum {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        match self {
            Datum::Null => Ok(ToSqlOutput::Owned(Value::Null)),
            Datum::Text(value) => value.to_sql(),
            Datum::Int(value) => value.to_sql(),
            Datum::Money(value) => value.to_sql(),
            Datum::Double(value) => value.to_sql(),
            Datum::Date(value) => value.to_sql(),
            Datum::Timestamp(value) => value.to_sql(),
            Datum::Bool(value) => value.to_sql(),
        }
    }
}

impl Store {
    /// Creates or replaces a temporary table with these rows.
    pub fn fill_temporary(
        &self,
        table: &str,
        columns: &[(String, DatumType)],
        rows: &[Vec<Datum>],
    ) -> Result<(), StoreError> {
        let defined: Vec<String> =
            columns.iter().map(|(name, kind)| format!("{} {}", quote_identifier(name), kind.sql())).collect();
        let create =
            format!("CREATE OR REPLACE TEMP TABLE {} ({})", quote_identifier(table), defined.join(", "));
        self.execute_text("making a temporary table", &create)?;
        let mut appender = self.connection().appender_to_catalog_and_db(table, "temp", "main")?;
        for row in rows {
            appender.append_row(duckdb::appender_params_from_iter(row))?;
        }
        appender.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::store::OpenOptions;

    #[test]
    fn every_type_arrives_as_it_was() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let at = parse_instant("2024-02-29 13:14:15").unwrap();
        let columns = [
            ("a name; \"quoted\"", DatumType::Text),
            ("n", DatumType::Int),
            ("m", DatumType::Money),
            ("x", DatumType::Double),
            ("d", DatumType::Date),
            ("at", DatumType::Timestamp),
            ("b", DatumType::Bool),
        ]
        .map(|(name, kind)| (name.to_owned(), kind));
        let full = vec![
            Datum::Text("한글 'x'".to_owned()),
            Datum::Int(i64::MIN),
            Datum::Money(Money::MAX),
            Datum::Double(0.1),
            Datum::Date(at.date()),
            Datum::Timestamp(at),
            Datum::Bool(true),
        ];
        let none = vec![Datum::Null; 7];
        // Twice: the second replaces the first.
        for _ in 0..2 {
            store.fill_temporary("view", &columns, &[full.clone(), none.clone()]).unwrap();
        }
        let texts: Vec<Vec<Option<String>>> = store
            .rows_text("test", "SELECT COLUMNS(*)::VARCHAR FROM view ORDER BY rowid", |row| {
                (0..7).map(|column| row.get(column)).collect()
            })
            .unwrap();
        let expected = [
            "한글 'x'",
            "-9223372036854775808",
            "9999999999999999.99",
            "0.1",
            "2024-02-29",
            "2024-02-29 13:14:15",
            "true",
        ];
        assert_eq!(texts, [expected.map(|text| Some(text.to_owned())).to_vec(), vec![None; 7]]);
    }
}
