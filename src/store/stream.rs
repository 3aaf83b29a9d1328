//! Streaming a result of any size, batch by batch, with columns of any type.

use std::borrow::Cow;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime};
use duckdb::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, StringArray, StructArray,
    TimestampMicrosecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use duckdb::arrow::compute::cast;
use duckdb::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use duckdb::arrow::util::display::{ArrayFormatter, FormatOptions};

use super::row::EngineFailure;
use super::{Store, StoreError};

/// A value of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact number, in units of 10^-scale; also whole numbers beyond 64 bits.
    Decimal {
        /// The unscaled value.
        digits: i128,
        /// Digits after the decimal point.
        scale: u8,
    },
    /// A double.
    Double(f64),
    /// Text, or the text of a value of another type.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(&'a [u8]),
    /// A date.
    Date(NaiveDate),
    /// A timestamp without a time zone.
    Timestamp(NaiveDateTime),
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its name, not necessarily unique.
    pub name: String,
    /// Whether its values are numbers.
    pub is_number: bool,
}

/// The rows of a statement, streamed: the result is never held in memory as a whole.
pub struct RowStream<'a> {
    statement: duckdb::Statement<'a>,
    columns: Vec<ResultColumn>,
    what: &'static str,
}

impl std::fmt::Debug for RowStream<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowStream").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Store {
    /// Runs a statement composed at run time and streams its rows; see [`Store::execute_text`].
    pub fn stream_text(&self, what: &'static str, sql: &str) -> Result<RowStream<'_>, StoreError> {
        let failed = |source| StoreError::Statement { what, source: EngineFailure::new(source) };
        let mut statement = self.connection().prepare(sql).map_err(failed)?;
        // The driver's iterator panics when a step fails, so we step by hand.
        let schema = statement.stream_arrow([]).map_err(failed)?.get_schema();
        let columns = schema.fields().iter().map(|field| ResultColumn {
            name: field.name().clone(),
            is_number: field.data_type().is_numeric(),
        });
        let columns = columns.collect();
        Ok(RowStream { statement, columns, what })
    }
}

impl RowStream<'_> {
    /// The columns, in order.
    pub fn columns(&self) -> &[ResultColumn] {
        &self.columns
    }

    /// The next batch of rows; `None` after the last.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, StoreError> {
        let failed = |source| StoreError::Statement { what: self.what, source: EngineFailure::new(source) };
        let rows = self.statement.step().map_err(failed)?;
        Ok(rows.as_ref().map(Batch::new))
    }
}

/// A batch of rows.
#[derive(Debug)]
pub struct Batch {
    rows: usize,
    columns: Vec<Values>,
}

/// A column's values, downcast once per batch.
#[derive(Debug)]
enum Values {
    Bool(BooleanArray),
    Int8(Int8Array),
    Int16(Int16Array),
    Int32(Int32Array),
    Int64(Int64Array),
    UInt8(UInt8Array),
    UInt16(UInt16Array),
    UInt32(UInt32Array),
    UInt64(UInt64Array),
    Float(Float32Array),
    Double(Float64Array),
    Decimal(Decimal128Array, u8),
    Text(StringArray),
    Blob(BinaryArray),
    Date(Date32Array),
    Timestamp(TimestampMicrosecondArray),
    Other(ArrayRef),
}

