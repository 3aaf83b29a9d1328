//! Running embedded statements with named parameters.

use duckdb::OptionalExt;

use super::parameter::{Parameters, with_values};
use super::row::{EngineFailure, Row};
use super::{Store, StoreError, quote_identifier};

/// A statement from `queries/`.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    path: &'static str,
    sql: &'static str,
}

impl Query {
    /// A statement and its path under `queries/`; use the `query!` macro.
    pub const fn new(path: &'static str, sql: &'static str) -> Self {
        Query { path, sql }
    }

    /// The path under `queries/`.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The text.
    pub const fn sql(&self) -> &'static str {
        self.sql
    }

    fn failed(&self, source: duckdb::Error) -> StoreError {
        StoreError::Query { query: self.path, source: EngineFailure::new(source) }
    }

    /// The text with these values for its parameters.
    pub(super) fn with(&self, params: Parameters<'_>) -> Result<String, StoreError> {
        with_values(self.sql, params).map_err(|name| self.failed(duckdb::Error::InvalidParameterName(name)))
    }
}

impl Store {
    /// Runs a statement; returns the number of rows changed.
    pub fn execute(&self, query: Query, params: Parameters<'_>) -> Result<usize, StoreError> {
        self.connection().execute(&query.with(params)?, []).map_err(|error| query.failed(error))
    }

    /// Makes a temporary table of a statement's rows, which do not leave the engine; one of that name is replaced.
    pub fn stage(&self, table: &str, query: Query, params: Parameters<'_>) -> Result<(), StoreError> {
        let select = query.with(params)?;
        let sql = format!("CREATE OR REPLACE TEMP TABLE {} AS\n{select}", quote_identifier(table));
        self.connection().execute(&sql, []).map_err(|error| query.failed(error))?;
        Ok(())
    }

    /// All rows of a statement.
    pub fn rows<T>(
        &self,
        query: Query,
        params: Parameters<'_>,
        mut map: impl FnMut(&Row<'_>) -> Result<T, EngineFailure>,
    ) -> Result<Vec<T>, StoreError> {
        let sql = query.with(params)?;
        let mut run = || {
            let mut statement = self.connection().prepare(&sql)?;
            let map = |row: &duckdb::Row<'_>| map(&Row::new(row)).map_err(EngineFailure::into_engine);
            statement.query_map([], map)?.collect::<duckdb::Result<Vec<T>>>()
        };
        run().map_err(|error| query.failed(error))
    }

    /// Calls a function with each row of a statement, holding one at a time.
    pub fn each(
        &self,
        query: Query,
        params: Parameters<'_>,
        mut visit: impl FnMut(&Row<'_>) -> Result<(), EngineFailure>,
    ) -> Result<(), StoreError> {
        let sql = query.with(params)?;
        let mut run = || -> duckdb::Result<()> {
            let mut statement = self.connection().prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                visit(&Row::new(row)).map_err(EngineFailure::into_engine)?;
            }
            Ok(())
        };
        run().map_err(|error| query.failed(error))
    }

    /// The only row of a statement.
    pub fn row<T>(
        &self,
        query: Query,
        params: Parameters<'_>,
        map: impl FnOnce(&Row<'_>) -> Result<T, EngineFailure>,
    ) -> Result<T, StoreError> {
        let map = |row: &duckdb::Row<'_>| map(&Row::new(row)).map_err(EngineFailure::into_engine);
        self.connection().query_row(&query.with(params)?, [], map).map_err(|error| query.failed(error))
    }

    /// The first row of a statement, if any.
    pub fn optional_row<T>(
        &self,
        query: Query,
        params: Parameters<'_>,
        map: impl FnOnce(&Row<'_>) -> Result<T, EngineFailure>,
    ) -> Result<Option<T>, StoreError> {
        let map = |row: &duckdb::Row<'_>| map(&Row::new(row)).map_err(EngineFailure::into_engine);
        self.connection()
            .query_row(&query.with(params)?, [], map)
            .optional()
            .map_err(|error| query.failed(error))
    }
}
