//! Sources: files of one format, or a table of a database, as one relation of lines.

mod columns;
mod csv;
mod dialect;
mod failure;
mod files;
mod gzip;
mod input;
mod json;
mod lines;
mod long_lines;
mod parquet;
mod relation;
mod sqlite;

pub use dialect::Delimiter;
pub(in crate::import) use failure::read_failure;
pub(in crate::import) use input::Input;
pub(in crate::import) use relation::{
    FILE_COLUMN, FIRST_LINES, Hints, LINE_NUMBER, LINES_AS_READ, MALFORMED_COLUMN, NUMBERED_LINES, Source,
    TEXT_COLUMN,
};

use files::Format;
use input::DatabaseSystem;

use super::error::ImportError;
use crate::store::Store;

/// Opens a source: finds its columns and how to read them. `progress` is told how many rows have been
/// taken over, where that takes long.
pub(in crate::import) fn open(
    store: &Store,
    input: Input,
    hints: Hints<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Source, ImportError> {
    let path = input.first().to_owned();
    let format = input.format();
    if matches!(input, Input::Files(_)) && hints.table.is_some() {
        return Err(ImportError::NoTables { path });
    }
    if format != Format::Csv && (hints.delimiter.is_some() || hints.header.is_some()) {
        return Err(ImportError::NotDelimited { path, format: format.to_string() });
    }
    match input {
        Input::Files(files) => match format {
            Format::Json => json::open(store, files, progress),
            Format::Parquet => parquet::open(store, files),
            _ => csv::open(store, files, hints),
        },
        Input::Database(database) => match database.system {
            DatabaseSystem::Sqlite => sqlite::open(store, database, hints, progress),
        },
    }?
    .expect_readable()
}
