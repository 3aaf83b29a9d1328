//! Reports as text: plain rows in; a table, CSV, JSON or Markdown out. Knows
//! no database and no terminal: whoever calls says how wide and how colourful.

mod cell;
mod csv;
mod grid;
mod heat;
mod json;
mod layout;
mod markdown;
mod model;
/// Numbers as people read them, and small charts.
pub mod number;
/// A self-contained HTML page of tables and charts.
pub mod page;
mod table;
mod terminal;
mod text;

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;

pub use cell::Cell;
pub use heat::Heat;
pub use model::{Align, Audience, Block, Column, Kind, Payload, Phrase, Report, Table};
pub use number::{bar, sparkline};
pub use table::{HIDDEN_MANY, HIDDEN_ONE, NO_ROWS};
pub use terminal::HarmlessWriter;
pub use text::harmless;

use crate::money::Currency;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns, for a terminal.
    #[default]
    Table,
    /// RFC 4180, for spreadsheets and other programs.
    Csv,
    /// One document, indented, for other programs.
    Json,
    /// GitHub's tables, for documents.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[Format::Table, Format::Csv, Format::Json, Format::Markdown];

    /// The format as it is named on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: one of table, csv, json, markdown is needed")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let known = |format: &&Format| format.as_str().eq_ignore_ascii_case(word);
        Format::ALL.iter().find(known).copied().ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// How what people read is laid out. CSV and JSON do not depend on it.
#[derive(Clone)]
pub struct Style<'a> {
    /// How many columns the terminal has; `None` for no limit, as in a pipe.
    pub width: Option<usize>,
    /// Whether headings are bold, missing values dim and heated cells tinted, by
    /// escape sequences.
    pub color: bool,
    /// How amounts are shown.
    pub currency: Currency,
    /// Translates what is fixed and read by people: headings, titles, notes,
    /// and the table's own remarks ([`HIDDEN_ONE`], [`HIDDEN_MANY`],
    /// [`NO_ROWS`]). Given the English, it returns what to show.
    pub heading: &'a dyn Fn(&str) -> String,
}

/// No limit, no colour, Korean won, English.
impl Default for Style<'_> {
    fn default() -> Self {
        Style { width: None, color: false, currency: Currency::default(), heading: &str::to_owned }
    }
}

impl fmt::Debug for Style<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Style")
            .field("width", &self.width)
            .field("color", &self.color)
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}

/// Writes the report in the format to `out`, and flushes it.
pub fn render(report: &Report, format: Format, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match format {
        Format::Table => table::write(report, style, &mut out)?,
        Format::Csv => csv::write(report, &mut out)?,
        Format::Json => json::write(report, &mut out)?,
        Format::Markdown => markdown::write(report, style, &mut out)?,
    }
    out.flush()
}

/// Writes rows as they come, without holding them: in CSV under a header, in JSON as one array of objects.
/// `fill` is given what takes a row, of one cell a column. Tables and Markdown need all
/// rows to be laid out, and are not written.
pub fn render_rows<E: From<io::Error>>(
    columns: &[Column],
    format: Format,
    out: &mut dyn Write,
    fill: impl FnOnce(&mut dyn FnMut(&[Cell]) -> io::Result<()>) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    match format {
        Format::Json => json::write_rows(columns, &mut out, fill)?,
        Format::Table | Format::Csv | Format::Markdown => {
            debug_assert_eq!(format, Format::Csv, "rows of a {format} are laid out together");
            let mut rows = csv::Rows::begin(columns, &mut out)?;
            fill(&mut |row| rows.push(row))?;
            rows.end()?;
        }
    }
    Ok(out.flush()?)
}

/// Writes blocks of text with a blank line between; one without lines is
/// skipped.
fn write_blocks(blocks: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for block in blocks {
        let block = block.trim_end_matches('\n');
        if block.is_empty() {
            continue;
        }
        if !first {
            writeln!(out)?;
        }
        writeln!(out, "{block}")?;
        first = false;
    }
    Ok(())
}

/// What [`render`] writes, for tests.
#[cfg(test)]
fn rendered(report: &Report, format: Format, style: &Style<'_>) -> String {
    let mut out = Vec::new();
    render(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().to_uppercase().parse(), Ok(*format));
        }
        let error = "xml".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, "`xml` is not a format: one of table, csv, json, markdown is needed");
        let listed = Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        assert!(error.contains(&listed), "{error}");
    }

    #[test]
    fn a_writer_that_fails_is_reported() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        // More than any buffer on the way holds: the failure comes in the midst of the rows.
        let rows = (0..20_000).map(|_| vec![Cell::from("a text of some length")]);
        let table = Table::new("t").column(Column::text("a", "A")).rows(rows);
        let report = Report::from(table).text("text");
        for format in Format::ALL {
            let error = render(&report, *format, &Style::default(), &mut Closed).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
        }
    }

    #[test]
    fn rows_that_come_one_by_one_are_written_as_a_report_of_them() {
        let columns = [Column::text("a", "A"), Column::number("n", "N")];
        let some = vec![vec![Cell::from("x\"y"), Cell::Int(1)], vec![Cell::Empty, Cell::Plain(0.5)]];
        for rows in [some, Vec::new()] {
            let report = Report::from(Table::new("t").columns(columns.clone()).rows(rows.clone()));
            for format in [Format::Csv, Format::Json] {
                let mut out = Vec::new();
                let filled: io::Result<()> =
                    render_rows(&columns, format, &mut out, |push| rows.iter().try_for_each(|row| push(row)));
                filled.unwrap();
                let expected = rendered(&report, format, &Style::default());
                assert_eq!(String::from_utf8(out).unwrap(), expected, "{format}");
            }
        }
    }

    #[test]
    fn a_report_of_nothing_is_nothing_to_people() {
        let report = Report::rows().text("");
        assert_eq!(rendered(&report, Format::Table, &Style::default()), "");
        assert_eq!(rendered(&report, Format::Markdown, &Style::default()), "");
        assert_eq!(rendered(&report, Format::Csv, &Style::default()), "");
        assert_eq!(rendered(&report, Format::Json, &Style::default()), "[]\n");
    }
}
