//! Where a database lies: links are followed, and what is no ordinary file is refused before
//! anything is opened.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use duckdb::Connection;

use super::StoreError;
use crate::staged::{self, Target};

/// The file behind a path.
#[derive(Debug)]
pub(super) struct Place {
    /// As it was named, for messages.
    named: PathBuf,
    /// Behind all links, as the engine is given it: the write-ahead log lies beside this one.
    pub real: PathBuf,
    /// What is there.
    pub found: Found,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A file without a byte, which is as good as none.
    Empty,
    /// A file of the engine's.
    Database,
}

impl Place {
    /// Looks at a path without opening anything but an ordinary file.
    pub fn find(named: &Path) -> Result<Self, StoreError> {
        let text = named.to_str().ok_or_else(|| StoreError::PathNotText { path: named.to_owned() })?;
        // The engine keeps nothing under this name.
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

    /// Makes an empty file a database without tables. It stays the same file, with its owner
    /// and mode: the engine would refuse it, and making it anew would lose them.
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

/// Whether a file begins as the engine's files do: the engine itself would take other databases
/// for ones to be read through an extension.
fn has_magic(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(12).read_to_end(&mut head)?;
    Ok(head.get(8..12) == Some(b"DUCK"))
}
