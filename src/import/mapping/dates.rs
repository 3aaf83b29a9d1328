//! Recognising date formats.
//!
//! Values that the engine can cast to a timestamp come first (ISO 8601; an offset or `Z`
//! is dropped, because times are the shop's local time), then the formats below.
//! `01/02/2024` and `24.01.02` are read only if other values settle the order of the parts.

use super::numbers::text_list;
use crate::import::error::ImportError;
use crate::import::source::{Source, read_failure};
use crate::store::{Store, quote_literal};

/// Unambiguous dates with four-digit years.
const PLAIN: &[&str] = &[
    "%Y%m%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y. %m. %d.",
    "%Y. %m. %d",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
];

/// The same with two-digit years.
const PLAIN_SHORT: &[&str] = &["%d-%b-%y", "%d %b %y"];

/// Which part of a date comes first: day-month-year, month-day-year or year-month-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstPart {
    Day,
    Month,
    Year,
}

impl FirstPart {
    /// The formats with four-digit and with two-digit years.
    const fn formats(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            FirstPart::Day => (&["%d/%m/%Y", "%d-%m-%Y"], &["%d/%m/%y", "%d-%m-%y", "%d.%m.%y"]),
            FirstPart::Month => (&["%m/%d/%Y", "%m-%d-%Y"], &["%m/%d/%y", "%m-%d-%y", "%m.%d.%y"]),
            FirstPart::Year => (&[], &["%y/%m/%d", "%y-%m-%d", "%y.%m.%d"]),
        }
    }
}

