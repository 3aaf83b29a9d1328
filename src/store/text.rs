//! Statements whose text is made at run time: a reader's call, a user's own
//! expression, the columns of somebody's file.
//!
//! Everything else lives in `queries/`. Names and texts that come from outside
//! go through [`quote_identifier`] and [`quote_literal`], never in as they are.

use super::row::{EngineFailure, Row};
use super::{Store, StoreError};

/// A column of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the engine writes it: `VARCHAR`, `DECIMAL(18,2)`.
    pub data_type: String,
}

/// A name as an SQL identifier.
pub fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as an SQL literal.
pub fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Store {
    /// Runs a statement made at run time; `what` names it in errors. Returns the
    /// number of rows it changed. The engine runs every statement of the text, so
    /// a user's expression must be known to be one before it gets here.
    pub fn execute_text(&self, what: &'static str, sql: &str) -> Result<usize, StoreError> {
        self.connection()
            .execute(sql, [])
            .map_err(|source| StoreError::Statement { what, source: EngineFailure::new(source) })
    }

    /// All rows of a statement made at run time; see [`Store::execute_text`].
    pub fn rows_text<T>(
        &self,
        what: &'static str,
        sql: &str,
        mut map: impl FnMut(&Row<'_>) -> Result<T, EngineFailure>,
    ) -> Result<Vec<T>, StoreError> {
        let mut run = || {
            let mut statement = self.connection().prepare(sql)?;
            let map = |row: &duckdb::Row<'_>| map(&Row::new(row)).map_err(EngineFailure::into_engine);
            statement.query_map([], map)?.collect::<duckdb::Result<Vec<T>>>()
        };
        run().map_err(|source| StoreError::Statement { what, source: EngineFailure::new(source) })
    }

    /// The columns that a `SELECT` made at run time would return, without running it.
    pub fn describe_text(&self, what: &'static str, select: &str) -> Result<Vec<RelationColumn>, StoreError> {
        self.rows_text(what, &format!("DESCRIBE {select}"), |row| {
            Ok(RelationColumn { name: row.get(0)?, data_type: row.get(1)? })
        })
    }
}

impl StoreError {
    /// What the engine itself said, without our words around it.
    pub fn engine_message(&self) -> String {
        match self {
            StoreError::Query { source, .. }
            | StoreError::Statement { source, .. }
            | StoreError::Engine(source) => source.to_string(),
            other => other.to_string(),
        }
    }

    /// The same in its first line, without the kind of error before it, which says
    /// nothing to a user: `Invalid Input Error: `.
    pub fn engine_says(&self) -> String {
        let message = self.engine_message();
        let first = message.lines().next().unwrap_or_default();
        let said = first.split_once(" Error: ").map_or(first, |(_, said)| said);
        said.trim_end_matches(['.', '!']).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OpenOptions;

    #[test]
    fn quoted_names_and_texts_cannot_escape() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let (name, text) = ("a\"b; --", "it's; '' \\");
        let select = format!("SELECT {} AS {}", quote_literal(text), quote_identifier(name));
        let columns = store.describe_text("test", &select).unwrap();
        assert_eq!(columns, [RelationColumn { name: name.into(), data_type: "VARCHAR".into() }]);
        let rows: Vec<String> = store.rows_text("test", &select, |row| row.get(0)).unwrap();
        assert_eq!(rows, [text]);
    }
}
