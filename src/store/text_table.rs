//! A temporary table of texts, filled row by row: how rows from other databases
//! are loaded.

use std::sync::Arc;

use duckdb::Appender;
use duckdb::arrow::array::{ArrayRef, StringBuilder};
use duckdb::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use duckdb::arrow::record_batch::RecordBatch;

use super::load::{BATCH_ROWS, arrow_failure};
use super::{Store, StoreError, quote_identifier};

/// A temporary table being filled; call [`TextTable::finish`] at the end, or rows may be lost.
pub struct TextTable<'a> {
    appender: Appender<'a>,
    schema: SchemaRef,
    columns: Vec<StringBuilder>,
    rows: usize,
}

impl Store {
    /// Creates or replaces a temporary table of `VARCHAR` columns.
    pub fn replace_text_table(&self, name: &str, columns: &[String]) -> Result<TextTable<'_>, StoreError> {
        let defined: Vec<String> =
            columns.iter().map(|column| format!("{} VARCHAR", quote_identifier(column))).collect();
        self.execute_text(
            "making a temporary table",
            &format!("CREATE OR REPLACE TEMP TABLE {} ({})", quote_identifier(name), defined.join(", ")),
        )?;
        let fields: Vec<Field> =
            columns.iter().map(|column| Field::new(column, DataType::Utf8, true)).collect();
        Ok(TextTable {
            appender: self.connection().appender_to_catalog_and_db(name, "temp", "main")?,
            schema: Arc::new(Schema::new(fields)),
            columns: columns.iter().map(|_| StringBuilder::new()).collect(),
            rows: 0,
        })
    }
}

impl TextTable<'_> {
    /// Adds the row's value for a column, by position; `None` for NULL. Every column needs
    /// one before the row ends.
    pub fn push(&mut self, column: usize, text: Option<&str>) {
        if let Some(builder) = self.columns.get_mut(column) {
            builder.append_option(text);
        }
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> Result<(), StoreError> {
        self.rows += 1;
        if self.rows == BATCH_ROWS { self.append_batch() } else { Ok(()) }
    }

    /// Writes the remaining rows.
    pub fn finish(mut self) -> Result<(), StoreError> {
        if self.rows > 0 {
            self.append_batch()?;
        }
        // Dropping an appender hides its errors.
        self.appender.flush()?;
        Ok(())
    }

    fn append_batch(&mut self) -> Result<(), StoreError> {
        let columns: Vec<ArrayRef> =
            self.columns.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(arrow_failure)?;
        self.appender.append_record_batch(batch)?;
        self.rows = 0;
        Ok(())
    }
}

impl std::fmt::Debug for TextTable<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextTable").field("rows", &self.rows).finish_non_exhaustive()
    }
}
