//! Why an export could not be done, in words a user can act on.

use std::path::PathBuf;

use super::format::ExportFormat;
use crate::store::StoreError;

/// An error of an export. Nothing has been written where it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Neither the path nor the command says which format.
    #[error("nothing says in which format to write {}", path.display())]
    NoFormat {
        /// The path.
        path: PathBuf,
    },
    /// A pipe takes text only.
    #[error("{format} cannot be written to a pipe: a file is needed")]
    NotToPipe {
        /// What was asked for.
        format: ExportFormat,
    },
    /// Several tables or months do not go into a pipe.
    #[error("{what} cannot be written to a pipe: a folder is needed")]
    NotOneFile {
        /// What was asked for.
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
    /// A file was named where a folder is written.
    #[error("{} names a file, and --by-month writes a folder", path.display())]
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
    #[error("a SQLite file is not written by month: its tables are whole")]
    SqliteByMonth,
    /// The folder that the target is to be in is not there.
    #[error("there is no folder {}", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// What is there already is not replaced without being told to.
    #[error("{} is there already", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// A folder where a file is to be.
    #[error("{} is a folder", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
    },
    /// A file where a folder is to be.
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
    /// A folder with things in it that no export wrote.
    #[error("{} holds {other}, which no export of this kind wrote", path.display())]
    HoldsOther {
        /// The folder.
        path: PathBuf,
        /// The first thing that is not ours.
        other: String,
    },
    /// Another program's unfinished work on the SQLite file.
    #[error("{} is in use: {journal} lies beside it", path.display())]
    SqliteInUse {
        /// The file.
        path: PathBuf,
        /// The journal's name.
        journal: String,
    },
    /// The path cannot be handed to the engine.
    #[error("the path {} is not valid UTF-8", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot write {}: {message}", path.display())]
    CannotWrite {
        /// The path.
        path: PathBuf,
        /// What the system or the engine says.
        message: String,
    },
    /// Two rows of a table have the same key.
    #[error("{table} holds two rows of one key ({}), and a SQLite table holds each once", key.join(", "))]
    DuplicateKey {
        /// The table.
        table: &'static str,
        /// The columns of its key.
        key: &'static [&'static str],
    },
    /// Rows that refer to rows that are not there.
    #[error("{rows} rows of {table} refer to {parent} that are not there, and a SQLite file keeps such keys")]
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
    /// Somebody stopped it.
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
    /// Whether it was asked for wrongly, whatever the file and the disk hold.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            ExportError::NoFormat { .. }
                | ExportError::NotToPipe { .. }
                | ExportError::NotOneFile { .. }
                | ExportError::OneFileForAll { .. }
                | ExportError::MonthsInOneFile { .. }
                | ExportError::NoTime { .. }
                | ExportError::SqliteByMonth
        )
    }
}
