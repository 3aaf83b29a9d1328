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

/// The texts of a column as relations, after FROM, of which `value` is the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'a> {
    /// Those of the first lines.
    pub first: &'a str,
    /// Those of all lines.
    pub all: &'a str,
    /// Whether all lines have been read, so that going through them is cheap.
    pub read: bool,
}

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
    /// Finds out the format of a column; `None` if only all lines can settle it and they have not been read.
    pub fn find(
        store: &Store,
        source: &Source,
        given: Option<&str>,
        texts: Texts<'_>,
        shown: &str,
    ) -> Result<Option<Self>, ImportError> {
        if let Some(format) = given {
            check_format(store, format)?;
            let given = Some(without_zone(format).to_owned());
            return Ok(Some(DateReading { given, formats: Vec::new(), ordered: false, lead: None }));
        }
        let order = if part_facts(store, source, texts.first)?.dates == 0 {
            None
        } else if let Some(order) = part_facts(store, source, &first_settling(texts.all))?.clear_order() {
            Some(order)
        } else if texts.read {
            let facts = part_facts(store, source, texts.all)?;
            Some(facts.order().ok_or_else(|| ImportError::AmbiguousDates {
                path: source.input.first().to_owned(),
                column: shown.to_owned(),
                example: facts.example.unwrap_or_default(),
            })?)
        } else {
            return Ok(None);
        };
        let (long, short) = order.map(FirstPart::formats).unwrap_or_default();
        let formats: Vec<String> = [short, PLAIN_SHORT, long, PLAIN]
            .into_iter()
            .flat_map(with_times)
            .chain(["%Y%m%d%H%M%S".to_owned()])
            .collect();
        let lead = lead(store, source, texts.first, &formats, order.is_some())?;
        Ok(Some(DateReading { given: None, formats, ordered: order.is_some(), lead }))
    }

    /// Whether a format fits any of a column's first values.
    pub fn fits(store: &Store, source: &Source, format: &str, first: &str) -> Result<bool, ImportError> {
        check_format(store, format)?;
        let sql = format!(
            "SELECT coalesce(bool_or(import_formatted_instant(value, {}) IS NOT NULL), true) \
             FROM {first} WHERE value IS NOT NULL",
            quote_literal(without_zone(format))
        );
        let found: Vec<bool> = store
            .rows_text("trying a date format", &sql, |row| row.get(0))
            .map_err(|error| read_failure(&source.input, &error))?;
        Ok(found.first().copied().unwrap_or(true))
    }

    /// The SQL of a text in the format of the first values, or NULL; `None` where there is no such format.
    pub fn lead_sql(&self, text: &str) -> Option<String> {
        let lead = self.lead.as_ref()?;
        Some(format!("import_lead({text}, {})", quote_literal(lead)))
    }

    /// The SQL that converts a text to an instant, or NULL; `lead` is what [`Self::lead_sql`] gives.
    pub fn sql(&self, text: &str, lead: &str) -> String {
        if let Some(format) = &self.given {
            return format!("import_formatted_instant({text}, {})", quote_literal(format));
        }
        let formats = text_list(&self.formats);
        let read = if self.ordered { "import_ordered_instant" } else { "import_instant" };
        match &self.lead {
            Some(_) => format!("import_led_instant({lead}, {read}({text}, {formats}))"),
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

impl PartFacts {
    /// The order of the parts, if any date settles it. Where two orders occur, neither fits all; the lines
    /// of the rarer one are reported.
    fn order(&self) -> Option<FirstPart> {
        if self.first_is_year > 0 {
            Some(FirstPart::Year)
        } else if self.second_no_month > self.first_no_month {
            Some(FirstPart::Month)
        } else if self.first_no_month > 0 && self.last_is_year > 0 {
            Some(FirstPart::Day)
        } else {
            None
        }
    }

    /// The order, where enough dates settle it and none contradicts them, so that the rest need not be looked at.
    fn clear_order(&self) -> Option<FirstPart> {
        let settled = [self.first_is_year, self.first_no_month - self.first_is_year, self.second_no_month];
        let clear = settled.iter().filter(|dates| **dates > 0).count() == 1;
        self.order().filter(|_| clear && settled.iter().sum::<i64>() == CLEAR)
    }
}

/// How many dates, the first of their column that show the order of the parts and all agreeing, settle it for the
/// whole column.
const CLEAR: i64 = 100;

/// 01.02.2024 is 1 February; only two-digit years make dotted dates ambiguous.
const DOTTED: &str = r"\d+\.\d+\.\d{4}.*";

/// The first dates that may settle the order of the parts: one of the first two can be no month.
fn first_settling(texts: &str) -> String {
    let (no_month, any, sign) = (r"(1[3-9]|[2-9]\d)", r"\d{1,2}", "[./-]");
    let pattern = quote_literal(&format!("({no_month}{sign}{any}|{any}{sign}{no_month}){sign}\\d\\d.*"));
    format!(
        "(SELECT value FROM {texts} WHERE regexp_full_match(left(value, 11), {pattern}) \
         AND NOT regexp_full_match(left(value, 11), {}) LIMIT {CLEAR})",
        quote_literal(DOTTED)
    )
}

fn part_facts(store: &Store, source: &Source, texts: &str) -> Result<PartFacts, ImportError> {
    let pattern = quote_literal(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})([\sT].*)?");
    let dotted = quote_literal(DOTTED);
    let part = |n: u8| format!("CAST(regexp_extract(beginning, {pattern}, {n}) AS INTEGER)");
    let sum = |condition: &str| format!("CAST(coalesce(sum(dates) FILTER (WHERE {condition}), 0) AS BIGINT)");
    // The longest date and the character after it are 11: of these there are few to look at, however many times there are.
    let sql = format!(
        "SELECT {all}, {first}, {second}, {first_year}, {last_year}, min(example) \
         FROM (SELECT left(value, 11) AS beginning, count(*) AS dates, min(value) AS example \
               FROM {texts} GROUP BY beginning) \
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
    first: &str,
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
        "SELECT CASE {} END FROM (SELECT min(value) AS value FROM {first} \
         WHERE import_has_digit(value) AND ({ordered} OR import_iso_instant(value) IS NULL))",
        branches.join(" ")
    );
    let found: Vec<Option<String>> = store
        .rows_text("looking at the dates", &sql, |row| row.get(0))
        .map_err(|error| read_failure(&source.input, &error))?;
    Ok(found.into_iter().next().flatten())
}
