//! One indented document: an array of objects, or one object.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::cell::{Cell, exact_moment};
use super::model::{Column, Payload, Report, Table};
use super::number;
use super::text::is_harmful;
use crate::money::Money;

/// Whole numbers below this are exact in every reader that uses doubles.
const EXACT_IN_A_DOUBLE: u64 = 1 << 53;

/// Writes the report's payload and a line end.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // Serialized as it is walked, so that a large table is not held twice.
    serde_json::to_writer_pretty(Escaping(&mut *out), &Document(report))?;
    writeln!(out)
}

/// Writes what a terminal would act on as `\\u...`, which reads back as the same text. Such characters
/// stand in strings alone, and come whole.
struct Escaping<'a>(&'a mut dyn Write);

impl Write for Escaping<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let harmful = |letter: char| letter != '\n' && is_harmful(letter);
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(harmful) => {
                for piece in text.split_inclusive(harmful) {
                    let last = piece.chars().next_back().filter(|letter| harmful(*letter));
                    let plain = &piece[..piece.len() - last.map_or(0, char::len_utf8)];
                    self.0.write_all(plain.as_bytes())?;
                    for unit in last.iter().flat_map(|letter| letter.encode_utf16(&mut [0; 2]).to_vec()) {
                        write!(self.0, "\\u{unit:04x}")?;
                    }
                }
            }
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

struct Document<'a>(&'a Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.payload {
            Payload::Rows => match self.0.named_tables().next() {
                Some(table) => Rows(table).serialize(serializer),
                None => serializer.serialize_seq(Some(0))?.end(),
            },
            Payload::Object(record) => {
                let mut object = serializer.serialize_map(None)?;
                for (key, value) in record {
                    object.serialize_entry(key, &Value(value))?;
                }
                for table in self.0.named_tables() {
                    let taken = record.iter().any(|(key, _)| *key == table.name);
                    debug_assert!(!taken, "`{}` names both a value and a table", table.name);
                    object.serialize_entry(&table.name, &Rows(table))?;
                }
                object.end()
            }
        }
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for row in &self.0.rows {
            rows.serialize_element(&Row(self.0, row))?;
        }
        rows.end()
    }
}

struct Row<'a>(&'a Table, &'a [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.for_programs().count()))?;
        for (column, cell) in self.0.cells_for_programs(self.1) {
            object.serialize_entry(&column.key, &Value(cell))?;
        }
        object.end()
    }
}

pub(super) struct Value<'a>(pub(super) &'a Cell);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_missing() {
            return serializer.serialize_unit();
        }
        match self.0 {
            Cell::Empty => serializer.serialize_unit(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Int(number) | Cell::Id(number) => serializer.serialize_i64(*number),
            Cell::Money(amount) | Cell::Expected(amount) => match whole_units(*amount) {
                Some(units) => serializer.serialize_i64(units),
                // A reader's double could lose hundredths; a text cannot.
                None => serializer.collect_str(amount),
            },
            Cell::Exact { digits, scale } => match whole_number(*digits, *scale) {
                Some(whole) => serializer.serialize_i128(whole),
                None => serializer.serialize_str(&number::exact(*digits, *scale)),
            },
            Cell::Plain(value) if !value.is_finite() => serializer.serialize_unit(),
            Cell::Plain(value) => serializer.serialize_f64(*value),
            // Added to zero, which turns a negative zero into a plain one.
            Cell::Ratio(value) | Cell::Percent(value) | Cell::Seconds(value) => {
                serializer.serialize_f64(0.0 + value)
            }
            Cell::Bytes(bytes) => serializer.serialize_u64(*bytes),
            Cell::Date(date) => serializer.collect_str(date),
            Cell::Timestamp(moment) => serializer.serialize_str(&exact_moment(*moment, 'T')),
            Cell::Bool(value) => serializer.serialize_bool(*value),
        }
    }
}

/// The amount in whole units, when it is a number of them that a double holds.
fn whole_units(amount: Money) -> Option<i64> {
    let units = amount.hundredths() / 100;
    let exact = amount.hundredths() % 100 == 0 && units.unsigned_abs() < EXACT_IN_A_DOUBLE;
    exact.then_some(units)
}

/// An exact number as a number: one without a point when 64 bits hold it, one with a
/// point when it is whole and a double holds it, as with amounts.
fn whole_number(digits: i128, scale: u8) -> Option<i128> {
    if scale == 0 {
        return (i64::MIN.into()..=u64::MAX.into()).contains(&digits).then_some(digits);
    }
    let unit = 10_i128.checked_pow(scale.into())?;
    let whole = digits / unit;
    (digits % unit == 0 && whole.unsigned_abs() < EXACT_IN_A_DOUBLE.into()).then_some(whole)
}

