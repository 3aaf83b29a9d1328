//! The contents of a lake's folders, and Parquet files as tables of the engine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::LakeError;
use crate::store::quote_literal;

/// The Parquet files directly in a folder, ordered by name; none if the folder does not exist.
pub(super) fn parquet_in(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let mut files: Vec<PathBuf> = entries(folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "parquet"))
        .collect();
    files.sort();
    Ok(files)
}

/// The entries of a folder; none if it does not exist.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let failed = |source| LakeError::Io { path: folder.to_owned(), source };
    match fs::read_dir(folder) {
        Ok(found) => found.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
    }
}

/// Files as a table that the engine can read. There is at least one.
pub(super) fn read_parquet(files: &[PathBuf]) -> String {
    let listed: Vec<String> = files.iter().map(|file| quote_literal(&file.to_string_lossy())).collect();
    format!("read_parquet([{}], hive_partitioning = false)", listed.join(", "))
}
