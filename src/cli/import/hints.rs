//! What a user can do about an import that could not be done.

use lifecycle::import::{ImportError, Problem, Reason, Suggestion};

use crate::cli::error::CommandError;

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        let hints = hints(&error);
        let made = match error {
            ImportError::Store(error) => return error.into(),
            error @ (ImportError::UnknownColumn { .. }
            | ImportError::MappedTwice { .. }
            | ImportError::NoOrderIds
            | ImportError::NoOrderIdsForLines
            | ImportError::NoSuchColumn { .. }
            | ImportError::NotDelimited { .. }
            | ImportError::NoTables { .. }) => CommandError::usage(error),
            error => CommandError::failed(error),
        };
        hints.into_iter().fold(made, CommandError::hint)
    }
}

fn hints(error: &ImportError) -> Vec<String> {
    let hint = match error {
        ImportError::BadLines { problems, .. } => {
            return with_remedies(
                problems,
                "--dry-run shows how the lines are understood; --skip-bad --rejects FILE leaves these out",
            );
        }
        ImportError::NoGoodLines { problems, .. } => {
            return with_remedies(problems, "--dry-run shows how the lines are understood");
        }
        ImportError::NoFiles => "name at least one file",
        ImportError::Empty { .. } => "check that it is the file you mean",
        ImportError::IsFolder { path } => {
            return vec![format!("name its files, as in '{}'", path.join("*.csv").display())];
        }
        ImportError::NotRegular { .. } => "save it to a file first",
        ImportError::PathNotText { .. } => "rename the file",
        ImportError::MixedFormats { .. } | ImportError::SeveralDatabases => "import them one after the other",
        ImportError::DifferentColumns { .. } => "import it by itself",
        ImportError::NoTables { .. } => "--table is for SQLite files",
        ImportError::NotDelimited { .. } => "--delimiter, --header and --no-header are for CSV files",
        ImportError::WhichTable { .. } => "choose one with --table",
        ImportError::ValueNotText { .. } => "leave the column out with --table 'SELECT ...'",
        ImportError::TooManyColumns { .. } => "cut the columns out that are needed, as with `cut -d, -f1-20`",
        ImportError::BadMap { .. } => "write for example --map amount='\"Quantity\" * \"UnitPrice\"'",
        ImportError::MappedTwice { .. } => "give each column one --map",
        ImportError::ColumnsNotFound { suggestions, .. } => return vec![where_to_find(suggestions)],
        ImportError::AmbiguousDates { .. } => {
            "settle it with --date-format, as in '%d/%m/%Y' or '%m/%d/%y %H:%M'"
        }
        ImportError::BadDateFormat { .. } => "write for example --date-format '%d.%m.%Y %H:%M'",
        ImportError::NoOrderIds => "give them with --map order_id=..., or leave --on-conflict out",
        ImportError::NoOrderIdsForLines => "give it with --map order_id=..., or leave --keep-lines out",
        ImportError::AlreadyThere { .. } | ImportError::Known { .. } => {
            "--on-conflict skip keeps the existing ones, --on-conflict replace replaces them"
        }
        ImportError::NoSignUps { .. } => {
            "import their orders first, say where the time is with --map signed_up_at=..., or give the file's clock \
             with --clock"
        }
        ImportError::ClockBeforeSignUp { .. } => {
            "give a later --clock, or none for the midnight after that sign-up"
        }
        ImportError::ClockTooEarly { .. } => {
            "give a later --clock, or none for the midnight after that order"
        }
        ImportError::ClockBack { .. } => "leave --clock out",
        ImportError::Simulated => "import into another file with --db",
        ImportError::ListsInUse { .. } => {
            "--refreeze lists them all the same; `lifecycle cohort rebuild --refreeze` then computes the months anew"
        }
        _ => return Vec::new(),
    };
    vec![hint.to_owned()]
}

fn with_remedies(problems: &[Problem], last: &str) -> Vec<String> {
    let remedies = problems
        .iter()
        .filter_map(|problem| remedy(problem.reason).map(|remedy| format!("{}: {remedy}", problem.reason)));
    remedies.chain([last.to_owned()]).collect()
}

fn where_to_find(suggestions: &[Suggestion]) -> String {
    let arguments: Vec<String> = suggestions
        .iter()
        .map(|suggestion| format!("--map {}='{}'", suggestion.column, suggestion.expression))
        .collect();
    format!(
        "say where to find {}, as in {}",
        if arguments.len() == 1 { "it" } else { "them" },
        arguments.join(" ")
    )
}

/// What a user can do about lines that cannot be used, where that is not plain.
pub const fn remedy(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::WrongNumberOfColumns => "say how columns are separated with --delimiter",
        Reason::BrokenQuotes => "a quoted value ends with its closing quote; a quote within it is doubled",
        Reason::LineTooLong => "see whether it lacks a line end, or a quote is not closed",
        Reason::NotUtf8 => "convert the file, as with `iconv -f CP949 -t UTF-8`",
        Reason::UnreadableDate => "say how dates are written with --date-format",
        Reason::DateOutOfRange => {
            "days from 0001-01-01 to 9999-12-30 can be kept: the file's clock is the midnight after the last"
        }
        Reason::AmountTooLarge => "an amount is less than 10,000,000,000,000",
        Reason::UnknownStatus => {
            "give our words (Success, Failed, Cancelled, Refunded) with --map status='CASE ... END'"
        }
        Reason::NegativeSuccess => {
            "an order of a negative amount is Refunded, or Returned with --negative net: give it that status, or leave \
             --map status out"
        }
        Reason::UnknownActivity => {
            "it must be the id or the name of an activity; bring them in with `lifecycle import activities`"
        }
        Reason::ActivityWithoutList => {
            "only an activity whose cohort is `listed` has a list: import it so, with a column cohort or --map cohort=\"'listed'\""
        }
        Reason::UnknownCustomer => "bring them in with `lifecycle import users` or with their orders",
        Reason::UnknownCohort => "give acquired, touched or listed with --map cohort='CASE ... END'",
        Reason::CustomerTwice | Reason::ProductTwice | Reason::ActivityTwice => {
            "the lines say different things, and which holds cannot be told: keep one of them"
        }
        Reason::UnknownGender => {
            "give F, M or NULL (unknown) with --map gender='CASE ... END', or leave it out with --map gender=NULL"
        }
        Reason::UnreadableBirthDate => {
            "say how dates are written with --date-format, or leave it out with --map birth_date=NULL"
        }
        Reason::ImpossibleBirthDate => {
            "before 1900 or in the future; was the century guessed from two digits of year?"
        }
        Reason::UnknownCustomerStatus => {
            "give ACTIVE, DORMANT or NULL (unknown) with --map status='CASE ... END', or leave it out with --map status=NULL"
        }
        Reason::UnreadableConsent => {
            "give true, false or NULL (unknown) with --map marketing_agree='CASE ... END'"
        }
        Reason::UnknownGrade => {
            "a grade is VIP, GOLD, SILVER or BRONZE; leave it out with --map grade=NULL, and `lifecycle grades` finds it"
        }
        Reason::EndsBeforeItStarts => {
            "an end is the first instant after it; where it is the last day, say --end-inclusive"
        }
        _ => return None,
    })
}
