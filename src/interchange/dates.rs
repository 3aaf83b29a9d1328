//! How a source writes its dates.
//!
//! What the engine casts to a timestamp is read so (ISO 8601; an offset or `Z`
//! is dropped, because times are the shop's own). Then come the formats below.
//! `01/02/2024` is read only when the other values leave no doubt.

use super::error::ImportError;
use super::numbers::text_list;
use super::source::{Source, read_failure};
use crate::store::{Store, quote_literal};

/// Dates that mean one thing, with four digits of year.
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

/// The same with two digits of year.
const PLAIN_SHORT: &[&str] = &["%d.%m.%y", "%d-%b-%y", "%d %b %y"];

const DAY_FIRST: &[&str] = &["%d/%m/%Y", "%d-%m-%Y"];
const DAY_FIRST_SHORT: &[&str] = &["%d/%m/%y", "%d-%m-%y"];
const MONTH_FIRST: &[&str] = &["%m/%d/%Y", "%m-%d-%Y"];
const MONTH_FIRST_SHORT: &[&str] = &["%m/%d/%y", "%m-%d-%y"];

/// What may follow the date.
const TIMES: &[&str] = &["", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S"];

/// How the texts of a column become instants.
#[derive(Clone, Debug)]
pub(super) struct DateReading {
    given: Option<String>,
    formats: Vec<String>,
    short_formats: Vec<String>,
    /// The format of the first values, tried first: a cast that fails costs time.
    lead: Option<String>,
}

impl DateReading {
    /// Finds out how a column of texts is written; `text` is its SQL over `from`.
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
            return Ok(DateReading {
                given: Some(without_zone(format).to_owned()),
                formats: Vec::new(),
                short_formats: Vec::new(),
                lead: None,
            });
        }
        let (mut formats, mut short_formats) = (with_times(PLAIN), with_times(PLAIN_SHORT));
        formats.push("%Y%m%d%H%M%S".to_owned());
        if let Some(day_first) = day_first(store, source, text, from, shown)? {
            let (long, short) =
                if day_first { (DAY_FIRST, DAY_FIRST_SHORT) } else { (MONTH_FIRST, MONTH_FIRST_SHORT) };
            formats.extend(with_times(long));
            short_formats.extend(with_times(short));
        }
        let lead = lead(store, source, text, from, &formats)?;
        Ok(DateReading { given: None, formats, short_formats, lead })
    }

    /// The SQL of the instant that a text says, NULL when it says none.
    pub fn sql(&self, text: &str) -> String {
        if let Some(format) = &self.given {
            return format!("import_formatted_instant({text}, {})", quote_literal(format));
        }
        let any = format!(
            "import_instant({text}, {}, {})",
            text_list(&self.formats),
            text_list(&self.short_formats)
        );
        match &self.lead {
            Some(lead) => {
                format!("coalesce(import_plausible(try_strptime({text}, {})), {any})", quote_literal(lead))
            }
            None => any,
        }
    }
}

fn with_times(dates: &[&str]) -> Vec<String> {
    dates.iter().flat_map(|date| TIMES.iter().map(move |time| format!("{date}{time}"))).collect()
}

/// An offset at the end is dropped with its text: the time as written is wanted.
fn without_zone(format: &str) -> &str {
    let trimmed = format.trim_end();
    trimmed.strip_suffix("%z").or_else(|| trimmed.strip_suffix("%Z")).map_or(format, str::trim_end)
}

fn check_format(store: &Store, format: &str) -> Result<(), ImportError> {
    let refuse =
        |message: &str| ImportError::BadDateFormat { format: format.to_owned(), message: message.to_owned() };
    let local = without_zone(format);
    if local.contains("%z") || local.contains("%Z") {
        return Err(refuse("a zone is understood at the end only"));
    }
    if !local.contains('%') {
        return Err(refuse("it names no part of a date"));
    }
    let sql = format!("SELECT try_strptime('x', {})", quote_literal(local));
    store
        .rows_text("trying a date format", &sql, |_| Ok(()))
        .map_err(|error| {
            let message = error.engine_message();
            refuse(message.lines().next().unwrap_or_default())
        })
        .map(|_| ())
}

/// Whether dates like `01/02/2024` have the day first; `None` when the first
/// lines have no such dates. Reads the whole column, because one value decides.
fn day_first(
    store: &Store,
    source: &Source,
    text: &str,
    from: &str,
    shown: &str,
) -> Result<Option<bool>, ImportError> {
    let pattern = quote_literal(r"\s*(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(\s.*|T.*)?");
    let run = |sql: &str| {
        store
            .rows_text("looking at the dates", sql, |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get(3)?))
            })
            .map_err(|error| read_failure(&source.files, &error))
    };
    let count = |from: &str| {
        format!(
            "SELECT count(*), \
                count(*) FILTER (CAST(regexp_extract(value, {pattern}, 1) AS INTEGER) > 12), \
                count(*) FILTER (CAST(regexp_extract(value, {pattern}, 2) AS INTEGER) > 12), \
                min(value) \
             FROM (SELECT {text} AS value {from}) WHERE regexp_full_match(value, {pattern})"
        )
    };
    let sampled = run(&count(&format!("FROM (SELECT * {from} LIMIT 1000)")))?;
    if sampled.first().is_none_or(|(dates, ..): &(i64, i64, i64, Option<String>)| *dates == 0) {
        return Ok(None);
    }
    match run(&count(from))?.into_iter().next() {
        Some((_, 0, 0, example)) => Err(ImportError::AmbiguousDates {
            column: shown.to_owned(),
            example: example.unwrap_or_default(),
        }),
        // Where both occur, no order fits all; the lines of the rarer one are reported.
        Some((_, first_large, second_large, _)) => Ok(Some(first_large >= second_large)),
        None => Ok(None),
    }
}

/// The format of the first value that is no ISO date, if one fits.
fn lead(
    store: &Store,
    source: &Source,
    text: &str,
    from: &str,
    formats: &[String],
) -> Result<Option<String>, ImportError> {
    // The engine takes a format as a constant only, so each gets a branch of its own.
    let branches: Vec<String> = formats
        .iter()
        .map(|format| {
            let format = quote_literal(format);
            format!("WHEN import_plausible(try_strptime(value, {format})) IS NOT NULL THEN {format}")
        })
        .collect();
    let sql = format!(
        "SELECT CASE {} END FROM (SELECT min(value) AS value FROM (SELECT {text} AS value {from} LIMIT 1000) \
         WHERE TRY_CAST(value AS TIMESTAMP) IS NULL)",
        branches.join(" ")
    );
    let found: Vec<Option<String>> = store
        .rows_text("looking at the dates", &sql, |row| row.get(0))
        .map_err(|error| read_failure(&source.files, &error))?;
    Ok(found.into_iter().next().flatten())
}
