//! Migrating a file to the current schema, keeping a copy beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::place::log_of;
use super::{Access, OpenOptions, SCHEMA_VERSION, Store, StoreError};
use crate::staged::{self, Staged, Target};

/// A completed migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The schema version before.
    pub from: u32,
    /// The schema version now.
    pub to: u32,
    /// The copy of the file as it was.
    pub copy: PathBuf,
}

/// How often to try again when another process writes to the file meanwhile.
const TRIES: usize = 5;

impl Store {
    /// Migrates the file at a path to [`SCHEMA_VERSION`], keeping a copy beside it:
    /// `shop.schema-3.duckdb` for `shop.duckdb` of schema 3. `None` if it is up to date.
    pub fn migrate_file(path: &Path, options: OpenOptions) -> Result<Option<Migration>, StoreError> {
        for _ in 0..TRIES {
            let (store, from) = Store::open_any(path, Access::Write, options)?;
            let real = store.path().unwrap_or(path).to_owned();
            clear_copies(&real);
            if from == SCHEMA_VERSION {
                return Ok(None);
            }
            // Closing writes the log into the file, so the file alone is complete. It is copied while closed,
            // because a process that closes any handle of a file gives up its lock on it.
            store.close()?;
            let before = state_of(&real);
            let copy = copy_beside(&real, from).map_err(|error| StoreError::CannotCopy {
                path: path.to_owned(),
                message: error.to_string(),
            })?;
            let (store, _) = Store::open_any(path, Access::Write, options)?;
            if state_of(&real) != before {
                continue; // Another process wrote to it meanwhile: the copy is outdated.
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

/// What a write to the file changes: its length, its modification time, whether it has a log.
fn state_of(real: &Path) -> (Option<(u64, Option<SystemTime>)>, bool) {
    let data = fs::metadata(real).ok();
    (data.map(|data| (data.len(), data.modified().ok())), log_of(real).exists())
}

/// Stages a copy of a file beside it, under a free name.
fn copy_beside(real: &Path, version: u32) -> io::Result<Staged> {
    let copy = Staged::file(Target { path: free_name(real, version), there: None })?;
    fs::copy(real, copy.path())?;
    Ok(copy)
}

/// Takes away the halves of copies that killed migrations of a file have left.
fn clear_copies(real: &Path) {
    let (Some(folder), Some(stem)) = (real.parent(), real.file_stem()) else { return };
    let begins = [stem.as_encoded_bytes(), b".schema-"].concat();
    staged::clear_folder(folder, |name| name.starts_with(&begins));
}

/// `shop.schema-3.duckdb`, or with a number appended if that is taken.
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
