//! Errors of writing and reading a lake.

use std::path::PathBuf;

use chrono::NaiveDateTime;

use crate::calendar::format_instant;
use crate::export::ExportError;
use crate::store::StoreError;

/// An error of a lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// No run has been committed there.
    #[error("{} holds no results", folder.display())]
    NoResults {
        /// The lake.
        folder: PathBuf,
    },
    /// A pushed table is missing.
    #[error("{} holds no {table}", folder.display())]
    NoTable {
        /// The lake.
        folder: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// The results are of another shop.
    #[error("the results in {} are of another shop: {activities} activities and {customers} customers \
             of theirs are not in it", folder.display())]
    Strangers {
        /// The lake.
        folder: PathBuf,
        /// The number of unknown activities.
        activities: i64,
        /// The number of unknown customers.
        customers: i64,
    },
    /// The file has newer results than the lake.
    #[error("the file's cohort rows are as of {}, those in {} as of {}", format_instant(*held), folder.display(),
        format_instant(*found))]
    Older {
        /// The lake.
        folder: PathBuf,
        /// The as-of of the file's results.
        held: NaiveDateTime,
        /// The as-of of the lake's results.
        found: NaiveDateTime,
    },
    /// Grades were updated in both places.
    #[error("grades were updated in the file and {runs} times in {} meanwhile", folder.display())]
    GradesApart {
        /// The lake.
        folder: PathBuf,
        /// The number of the lake's updates that are older than the file's last.
        runs: i64,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// Writing the tables failed.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
