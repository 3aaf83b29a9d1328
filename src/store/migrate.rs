//! Bringing a file of an older schema up to date, with a copy of it kept beside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::place::log_of;
use super::{Access, OpenOptions, SCHEMA_VERSION, Store, StoreError};
use crate::staged::{Staged, Target};

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The schema version that the file had.
    pub from: u32,
    /// The one it has now.
    pub to: u32,
    /// Where the file is kept as it was.
    pub copy: PathBuf,
}

/// How often a file that another process writes to between two looks is looked at again.
const TRIES: usize = 5;

impl Store {
    /// Brings the file at a path to the schema of this version. As it was it is kept beside:
    /// `shop.duckdb` of schema 3 as `shop.schema-3.duckdb`. `None` when it is up to date already.
    pub fn migrate_file(path: &Path, options: OpenOptions) -> Result<Option<Migration>, StoreError> {
        for _ in 0..TRIES {
            let (store, from) = Store::open_any(path, Access::Write, options)?;
            if from == SCHEMA_VERSION {
                return Ok(None);
            }
            let real = store.path().unwrap_or(path).to_owned();
            // Closing writes the log into the file: the file alone is all there is. It is copied while it is
            // closed, for a process that closes any handle of a file gives up its lock on it.
            store.close()?;
            let before = state_of(&real);
            let copy = copy_beside(&real, from).map_err(|error| StoreError::CannotCopy {
                path: path.to_owned(),
                message: error.to_string(),
            })?;
            let (store, _) = Store::open_any(path, Access::Write, options)?;
            if state_of(&real) != before {
                continue; // Somebody wrote to it meanwhile, and the copy is not of this file.
            }
            let kept = copy.target().to_owned();
            copy.put().map_err(|error| StoreError::CannotCopy {
                path: path.to_owned(),
                message: error.to_string(),
            })?;
            store.migrate(from)?;
            store.close()?;
            return Ok(Some(Migration { from, to: SCHEMA_VERSION, copy: kept }));
        }
        Err(StoreError::Locked { path: path.to_owned(), holder: None })
    }
}

/// What changes when a file is written to: its length, its time, whether it has a log.
fn state_of(real: &Path) -> (Option<(u64, Option<SystemTime>)>, bool) {
    let data = fs::metadata(real).ok();
    (data.map(|data| (data.len(), data.modified().ok())), log_of(real).exists())
}

/// Copies a file to a name of its own beside it, where it is put later.
fn copy_beside(real: &Path, version: u32) -> io::Result<Staged> {
    let copy = Staged::file(Target { path: free_name(real, version), there: None })?;
    fs::copy(real, copy.path())?;
    Ok(copy)
}

/// `shop.schema-3.duckdb`, or with a number behind where that is taken.
fn free_name(real: &Path, version: u32) -> PathBuf {
    let stem = real.file_stem().unwrap_or_default().to_string_lossy();
    let extension = real.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    let name = |nth: usize| {
        let number = if nth == 1 { String::new() } else { format!("-{nth}") };
        let extension = extension.as_deref().unwrap_or_default();
        real.with_file_name(format!("{stem}.schema-{version}{number}{extension}"))
    };
    (1..).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(1))
}
