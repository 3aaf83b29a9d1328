//! Sources: files of one format as one relation of lines.

mod csv;
mod dialect;
mod files;
mod gzip;
mod json;
mod lines;
mod parquet;
mod relation;
mod sqlite;

pub use dialect::Delimiter;
pub(in crate::import) use files::Files;
pub(in crate::import) use relation::{FILE_COLUMN, Hints, MALFORMED_COLUMN, Source, read_failure};
