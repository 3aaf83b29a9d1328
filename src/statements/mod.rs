//! A user's own SQL over a file: reading without harm, or writing as one transaction.
//!
//! Reading is a promise about everything, not only about the file: [`read`] runs one SELECT whose
//! functions are known to change nothing, neither other files nor settings. [`write`] hands the
//! whole text to the engine.

mod check;
mod error;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

pub use check::{check_condition, check_expression, check_over};
pub use error::{ExpressionError, ScriptError};

use crate::query;
use crate::store::{RelationColumn, ResultColumn, RowStream, Store, StoreError, quote_identifier};

/// The rows of a statement.
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
pub struct AnswerRows<'a>(RowStream<'a>);

impl AnswerRows<'_> {
    /// The next rows; `None` after the last.
    pub fn next_batch(&mut self) -> Result<Option<crate::store::Batch>, ScriptError> {
        self.0.next_batch().map_err(|error| failed(&error))
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

const RUNNING: &str = "running the statement";

/// Runs one statement that only reads: a SELECT in any of its forms (`FROM`, `VALUES`, `SHOW`,
/// `DESCRIBE`, `SUMMARIZE`, ...) or `EXPLAIN` of one. It may read other files. From then on the
/// connection's settings cannot be changed any more, as an import must: it needs a store of its own.
pub fn read<'a>(store: &'a Store, text: &str) -> Result<Answer<'a>, ScriptError> {
    lock_settings(store)?;
    // What runs is what has been checked, and no more of the text than that.
    if let Some(plan) = explained(text) {
        check::expect_reading(store, plan.of)?;
        return Ok(answer(stream(store, plan.text)?, true));
    }
    match check::expect_reading(store, text) {
        Ok(()) => rows_of(store, text),
        // It cannot be parsed, so nothing of it runs; the engine says where it is wrong.
        Err(ScriptError::Failed(message)) => {
            Err(stream(store, text).err().unwrap_or(ScriptError::Failed(message)))
        }
        Err(error) => Err(error),
    }
}

/// Runs every statement of a text in one transaction, and hands the rows of the last to `show`.
/// Nothing has changed unless `show` ends well too.
///
/// What the batch knows about first orders is dropped; it learns it again from the orders.
pub fn write<T, E: From<ScriptError> + From<StoreError> + std::fmt::Display>(
    store: &Store,
    text: &str,
    show: impl FnOnce(Answer<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let reads_only = check::expect_reading(store, text);
    if matches!(reads_only, Err(ScriptError::Empty)) {
        return Err(ScriptError::Empty.into());
    }
    let transaction =
        |store: &Store| store.row(query!("statements/transaction.sql"), &[], |row| row.get::<_, i64>(0));
    let mut ended = None;
    let done = store.transaction(|store| {
        let before = transaction(store)?;
        let shown = if reads_only.is_ok() {
            rows_of(store, text).map_err(E::from).and_then(show)
        } else {
            stream(store, text).map_err(E::from).and_then(|rows| show(answer(rows, false)))
        };
        // A failed transaction answers no question, but it is still there.
        if transaction(store).is_ok_and(|after| after != before) {
            let failure = shown.as_ref().err().map(|error| format!("; then: {error}")).unwrap_or_default();
            ended = Some(ScriptError::EndedTransaction(failure));
        }
        store.forget_facts();
        let shown = shown?;
        if reads_only.is_err() && ended.is_none() {
            store.execute(query!("cohort/reset_first_orders.sql"), &[])?;
            store.meta().unset_first_orders_before()?;
            // Whatever the statements changed, a simulation that has released the file finds out.
            store.meta().raise_generation()?;
        }
        Ok(shown)
    });
    ended.map_or(done, |ended| Err(ended.into()))
}

/// Keeps the connection's settings as they are. They can be locked once only.
fn lock_settings(store: &Store) -> Result<(), StoreError> {
    let locked: bool = store.row(query!("statements/settings_are_locked.sql"), &[], |row| row.get(0))?;
    if !locked {
        store.execute(query!("statements/lock_settings.sql"), &[])?;
    }
    Ok(())
}

/// An `EXPLAIN` without the comments before it, and the statement it is of.
struct Plan<'a> {
    text: &'a str,
    of: &'a str,
}

/// The plan that a text asks for, if it does.
fn explained(text: &str) -> Option<Plan<'_>> {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("--") {
        // For the engine, a carriage return ends a comment, too.
        rest = comment.split_once(['\n', '\r'])?.1.trim_start();
    }
    let text = rest;
    let rest = after_word(rest, "EXPLAIN")?;
    let rest = after_word(rest, "ANALYZE").unwrap_or(rest);
    let options = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let of = match options {
        Some((options, rest))
            if ["FORMAT", "ANALYZE"].iter().any(|word| after_word(options, word).is_some())
                && options.chars().all(|c| c.is_alphanumeric() || c == ',' || c.is_whitespace()) =>
        {
            rest
        }
        _ => rest,
    };
    Some(Plan { text, of })
}

/// What follows a word that a text begins with.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (first.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
}

/// The rows of a statement that only reads; what has no form of its own as the engine's text.
fn rows_of<'a>(store: &'a Store, text: &str) -> Result<Answer<'a>, ScriptError> {
    let inner = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    // What cannot be described fails as it is, with the engine's words about this very text.
    let described = store.describe_text(RUNNING, &format!("(\n{inner}\n)")).unwrap_or_default();
    let rows = match with_texts(inner, &described) {
        Some(with_texts) => store.stream_text(RUNNING, &with_texts).or_else(|_| stream(store, text))?,
        None => stream(store, text)?,
    };
    let mut answer = answer(rows, false);
    for (column, described) in answer.columns.iter_mut().zip(&described) {
        // Numbers that only their text can tell.
        column.is_number |= matches!(described.data_type.as_str(), "UHUGEINT" | "BIGNUM");
    }
    Ok(answer)
}

/// A statement with the columns cast to text that have no form of their own, if there are any.
fn with_texts(statement: &str, columns: &[RelationColumn]) -> Option<String> {
    let is_plain = |data_type: &str| {
        READ_AS_THEY_ARE.contains(&data_type)
            || data_type.starts_with("DECIMAL(") && !data_type.ends_with(']')
            || data_type.starts_with("ENUM(") && !data_type.ends_with(']')
    };
    if columns.iter().all(|column| is_plain(&column.data_type)) {
        return None;
    }
    let places: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
    let values = columns.iter().zip(&places).map(|(column, place)| {
        let name = quote_identifier(&column.name);
        match is_plain(&column.data_type) {
            true => format!("{place} AS {name}"),
            false => format!("CAST({place} AS VARCHAR) AS {name}"),
        }
    });
    let values = values.collect::<Vec<_>>().join(", ");
    Some(format!("SELECT {values} FROM (\n{statement}\n) AS answer({})", places.join(", ")))
}

fn stream<'a>(store: &'a Store, text: &str) -> Result<RowStream<'a>, ScriptError> {
    store.stream_text(RUNNING, text).map_err(|error| failed(&error))
}

fn answer(rows: RowStream<'_>, is_plan: bool) -> Answer<'_> {
    Answer { columns: with_distinct_names(rows.columns()), is_plan, rows: AnswerRows(rows) }
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

fn failed(error: &StoreError) -> ScriptError {
    ScriptError::Failed(tidy(&error.engine_message()))
}

/// The engine's message without its empty lines.
fn tidy(message: &str) -> String {
    let lines = message.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
