//! Why statements could not be run.

use crate::store::StoreError;

/// An error of a user's statements.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Nothing to run.
    #[error("there is no statement to run")]
    Empty,
    /// A statement that could change something, while only reading is meant.
    #[error("{name} could change the file or others{}, and only reading is meant", at(*line))]
    NotReading {
        /// The word it is called by.
        name: String,
        /// The line it begins on; `None` when the whole text is one statement.
        line: Option<usize>,
    },
    /// A statement that begins or ends a transaction.
    #[error("{name} begins or ends a transaction{}, and there is one around all statements", at(*line))]
    OwnTransaction {
        /// The word it is called by.
        name: String,
        /// The line it begins on; `None` when the whole text is one statement.
        line: Option<usize>,
    },
    /// The engine refused or stopped a statement.
    #[error("{}{message}", number.map(|(number, of)| format!("statement {number} of {of} failed: ")).unwrap_or_default())]
    Failed {
        /// Which of how many; `None` for the only one.
        number: Option<(usize, usize)>,
        /// What the engine says, with the line of the text and a caret below.
        message: String,
    },
    /// The database file or the engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn at(line: Option<usize>) -> String {
    line.map(|line| format!(" (line {line})")).unwrap_or_default()
}
