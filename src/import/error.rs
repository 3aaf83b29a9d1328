//! Errors of imports. They state facts; hints are the caller's to give.

use std::path::PathBuf;

use chrono::NaiveDateTime;

use super::problems::{Problem, list_problems};
use crate::calendar::format_instant;
use crate::store::StoreError;

/// An error of an import. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No file was named.
    #[error("there is no file to import")]
    NoFiles,
    /// There is no file at the path, and as a pattern it matches none.
    #[error("there is no file at {path}")]
    Missing {
        /// What was given.
        path: String,
    },
    /// A file that was given more than once, or that a pattern matches again.
    #[error("{path} was given twice: its lines would be counted twice")]
    FileTwice {
        /// The path.
        path: String,
    },
    /// The path is a folder.
    #[error("{} is a folder", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
    },
    /// The path is a pipe or a device.
    #[error("{} is not a regular file, and would have to be read more than once", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The path cannot be passed to the engine.
    #[error("the path {} is not valid UTF-8", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// A file without rows.
    #[error("{path} has no rows")]
    Empty {
        /// The path.
        path: String,
    },
    /// A file that cannot be opened or read.
    #[error("cannot read {path}: {message}")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system or the engine says.
        message: String,
    },
    /// A file that another program wrote to, or replaced, while it was read.
    #[error("{path} changed while it was read. Import it again once nobody writes to it")]
    Changed {
        /// The path.
        path: String,
    },
    /// A file in an unsupported format.
    #[error("{path} is {what}")]
    Foreign {
        /// The path.
        path: String,
        /// The format, and how to convert it.
        what: &'static str,
    },
    /// Files of different formats in one import.
    #[error("{first} is {first_format} and {other} is {other_format}")]
    MixedFormats {
        /// The first file.
        first: String,
        /// What it is.
        first_format: String,
        /// The file of another format.
        other: String,
        /// Its format.
        other_format: String,
    },
    /// Several SQLite databases in one import.
    #[error("several SQLite files cannot be imported at once")]
    SeveralDatabases,
    /// A table was given for files that are not a database.
    #[error("{path} is not a database and has no tables")]
    NoTables {
        /// The file.
        path: String,
    },
    /// A delimiter or header was given for a format that has none.
    #[error("{path} is {format}, which has neither delimiters nor a header")]
    NotDelimited {
        /// The file.
        path: String,
        /// What it is.
        format: String,
    },
    /// A database without the given table.
    #[error("{path} has no table `{given}`: its tables are {}", list_or_none(tables))]
    NoSuchTable {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// Its tables and views.
        tables: Vec<String>,
    },
    /// A database with several tables, none of which was given.
    #[error("{path} has several tables: {}", list_or_none(tables))]
    WhichTable {
        /// The file.
        path: String,
        /// Its tables and views.
        tables: Vec<String>,
    },
    /// A query of a database that failed.
    #[error("`{given}` cannot be read from {path}: {message}")]
    BadTable {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// What the database says.
        message: String,
    },
    /// A text in a database that is not UTF-8.
    #[error("row {row} of {path} has a text in `{column}` that is not UTF-8")]
    ValueNotText {
        /// The file.
        path: String,
        /// The row, counted from 1.
        row: u64,
        /// Its column.
        column: String,
    },
    /// Too many columns.
    #[error("{path} has {columns} columns; at most {most} can be read")]
    TooManyColumns {
        /// The file.
        path: String,
        /// How many.
        columns: usize,
        /// How many are read.
        most: usize,
    },
    /// A column to keep that does not exist.
    #[error("{path} has no column `{given}`: its columns are {}", source_columns.join(", "))]
    NoSuchColumn {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// The file's columns, quoted as in expressions.
        source_columns: Vec<String>,
    },
    /// Files with different columns.
    #[error(
        "{other} has different columns than {first} ({} instead of {})",
        other_columns.join(", "),
        first_columns.join(", ")
    )]
    DifferentColumns {
        /// The first file.
        first: String,
        /// Its columns.
        first_columns: Vec<String>,
        /// The file of another format.
        other: String,
        /// Its columns.
        other_columns: Vec<String>,
    },
    /// A malformed line.
    #[error(
        "{path}{}: {message}",
        line.map(|line| format!(":{line}")).unwrap_or_default()
    )]
    Malformed {
        /// The file.
        path: String,
        /// The line, if known.
        line: Option<u64>,
        /// What is wrong with it, and how to fix it.
        message: String,
    },
    /// An unsupported delimiter.
    #[error("`{given}` is not a delimiter: give one character, `tab` or `blanks`")]
    BadDelimiter {
        /// What was given.
        given: String,
    },
    /// A malformed mapping.
    #[error("`{given}` is not COLUMN=EXPRESSION, as in amount='\"Quantity\" * \"UnitPrice\"'")]
    BadMap {
        /// What was given.
        given: String,
    },
    /// A mapping for an unknown column.
    #[error("{rows} have no column `{given}`: theirs are {}", columns.join(", "))]
    UnknownColumn {
        /// What was given.
        given: String,
        /// What the rows are.
        rows: &'static str,
        /// The columns that they have.
        columns: Vec<&'static str>,
    },
    /// Two mappings for the same column.
    #[error("`{column}` is mapped twice")]
    MappedTwice {
        /// The column.
        column: &'static str,
    },
    /// An expression that is not valid over the source's columns.
    #[error(
        "{column} cannot be computed from `{expression}`: {message}. The file's columns are {}",
        source_columns.join(", ")
    )]
    BadExpression {
        /// Our column.
        column: &'static str,
        /// What was given.
        expression: String,
        /// What is wrong with it.
        message: String,
        /// The source's columns, quoted as in expressions.
        source_columns: Vec<String>,
    },
    /// Required columns that the source does not have.
    #[error(
        "no column of {path} is recognised as {}. Its columns are {}",
        columns.join(" or as "),
        source_columns.join(", ")
    )]
    ColumnsNotFound {
        /// The file.
        path: String,
        /// What is missing.
        columns: Vec<&'static str>,
        /// The file's columns, quoted as in expressions.
        source_columns: Vec<String>,
        /// Where they might be.
        suggestions: Vec<Suggestion>,
    },
    /// Dates whose order of day, month and year is ambiguous.
    #[error("the dates in {column} of {path} are ambiguous: `{example}` can be read in more than one order")]
    AmbiguousDates {
        /// The file, or the first of several.
        path: String,
        /// The source's column.
        column: String,
        /// One of its values.
        example: String,
    },
    /// An invalid date format.
    #[error("the date format '{format}' cannot be used: {message}")]
    BadDateFormat {
        /// What was given.
        format: String,
        /// What is wrong with it.
        message: String,
    },
    /// Unusable lines.
    #[error(
        "{total} of {lines} lines of {of} cannot be used, so nothing was imported:\n{}",
        list_problems(problems)
    )]
    BadLines {
        /// The file, or how many.
        of: String,
        /// How many.
        total: i64,
        /// Of how many that were read.
        lines: i64,
        /// By reason.
        problems: Vec<Problem>,
    },
    /// Unusable lines are skipped, but no others are left.
    #[error(
        "none of the {lines} lines of {of} can be used, so nothing was imported:\n{}",
        list_problems(problems)
    )]
    NoGoodLines {
        /// The file, or how many.
        of: String,
        /// How many were read.
        lines: i64,
        /// By reason.
        problems: Vec<Problem>,
    },
    /// The file of rejects cannot be written.
    #[error("cannot write the rejects to {path}: {message}")]
    RejectsNotWritten {
        /// Where.
        path: String,
        /// Why not.
        message: String,
    },
    /// Existing orders are to be skipped or replaced, but the source has no order ids.
    #[error("existing orders are recognised by their order ids, and no column gives them")]
    NoOrderIds,
    /// Articles are to be kept, but the source has no order ids.
    #[error("articles belong to orders by their order ids, and no column gives them")]
    NoOrderIdsForLines,
    /// Orders that exist already.
    #[error(
        "{count} of these orders are in the file already (order ids {}{}), so nothing was imported",
        first.join(", "),
        if *count > first.len() as i64 { ", …" } else { "" }
    )]
    AlreadyThere {
        /// How many.
        count: i64,
        /// The first ids.
        first: Vec<String>,
    },
    /// Customers, products or activities that exist already.
    #[error(
        "{count} of these {rows} are in the file already ({}{}), so nothing was imported",
        first.join(", "),
        if *count > first.len() as i64 { ", …" } else { "" }
    )]
    Known {
        /// What they are.
        rows: &'static str,
        /// How many.
        count: i64,
        /// The first ids, or names.
        first: Vec<String>,
    },
    /// Customers without a sign-up date, in a file without a clock.
    #[error("{count} of these customers have no sign-up date, and the file has no clock yet")]
    NoSignUps {
        /// How many.
        count: i64,
    },
    /// A clock that would leave customers in the future.
    #[error(
        "the clock {} is not after the latest sign-up ({})",
        format_instant(*clock),
        format_instant(*latest)
    )]
    ClockBeforeSignUp {
        /// What was given.
        clock: NaiveDateTime,
        /// The latest sign-up.
        latest: NaiveDateTime,
    },
    /// Every order seems to exist already, without order ids to tell for certain.
    #[error(
        "all {orders} orders are in the file already (the same customers, times and amounts): nothing was \
         imported, because without order ids they would be counted twice"
    )]
    SameAgain {
        /// How many.
        orders: i64,
    },
    /// The database file holds simulated data.
    #[error("the file holds simulated data; a shop's own data needs a file of its own")]
    Simulated,
    /// A clock that would leave orders in the future.
    #[error(
        "the clock {} is not after the latest order ({})",
        format_instant(*clock),
        format_instant(*latest)
    )]
    ClockTooEarly {
        /// What was given.
        clock: NaiveDateTime,
        /// The latest order.
        latest: NaiveDateTime,
    },
    /// A clock before the file's own.
    #[error(
        "the clock {} is before the file's ({}), which never goes back",
        format_instant(*clock),
        format_instant(*current)
    )]
    ClockBack {
        /// What was given.
        clock: NaiveDateTime,
        /// The file's.
        current: NaiveDateTime,
    },
    /// The amounts would add up to more than a sum can hold.
    #[error(
        "with these orders the amounts of the file would add up to more than 9,999,999,999,999,999.99, the largest \
         possible sum: one of them must be wrong"
    )]
    TooMuch,
    /// New members for lists whose cohorts already have written months.
    #[error("the cohorts of {activities} have written months that do not include these customers")]
    ListsInUse {
        /// The names of the activities.
        activities: String,
    },
    /// The engine failed while evaluating the mapping.
    #[error("reading {path} failed: {message}")]
    Evaluation {
        /// The file, or the first of several.
        path: String,
        /// What the engine says.
        message: String,
    },
    /// The file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A suggested mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Our column.
    pub column: &'static str,
    /// The expression over the source's columns.
    pub expression: String,
}

fn list_or_none(tables: &[String]) -> String {
    if tables.is_empty() { "none".to_owned() } else { tables.join(", ") }
}
