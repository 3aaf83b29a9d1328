//! Lines that cannot be used: why, how many, and where the first ones are.

use std::fmt;

/// Why a line cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it; `as_str` is what a user reads
pub enum Reason {
    WrongNumberOfColumns,
    QuoteNotClosed,
    NotUtf8,
    LineTooLong,
    NotAnObject,
    NoOrderId,
    NoCustomer,
    NoDate,
    UnreadableDate,
    DateOutOfRange,
    NoAmount,
    UnreadableAmount,
    AmountTooLarge,
    UnreadableQuantity,
    QuantityTooLarge,
    UnreadableUnitPrice,
    UnknownStatus,
    UnknownActivity,
    TwoCustomers,
    NegativeAmount,
    BrokenOrder,
    CustomerTwice,
    UnknownGender,
    UnreadableBirthDate,
    ImpossibleBirthDate,
    UnknownCustomerStatus,
    UnreadableConsent,
    UnknownGrade,
    NoProduct,
    ProductTwice,
    UnreadablePrice,
    NegativePrice,
    NoActivity,
    ActivityTwice,
    NoStart,
    EndsBeforeItStarts,
    UnreadableBudget,
    NegativeBudget,
}

impl Reason {
    const ALL: &'static [Reason] = &[
        Reason::WrongNumberOfColumns,
        Reason::QuoteNotClosed,
        Reason::NotUtf8,
        Reason::LineTooLong,
        Reason::NotAnObject,
        Reason::NoOrderId,
        Reason::NoCustomer,
        Reason::NoDate,
        Reason::UnreadableDate,
        Reason::DateOutOfRange,
        Reason::NoAmount,
        Reason::UnreadableAmount,
        Reason::AmountTooLarge,
        Reason::UnreadableQuantity,
        Reason::QuantityTooLarge,
        Reason::UnreadableUnitPrice,
        Reason::UnknownStatus,
        Reason::UnknownActivity,
        Reason::TwoCustomers,
        Reason::NegativeAmount,
        Reason::BrokenOrder,
        Reason::CustomerTwice,
        Reason::UnknownGender,
        Reason::UnreadableBirthDate,
        Reason::ImpossibleBirthDate,
        Reason::UnknownCustomerStatus,
        Reason::UnreadableConsent,
        Reason::UnknownGrade,
        Reason::NoProduct,
        Reason::ProductTwice,
        Reason::UnreadablePrice,
        Reason::NegativePrice,
        Reason::NoActivity,
        Reason::ActivityTwice,
        Reason::NoStart,
        Reason::EndsBeforeItStarts,
        Reason::UnreadableBudget,
        Reason::NegativeBudget,
    ];

    /// The words that the statements under `queries/import` use, too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::WrongNumberOfColumns => "wrong number of columns",
            Reason::QuoteNotClosed => "quote not closed",
            Reason::NotUtf8 => "not UTF-8",
            Reason::LineTooLong => "line too long",
            Reason::NotAnObject => "not a JSON object",
            Reason::NoOrderId => "no order id",
            Reason::NoCustomer => "no customer",
            Reason::NoDate => "no date",
            Reason::UnreadableDate => "unreadable date",
            Reason::DateOutOfRange => "date out of range",
            Reason::NoAmount => "no amount",
            Reason::UnreadableAmount => "unreadable amount",
            Reason::AmountTooLarge => "amount too large",
            Reason::UnreadableQuantity => "unreadable quantity",
            Reason::QuantityTooLarge => "quantity too large",
            Reason::UnreadableUnitPrice => "unreadable unit price",
            Reason::UnknownStatus => "unknown status",
            Reason::UnknownActivity => "unknown activity",
            Reason::TwoCustomers => "two customers under one order id",
            Reason::NegativeAmount => "negative amount",
            Reason::BrokenOrder => "its order has a bad line",
            Reason::CustomerTwice => "customer twice",
            Reason::UnknownGender => "unknown gender",
            Reason::UnreadableBirthDate => "unreadable birth date",
            Reason::ImpossibleBirthDate => "impossible birth date",
            Reason::UnknownCustomerStatus => "unknown customer status",
            Reason::UnreadableConsent => "unreadable consent",
            Reason::UnknownGrade => "unknown grade",
            Reason::NoProduct => "no product",
            Reason::ProductTwice => "product twice",
            Reason::UnreadablePrice => "unreadable price",
            Reason::NegativePrice => "negative price",
            Reason::NoActivity => "no activity",
            Reason::ActivityTwice => "activity twice",
            Reason::NoStart => "no start",
            Reason::EndsBeforeItStarts => "ends before it starts",
            Reason::UnreadableBudget => "unreadable budget",
            Reason::NegativeBudget => "negative budget",
        }
    }

    /// The reason that a statement's words stand for.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }

    /// What a user can do about it, where that is not plain.
    const fn remedy(self) -> Option<&'static str> {
        match self {
            Reason::WrongNumberOfColumns => Some("say how columns are separated with --delimiter"),
            Reason::QuoteNotClosed => Some("close it; a quote within a value is doubled"),
            Reason::LineTooLong => Some("see whether it lacks a line end, or a quote is not closed"),
            Reason::NotUtf8 => Some("convert the file, as with `iconv -f CP949 -t UTF-8`"),
            Reason::UnreadableDate => Some("say how dates are written with --date-format"),
            Reason::UnknownStatus => {
                Some("give our words (Success, Failed, Cancelled, Refunded) with --map status='CASE ... END'")
            }
            Reason::UnknownActivity => Some(
                "it must be the id or the name of an activity; bring them in with `lifecycle import activities`",
            ),
            Reason::DateOutOfRange => Some(
                "days from 0001-01-01 to 9999-12-30 can be kept: the file's clock is the midnight after the last",
            ),
            Reason::CustomerTwice | Reason::ProductTwice | Reason::ActivityTwice => {
                Some("which line holds cannot be told: keep one of them")
            }
            Reason::UnknownGender => Some(
                "give F, M or NULL (unknown) with --map gender='CASE ... END', or leave it out with --map gender=NULL",
            ),
            Reason::UnreadableBirthDate => Some(
                "say how dates are written with --date-format, or leave it out with --map birth_date=NULL",
            ),
            Reason::ImpossibleBirthDate => {
                Some("before 1900 or in the future; was the century guessed from two digits of year?")
            }
            Reason::UnknownCustomerStatus => Some(
                "give ACTIVE, DORMANT or NULL (unknown) with --map status='CASE ... END', or leave it out with --map status=NULL",
            ),
            Reason::UnreadableConsent => {
                Some("give true, false or NULL (unknown) with --map marketing_agree='CASE ... END'")
            }
            Reason::UnknownGrade => Some(
                "a grade is VIP, GOLD, SILVER or BRONZE; leave it out with --map grade=NULL, and `lifecycle grades` finds it",
            ),
            Reason::EndsBeforeItStarts => Some(
                "an end is the first instant after it; where it is the last day, say --map end_at='\"end\" + INTERVAL 1 DAY'",
            ),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, when there are several.
    pub file: Option<String>,
    /// The number of the record, its file's header line counted (a Parquet file has none).
    pub line: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}", self.line),
            None => write!(f, "{}", self.line),
        }
    }
}

/// The lines that cannot be used for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub count: i64,
    /// The first five.
    pub first: Vec<Place>,
    /// What the first one says, if it says something.
    pub example: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<String> = self.first.iter().map(Place::to_string).collect();
        let word = if self.count == 1 { "line" } else { "lines" };
        let more = if self.count > self.first.len() as i64 { ", …" } else { "" };
        write!(f, "{}: {} ({word} {}{more})", self.reason, self.count, places.join(", "))?;
        if let Some(example) = &self.example {
            write!(f, ", such as `{}`", shortened(example))?;
        }
        match self.reason.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// A text in a message: its first line, as far as it needs no more than a few words.
fn shortened(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let short: String = first.chars().take(60).collect();
    if short.len() < text.trim_end().len() { format!("{short}…") } else { short }
}

/// Problems, one a line.
pub(super) fn list_problems(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}
