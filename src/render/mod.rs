//! Reports as text: typed tables in; a table, CSV, JSON, Markdown or a page out. Knows
//! no database and no terminal: the caller gives the width and whether to colour.

mod cell;
mod chart;
mod csv;
mod format;
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
mod style;
mod table;
mod terminal;
mod text;

use std::io::{self, BufWriter, Write};

pub use cell::Cell;
pub use chart::{Chart, Curve};
pub use format::{Format, UnknownFormat};
pub use heat::Heat;
pub use model::{Align, Audience, Block, Column, Kind, Payload, Phrase, Report, Table};
pub use number::{bar, sparkline};
pub use style::Style;
pub use table::{HIDDEN_MANY, HIDDEN_ONE, NO_ROWS};
pub use terminal::HarmlessWriter;
pub use text::harmless;

/// Writes the report to `out` in a format, and flushes it.
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
