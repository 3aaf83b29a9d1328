//! RFC 4180: a header, commas, CRLF, quotes where they are needed.

use std::io::{self, Write};

use ::csv::{ErrorKind, Terminator, WriterBuilder};

use super::cell::{Cell, exact_moment};
use super::model::{Column, Payload, Report};
use super::number;

/// Writes the report's payload; nothing at all when it has no table to give.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    match &report.payload {
        Payload::Rows => {
            if let Some(table) = report.named_tables().next() {
                writer.write_record(table.for_programs().map(|column| &column.key)).map_err(unwrapped)?;
                for row in &table.rows {
                    writer
                        .write_record(table.cells_for_programs(row).map(|(_, cell)| field(cell)))
                        .map_err(unwrapped)?;
                }
            }
        }
        Payload::Object(record) => {
            writer.write_record(record.iter().map(|(key, _)| key)).map_err(unwrapped)?;
            writer.write_record(record.iter().map(|(_, cell)| field(cell))).map_err(unwrapped)?;
        }
    }
    writer.flush()
}

/// The underlying I/O error, whose kind tells a closed pipe.
fn unwrapped(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Writes rows as they come, under a header.
pub(super) struct Rows<W: Write> {
    writer: ::csv::Writer<W>,
}

impl<W: Write> Rows<W> {
    pub fn begin(columns: &[Column], out: W) -> io::Result<Self> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        writer.write_record(columns.iter().map(|column| &column.key)).map_err(unwrapped)?;
        Ok(Rows { writer })
    }

    pub fn push(&mut self, row: &[Cell]) -> io::Result<()> {
        self.writer.write_record(row.iter().map(field)).map_err(unwrapped)
    }

    pub fn end(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The value itself, unrounded and without separators. Text that begins like a
/// formula stays as it is: this is data, which must read back unchanged.
fn field(cell: &Cell) -> String {
    if cell.is_missing() {
        return String::new();
    }
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Int(number) | Cell::Id(number) => number.to_string(),
        Cell::Money(amount) | Cell::Expected(amount) => amount.to_string(),
        Cell::Exact { digits, scale } => number::exact(*digits, *scale),
        Cell::Plain(value) => number::plain(*value),
        // Added to zero, which turns a negative zero into a plain one.
        Cell::Ratio(value) | Cell::Percent(value) | Cell::Seconds(value) => (0.0 + value).to_string(),
        Cell::Bytes(bytes) => bytes.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Timestamp(moment) => exact_moment(*moment, ' '),
        Cell::Bool(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::{Format, Style, Table, rendered};
    use super::*;
    use crate::money::Money;

    fn csv(report: &Report) -> String {
        rendered(report, Format::Csv, &Style { width: Some(10), color: true, ..Style::default() })
    }

    #[test]
    fn fields_are_quoted_only_when_needed_and_lines_end_in_crlf() {
        let table = Table::new("t")
            .title("Title")
            .columns([Column::text("name", "Name"), Column::number("a,b", "B").rank(9)])
            .row(["plain".into(), 1_234_567_i64.into()])
            .row(["a,b".into(), Cell::Empty])
            .row(["say \"hi\"".into(), Cell::Ratio(f64::NAN)])
            .row(["two\nlines".into(), Cell::Ratio(-0.0)])
            .row(["=1+1".into(), Cell::Int(-5)])
            .total(["Total".into(), 9_i64.into()])
            .note("A note");
        let expected = "name,\"a,b\"\r\nplain,1234567\r\n\"a,b\",\r\n\"say \"\"hi\"\"\",\r\n\
                        \"two\nlines\",0\r\n=1+1,-5\r\n";
        assert_eq!(csv(&Report::from(table)), expected);
    }

    #[test]
    fn values_are_exact() {
        let date = NaiveDate::from_ymd_opt(2025, 1, 15).unwrap();
        let record = [
            ("whole", Cell::Money(Money::from_hundredths(123_400))),
            ("money", Cell::Money(Money::from_hundredths(-123_450))),
            ("ratio", Cell::Ratio(0.1 + 0.2)),
            ("percent", Cell::Percent(12.345)),
            ("seconds", Cell::Seconds(2.0)),
            ("bytes", Cell::Bytes(1_234_567)),
            ("date", Cell::Date(date)),
            ("at", Cell::Timestamp(date.and_hms_opt(14, 0, 0).unwrap())),
            ("fine", Cell::Timestamp(date.and_hms_micro_opt(14, 0, 0, 7).unwrap())),
            ("yes", Cell::Bool(true)),
        ];
        let other = Table::new("other").column(Column::text("a", "A")).row([Cell::from("x")]);
        let report = Report::object(record).table(other);
        let expected = "whole,money,ratio,percent,seconds,bytes,date,at,fine,yes\r\n\
            1234.00,-1234.50,0.30000000000000004,12.345,2,1234567,2025-01-15,2025-01-15 14:00:00,\
            2025-01-15 14:00:00.000007,true\r\n";
        assert_eq!(csv(&report), expected);
    }

    #[test]
    fn only_the_first_named_table_is_given_and_short_rows_are_filled() {
        let mut first = Table::new("first").columns([Column::text("a", "A"), Column::text("b", "B")]);
        first.rows.push(vec!["x".into()]);
        let unnamed = Table::new("").column(Column::text("z", "Z")).row([Cell::from("no")]);
        let second = Table::new("second").column(Column::text("c", "C")).row([Cell::from("no")]);
        let report = Report::rows().text("log").table(unnamed).table(first).table(second);
        assert_eq!(csv(&report), "a,b\r\nx,\r\n");
    }
}
