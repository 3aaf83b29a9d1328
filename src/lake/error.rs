//! Why a lake cannot be written or read.

use std::path::PathBuf;

use chrono::NaiveDateTime;

use crate::calendar::format_instant;
use crate::export::ExportError;
use crate::store::StoreError;

/// An error of a lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// Nothing has been committed there.
    #[error("{} holds no results", folder.display())]
    NoResults {
        /// The lake.
        folder: PathBuf,
    },
    /// A pushed table is not there.
    #[error("{} holds no {table}", folder.display())]
    NoTable {
        /// The lake.
        folder: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// The results are of another shop.
    #[error("the results in {} are not of this file's shop: {activities} activities and {customers} customers \
             of theirs are not in it", folder.display())]
    Strangers {
        /// The lake.
        folder: PathBuf,
        /// How many activities are not known.
        activities: i64,
        /// How many customers are not known.
        customers: i64,
    },
    /// The file has newer results than the lake.
    #[error("the file's cohort rows are as of {}, those in {} as of {}", format_instant(*held), folder.display(),
        format_instant(*found))]
    Older {
        /// The lake.
        folder: PathBuf,
        /// The file's.
        held: NaiveDateTime,
        /// The lake's.
        found: NaiveDateTime,
    },
    /// Grades were updated in both places.
    #[error("grades were updated in the file and {runs} times in {} meanwhile", folder.display())]
    GradesApart {
        /// The lake.
        folder: PathBuf,
        /// The lake's updates that the file has gone past.
        runs: i64,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Writing the tables failed.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
