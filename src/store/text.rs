//! Statements composed at run time: calls of the engine's readers, users' expressions,
//! the columns of an imported file.
//!
//! All other statements live in `queries/`. Names and texts from outside are always quoted
//! with [`quote_identifier`] and [`quote_literal`].

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

/// Quotes a name as an SQL identifier.
pub fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quotes a text as an SQL literal.
pub fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Store {
    /// Runs a statement composed at run time; `what` names it in errors. Returns the number of
    /// rows changed. The engine runs every statement in the text, so a user's expression must be
    /// checked to be a single one first.
    pub fn execute_text(&self, what: &'static str, sql: &str) -> Result<usize, StoreError> {
        self.connection()
            .execute(sql, [])
            .map_err(|source| StoreError::Statement { what, source: EngineFailure::new(source) })
    }

    /// All rows of a statement composed at run time; see [`Store::execute_text`].
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

    /// The columns that a `SELECT` would return, without running it.
    pub fn describe_text(&self, what: &'static str, select: &str) -> Result<Vec<RelationColumn>, StoreError> {
        self.rows_text(what, &format!("DESCRIBE {select}"), |row| {
            Ok(RelationColumn { name: row.get(0)?, data_type: row.get(1)? })
        })
    }
}

impl StoreError {
    /// The engine's own message.
    pub fn engine_message(&self) -> String {
        match self {
            StoreError::Query { source, .. }
            | StoreError::Statement { source, .. }
            | StoreError::Engine(source) => source.to_string(),
            other => other.to_string(),
        }
    }

    /// The first line of the engine's message, without its prefix (`Invalid Input Error: `).
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
