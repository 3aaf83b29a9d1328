//! Why an import could not be done. What a user can do about it is for whoever asked to say.

use std::path::PathBuf;

use chrono::NaiveDateTime;

use super::problems::{Problem, list_problems};
use crate::calendar::format_instant;
use crate::store::StoreError;

/// An error of an import. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No file was named.
    #[error("no file to import")]
    NoFiles,
    /// Nothing is at the path, and as a pattern it matches nothing.
    #[error("there is no file at {path}")]
    Missing {
        /// What was given.
        path: String,
    },
    /// A file that was named more than once, or that a pattern matches again.
    #[error("{path} is named twice: its lines would count twice")]
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
    #[error("{} is not a regular file, and is read more than once", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The path cannot be handed to the engine.
    #[error("the path {} is not valid UTF-8", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// A file without a single row.
    #[error("{path} is empty: it holds no rows")]
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
    /// A file that is neither text nor a format that is read.
    #[error("{path} is {what}")]
    Foreign {
        /// The path.
        path: String,
        /// What it is, and what to do with it.
        what: &'static str,
    },
    /// Files of different formats in one import.
    #[error("{first} is {first_format} and {other} is {other_format}")]
    MixedFormats {
        /// The first file.
        first: String,
        /// What it is.
        first_format: String,
        /// The file that differs.
        other: String,
        /// What that is.
        other_format: String,
    },
    /// Several SQLite databases in one import.
    #[error("several SQLite files cannot be imported at once")]
    SeveralDatabases,
    /// A table was asked for of files that have none.
    #[error("{path} has no tables, as a database has")]
    NoTables {
        /// The file.
        path: String,
    },
    /// A delimiter or a header line was asked for of a format that has none.
    #[error("{path} is {format}, which has neither delimiters nor a header line")]
    NotDelimited {
        /// The file.
        path: String,
        /// What it is.
        format: String,
    },
    /// A database without a table of that name.
    #[error("{path} has no table `{given}`: its tables are {}", list_or_none(tables))]
    NoSuchTable {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// Its tables and views.
        tables: Vec<String>,
    },
    /// A database of several tables, none of which is asked for.
    #[error("{path} has several tables: {}", list_or_none(tables))]
    WhichTable {
        /// The file.
        path: String,
        /// Its tables and views.
        tables: Vec<String>,
    },
    /// A query over a database that cannot be run.
    #[error("`{given}` cannot be read from {path}: {message}")]
    BadTable {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// What the database says.
        message: String,
    },
    /// A value of a database that is not text.
    #[error("row {row} of {path} holds a text in `{column}` that is not UTF-8")]
    ValueNotText {
        /// The file.
        path: String,
        /// The row, counted from 1.
        row: u64,
        /// Its column.
        column: String,
    },
    /// More columns than are read.
    #[error("{path} has {columns} columns, and at most {most} are read")]
    TooManyColumns {
        /// The file.
        path: String,
        /// How many.
        columns: usize,
        /// How many are read.
        most: usize,
    },
    /// A column that was to be kept, and is not there.
    #[error("{path} has no column `{given}`: its columns are {}", source_columns.join(", "))]
    NoSuchColumn {
        /// The file.
        path: String,
        /// What was given.
        given: String,
        /// What the file has, quoted as an expression needs them.
        source_columns: Vec<String>,
    },
    /// Files whose columns differ.
    #[error(
        "{other} has other columns than {first} ({} against {})",
        other_columns.join(", "),
        first_columns.join(", ")
    )]
    DifferentColumns {
        /// The first file.
        first: String,
        /// Its columns.
        first_columns: Vec<String>,
        /// The file that differs.
        other: String,
        /// Its columns.
        other_columns: Vec<String>,
    },
    /// A line that is not a record of the file's format.
    #[error(
        "{path}{}: {message}",
        line.map(|line| format!(":{line}")).unwrap_or_default()
    )]
    Malformed {
        /// The file.
        path: String,
        /// The line in it, when the reader knows.
        line: Option<u64>,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// A delimiter that cannot be one.
    #[error("`{given}` cannot separate columns: one character can, and `tab` and `blanks`")]
    BadDelimiter {
        /// What was given.
        given: String,
    },
    /// A mapping without its parts.
    #[error("`{given}` is not COLUMN=EXPRESSION, as in amount='\"Quantity\" * \"UnitPrice\"'")]
    BadMap {
        /// What was given.
        given: String,
    },
    /// A mapping for a column that such rows do not have.
    #[error("{rows} have no column `{given}`: theirs are {}", columns.join(", "))]
    UnknownColumn {
        /// What was given.
        given: String,
        /// What the rows are.
        rows: &'static str,
        /// The columns that they have.
        columns: Vec<&'static str>,
    },
    /// Two mappings for one column.
    #[error("`{column}` is mapped twice")]
    MappedTwice {
        /// The column.
        column: &'static str,
    },
    /// An expression that the engine does not accept over the source's columns.
    #[error(
        "{column} cannot be made of `{expression}`: {message}. The file's columns are {}",
        source_columns.join(", ")
    )]
    BadExpression {
        /// Our column.
        column: &'static str,
        /// What was given.
        expression: String,
        /// What is wrong with it.
        message: String,
        /// The source's columns, quoted as an expression needs them.
        source_columns: Vec<String>,
    },
    /// Columns that a row needs and the source does not offer.
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
        /// What the file has, quoted as an expression needs them.
        source_columns: Vec<String>,
        /// Where they might be.
        suggestions: Vec<Suggestion>,
    },
    /// Dates whose day, month and year can be told apart in more than one way.
    #[error("the dates of {column} in {path} can be read in more than one order (`{example}`)")]
    AmbiguousDates {
        /// The file, or the first of several.
        path: String,
        /// The source's column.
        column: String,
        /// One of its values.
        example: String,
    },
    /// A date format that the engine does not know.
    #[error("the date format '{format}' cannot be used: {message}")]
    BadDateFormat {
        /// What was given.
        format: String,
        /// What is wrong with it.
        message: String,
    },
    /// Lines that cannot be used.
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
    /// Lines were to be skipped, and none is left.
    #[error(
        "none of {lines} lines of {of} can be used, so nothing was imported:\n{}",
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
    /// What to do with known order ids was said, and there are none.
    #[error("what is there already is known by order ids, and no column gives them")]
    NoOrderIds,
    /// Articles are kept by their orders, and there are no order ids.
    #[error("the articles of an order are known by its id, and no column gives it")]
    NoOrderIdsForLines,
    /// Orders that are in the file already.
    #[error(
        "{count} of these orders are in the file already (order ids {}{}): nothing was written",
        first.join(", "),
        if *count > first.len() as i64 { ", …" } else { "" }
    )]
    AlreadyThere {
        /// How many.
        count: i64,
        /// The first ids.
        first: Vec<String>,
    },
    /// Customers, products or activities that the file knows already.
    #[error(
        "{count} of these {rows} are in the file already ({}{}): nothing was written",
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
    /// Customers of whom nothing tells when they signed up, in a file without a clock.
    #[error("nothing says when {count} of these customers signed up, and the file has no clock yet")]
    NoSignUps {
        /// How many.
        count: i64,
    },
    /// A clock that would leave customers in the future.
    #[error(
        "the clock {} is not after the latest sign-up ({}), which could never be seen",
        format_instant(*clock),
        format_instant(*latest)
    )]
    ClockBeforeSignUp {
        /// What was given.
        clock: NaiveDateTime,
        /// The latest sign-up.
        latest: NaiveDateTime,
    },
    /// Every order is in the file already, as far as can be told without ids.
    #[error(
        "all {orders} orders are in the file already (the same customers, times and amounts): nothing was \
         written, because without order ids they would count twice"
    )]
    SameAgain {
        /// How many.
        orders: i64,
    },
    /// The database file holds simulated data.
    #[error("the file holds simulated data, and a shop's own does not belong among it")]
    Simulated,
    /// A clock that would leave orders in the future.
    #[error(
        "the clock {} is not after the latest order ({}), which could never be seen",
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
        "the clock {} is before the file's ({}), which never moves back",
        format_instant(*clock),
        format_instant(*current)
    )]
    ClockBack {
        /// What was given.
        clock: NaiveDateTime,
        /// The file's.
        current: NaiveDateTime,
    },
    /// The amounts of a file must have a sum that fits.
    #[error(
        "with these orders the amounts of the file would add up to more than 9,999,999,999,999,999.99, the most that \
         a sum can be: one of them must be wrong"
    )]
    TooMuch,
    /// New members for lists whose cohorts have written months.
    #[error("the cohorts of {activities} have written months, and these customers are not in them")]
    ListsInUse {
        /// The names of the activities.
        activities: String,
    },
    /// The engine stopped while it evaluated the mapping over the lines.
    #[error("reading {path} failed: {message}")]
    Evaluation {
        /// The file, or the first of several.
        path: String,
        /// What the engine says.
        message: String,
    },
    /// The database file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An expression that could give a column.
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
