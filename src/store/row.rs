//! Rows in types of our own, so that the engine's driver stays inside the store.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use duckdb::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

use crate::domain::{CohortKind, Gender, Grade, OrderStatus, Status};
use crate::money::Money;

/// An error of the engine, or a value that was not of the type it was read as.
pub struct EngineFailure(Box<duckdb::Error>);

impl EngineFailure {
    pub(super) fn new(error: duckdb::Error) -> Self {
        EngineFailure(Box::new(error))
    }

    /// A value that our statements never return.
    pub fn unexpected(column: &str) -> Self {
        EngineFailure::new(duckdb::Error::InvalidColumnName(column.to_owned()))
    }

    pub(super) fn into_engine(self) -> duckdb::Error {
        *self.0
    }
}

impl fmt::Display for EngineFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for EngineFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// No source: the driver's own is a bare error code.
impl std::error::Error for EngineFailure {}

/// A row of a result.
pub struct Row<'r>(&'r duckdb::Row<'r>);

impl<'r> Row<'r> {
    pub(super) fn new(row: &'r duckdb::Row<'r>) -> Self {
        Row(row)
    }

    /// The value of a column, by name or position. Fails if there is no such column, or if the value
    /// is not of this type.
    pub fn get<K: ColumnKey, T: Column>(&self, key: K) -> Result<T, EngineFailure> {
        key.read(self.0).map_err(EngineFailure::new)
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").finish_non_exhaustive()
    }
}

/// A column's position, from 0, or its name.
pub trait ColumnKey: sealed::ColumnKey {}

/// A type that columns can be read as; `Option` of one for nullable columns.
pub trait Column: sealed::Column {}

/// An instant as the engine has it. (The driver's own conversion panics at fractions of a second before 1970.)
#[derive(Debug)]
pub struct ReadInstant(NaiveDateTime);

impl FromSql for ReadInstant {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let instant = match value {
            ValueRef::Timestamp(unit, time) => DateTime::from_timestamp_micros(unit.to_micros(time)),
            ValueRef::Date32(days) => {
                DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::days(i64::from(days)))
            }
            _ => return Err(FromSqlError::InvalidType),
        };
        instant.map(|instant| ReadInstant(instant.naive_utc())).ok_or(FromSqlError::InvalidType)
    }
}

mod sealed {
    use super::*;

    pub trait ColumnKey {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T>;
    }

    pub trait Column: Sized {
        /// What the driver reads.
        type Read: FromSql;

        fn of(read: Self::Read) -> Self;
    }

    impl ColumnKey for usize {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T> {
            row.get(self).map(T::of)
        }
    }

    impl ColumnKey for &str {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T> {
            row.get(self).map(T::of)
        }
    }

    impl<T: Column> Column for Option<T> {
        type Read = Option<T::Read>;

        fn of(read: Self::Read) -> Self {
            read.map(T::of)
        }
    }

    impl Column for NaiveDateTime {
        type Read = ReadInstant;

        fn of(read: ReadInstant) -> Self {
            read.0
        }
    }

    impl Column for NaiveDate {
        type Read = ReadInstant;

        fn of(read: ReadInstant) -> Self {
            read.0.date()
        }
    }
}

impl ColumnKey for usize {}
impl ColumnKey for &str {}
impl<T: Column> Column for Option<T> {}

impl Column for NaiveDate {}
impl Column for NaiveDateTime {}

macro_rules! columns {
    ($($column:ty),+ $(,)?) => {$(
        impl sealed::Column for $column {
            type Read = Self;

            fn of(read: Self) -> Self {
                read
            }
        }
        impl Column for $column {}
    )+};
}

columns!(bool, i32, i64, u32, u64, f64, String, Money, Gender, Grade, OrderStatus, CohortKind, Status);
