//! What is meant by the paths that are given: files of one format, or a database.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files::{Files, Format, Nature, Stamp};
use super::gzip;
use crate::import::error::ImportError;
use crate::named;
use crate::query;
use crate::store::Store;

/// Where lines come from.
#[derive(Clone, Debug)]
pub(in crate::import) enum Input {
    /// Files of one format.
    Files(Files),
    /// A database, of which a table or a query is read.
    Database(Database),
}

/// A database of another program's.
#[derive(Clone, Debug)]
pub(in crate::import) struct Database {
    pub system: DatabaseSystem,
    /// Where it is.
    pub path: String,
}

/// A kind of database that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum DatabaseSystem {
    /// A file of SQLite's.
    Sqlite,
}

impl Input {
    /// What paths and patterns stand for.
    pub fn find(store: &Store, given: &[PathBuf]) -> Result<Self, ImportError> {
        let mut paths = Vec::new();
        for path in given {
            paths.extend(matching(store, path)?);
        }
        let mut seen = HashSet::new();
        let (mut stamps, mut natures) = (Vec::new(), Vec::new());
        for path in &paths {
            stamps.push(Stamp::of(path));
            natures.push(Nature::of_file(path)?);
            if !seen.insert(Path::new(path).canonicalize().unwrap_or_else(|_| PathBuf::from(path))) {
                return Err(ImportError::FileTwice { path: path.clone() });
            }
        }
        let (Some(first), Some(nature)) = (paths.first(), natures.first().copied()) else {
            return Err(ImportError::NoFiles);
        };
        if let Some((other, other_nature)) = paths.iter().zip(&natures).find(|(_, other)| **other != nature) {
            return Err(ImportError::MixedFormats {
                first: first.clone(),
                first_format: nature.to_string(),
                other: other.clone(),
                other_format: other_nature.to_string(),
            });
        }
        if nature.format == Format::Sqlite {
            let [path] = paths.as_slice() else { return Err(ImportError::SeveralDatabases) };
            return Ok(Input::Database(Database { system: DatabaseSystem::Sqlite, path: path.clone() }));
        }
        // Nobody has read the others yet.
        let mut may_have_long_lines = !nature.gzipped;
        if nature.gzipped {
            for path in &paths {
                may_have_long_lines |= gzip::check_whole(path)?;
            }
        }
        let Nature { format, gzipped } = nature;
        Ok(Input::Files(Files { format, gzipped, may_have_long_lines, stamps, paths }))
    }

    /// What is read.
    pub fn format(&self) -> Format {
        match self {
            Input::Files(files) => files.format,
            Input::Database(Database { system: DatabaseSystem::Sqlite, .. }) => Format::Sqlite,
        }
    }

    /// The paths, in their order.
    pub fn paths(&self) -> &[String] {
        match self {
            Input::Files(files) => &files.paths,
            Input::Database(database) => std::slice::from_ref(&database.path),
        }
    }

    /// The first path: the one to name when all are meant.
    pub fn first(&self) -> &str {
        self.paths().first().map_or("", String::as_str)
    }

    /// Refuses files that have changed since they were found. The rows of a database are read by one statement.
    pub fn expect_unchanged(&self) -> Result<(), ImportError> {
        match self {
            Input::Files(files) => files.expect_unchanged(),
            Input::Database(_) => Ok(()),
        }
    }

    /// The input in a message: the only path, or how many there are.
    pub fn named(&self) -> String {
        match self.paths() {
            [only] => only.clone(),
            several => format!("{} files", several.len()),
        }
    }
}

/// The files that a path or a pattern stands for. A file may have a pattern's characters in its name,
/// so the file goes first.
fn matching(store: &Store, path: &Path) -> Result<Vec<String>, ImportError> {
    let text = path.to_str().ok_or_else(|| ImportError::PathNotText { path: path.to_owned() })?;
    let unreadable = |path: &Path, error: std::io::Error| ImportError::Unreadable {
        path: path.display().to_string(),
        message: error.to_string(),
    };
    match fs::metadata(path) {
        Ok(_) => return Ok(vec![text.to_owned()]),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(path, error)),
    }
    let matched: Vec<String> =
        store.rows(query!("import/matching_files.sql"), named! { "pattern": text }, |row| row.get(0))?;
    if !matched.is_empty() {
        return Ok(matched);
    }
    // A folder that cannot be read matches nothing either.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.map(|folder| (folder, fs::read_dir(folder))) {
        Some((folder, Err(error))) if error.kind() != ErrorKind::NotFound => Err(unreadable(folder, error)),
        _ => Err(ImportError::Missing { path: text.to_owned() }),
    }
}
