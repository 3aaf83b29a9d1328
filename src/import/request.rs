//! The request of any import: what to read and how, and how to treat unusable lines and
//! existing rows.

use std::path::PathBuf;

use super::mapping::MapArgument;
use super::source::Delimiter;

/// A source and how to read it.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Files of one format (CSV, JSON, Parquet; or one SQLite database), or patterns such as
    /// `orders-*.csv`.
    pub files: Vec<PathBuf>,
    /// Mappings of our columns to expressions over the source's; other columns are recognised
    /// by their names.
    pub map: Vec<MapArgument>,
    /// The delimiter of a text file; detected by default.
    pub delimiter: Option<Delimiter>,
    /// Whether a text file has a header; detected by default.
    pub header: Option<bool>,
    /// A database's table, or a query; by default its only table, or the one named after what is
    /// imported.
    pub table: Option<String>,
    /// The format of dates, as in the engine's `strptime`; detected by default.
    pub date_format: Option<String>,
}

impl Reading {
    /// These files, with everything else detected.
    pub fn of<P: Into<PathBuf>>(files: impl IntoIterator<Item = P>) -> Self {
        Reading { files: files.into_iter().map(Into::into).collect(), ..Reading::default() }
    }

    /// Maps one of our columns to an expression over the source's.
    #[must_use]
    pub fn map(mut self, column: &str, expression: &str) -> Self {
        self.map.push(MapArgument { column: column.to_owned(), expression: expression.to_owned() });
        self
    }
}

/// How to treat unusable lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BadLines {
    /// Import nothing and report them.
    #[default]
    Refuse,
    /// Skip them and import the others.
    Skip {
        /// A CSV file to write them to, with the reasons.
        rejects: Option<PathBuf>,
    },
}

impl BadLines {
    /// Whether unusable lines are skipped.
    pub fn are_skipped(&self) -> bool {
        matches!(self, BadLines::Skip { .. })
    }
}

/// How to treat rows whose ids exist already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Import nothing and report them.
    #[default]
    Error,
    /// Keep the existing rows.
    Skip,
    /// Replace the existing rows.
    Replace,
}

/// Progress of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The lines are being read.
    Reading,
    /// Rows have been copied from a database; the number so far.
    TakenOver(u64),
    /// The lines are being compared with each other and with the file.
    Checking,
    /// The rows are being written.
    Writing,
}
