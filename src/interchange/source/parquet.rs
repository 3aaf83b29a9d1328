//! Parquet files as a source.

use super::files::Files;
use super::relation::{FILE_COLUMN, MALFORMED_COLUMN, Source, read_failure};
use crate::interchange::error::ImportError;
use crate::store::{Store, quote_identifier};

/// Opens Parquet files, whose columns must have the same names.
pub(super) fn open(store: &Store, files: Files) -> Result<Source, ImportError> {
    let (file, filename) = files.file_sql();
    let call = format!("read_parquet({}{filename}, hive_partitioning = false)", files.list());
    let columns: Vec<_> = store
        .describe_text("reading a Parquet file", &format!("SELECT * FROM {call}"))
        .map_err(|error| read_failure(&files, &error))?
        .into_iter()
        .filter(|column| column.name != "lifecycle filename")
        .collect();
    let named: Vec<String> = columns.iter().map(|column| quote_identifier(&column.name)).collect();
    let select = format!(
        "SELECT {}, {file} AS {}, CAST(NULL AS VARCHAR) AS {} FROM {call}",
        named.join(", "),
        quote_identifier(FILE_COLUMN),
        quote_identifier(MALFORMED_COLUMN),
    );
    let again = select.clone();
    Ok(Source {
        files,
        columns,
        select,
        again,
        first_line: 1,
        sets_aside: false,
        delimiter: None,
        remark: None,
    })
}
