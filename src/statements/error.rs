//! Why statements could not be run, and why a text is no expression.

use crate::store::StoreError;

/// An error of a user's statements.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Nothing to run.
    #[error("there is no statement to run")]
    Empty,
    /// More than one statement, while only reading is meant.
    #[error("there are {0} statements, and one is run when only reading is meant")]
    Several(usize),
    /// A statement other than a SELECT in one of its forms.
    #[error(
        "only reading is meant, which is one SELECT, FROM, VALUES, SHOW, DESCRIBE or SUMMARIZE, or EXPLAIN of one"
    )]
    NotReading,
    /// A function that could change something.
    #[error("{0}() could change the file, others or settings, and only reading is meant")]
    Function(String),
    /// The statements ended the transaction around them; with what failed after that, if anything did.
    #[error("the statements ended the transaction around them, so what they did before that may be kept{0}")]
    EndedTransaction(String),
    /// The engine refused or stopped a statement, in its own words.
    #[error("{0}")]
    Failed(String),
    /// The database file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a text is not one expression over the columns of one line.
#[derive(Debug, thiserror::Error)]
pub enum ExpressionError {
    /// Not one expression: nothing, several, or more of a statement.
    #[error("it must be one expression")]
    NotOne,
    /// The engine cannot parse it.
    #[error("{0}")]
    Syntax(String),
    /// A part that a single value of a line cannot be made of.
    #[error("it must not hold {0}")]
    Part(&'static str),
    /// A function that is not computed from a line alone.
    #[error("{0}() cannot be used: only functions that compute one value from one line can")]
    Function(String),
    /// The engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
