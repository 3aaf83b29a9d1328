//! Errors of writing and reading a lake.

use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDateTime;

use crate::calendar::format_instant;
use crate::export::ExportError;
use crate::store::StoreError;

/// Who wrote what is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// No push did, as far as the folder says.
    Unknown,
    /// Another shop's push.
    Another,
    /// A push of an early version, which left no name of its shop, and no month as it is in the file.
    Unnamed,
}

impl fmt::Display for Whose {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Whose::Unknown => "which no push of this shop wrote",
            Whose::Another => "which a push of another shop wrote",
            Whose::Unnamed => {
                "written by a push that did not name its shop and has no month as it is in this file"
            }
        })
    }
}

/// Names for a sentence: the first few of many.
fn listed(names: &[String]) -> String {
    match names {
        [first, second, third, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        names => names.join(", "),
    }
}

/// An error of a lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// No run has been committed there.
    #[error("{} holds no results", folder.display())]
    NoResults {
        /// The lake.
        folder: PathBuf,
    },
    /// There is no such folder.
    #[error("there is no folder {}", folder.display())]
    NoFolder {
        /// The lake.
        folder: PathBuf,
    },
    /// A lake is a folder.
    #[error("{} is not a folder", path.display())]
    NotFolder {
        /// What was named.
        path: PathBuf,
    },
    /// What is in the folder under the names that a push writes is not this shop's.
    #[error("{} holds {}, {whose}", folder.display(), listed(names))]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// The names.
        names: Vec<String>,
        /// Who wrote them.
        whose: Whose,
    },
    /// Something that this shop's pushes did not write would be read as its orders.
    #[error("{} holds {}, which no push of this shop wrote and which would be read as its orders", folder.display(),
        listed(names))]
    Strange {
        /// The lake.
        folder: PathBuf,
        /// What it is.
        names: Vec<String>,
        /// Whether it is months of orders alone, which a push may be asked to replace.
        removable: bool,
    },
    /// The lake holds what was computed for another shop.
    #[error("{} holds the results of another shop", folder.join("out").display())]
    ResultsOfAnother {
        /// The lake.
        folder: PathBuf,
    },
    /// A push was cut off while it put its files in their places.
    #[error("the last push into {} was not finished: some of its files are new and some are not", folder.display())]
    Unfinished {
        /// The lake.
        folder: PathBuf,
    },
    /// This push could not put all of its files in their places.
    #[error("the push into {} is not finished: some of its files are new and some are not", folder.display())]
    LeftUnfinished {
        /// The lake.
        folder: PathBuf,
        /// What kept it from that.
        #[source]
        source: Box<LakeError>,
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
    /// The lake was pushed by another shop.
    #[error("{} was pushed by another shop than this file's", folder.display())]
    AnotherShop {
        /// The lake.
        folder: PathBuf,
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
