//! A user's own statements over a file: which of them only read, and their rows as they come.
//!
//! Reading is a promise about everything, not only about the file: it is opened for reading by whoever
//! calls, and statements that could write elsewhere or change settings are not run ([`Script::expect_reading`]).

mod error;
mod kind;
mod message;
mod split;

use std::collections::HashSet;

use serde_json::Value as Json;

pub use error::ScriptError;

use crate::query;
use crate::store::{ResultColumn, RowStream, Store, StoreError, quote_identifier};
use kind::{Kind, kind_of, name_of};
use message::tidy;
use split::{Piece, pieces};

/// The statements of a text.
#[derive(Clone, Debug)]
pub struct Script<'a> {
    pieces: Vec<Piece<'a>>,
}

/// What running was allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Statements that only read are run.
    Reading,
    /// Every statement is run, all of them in one transaction.
    Writing,
}

/// What a statement did that answers with no rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which statement, 1 for the first.
    pub number: usize,
    /// The word it is called by: `UPDATE`.
    pub name: String,
    /// How many rows it changed; `None` when it is not about rows.
    pub rows: Option<usize>,
}

/// What running came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The statements that answered with no rows, in order.
    pub changes: Vec<Change>,
    /// Whether the last statement answered with rows.
    pub answered: bool,
    /// How many statements before the last answered with rows, which nobody saw.
    pub unseen: usize,
    /// Whether a statement may have changed orders.
    pub touched_orders: bool,
}

/// The rows of the last statement.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The columns; no two have the same name.
    pub columns: Vec<ResultColumn>,
    /// Whether they are the plan of a statement: texts of many lines.
    pub is_plan: bool,
    /// The rows.
    pub rows: AnswerRows<'a>,
}

/// The rows of a statement, as they come.
#[derive(Debug)]
pub struct AnswerRows<'a> {
    stream: RowStream<'a>,
    failure: Failure,
}

impl AnswerRows<'_> {
    /// The next rows; `None` after the last.
    pub fn next_batch(&mut self) -> Result<Option<crate::store::Batch>, ScriptError> {
        self.stream.next_batch().map_err(|error| self.failure.of(&error))
    }
}

/// How the failure of a statement is told.
#[derive(Clone, Copy, Debug)]
struct Failure {
    number: Option<(usize, usize)>,
    /// By how many lines the statement lies further down in the user's text.
    shift: isize,
}

impl Failure {
    fn of(self, error: &StoreError) -> ScriptError {
        ScriptError::Failed { number: self.number, message: tidy(&error.engine_message(), self.shift) }
    }
}

/// Columns of these types are read as they are; others come as the engine's own text.
const READ_AS_THEY_ARE: &[&str] = &[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "HUGEINT",
    "FLOAT",
    "DOUBLE",
    "VARCHAR",
    "DATE",
    "TIMESTAMP",
];

/// Functions that a SELECT may call and that change more than its own result.
fn changes_more(function: &str) -> bool {
    let function = function.to_ascii_lowercase();
    ["enable_", "disable_"].iter().any(|start| function.starts_with(start))
        || ["checkpoint", "truncate"].iter().any(|part| function.contains(part))
}

impl<'a> Script<'a> {
    /// The statements of a text.
    pub fn parse(text: &'a str) -> Result<Self, ScriptError> {
        let pieces = pieces(text);
        if pieces.is_empty() { Err(ScriptError::Empty) } else { Ok(Script { pieces }) }
    }

