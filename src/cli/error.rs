//! Errors as a user meets them: what failed, why, and what to do next.

use std::error::Error;
use std::fmt;
use std::io;

use lifecycle::cohort::CohortError;
use lifecycle::config::ConfigError;
use lifecycle::customers::CustomerError;
use lifecycle::experiment::ExperimentError;
use lifecycle::export::ExportError;
use lifecycle::grades::GradeError;
use lifecycle::simulate::EngineError;
use lifecycle::statements::ScriptError;
use lifecycle::store::{StoreError, Trouble};

/// How a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The command failed.
    Failed,
    /// The command was used wrongly.
    Usage,
    /// The command succeeded and found differences.
    Differences,
    /// The output was closed by its reader, which is no failure.
    ClosedPipe,
    /// The output could not be written.
    Output,
}

impl FailureKind {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            FailureKind::ClosedPipe => 0,
            FailureKind::Failed | FailureKind::Output => 1,
            FailureKind::Usage => 2,
            FailureKind::Differences => 3,
        }
    }
}

/// An error with hints for the user.
#[derive(Debug)]
pub struct CommandError {
    pub kind: FailureKind,
    pub error: Box<dyn Error>,
    pub hints: Vec<String>,
}

impl CommandError {
    /// The command failed.
    pub fn failed(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: FailureKind::Failed, error: error.into(), hints: Vec::new() }
    }

    /// The command was used wrongly.
    pub fn usage(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: FailureKind::Usage, error: error.into(), hints: Vec::new() }
    }

    /// The command succeeded and found differences.
    pub fn differences(error: impl Into<Box<dyn Error>>) -> Self {
        CommandError { kind: FailureKind::Differences, error: error.into(), hints: Vec::new() }
    }

    /// Adds a hint.
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
        let is_of_candidates =
            matches!(&error, ConfigError::Impossible { key, .. } if key == "cache.candidates");
        let error = CommandError::usage(error).hint("`lifecycle config` prints every key with its value");
        match is_of_candidates {
            true => error.hint("--top sets cache.candidates, and --cache-users sets cache.users"),
            false => error,
        }
    }
}

impl From<io::Error> for CommandError {
    /// Errors of the output alone come this way; those of files are put in words where they occur.
    fn from(error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe {
            FailureKind::ClosedPipe
        } else {
            FailureKind::Output
        };
        CommandError {
            kind,
            error: format!("the result could not be written: {error}").into(),
            hints: Vec::new(),
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Missing { .. } => {
                "make one with `lifecycle generate` or `lifecycle import orders FILE`, or name another with --db"
            }
            StoreError::Blank { .. } => {
                "fill it with `lifecycle generate` or `lifecycle import orders FILE`, or name another with --db"
            }
            StoreError::IsFolder { .. } | StoreError::NotDuckDb { .. } | StoreError::Foreign { .. } => {
                "name another file with --db; this one was not changed"
            }
            StoreError::NotRegular { .. } | StoreError::PathNotText { .. } => "name a regular file with --db",
            StoreError::InMemory { .. } => {
                "name a file with --db, such as lifecycle.duckdb; a file of exactly this name is ./:memory:"
            }
            StoreError::OrdersElsewhere { .. } => {
                "compute there with engines/spark, then bring the results with `lifecycle lake pull DIR`"
            }
            StoreError::Older { .. } => "`lifecycle migrate` brings it up to date and keeps a copy",
            StoreError::CannotCopy { .. } => {
                "check that there is space and that you may write beside it; nothing was changed"
            }
            StoreError::Newer { .. } => "use the lifecycle that made it, or a newer one",
            StoreError::Locked { .. } => "wait for the other program to end, or close it",
            StoreError::CannotOpen { .. } => "check that the folder exists and that you may write to it",
            _ => match error.trouble() {
                Some(Trouble::Damaged) => {
                    "restore it from a backup; `lifecycle export` may still save the tables that can be read"
                }
                Some(Trouble::NoRoom) => {
                    "free some space and run the command again; everything committed so far is in the file"
                }
                None => return CommandError::failed(error),
            },
        };
        CommandError::failed(error).hint(hint)
    }
}

impl From<GradeError> for CommandError {
    fn from(error: GradeError) -> Self {
        match error {
            GradeError::Store(error) => error.into(),
            error @ GradeError::BeforeLastRun { .. } => CommandError::failed(error)
                .hint("give a later --as-of, or see what it would do with --dry-run"),
        }
    }
}

impl From<CohortError> for CommandError {
    fn from(error: CohortError) -> Self {
        let hint = match &error {
            CohortError::Store(_) => None,
            CohortError::OverlappingCalendar { .. } => Some(
                "`lifecycle cohort calendar --replace` replaces the other calendars; --remove removes them",
            ),
            CohortError::CalendarInUse { .. } => {
                Some("import those orders again without the activity, with --on-conflict replace")
            }
            CohortError::RevenueBeyondAmounts { .. } => Some(
                "look for impossible amounts: `lifecycle query \"FROM orders ORDER BY amount DESC LIMIT 10\"`",
            ),
        };
        match error {
            CohortError::Store(error) => error.into(),
            error => match hint {
                Some(hint) => CommandError::failed(error).hint(hint),
                None => CommandError::failed(error),
            },
        }
    }
}

