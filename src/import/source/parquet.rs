//! Parquet files as a source.

use super::files::Files;
use super::relation::{Source, read_failure};
use crate::import::error::ImportError;
use crate::store::Store;

/// Opens Parquet files, whose columns must have the same names.
pub(super) fn open(store: &Store, files: Files) -> Result<Source, ImportError> {
    let (_, filename) = files.file_sql();
    let call = format!("read_parquet({}{filename}, hive_partitioning = false)", files.list());
    let columns = store
        .describe_text("reading a Parquet file", &format!("SELECT * FROM {call}"))
        .map_err(|error| read_failure(&files, &error))?
        .into_iter()
        .filter(|column| column.name != "lifecycle filename")
        .collect();
    Ok(Source::whole(files, columns, &call))
}
