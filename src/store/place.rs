//! Resolving the path of a database: links are followed, and anything but a regular file is
//! rejected before it is opened.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use duckdb::Connection;

use super::StoreError;
use crate::staged::{self, Target};

/// The file behind a path.
#[derive(Debug)]
pub(super) struct Place {
    /// The path as given, for messages.
    named: PathBuf,
    /// The resolved path, which the engine gets: the write-ahead log is beside this one.
    pub real: PathBuf,
    /// What is at the path.
    pub found: Found,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// An empty file, which counts as none.
    Empty,
    /// A DuckDB file.
    Database,
}

impl Place {
    /// Examines a path, opening nothing but a regular file.
    pub fn find(named: &Path) -> Result<Self, StoreError> {
        let text = named.to_str().ok_or_else(|| StoreError::PathNotText { path: named.to_owned() })?;
        // The engine would keep the database in memory.
        if text.starts_with(":memory:") {
            return Err(StoreError::InMemory { path: named.to_owned() });
        }
        let cannot_open = |error: io::Error| cannot_open(named, &error);
        let (real, there) = match staged::resolve(named) {
            Ok(Target { path, there }) => (path, there),
            // Its folder is not there either.
            Err(error) if error.kind() == io::ErrorKind::NotFound => (named.to_owned(), None),
            Err(error) => return Err(cannot_open(error)),
        };
        if real.to_str().is_none() {
            return Err(StoreError::PathNotText { path: real });
        }
        let found = match there {
            None => Found::Nothing,
            Some(data) if data.is_dir() => return Err(StoreError::IsFolder { path: named.to_owned() }),
            Some(data) if !data.is_file() => return Err(StoreError::NotRegular { path: named.to_owned() }),
            Some(data) if data.len() == 0 => Found::Empty,
            Some(_) if has_magic(&real).map_err(cannot_open)? => Found::Database,
            Some(_) => return Err(StoreError::NotDuckDb { path: named.to_owned() }),
        };
        let log = log_of(&real);
        if fs::metadata(&log).is_ok_and(|data| !data.is_file()) {
            return Err(StoreError::NotRegular { path: log });
        }
        Ok(Place { named: named.to_owned(), real, found })
    }

    /// Turns an empty file, which the engine would reject, into a database without tables. It
    /// stays the same file, with its owner and mode.
    pub fn fill_empty(&self) -> Result<(), StoreError> {
        let cannot_open = |error: io::Error| cannot_open(&self.named, &error);
        let folder = tempfile::tempdir().map_err(cannot_open)?;
        let blank = folder.path().join("blank.duckdb");
        Connection::open(&blank)?.close().map_err(|(_, error)| StoreError::from(error))?;
        let bytes = fs::read(&blank).map_err(cannot_open)?;
        let mut file = File::options().write(true).open(&self.real).map_err(cannot_open)?;
        // Another process may be doing the same: the second finds it done.
        file.lock().map_err(cannot_open)?;
        if file.metadata().map_err(cannot_open)?.len() == 0 {
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(cannot_open)?;
        }
        Ok(())
    }
}

/// The write-ahead log of a database.
pub(super) fn log_of(real: &Path) -> PathBuf {
    let mut log = real.as_os_str().to_owned();
    log.push(".wal");
    PathBuf::from(log)
}

fn cannot_open(path: &Path, error: &io::Error) -> StoreError {
    StoreError::CannotOpen { path: path.to_owned(), message: error.to_string() }
}

/// Whether a file has the engine's magic bytes. (The engine itself would try to open other
/// databases through an extension.)
fn has_magic(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(12).read_to_end(&mut head)?;
    Ok(head.get(8..12) == Some(b"DUCK"))
}
