//! Errors of exports.

use std::path::PathBuf;

use super::format::ExportFormat;
use crate::store::StoreError;

/// An error of an export. Nothing was written to the destination.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Neither the path nor the target determines the format.
    #[error("the format of {} is not known", path.display())]
    NoFormat {
        /// The path.
        path: PathBuf,
    },
    /// A pipe takes text only.
    #[error("{format} cannot be written to a pipe: a file is needed")]
    NotToPipe {
        /// What was requested.
        format: ExportFormat,
    },
    /// Several tables or months do not go into a pipe.
    #[error("{what} cannot be written to a pipe: a folder is needed")]
    NotOneFile {
        /// What was requested.
        what: &'static str,
    },
    /// Several tables do not go into one text or Parquet file.
    #[error("{} names one {format} file, and there are several tables", path.display())]
    OneFileForAll {
        /// The path.
        path: PathBuf,
        /// The format it names.
        format: ExportFormat,
    },
    /// A file was given where a folder is needed.
    #[error("{} names a file, and files by month go into a folder", path.display())]
    MonthsInOneFile {
        /// The path.
        path: PathBuf,
    },
    /// No column tells which month a row belongs to.
    #[error("{name} cannot be written by month: its rows have no time of their own")]
    NoTime {
        /// The table or view.
        name: String,
    },
    /// SQLite has no partitions.
    #[error("a SQLite file cannot be written by month: it has no partitions")]
    SqliteByMonth,
    /// The folder of the target does not exist.
    #[error("there is no folder {}", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The target exists and may not be replaced.
    #[error("{} exists already", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// A folder where a file is to be written.
    #[error("{} is a folder", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
    },
    /// A file where a folder is to be written.
    #[error("{} is a file, and a folder is to be written there", path.display())]
    IsFile {
        /// The path.
        path: PathBuf,
    },
    /// A pipe or a device.
    #[error("{} is neither a file nor a folder", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The database itself.
    #[error("{} is the database itself, which an export never replaces", path.display())]
    IsDatabase {
        /// The path.
        path: PathBuf,
    },
    /// A folder with other contents.
    #[error("{} contains {other}, which is not from an export of this kind", path.display())]
    HoldsOther {
        /// The folder.
        path: PathBuf,
        /// The first entry that is not ours.
        other: String,
    },
    /// Another program's unfinished work on the SQLite file.
    #[error("{} is in use: {journal} is beside it", path.display())]
    SqliteInUse {
        /// The file.
        path: PathBuf,
        /// The journal's name.
        journal: String,
    },
    /// The path cannot be passed to the engine.
    #[error("the path {} is not valid UTF-8", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// A filter is not an expression over the columns of a row.
    #[error("`{expression}` cannot be used: {message}")]
    BadFilter {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        message: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// Several tables cannot be filtered by one expression.
    #[error("several tables cannot be filtered by one expression")]
    FilterForAll,
    /// An error of the system.
    #[error("cannot write {}: {message}", path.display())]
    CannotWrite {
        /// The path.
        path: PathBuf,
        /// What the system or the engine says.
        message: String,
    },
    /// Two rows of a table have the same key.
    #[error("{table} has two rows with the same key ({}), which a SQLite table cannot have", key.join(", "))]
    DuplicateKey {
        /// The table.
        table: &'static str,
        /// The columns of its key.
        key: &'static [&'static str],
    },
    /// Rows that refer to missing rows.
    #[error(
        "{rows} rows of {table} refer to {parent} that do not exist, and a SQLite file enforces such references"
    )]
    BrokenReferences {
        /// The table.
        table: String,
        /// What its rows refer to.
        parent: String,
        /// How many.
        rows: i64,
    },
    /// SQLite failed.
    #[error("writing {} as SQLite failed", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// The export was stopped.
    #[error("stopped: nothing was written")]
    Stopped,
    /// The reader of a pipe is gone, or a stream failed.
    #[error(transparent)]
    Stream(#[from] std::io::Error),
    /// The database file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    /// Whether the request itself was wrong, whatever the state of the file and the disk.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            ExportError::BadFilter { .. }
                | ExportError::FilterForAll
                | ExportError::NoFormat { .. }
                | ExportError::NotToPipe { .. }
                | ExportError::NotOneFile { .. }
                | ExportError::OneFileForAll { .. }
                | ExportError::MonthsInOneFile { .. }
                | ExportError::NoTime { .. }
                | ExportError::SqliteByMonth
        )
    }
}