/// What may follow the date.
const TIMES: &[&str] = &["", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S"];

/// How a column's texts are converted to instants.
#[derive(Clone, Debug)]
pub(super) struct DateReading {
    given: Option<String>,
    /// Two-digit years first: a four-digit format would read 24 as the year 24.
    formats: Vec<String>,
    /// Whether the formats settle an order that ISO 8601 could mistake.
    ordered: bool,
    /// The format of the first values, which is tried first, since failed casts are slow.
    lead: Option<String>,
}

impl DateReading {
    /// Finds out the format of a text column; `text` is its SQL over `from`.
    pub fn find(
        store: &Store,
        source: &Source,
        given: Option<&str>,
        text: &str,
        from: &str,
        shown: &str,
    ) -> Result<Self, ImportError> {
        if let Some(format) = given {
            check_format(store, format)?;
            let given = Some(without_zone(format).to_owned());
            return Ok(DateReading { given, formats: Vec::new(), ordered: false, lead: None });
        }
        let order = part_order(store, source, text, from, shown)?;
        let (long, short) = order.map(FirstPart::formats).unwrap_or_default();
        let formats: Vec<String> = [short, PLAIN_SHORT, long, PLAIN]
            .into_iter()
            .flat_map(with_times)
            .chain(["%Y%m%d%H%M%S".to_owned()])
            .collect();
        let lead = lead(store, source, text, from, &formats, order.is_some())?;
        Ok(DateReading { given: None, formats, ordered: order.is_some(), lead })
    }

    /// Whether a format fits any of a column's first values.
    pub fn fits(
        store: &Store,
        source: &Source,
        format: &str,
        text: &str,
        from: &str,
    ) -> Result<bool, ImportError> {
        check_format(store, format)?;
        let sql = format!(
            "SELECT coalesce(bool_or(import_formatted_instant(value, {}) IS NOT NULL), true) \
             FROM (SELECT {text} AS value FROM (SELECT * {from} LIMIT 1000)) WHERE value IS NOT NULL",
            quote_literal(without_zone(format))
        );
        let found: Vec<bool> = store
            .rows_text("trying a date format", &sql, |row| row.get(0))
            .map_err(|error| read_failure(&source.input, &error))?;
        Ok(found.first().copied().unwrap_or(true))
    }

    /// The SQL that converts a text to an instant, or NULL.
    pub fn sql(&self, text: &str) -> String {
        if let Some(format) = &self.given {
            return format!("import_formatted_instant({text}, {})", quote_literal(format));
        }
        let formats = text_list(&self.formats);
        let read = if self.ordered { "import_ordered_instant" } else { "import_instant" };
        match &self.lead {
            Some(lead) => {
                format!("import_led_instant({text}, {}, {read}({text}, {formats}))", quote_literal(lead))
            }
            None => format!("{read}({text}, {formats})"),
        }
    }
}

fn with_times(dates: &[&str]) -> Vec<String> {
    dates.iter().flat_map(|date| TIMES.iter().map(move |time| format!("{date}{time}"))).collect()
}

/// Drops an offset at the end of a format: times are kept as written.
fn without_zone(format: &str) -> &str {
    let trimmed = format.trim_end();
    trimmed.strip_suffix("%z").or_else(|| trimmed.strip_suffix("%Z")).map_or(format, str::trim_end)
}

fn check_format(store: &Store, format: &str) -> Result<(), ImportError> {
    let refuse =
        |message: &str| ImportError::BadDateFormat { format: format.to_owned(), message: message.to_owned() };
    let local = without_zone(format);
    if local.contains("%z") || local.contains("%Z") {
        return Err(refuse("a time zone is supported at the end only"));
    }
    if !local.contains('%') {
        return Err(refuse("it has no date parts"));
    }
    let sql = format!("SELECT try_strptime('x', {})", quote_literal(local));
    store
        .rows_text("trying a date format", &sql, |_| Ok(()))
        .map_err(|error| refuse(&error.engine_says()))
        .map(|_| ())
}

/// Counts that settle the order of the parts of dates such as `01/02/2024`.
#[derive(Default)]
struct PartFacts {
    dates: i64,
    /// Dates whose first part cannot be a month.
    first_no_month: i64,
    /// Dates whose second part cannot be a month.
    second_no_month: i64,
    /// Dates whose first part cannot be a day either, and so must be a year.
    first_is_year: i64,
    /// Dates whose third part cannot be a day, and so must be a year.
    last_is_year: i64,
    example: Option<String>,
}

/// The order of dates like `01/02/2024` or `24.01.02`; `None` when the first lines
/// have no such dates. Reads the whole column, because one value decides.
fn part_order(
    store: &Store,
    source: &Source,
    text: &str,
    from: &str,
    shown: &str,
) -> Result<Option<FirstPart>, ImportError> {
    let sampled = part_facts(store, source, text, &format!("FROM (SELECT * {from} LIMIT 1000)"))?;
    if sampled.dates == 0 {
        return Ok(None);
    }
    let facts = part_facts(store, source, text, from)?;
    // Where two orders occur, neither fits all; the lines of the rarer one are reported.
    if facts.first_is_year > 0 {
        Ok(Some(FirstPart::Year))
    } else if facts.second_no_month > facts.first_no_month {
        Ok(Some(FirstPart::Month))
    } else if facts.first_no_month > 0 && facts.last_is_year > 0 {
        Ok(Some(FirstPart::Day))
    } else {
        let example = facts.example.unwrap_or_default();
        let path = source.input.first().to_owned();
        Err(ImportError::AmbiguousDates { path, column: shown.to_owned(), example })
    }
}

fn part_facts(store: &Store, source: &Source, text: &str, from: &str) -> Result<PartFacts, ImportError> {
    let pattern = quote_literal(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})([\sT].*)?");
    // 01.02.2024 is 1 February; only two-digit years make dotted dates ambiguous.
    let dotted = quote_literal(r"\d+\.\d+\.\d{4}.*");
    let part = |n: u8| format!("CAST(regexp_extract(beginning, {pattern}, {n}) AS INTEGER)");
    let sum = |condition: &str| format!("CAST(coalesce(sum(dates) FILTER (WHERE {condition}), 0) AS BIGINT)");
    // The longest date and the character after it are 11: of these there are few to look at, however many times there are.
    let sql = format!(
        "SELECT {all}, {first}, {second}, {first_year}, {last_year}, min(example) \
         FROM (SELECT left(value, 11) AS beginning, count(*) AS dates, min(value) AS example \
               FROM (SELECT {text} AS value {from}) GROUP BY beginning) \
         WHERE regexp_full_match(beginning, {pattern}) AND NOT regexp_full_match(beginning, {dotted})",
        all = sum("true"),
        first = sum(&format!("{} > 12", part(1))),
        second = sum(&format!("{} > 12", part(2))),
        first_year = sum(&format!("{} > 31", part(1))),
        last_year = sum(&format!("{} > 31", part(3))),
    );
    let rows = store
        .rows_text("looking at the dates", &sql, |row| {
            Ok(PartFacts {
                dates: row.get(0)?,
                first_no_month: row.get(1)?,
                second_no_month: row.get(2)?,
                first_is_year: row.get(3)?,
                last_is_year: row.get(4)?,
                example: row.get(5)?,
            })
        })
        .map_err(|error| read_failure(&source.input, &error))?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// The format of the first value that is no ISO date (of the first at all, where the formats are
/// `ordered`), if one fits.
fn lead(
    store: &Store,
    source: &Source,
    text: &str,
    from: &str,
    formats: &[String],
    ordered: bool,
) -> Result<Option<String>, ImportError> {
    // The engine takes a format as a constant only, so each gets a branch of its own.
    let branches: Vec<String> = formats
        .iter()
        .map(|format| {
            let format = quote_literal(format);
            format!("WHEN try_strptime(value, {format}) >= TIMESTAMP '1000-01-01' THEN {format}")
        })
        .collect();
    let sql = format!(
        "SELECT CASE {} END FROM (SELECT min(value) AS value FROM (SELECT {text} AS value FROM (SELECT * {from} LIMIT 1000)) \
         WHERE import_has_digit(value) AND ({ordered} OR import_iso_instant(value) IS NULL))",
        branches.join(" ")
    );
    let found: Vec<Option<String>> = store
        .rows_text("looking at the dates", &sql, |row| row.get(0))
        .map_err(|error| read_failure(&source.input, &error))?;
    Ok(found.into_iter().next().flatten())
}