/// Writes rows as they come, as one array of objects.
pub(super) fn write_rows<E: From<io::Error>>(
    columns: &[Column],
    out: &mut dyn Write,
    fill: impl FnOnce(&mut dyn FnMut(&[Cell]) -> io::Result<()>) -> Result<(), E>,
) -> Result<(), E> {
    let mut serializer = serde_json::Serializer::pretty(Escaping(&mut *out));
    let mut rows = serializer.serialize_seq(None).map_err(io::Error::from)?;
    fill(&mut |row| Ok(rows.serialize_element(&PlainRow(columns, row))?))?;
    SerializeSeq::end(rows).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

struct PlainRow<'a>(&'a [Column], &'a [Cell]);

impl Serialize for PlainRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (column, cell) in self.0.iter().zip(self.1) {
            object.serialize_entry(&column.key, &Value(cell))?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::{Format, Style, rendered};
    use super::*;

    fn json(report: &Report) -> String {
        rendered(report, Format::Json, &Style { width: Some(10), color: true, ..Style::default() })
    }

    #[test]
    fn what_a_terminal_would_act_on_is_escaped_and_reads_back() {
        let text = "a\u{9b}31m\u{202e}b\u{7f}\u{e0041}한";
        let table = Table::new("t").column(Column::text("a", "A")).row([Cell::from(text)]);
        let json = rendered(&Report::from(table), Format::Json, &Style::default());
        assert!(json.contains("a\\u009b31m\\u202eb\\u007f\\udb40\\udc41한"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read[0]["a"], text);
    }

    #[test]
    fn money_is_a_number_only_when_no_reader_can_lose_it() {
        let units = |units| Cell::Money(Money::from_units(units).unwrap());
        let record = [
            ("won", units(1_234_567)),
            ("negative", units(-5)),
            ("decimals", Cell::Money(Money::from_hundredths(123_450))),
            ("small", Cell::Money(Money::from_hundredths(-5))),
            ("last", units((1 << 53) - 1)),
            ("over", units(1 << 53)),
            ("under", units(-(1 << 53))),
        ];
        let expected = r#"{
  "won": 1234567,
  "negative": -5,
  "decimals": "1234.50",
  "small": "-0.05",
  "last": 9007199254740991,
  "over": "9007199254740992.00",
  "under": "-9007199254740992.00"
}
"#;
        assert_eq!(json(&Report::object(record)), expected);
    }

    #[test]
    fn exact_numbers_are_numbers_only_when_no_reader_can_lose_them() {
        let exact = |digits, scale| Cell::Exact { digits, scale };
        let record = [
            ("largest", exact(u64::MAX.into(), 0)),
            ("larger", exact(i128::from(u64::MAX) + 1, 0)),
            ("whole", exact(150_000, 3)),
            ("parts", exact(-1_500, 4)),
            ("wide", exact((1 << 53) * 100, 2)),
            ("plain", Cell::Plain(2.5)),
            ("endless", Cell::Plain(f64::INFINITY)),
        ];
        let expected = r#"{
  "largest": 18446744073709551615,
  "larger": "18446744073709551616",
  "whole": 150,
  "parts": "-0.1500",
  "wide": "9007199254740992.00",
  "plain": 2.5,
  "endless": null
}
"#;
        assert_eq!(json(&Report::object(record)), expected);
    }

    #[test]
    fn rows_are_objects_in_column_order_and_totals_are_left_out() {
        let table = Table::new("t")
            .title("Title")
            .columns([Column::text("z", "Last"), Column::number("a", "First").rank(9)])
            .row(["한국 \"둘\"\n".into(), Cell::Ratio(0.1 + 0.2)])
            .row([Cell::Empty, Cell::Percent(f64::INFINITY)])
            .total(["Total".into(), 1_i64.into()]);
        let expected = r#"[
  {
    "z": "한국 \"둘\"\n",
    "a": 0.30000000000000004
  },
  {
    "z": null,
    "a": null
  }
]
"#;
        assert_eq!(json(&Report::from(table)), expected);
    }

    #[test]
    fn a_record_is_followed_by_the_named_tables() {
        let date = NaiveDate::from_ymd_opt(2025, 1, 15).unwrap();
        let record = [
            ("date", Cell::Date(date)),
            ("at", Cell::Timestamp(date.and_hms_opt(14, 0, 0).unwrap())),
            ("fine", Cell::Timestamp(date.and_hms_micro_opt(14, 0, 0, 500_000).unwrap())),
            ("bytes", Cell::Bytes(u64::MAX)),
            ("ok", Cell::Bool(false)),
            ("zero", Cell::Ratio(-0.0)),
        ];
        let one = Table::new("one").column(Column::number("n", "N")).row([Cell::Int(1)]);
        let none = Table::new("none").column(Column::number("n", "N"));
        let unnamed = Table::new("").column(Column::number("n", "N")).row([Cell::Int(2)]);
        let expected = r#"{
  "date": "2025-01-15",
  "at": "2025-01-15T14:00:00",
  "fine": "2025-01-15T14:00:00.500000",
  "bytes": 18446744073709551615,
  "ok": false,
  "zero": 0.0,
  "one": [
    {
      "n": 1
    }
  ],
  "none": []
}
"#;
        assert_eq!(json(&Report::object(record).text("log").table(one).table(unnamed).table(none)), expected);
    }
}