impl Values {
    fn new(column: &ArrayRef) -> Self {
        macro_rules! typed {
            ($kind:ident, $array:ty) => {
                match column.as_any().downcast_ref::<$array>() {
                    Some(array) => Values::$kind(array.clone()),
                    None => Values::Other(column.clone()),
                }
            };
        }
        match column.data_type() {
            DataType::Boolean => typed!(Bool, BooleanArray),
            DataType::Int8 => typed!(Int8, Int8Array),
            DataType::Int16 => typed!(Int16, Int16Array),
            DataType::Int32 => typed!(Int32, Int32Array),
            DataType::Int64 => typed!(Int64, Int64Array),
            DataType::UInt8 => typed!(UInt8, UInt8Array),
            DataType::UInt16 => typed!(UInt16, UInt16Array),
            DataType::UInt32 => typed!(UInt32, UInt32Array),
            DataType::UInt64 => typed!(UInt64, UInt64Array),
            DataType::Float32 => typed!(Float, Float32Array),
            DataType::Float64 => typed!(Double, Float64Array),
            DataType::Decimal128(_, scale) => match u8::try_from(*scale) {
                Ok(scale) => Values::Decimal(column.as_primitive().clone(), scale),
                Err(_) => Values::Other(column.clone()),
            },
            DataType::Utf8 => typed!(Text, StringArray),
            // ENUMs, and texts in other layouts.
            DataType::Dictionary(_, _) | DataType::LargeUtf8 | DataType::Utf8View => {
                match cast(column, &DataType::Utf8) {
                    Ok(texts) => Values::Text(texts.as_string::<i32>().clone()),
                    Err(_) => Values::Other(column.clone()),
                }
            }
            DataType::Binary => typed!(Blob, BinaryArray),
            DataType::Date32 => typed!(Date, Date32Array),
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                Values::Timestamp(column.as_primitive::<TimestampMicrosecondType>().clone())
            }
            _ => Values::Other(column.clone()),
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Values::Bool(array) => array.is_null(row),
            Values::Int8(array) => array.is_null(row),
            Values::Int16(array) => array.is_null(row),
            Values::Int32(array) => array.is_null(row),
            Values::Int64(array) => array.is_null(row),
            Values::UInt8(array) => array.is_null(row),
            Values::UInt16(array) => array.is_null(row),
            Values::UInt32(array) => array.is_null(row),
            Values::UInt64(array) => array.is_null(row),
            Values::Float(array) => array.is_null(row),
            Values::Double(array) => array.is_null(row),
            Values::Decimal(array, _) => array.is_null(row),
            Values::Text(array) => array.is_null(row),
            Values::Blob(array) => array.is_null(row),
            Values::Date(array) => array.is_null(row),
            Values::Timestamp(array) => array.is_null(row),
            Values::Other(array) => array.is_null(row) || array.data_type() == &DataType::Null,
        }
    }

    fn value(&self, row: usize) -> Value<'_> {
        if self.is_null(row) {
            return Value::Null;
        }
        match self {
            Values::Bool(array) => Value::Bool(array.value(row)),
            Values::Int8(array) => Value::Int(array.value(row).into()),
            Values::Int16(array) => Value::Int(array.value(row).into()),
            Values::Int32(array) => Value::Int(array.value(row).into()),
            Values::Int64(array) => Value::Int(array.value(row)),
            Values::UInt8(array) => Value::Int(array.value(row).into()),
            Values::UInt16(array) => Value::Int(array.value(row).into()),
            Values::UInt32(array) => Value::Int(array.value(row).into()),
            Values::UInt64(array) => whole(array.value(row).into()),
            // By way of the shortest text, so that 0.1 stays 0.1 and not 0.10000000149011612.
            Values::Float(array) => Value::Double(widened(array.value(row))),
            Values::Double(array) => Value::Double(array.value(row)),
            Values::Decimal(array, 0) => whole(array.value(row)),
            Values::Decimal(array, scale) => Value::Decimal { digits: array.value(row), scale: *scale },
            Values::Text(array) => Value::Text(array.value(row).into()),
            Values::Blob(array) => Value::Blob(array.value(row)),
            Values::Date(array) => day(array.value(row)),
            Values::Timestamp(array) => moment(array.value(row)),
            Values::Other(array) => Value::Text(other_text(array, row).into()),
        }
    }
}

fn whole(number: i128) -> Value<'static> {
    i64::try_from(number).map_or(Value::Decimal { digits: number, scale: 0 }, Value::Int)
}

fn widened(single: f32) -> f64 {
    single.to_string().parse().unwrap_or_else(|_| single.into())
}

/// A date, as text where it is out of chrono's range.
fn day(days: i32) -> Value<'static> {
    match days {
        i32::MAX => Value::Text("infinity".into()),
        days if days == -i32::MAX => Value::Text("-infinity".into()),
        _ => {
            let distance = Days::new(days.unsigned_abs().into());
            let epoch = NaiveDate::default();
            let date =
                if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) };
            date.map_or_else(|| Value::Text(format!("{days} days from 1970-01-01").into()), Value::Date)
        }
    }
}

fn moment(micros: i64) -> Value<'static> {
    match micros {
        i64::MAX => Value::Text("infinity".into()),
        micros if micros == -i64::MAX => Value::Text("-infinity".into()),
        _ => DateTime::from_timestamp_micros(micros).map_or_else(
            || Value::Text(format!("{micros} microseconds from 1970-01-01").into()),
            |moment| Value::Timestamp(moment.naive_utc()),
        ),
    }
}

