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
pub enum Kind {
    /// It could not be done.
    Failed,
    /// It was asked for wrongly.
    Usage,
    /// It was done, and found differences.
    Differences,
    /// The reader of the output went away: no failure.
    ClosedPipe,
    /// The output could not be written.
    Output,
}

impl Kind {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Kind::ClosedPipe => 0,
            Kind::Failed | Kind::Output => 1,
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
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::ClosedPipe } else { Kind::Output };
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
                "name another file with --db; this one was left as it is"
            }
            StoreError::NotRegular { .. } | StoreError::PathNotText { .. } => {
                "name an ordinary file with --db"
            }
            StoreError::InMemory { .. } => {
                "name a file with --db, such as lifecycle.duckdb; a file of exactly this name is ./:memory:"
            }
            StoreError::OrdersElsewhere { .. } => {
                "compute there with engines/spark, then bring the results with `lifecycle lake pull DIR`"
            }
            StoreError::Older { .. } => "`lifecycle migrate` brings it up to date and keeps a copy as it was",
            StoreError::CannotCopy { .. } => {
                "check that there is room beside it and that you may write there; nothing was changed"
            }
            StoreError::Newer { .. } => "use the lifecycle that made it, or a newer one",
            StoreError::Locked { .. } => "wait for the other program to end, or close it",
            StoreError::CannotOpen { .. } => "check that the folder is there and that you may write to it",
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
                .hint("see what it would do with --dry-run, or give a later --as-of"),
        }
    }
}

impl From<CohortError> for CommandError {
    fn from(error: CohortError) -> Self {
        let hint = match &error {
            CohortError::Store(_) => None,
            CohortError::OverlappingCalendar { .. } => Some(
                "`lifecycle cohort calendar --replace` puts this calendar in the place of the others; --remove takes them away",
            ),
            CohortError::CalendarInUse { .. } => {
                Some("import those orders again without the activity, with --on-conflict replace")
            }
            CohortError::RevenueBeyondAmounts { .. } => Some(
                "look for the amounts that cannot be: `lifecycle query \"FROM orders ORDER BY amount DESC LIMIT 10\"`",
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
            ExperimentError::Ambiguous { .. } => "give the one that is meant by its number",
            ExperimentError::Same { .. } => "give two",
            ExperimentError::NoMembers { .. } => {
                "`lifecycle cohort run` freezes cohorts whose window has closed, and lists that have been imported"
            }
            ExperimentError::NoClosedMonth { .. } => "wait for it, or give a later --as-of",
            ExperimentError::Overlap { .. } => "--allow-overlap compares all the same",
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
            error @ EngineError::Changed { .. } => CommandError::failed(error)
                .hint("simulate anew with --overwrite, or into another file with --db"),
            error @ EngineError::NoSimulation => {
                CommandError::failed(error).hint("begin one with `lifecycle generate`")
            }
            error @ EngineError::Replaced => CommandError::failed(error)
                .hint("nothing was written to the new one; `lifecycle live` goes on with it"),
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
                Some("end it in .csv, .parquet, .jsonl or .sqlite, or say --as FORMAT".to_owned())
            }
            ExportError::NotToPipe { .. } => {
                Some("--as csv and --as jsonl can be; for a file say --to FILE".to_owned())
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
            ExportError::NoTime { .. } => Some("leave --by-month out".to_owned()),
            ExportError::SqliteByMonth => {
                Some("leave --by-month out, or say --as parquet, csv or jsonl".to_owned())
            }
            ExportError::NoFolder { .. } => Some("make it first, or name another".to_owned()),
            ExportError::Exists { .. } => {
                Some("say --overwrite to replace it, or name another with --to".to_owned())
            }
            ExportError::IsFolder { path } => {
                Some(format!("name a file in it, such as {}", path.join("orders.csv").display()))
            }
            ExportError::IsFile { .. } | ExportError::NotRegular { .. } | ExportError::IsDatabase { .. } => {
                Some("name another with --to".to_owned())
            }
            ExportError::HoldsOther { .. } => {
                Some("name another folder, or take out of it what is yours; it was left as it is".to_owned())
            }
            ExportError::SqliteInUse { .. } => Some("end the program that writes to it first".to_owned()),
            ExportError::PathNotText { .. } => Some("name another with --to".to_owned()),
            ExportError::CannotWrite { .. } => {
                Some("check that you may write there and that there is room".to_owned())
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
