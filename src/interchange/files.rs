//! Which files are meant: paths and patterns become regular files of one format.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::error::ImportError;
use crate::named;
use crate::query;
use crate::store::Store;

/// A format that the engine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text with a header line and delimited columns.
    Csv,
    /// Parquet.
    Parquet,
}

/// Files of one format, in the order they were named; a pattern's by name.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub format: Format,
    pub paths: Vec<String>,
}

impl Files {
    /// The files that paths and patterns stand for.
    pub fn find(store: &Store, given: &[PathBuf]) -> Result<Self, ImportError> {
        let mut paths = Vec::new();
        for path in given {
            let text = path.to_str().ok_or_else(|| ImportError::PathNotText { path: path.clone() })?;
            // A file may have a pattern's characters in its name, so the file goes first.
            if path.exists() {
                paths.push(text.to_owned());
            } else {
                let matched: Vec<String> =
                    store.rows(query!("import/matching_files.sql"), named! { "pattern": text }, |row| {
                        row.get(0)
                    })?;
                if matched.is_empty() {
                    return Err(ImportError::Missing { path: text.to_owned() });
                }
                paths.extend(matched);
            }
        }
        let mut seen = HashSet::new();
        for path in &paths {
            check_file(Path::new(path))?;
            if !seen.insert(Path::new(path).canonicalize().unwrap_or_else(|_| PathBuf::from(path))) {
                return Err(ImportError::FileTwice { path: path.clone() });
            }
        }
        let first = paths.first().ok_or(ImportError::NoFiles)?;
        let format = format_of(first);
        if let Some(other) = paths.iter().find(|path| format_of(path) != format) {
            let (csv, parquet) = if format == Format::Csv { (first, other) } else { (other, first) };
            return Err(ImportError::MixedFormats { csv: csv.clone(), parquet: parquet.clone() });
        }
        Ok(Files { format, paths })
    }

    /// The first file: the one to name when all are meant.
    pub fn first(&self) -> &str {
        self.paths.first().map_or("", String::as_str)
    }
}

fn check_file(path: &Path) -> Result<(), ImportError> {
    let metadata = path.metadata().map_err(|error| ImportError::Unreadable {
        path: path.display().to_string(),
        message: error.to_string(),
    })?;
    if metadata.is_dir() {
        return Err(ImportError::IsFolder { path: path.to_owned() });
    }
    if !metadata.is_file() {
        return Err(ImportError::NotRegular { path: path.to_owned() });
    }
    if metadata.len() == 0 {
        return Err(ImportError::Empty { path: path.display().to_string() });
    }
    Ok(())
}

fn format_of(path: &str) -> Format {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("parquet" | "pq") => Format::Parquet,
        _ => Format::Csv,
    }
}

/// A path for a reader, which takes paths as patterns: its special characters
/// stand for themselves.
pub(super) fn literal_pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '*' | '?' | '[' => pattern.extend(['[', character, ']']),
            _ => pattern.push(character),
        }
    }
    pattern
}
