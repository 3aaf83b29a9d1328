//! Parquet files as a source.

use super::failure::read_failure;
use super::files::Files;
use super::input::Input;
use super::relation::{FILE_COLUMN, MALFORMED_COLUMN, Source};
use crate::import::error::ImportError;
use crate::store::{Store, quote_identifier};

/// Opens Parquet files, whose columns must have the same names.
pub(super) fn open(store: &Store, files: Files) -> Result<Source, ImportError> {
    let (file, filename) = files.file_sql();
    let call = format!("read_parquet({}{filename}, hive_partitioning = false)", files.list());
    let input = Input::Files(files);
    let columns = store
        .describe_text("reading a Parquet file", &format!("SELECT * FROM {call}"))
        .map_err(|error| read_failure(&input, &error))?
        .into_iter()
        .filter(|column| column.name != "lifecycle filename")
        .collect();
    let reader = format!(
        "(SELECT *, {file} AS {}, CAST(NULL AS absent_text) AS {} FROM {call})",
        quote_identifier(FILE_COLUMN),
        quote_identifier(MALFORMED_COLUMN)
    );
    Ok(Source::whole(input, columns, reader))
}
