//! Unusable lines: why, how many, and where the first ones are.

use std::fmt;

use crate::store::quote_literal;

/// Declares the reasons with the words that the statements in `queries/import` use.
macro_rules! reasons {
    ($($reason:ident = $words:literal),+ $(,)?) => {
        /// Why a line is unusable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // the names say it; `as_str` is what a user reads
        pub enum Reason {
            $($reason),+
        }

        impl Reason {
            const ALL: &'static [Reason] = &[$(Reason::$reason),+];

            /// The reason in words.
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$reason => $words),+ }
            }
        }
    };
}

reasons! {
    WrongNumberOfColumns = "wrong number of columns",
    BrokenQuotes = "broken quotes",
    NotUtf8 = "not UTF-8",
    LineTooLong = "line too long",
    NotAnObject = "not a JSON object",
    NoOrderId = "no order id",
    NoCustomer = "no customer",
    NoDate = "no date",
    UnreadableDate = "unreadable date",
    DateOutOfRange = "date out of range",
    NoAmount = "no amount",
    UnreadableAmount = "unreadable amount",
    AmountTooLarge = "amount too large",
    UnreadableQuantity = "unreadable quantity",
    QuantityTooLarge = "quantity too large",
    UnreadableUnitPrice = "unreadable unit price",
    UnknownStatus = "unknown status",
    UnknownActivity = "unknown activity",
    TwoCustomers = "two customers under one order id",
    NegativeAmount = "negative amount",
    NegativeSuccess = "negative amount with status Success",
    BrokenOrder = "its order has an unusable line",
    CustomerTwice = "customer twice",
    UnknownCustomer = "unknown customer",
    UnknownGender = "unknown gender",
    UnreadableBirthDate = "unreadable birth date",
    ImpossibleBirthDate = "impossible birth date",
    UnknownCustomerStatus = "unknown customer status",
    UnreadableConsent = "unreadable consent",
    UnknownGrade = "unknown grade",
    NoProduct = "no product",
    ProductTwice = "product twice",
    UnreadablePrice = "unreadable price",
    NegativePrice = "negative price",
    NoActivity = "no activity",
    ActivityTwice = "activity twice",
    ActivityWithoutList = "activity without a list",
    UnknownCohort = "unknown kind of cohort",
    NoStart = "no start",
    EndsBeforeItStarts = "ends before it starts",
    UnreadableBudget = "unreadable budget",
    NegativeBudget = "negative budget",
}

impl Reason {
    /// The reason, from its words.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }
}

/// The statement that makes the type of `import_lines.problem`.
pub(super) fn problem_type() -> String {
    let words: Vec<String> = Reason::ALL.iter().map(|reason| quote_literal(reason.as_str())).collect();
    format!("CREATE OR REPLACE TEMP TYPE line_problem AS ENUM ({})", words.join(", "))
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, if there are several.
    pub file: Option<String>,
    /// The number of the record; a header counts.
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

/// The lines that are unusable for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub count: i64,
    /// The first five.
    pub first: Vec<Place>,
    /// The value in the first one, if any.
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
        Ok(())
    }
}

/// A text shortened for a message: the first words of its first line.
fn shortened(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let short: String = first.chars().take(60).collect();
    if short.len() < text.trim_end().len() { format!("{short}…") } else { short }
}

/// The problems, one per line.
pub(super) fn list_problems(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}