impl From<ExperimentError> for CommandError {
    fn from(error: ExperimentError) -> Self {
        if let ExperimentError::Store(error) = error {
            return error.into();
        }
        let hint = match &error {
            ExperimentError::Store(_) => "",
            ExperimentError::NoActivity { .. } => "`lifecycle cohort report` lists the activities",
            ExperimentError::Ambiguous { .. } => "give the number of the one you mean",
            ExperimentError::Same { .. } => "give two",
            ExperimentError::NoMembers { .. } => {
                "`lifecycle cohort run` freezes cohorts whose window has closed, and lists that have been imported"
            }
            ExperimentError::NoClosedMonth { .. } => "wait for it, or give a later --as-of",
            ExperimentError::Overlap { .. } => "--allow-overlap compares them anyway",
        };
        CommandError::failed(error).hint(hint)
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => error.into(),
            EngineError::Grades(error) => error.into(),
            EngineError::Cohort(error) => error.into(),
            error @ EngineError::Broken => CommandError::failed(error),
            error @ EngineError::Changed { .. } => {
                CommandError::failed(error).hint("start over with --overwrite, or use another file with --db")
            }
            error @ EngineError::NoSimulation => {
                CommandError::failed(error).hint("start one with `lifecycle generate`")
            }
            error @ EngineError::Replaced => CommandError::failed(error)
                .hint("nothing was written to the new one; `lifecycle live` continues it"),
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

impl From<ExportError> for CommandError {
    fn from(error: ExportError) -> Self {
        let hint = match &error {
            ExportError::Store(_) | ExportError::Stream(_) => None,
            ExportError::NoFormat { .. } => {
                Some("use the extension .csv, .parquet, .jsonl or .sqlite, or give --as FORMAT".to_owned())
            }
            ExportError::NotToPipe { .. } => {
                Some("--as csv and --as jsonl can; for a file give --to FILE".to_owned())
            }
            ExportError::NotOneFile { .. } => Some("name a folder: --to FOLDER".to_owned()),
            ExportError::OneFileForAll { path, .. } => Some(format!(
                "name a folder, as in --to {} --as FORMAT, or one SQLite file, as in --to {}",
                path.with_extension("").display(),
                path.with_extension("sqlite").display()
            )),
            ExportError::MonthsInOneFile { path } => {
                Some(format!("name a folder, as in --to {} --as FORMAT", path.with_extension("").display()))
            }
            ExportError::BadFilter { columns, .. } => {
                Some(format!("the columns are {}", columns.join(", ")))
            }
            ExportError::FilterForAll => Some("name one table with --where".to_owned()),
            ExportError::NoTime { .. } => Some("leave --by-month out".to_owned()),
            ExportError::SqliteByMonth => {
                Some("leave --by-month out, or give --as parquet, csv or jsonl".to_owned())
            }
            ExportError::NoFolder { .. } => Some("create it first, or name another".to_owned()),
            ExportError::Exists { .. } => {
                Some("give --overwrite to replace it, or name another with --to".to_owned())
            }
            ExportError::IsFolder { path } => {
                Some(format!("name a file in it, such as {}", path.join("orders.csv").display()))
            }
            ExportError::IsFile { .. } | ExportError::NotRegular { .. } | ExportError::IsDatabase { .. } => {
                Some("name another with --to".to_owned())
            }
            ExportError::HoldsOther { .. } => {
                Some("name another folder, or move your own files out of it; nothing was changed".to_owned())
            }
            ExportError::SqliteInUse { .. } => Some("close the program that writes to it first".to_owned()),
            ExportError::PathNotText { .. } => Some("name another with --to".to_owned()),
            ExportError::CannotWrite { .. } => {
                Some("check that you may write there and that there is space".to_owned())
            }
            ExportError::DuplicateKey { .. } | ExportError::BrokenReferences { .. } => Some(
                "`lifecycle cohort verify` lists such rows; CSV, Parquet and JSON lines take them as they are"
                    .to_owned(),
            ),
            ExportError::Sqlite { .. } | ExportError::Stopped => None,
        };
        let made = match error {
            ExportError::Store(error) => return error.into(),
            ExportError::Stream(error) => return error.into(),
            error if error.is_usage() => CommandError::usage(error),
            error => CommandError::failed(error),
        };
        match hint {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }
}

impl From<ScriptError> for CommandError {
    fn from(error: ScriptError) -> Self {
        match error {
            ScriptError::Store(error) => error.into(),
            error @ ScriptError::Empty => CommandError::usage(error).hint(
                "as in `lifecycle query \"SELECT count(*) FROM orders\"`; `FROM orders` alone shows a table",
            ),
            error @ (ScriptError::NotReading | ScriptError::Several(_) | ScriptError::Function(_)) => {
                CommandError::usage(error).hint("--write runs any statements, in one transaction")
            }
            error @ ScriptError::EndedTransaction(_) => CommandError::failed(error)
                .hint("leave BEGIN, COMMIT and ROLLBACK out: all statements are one transaction"),
            error => CommandError::failed(error),
        }
    }
}