fn other_text(array: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::default();
    match ArrayFormatter::try_new(array, &options) {
        Ok(formatter) => formatter.value(row).try_to_string().unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    }
}

impl Batch {
    fn new(rows: &StructArray) -> Self {
        Batch { rows: rows.len(), columns: rows.columns().iter().map(Values::new).collect() }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A value. Panics if the row or column is out of range.
    pub fn value(&self, row: usize, column: usize) -> Value<'_> {
        self.columns[column].value(row)
    }

    /// The value of a text column; `None` for NULL. Panics if the row or column is out of range.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        match &self.columns[column] {
            Values::Text(array) if array.is_valid(row) => Some(array.value(row)),
            _ => None,
        }
    }

    /// The values of a row, in column order.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Value<'_>> {
        self.columns.iter().map(move |column| column.value(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OpenOptions;

    fn values(sql: &str) -> Vec<String> {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let mut stream = store.stream_text("test", sql).unwrap();
        let mut texts = Vec::new();
        while let Some(batch) = stream.next_batch().unwrap() {
            for row in 0..batch.rows() {
                texts.extend(batch.row(row).map(|value| format!("{value:?}")));
            }
        }
        texts
    }

    #[test]
    fn values_keep_their_kind_and_every_digit() {
        let cases = [
            ("NULL", "Null"),
            ("NULL::INTEGER", "Null"),
            ("true", "Bool(true)"),
            ("(-128)::TINYINT", "Int(-128)"),
            ("9223372036854775807", "Int(9223372036854775807)"),
            ("18446744073709551615::UBIGINT", "Decimal { digits: 18446744073709551615, scale: 0 }"),
            ("12::HUGEINT", "Int(12)"),
            (
                "170141183460469231731687303715884105727::HUGEINT",
                "Decimal { digits: 170141183460469231731687303715884105727, scale: 0 }",
            ),
            ("1.50::DECIMAL(18,2)", "Decimal { digits: 150, scale: 2 }"),
            ("(-0.5)::DECIMAL(4,1)", "Decimal { digits: -5, scale: 1 }"),
            ("0.1::FLOAT", "Double(0.1)"),
            ("0.1::DOUBLE + 0.2", "Double(0.30000000000000004)"),
            ("'infinity'::DOUBLE", "Double(inf)"),
            ("'한글'", "Text(\"한글\")"),
            ("'b'::ENUM('a', 'b')", "Text(\"b\")"),
            ("DATE '2024-02-29'", "Date(2024-02-29)"),
            ("DATE 'infinity'", "Text(\"infinity\")"),
            ("DATE '-infinity'", "Text(\"-infinity\")"),
            ("DATE '5877642-06-25 (BC)'", "Text(\"-2147483646 days from 1970-01-01\")"),
            ("TIMESTAMP '2024-02-29 01:02:03.000004'", "Timestamp(2024-02-29T01:02:03.000004)"),
            ("TIMESTAMP 'infinity'", "Text(\"infinity\")"),
            ("'\\x00\\xFF'::BLOB", "Blob([0, 255])"),
            ("[1, NULL]", "Text(\"[1, ]\")"),
        ];
        for (expression, value) in cases {
            assert_eq!(values(&format!("SELECT {expression}")), [value], "{expression}");
        }
    }

    #[test]
    fn no_type_of_the_engine_stops_the_reader() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let mut stream = store.stream_text("test", "FROM test_all_types()").unwrap();
        let mut rows = 0;
        while let Some(batch) = stream.next_batch().unwrap() {
            for row in 0..batch.rows() {
                assert_eq!(batch.row(row).count(), stream.columns().len());
                rows += 1;
            }
        }
        assert_eq!(rows, 3);
    }

    #[test]
    fn rows_come_in_order_over_many_batches_and_a_late_failure_is_told() {
        let numbers = values("SELECT range FROM range(10_000)");
        assert!(numbers.iter().enumerate().all(|(n, value)| *value == format!("Int({n})")));
        assert_eq!(numbers.len(), 10_000);
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let late = "SELECT CASE WHEN range < 900_000 THEN 1 ELSE error('too far') END FROM range(1_000_000)";
        let mut stream = store.stream_text("counting", late).unwrap();
        let error = loop {
            match stream.next_batch() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the failure was swallowed"),
                Err(error) => break error,
            }
        };
        assert!(error.engine_message().contains("too far"), "{}", error.engine_message());
    }
}
