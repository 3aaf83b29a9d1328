//! Rows and parameters in types of our own, so that the engine's driver stays inside the store.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use duckdb::types::{FromSql, ToSql};

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

/// A value that a statement's parameter can be bound to.
pub trait Parameter: sealed::Parameter {}

/// Parameters by name.
pub type Parameters<'a> = &'a [(&'a str, &'a dyn Parameter)];

/// The parameters as the driver takes them.
pub(super) fn bound<'a>(parameters: Parameters<'a>) -> Vec<(&'a str, &'a dyn ToSql)> {
    parameters.iter().map(|(name, value)| (*name, value.as_bound())).collect()
}

mod sealed {
    use super::*;

    pub trait ColumnKey {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T>;
    }

    pub trait Column: FromSql {}

    pub trait Parameter {
        fn as_bound(&self) -> &dyn ToSql;
    }

    impl ColumnKey for usize {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T> {
            row.get(self)
        }
    }

    impl ColumnKey for &str {
        fn read<T: Column>(self, row: &duckdb::Row<'_>) -> duckdb::Result<T> {
            row.get(self)
        }
    }

    impl<T: Column> Column for Option<T> {}

    impl<T: ToSql> Parameter for T {
        fn as_bound(&self) -> &dyn ToSql {
            self
        }
    }
}

impl ColumnKey for usize {}
impl ColumnKey for &str {}
impl<T: Column> Column for Option<T> {}

macro_rules! columns {
    ($($column:ty),+ $(,)?) => {$(
        impl sealed::Column for $column {}
        impl Column for $column {}
    )+};
}

columns!(
    bool,
    i32,
    i64,
    u32,
    u64,
    f64,
    String,
    NaiveDate,
    NaiveDateTime,
    Money,
    Gender,
    Grade,
    OrderStatus,
    CohortKind,
    Status
);

macro_rules! parameters {
    ($($parameter:ty),+ $(,)?) => {$(
        impl Parameter for $parameter {}
        impl Parameter for Option<$parameter> {}
    )+};
}

parameters!(bool, i32, i64, u32, u64, f64, usize, &str, String, NaiveDate, NaiveDateTime, Money);
