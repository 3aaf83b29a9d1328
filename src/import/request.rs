//! What is asked of any import: what to read and how, and what to do with lines that
//! cannot be used and with rows that are there already.

use std::path::PathBuf;

use super::mapping::MapArgument;
use super::source::Delimiter;

/// What to read, and how.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Files of one format (CSV, JSON, Parquet; one SQLite database), or patterns
    /// such as `orders-*.csv`.
    pub files: Vec<PathBuf>,
    /// Our columns given as expressions over the source's; the others are
    /// recognised by their names.
    pub map: Vec<MapArgument>,
    /// How a text file's columns are separated; found out when not given.
    pub delimiter: Option<Delimiter>,
    /// Whether a text file's first line names its columns; found out when not given.
    pub header: Option<bool>,
    /// A database's table, or a query over its tables; when not given, its only
    /// table, or the one with the name of what is imported.
    pub table: Option<String>,
    /// How dates are written, in the engine's `strptime` words; found out when not given.
    pub date_format: Option<String>,
}

impl Reading {
    /// These files, read as they seem to be meant.
    pub fn of<P: Into<PathBuf>>(files: impl IntoIterator<Item = P>) -> Self {
        Reading { files: files.into_iter().map(Into::into).collect(), ..Reading::default() }
    }

    /// Gives one of our columns as an expression over the source's.
    #[must_use]
    pub fn map(mut self, column: &str, expression: &str) -> Self {
        self.map.push(MapArgument { column: column.to_owned(), expression: expression.to_owned() });
        self
    }
}

/// What to do with lines that cannot be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BadLines {
    /// Import nothing, and say which they are.
    #[default]
    Refuse,
    /// Import the others.
    Skip {
        /// The CSV file that they are written to, with the reason before their columns.
        rejects: Option<PathBuf>,
    },
}

impl BadLines {
    /// Whether the other lines are imported.
    pub fn are_skipped(&self) -> bool {
        matches!(self, BadLines::Skip { .. })
    }
}

/// What to do with rows whose ids the file holds already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Import nothing, and say which they are.
    #[default]
    Error,
    /// Keep those of the file.
    Skip,
    /// Put the new ones in their place.
    Replace,
}

/// How far an import is, for whoever waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The lines are being read.
    Reading,
    /// So many rows of a database have been taken over.
    TakenOver(u64),
    /// The lines are being compared with each other and with the file.
    Checking,
    /// The rows are being written.
    Writing,
}