    /// Fails when a statement could do more than read: change the file, write
    /// another (`COPY ... TO`, `EXPORT`), open another (`ATTACH`), load code
    /// (`INSTALL`, `LOAD`) or change a setting (`SET`, `PRAGMA`). What is gone with the connection is allowed:
    /// `CREATE TEMP ...` and `SET VARIABLE`.
    pub fn expect_reading(&self) -> Result<(), ScriptError> {
        let changing = |piece: &&Piece<'_>| {
            matches!(kind_of(piece), Kind::Changes | Kind::ChangesWithRows | Kind::Transaction)
        };
        match self.pieces.iter().find(changing) {
            Some(piece) => Err(ScriptError::NotReading { name: name_of(piece), line: self.line(piece) }),
            None => Ok(()),
        }
    }

    /// Fails when a statement begins or ends a transaction.
    pub fn expect_no_transaction(&self) -> Result<(), ScriptError> {
        match self.pieces.iter().find(|piece| kind_of(piece) == Kind::Transaction) {
            Some(piece) => Err(ScriptError::OwnTransaction { name: name_of(piece), line: self.line(piece) }),
            None => Ok(()),
        }
    }

    fn line(&self, piece: &Piece<'_>) -> Option<usize> {
        (self.pieces.len() > 1).then_some(piece.line)
    }

    /// Runs every statement in turn; the rows of the last go to `show`. In
    /// [`Mode::Writing`] all of them are one transaction, which ends well only if `show` does.
    pub fn run<E: From<ScriptError> + From<StoreError>>(
        &self,
        store: &Store,
        mode: Mode,
        show: impl FnOnce(Answer<'_>) -> Result<(), E>,
    ) -> Result<Outcome, E> {
        match mode {
            Mode::Reading => {
                self.expect_reading()?;
                self.run_all(store, mode, show)
            }
            Mode::Writing => {
                self.expect_no_transaction()?;
                store.transaction(|store| {
                    let outcome = self.run_all(store, mode, show)?;
                    if outcome.touched_orders {
                        forget_first_orders(store)?;
                    }
                    Ok(outcome)
                })
            }
        }
    }

    fn run_all<E: From<ScriptError>>(
        &self,
        store: &Store,
        mode: Mode,
        show: impl FnOnce(Answer<'_>) -> Result<(), E>,
    ) -> Result<Outcome, E> {
        let mut outcome = Outcome::default();
        let mut show = Some(show);
        let count = self.pieces.len();
        for (position, piece) in self.pieces.iter().enumerate() {
            let number = position + 1;
            let failure =
                Failure { number: (count > 1).then_some((number, count)), shift: piece.line as isize - 1 };
            let kind = kind_of(piece);
            if mode == Mode::Reading {
                expect_plain_functions(store, piece, kind).map_err(|found| match found {
                    Some(name) => ScriptError::NotReading { name, line: self.line(piece) },
                    None => failure.of_planning(store, piece),
                })?;
            }
            match kind {
                Kind::Changes | Kind::Temporary | Kind::Transaction | Kind::Unknown => {
                    let rows = store
                        .execute_text("running the statement", piece.text)
                        .map_err(|error| failure.of(&error))?;
                    let name = name_of(piece);
                    let about_rows = rows > 0
                        || matches!(
                            name.as_str(),
                            "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "WITH" | "COPY"
                        );
                    outcome.changes.push(Change { number, name, rows: about_rows.then_some(rows) });
                    outcome.touched_orders |= kind == Kind::Changes && piece.names("orders");
                }
                Kind::Rows | Kind::Plan { .. } | Kind::ChangesWithRows => {
                    // WITH may lead to a change as well as to rows.
                    let changes = kind == Kind::ChangesWithRows
                        || ["insert", "update", "delete", "merge"].iter().any(|word| piece.names(word));
                    outcome.touched_orders |= mode == Mode::Writing && changes && piece.names("orders");
                    let mut answer = answer(store, piece, kind, failure)?;
                    match show.take_if(|_| number == count) {
                        Some(show) => {
                            outcome.answered = true;
                            show(answer)?;
                        }
                        None => {
                            outcome.unseen += 1;
                            while answer.rows.next_batch()?.is_some() {}
                        }
                    }
                }
            }
        }
        Ok(outcome)
    }
}

impl Failure {
    /// The failure of a statement that the engine could not plan, in its own words. Nothing is run for them.
    fn of_planning(self, store: &Store, piece: &Piece<'_>) -> ScriptError {
        let explain = format!("EXPLAIN\n{}", piece.text);
        match store.rows_text("planning the statement", &explain, |_| Ok(())) {
            Err(error) => Failure { shift: self.shift - 1, ..self }.of(&error),
            // It is no statement that is known to read only.
            Ok(_) => ScriptError::NotReading { name: name_of(piece), line: self.number.map(|_| piece.line) },
        }
    }
}

/// Asks the engine's own plan whether a statement calls a function that changes more than its result. Fails with
/// its name, or without one when there is no plan.
fn expect_plain_functions(store: &Store, piece: &Piece<'_>, kind: Kind) -> Result<(), Option<String>> {
    let planned = match kind {
        // In parentheses nothing but one statement that reads can stand.
        Kind::Rows => format!("SELECT * FROM (\n{}\n)", piece.text),
        Kind::Plan { of } => format!("SELECT * FROM (\n{}\n)", &piece.text[of..]),
        Kind::Temporary if piece.names("TABLE") => piece.text.to_owned(),
        Kind::Unknown => return Err(None),
        _ => return Ok(()),
    };
    let explain = format!("EXPLAIN (FORMAT JSON) {planned}");
    let plan: Vec<String> =
        store.rows_text("planning the statement", &explain, |row| row.get(1)).map_err(|_| None)?;
    let found = plan.iter().find_map(|plan| function_that_changes(&serde_json::from_str(plan).ok()?));
    found.map_or(Ok(()), |name| Err(Some(name)))
}

fn function_that_changes(plan: &Json) -> Option<String> {
    match plan {
        Json::Array(operators) => operators.iter().find_map(function_that_changes),
        Json::Object(operator) => {
            let function = operator.get("Function").and_then(Json::as_str).filter(|name| changes_more(name));
            let found = function.map(str::to_ascii_lowercase);
            found.or_else(|| operator.values().find_map(function_that_changes))
        }
        _ => None,
    }
}

fn answer<'s>(
    store: &'s Store,
    piece: &Piece<'_>,
    kind: Kind,
    failure: Failure,
) -> Result<Answer<'s>, ScriptError> {
    let what = "running the statement";
    let described = match kind {
        Kind::Rows => store.describe_text(what, &format!("(\n{}\n)", piece.text)).ok(),
        _ => None,
    };
    let is_plain = |data_type: &str| {
        READ_AS_THEY_ARE.contains(&data_type)
            || data_type.starts_with("DECIMAL(") && !data_type.ends_with(']')
            || data_type.starts_with("ENUM(") && !data_type.ends_with(']')
    };
    let (stream, failure) = match &described {
        Some(columns) if columns.iter().any(|column| !is_plain(&column.data_type)) => {
            let places: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
            let texts: Vec<String> = columns
                .iter()
                .zip(&places)
                .map(|(column, place)| {
                    let name = quote_identifier(&column.name);
                    let value = if is_plain(&column.data_type) {
                        place.clone()
                    } else {
                        format!("CAST({place} AS VARCHAR)")
                    };
                    format!("{value} AS {name}")
                })
                .collect();
            let select = format!(
                "SELECT {} FROM (\n{}\n) AS answer({})",
                texts.join(", "),
                piece.text,
                places.join(", ")
            );
            let failure = Failure { shift: failure.shift - 1, ..failure };
            (store.stream_text(what, &select), failure)
        }
        _ => (store.stream_text(what, piece.text), failure),
    };
    let stream = stream.map_err(|error| failure.of(&error))?;
    let mut columns = with_distinct_names(stream.columns());
    for (column, described) in columns.iter_mut().zip(described.iter().flatten()) {
        // Numbers that only their text can tell.
        column.is_number |= matches!(described.data_type.as_str(), "UHUGEINT" | "BIGNUM");
    }
    Ok(Answer { columns, is_plan: matches!(kind, Kind::Plan { .. }), rows: AnswerRows { stream, failure } })
}

/// The columns with every name once: the second `a` is `a_1`, as in a table made of the rows.
fn with_distinct_names(columns: &[ResultColumn]) -> Vec<ResultColumn> {
    let given: HashSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    columns
        .iter()
        .map(|column| {
            let free = |name: &String| !taken.contains(name) && !given.contains(name.as_str());
            let name = if taken.contains(&column.name) {
                (1..).map(|n| format!("{}_{n}", column.name)).find(free).unwrap_or_default()
            } else {
                column.name.clone()
            };
            taken.insert(name.clone());
            ResultColumn { name, is_number: column.is_number }
        })
        .collect()
}

/// What the batch knows of first orders may not hold any more: it learns it again when it needs it.
fn forget_first_orders(store: &Store) -> Result<(), StoreError> {
    store.execute(query!("cohort/forget_first_orders.sql"), &[])?;
    store.meta().unset_first_orders_before()
}

#[cfg(test)]
mod tests;
