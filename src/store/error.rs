//! Errors of the file, in words a user can act on.

use std::path::PathBuf;

use super::row::EngineFailure;

/// An error of the file or the engine.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file at the path.
    #[error("there is no file at {}", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The file is empty, or has no tables.
    #[error("{} is empty", path.display())]
    Blank {
        /// The path.
        path: PathBuf,
    },
    /// The path is a folder.
    #[error("{} is a folder, not a file", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
    },
    /// The path is a device, a pipe or a socket.
    #[error("{} is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The path names an in-memory database, which would be lost.
    #[error("{} names an in-memory database, which would be lost", path.display())]
    InMemory {
        /// The path.
        path: PathBuf,
    },
    /// The engine takes UTF-8 paths only.
    #[error("{} is not valid UTF-8, and the database cannot have such a name", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// The file is a DuckDB database, but parts of it cannot be read.
    #[error("{} is damaged: {message}", path.display())]
    Damaged {
        /// The path.
        path: PathBuf,
        /// What the engine says.
        message: String,
    },
    /// The disk is full.
    #[error("no space left for {}", path.display())]
    NoRoom {
        /// The path.
        path: PathBuf,
    },
    /// The file is not a DuckDB database.
    #[error("{} is not a DuckDB file", path.display())]
    NotDuckDb {
        /// The path.
        path: PathBuf,
    },
    /// The file is another program's DuckDB database.
    #[error("{} is a DuckDB file, but not one of lifecycle's (it holds {tables})", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
        /// What was found instead.
        tables: String,
    },
    /// The file was made by a newer version.
    #[error("{} was made by a newer lifecycle (schema {found}; this one knows up to {known})", path.display())]
    Newer {
        /// The path.
        path: PathBuf,
        /// The file's schema version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The file was made by an older version.
    #[error("{} was made by an older lifecycle (schema {found}; this one writes {known})", path.display())]
    Older {
        /// The path.
        path: PathBuf,
        /// The file's schema version.
        found: u32,
        /// The one that this version reads and writes.
        known: u32,
    },
    /// The backup could not be made.
    #[error("cannot make a copy of {}: {message}", path.display())]
    CannotCopy {
        /// The path of the file.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
    /// Another process has the file open.
    #[error("{} is in use{}", path.display(), holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Locked {
        /// The path.
        path: PathBuf,
        /// The process that has it open, if known.
        holder: Option<String>,
    },
    /// The file cannot be opened for another reason.
    #[error("cannot open {}: {message}", path.display())]
    CannotOpen {
        /// The path.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
    /// A malformed value in `meta`.
    #[error("the file's meta.{key} is malformed: `{value}`")]
    BadMeta {
        /// The key.
        key: &'static str,
        /// What it holds.
        value: String,
    },
    /// The file holds results alone.
    #[error("the file holds results without their orders, which are in {place}")]
    OrdersElsewhere {
        /// Where they are.
        place: String,
    },
    /// A statement failed.
    #[error("queries/{query} failed")]
    Query {
        /// The statement's path under `queries/`.
        query: &'static str,
        /// The engine's error.
        #[source]
        source: EngineFailure,
    },
    /// A statement composed at run time failed.
    #[error("{what} failed")]
    Statement {
        /// What the statement was for.
        what: &'static str,
        /// The engine's error.
        #[source]
        source: EngineFailure,
    },
    /// The engine failed outside a statement.
    #[error(transparent)]
    Engine(EngineFailure),
}

impl From<duckdb::Error> for StoreError {
    fn from(error: duckdb::Error) -> Self {
        StoreError::Engine(EngineFailure::new(error))
    }
}
