//! Errors as a user meets them: what failed, why, and what to do next.

use std::error::Error;
use std::fmt;
use std::io;

use lifecycle::config::ConfigError;
use lifecycle::grades::GradeError;
use lifecycle::interchange::ImportError;
use lifecycle::simulate::EngineError;
use lifecycle::store::StoreError;
use lifecycle::visitors::CustomerError;

/// How a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It could not be done.
    Failed,
    /// It was asked for wrongly.
    Usage,
    /// It was done, and found differences.
    Differences,
    /// The reader of the output went away: no failure.
    ClosedPipe,
}

impl Kind {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Kind::ClosedPipe => 0,
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Differences => 3,
        }
    }
}

/// An error with what a user can do about it.
#[derive(Debug)]
pub struct CommandError {
    pub kind: Kind,
    pub error: Box<dyn Error>,
    pub hints: Vec<String>,
}

impl CommandError {
    /// It could not be done.
    pub fn failed(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: Kind::Failed, error: error.into(), hints: Vec::new() }
    }

    /// It was asked for wrongly.
    pub fn usage(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: Kind::Usage, error: error.into(), hints: Vec::new() }
    }

    /// It was done, and found differences.
    pub fn differences(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: Kind::Differences, error: error.into(), hints: Vec::new() }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        CommandError::usage(error).hint("`lifecycle config` prints every key with its value")
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::ClosedPipe } else { Kind::Failed };
        CommandError { kind, error: error.into(), hints: Vec::new() }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Missing { .. } => {
                "make one with `lifecycle generate` or `lifecycle import orders FILE`, or name another with --db"
            }
            StoreError::IsFolder { .. } | StoreError::NotDuckDb { .. } | StoreError::Foreign { .. } => {
                "name another file with --db; this one was left as it is"
            }
            StoreError::Newer { .. } => "use the lifecycle that made it, or a newer one",
            StoreError::Locked { .. } => "wait for the other program to end, or close it",
            StoreError::CannotOpen { .. } => "check that the folder is there and that you may write to it",
            _ => return CommandError::failed(error),
        };
        CommandError::failed(error).hint(hint)
    }
}

impl From<GradeError> for CommandError {
    fn from(error: GradeError) -> Self {
        match error {
            GradeError::Store(error) => error.into(),
            error @ GradeError::BeforeLastRun { .. } => CommandError::failed(error)
                .hint("see what it would do with --dry-run, or give a later --as-of"),
        }
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => error.into(),
            EngineError::Grades(error) => error.into(),
            error @ EngineError::Broken => CommandError::failed(error),
            error @ EngineError::Changed { .. } => CommandError::failed(error)
                .hint("simulate anew with --overwrite, or into another file with --db"),
        }
    }
}

impl From<CustomerError> for CommandError {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Store(error) => error.into(),
            error @ CustomerError::Unknown(_) => {
                CommandError::failed(error).hint("`lifecycle propensity top` lists some customers")
            }
        }
    }
}

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            error @ ImportError::BadLines { .. } => CommandError::failed(error).hint(
                "--dry-run shows how the lines are understood; --skip-bad --rejects FILE leaves these out",
            ),
            error @ ImportError::NoGoodLines { .. } => {
                CommandError::failed(error).hint("--dry-run shows how the lines are understood")
            }
            error @ (ImportError::UnknownColumn { .. }
            | ImportError::MappedTwice { .. }
            | ImportError::NoOrderIds
            | ImportError::NotDelimited { .. }
            | ImportError::NoTables { .. }) => CommandError::usage(error),
            error => CommandError::failed(error),
        }
    }
}
