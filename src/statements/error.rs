//! Errors of users' statements and expressions.

use crate::store::StoreError;

/// An error of a user's statements.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// There is nothing to run.
    #[error("there is no statement to run")]
    Empty,
    /// More than one statement, where only reading is allowed.
    #[error("there are {0} statements; without writing, only one can be run")]
    Several(usize),
    /// A statement other than a SELECT in one of its forms.
    #[error(
        "only reading is meant, which is one SELECT, FROM, VALUES, SHOW, DESCRIBE or SUMMARIZE, or EXPLAIN of one"
    )]
    NotReading,
    /// A function that could change something.
    #[error("{0}() could change the file, other files or settings, and only reading is allowed")]
    Function(String),
    /// The statements ended the transaction around them; with what failed after that, if anything did.
    #[error(
        "the statements ended the transaction around them, so changes made before that may have been kept{0}"
    )]
    EndedTransaction(String),
    /// The engine refused or stopped a statement, in its own words.
    #[error("{0}")]
    Failed(String),
    /// The database file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The error for a text that is not one expression over the columns of one line.
#[derive(Debug, thiserror::Error)]
pub enum ExpressionError {
    /// Not one expression: nothing, several, or more of a statement.
    #[error("it must be one expression")]
    NotOne,
    /// The engine cannot parse it.
    #[error("{0}")]
    Syntax(String),
    /// The engine cannot evaluate it over the columns there are.
    #[error("{0}")]
    Refused(String),
    /// A part that is not allowed in an expression over one line.
    #[error("it must not contain {0}")]
    Part(&'static str),
    /// A function that is not computed from a line alone.
    #[error("{0}() cannot be used: only functions that compute one value from one line can")]
    Function(String),
    /// A value where a condition is asked for; its type.
    #[error("it is a value ({0}), not a condition: compare it with something")]
    NotCondition(String),
    /// The engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
