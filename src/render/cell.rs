//! A typed value, which each format writes in its own way.

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use super::number;
use crate::money::{Currency, Money};

/// One value. What people read is rounded and grouped; CSV and JSON get the
/// value itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Unknown, or not there. A number that is not finite counts as this too.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// A count.
    Int(i64),
    /// A number that names something: shown without separators.
    Id(i64),
    /// An amount, shown in the style's currency.
    Money(Money),
    /// An amount that is expected, not known: shown with [`number::EXPECTED`] before it. For people
    /// alone; to programs a column says which of its amounts are expected.
    Expected(Money),
    /// A plain number, shown half-up to two places.
    Ratio(f64),
    /// An exact number of so many units of 10^-scale, shown with all its digits
    /// and without separators.
    Exact {
        /// The digits, as one whole number.
        digits: i128,
        /// How many of them are behind the point.
        scale: u8,
    },
    /// A number shown as it is: the shortest text that reads back as the same
    /// double. One that is not finite is shown too, and is nothing in JSON.
    Plain(f64),
    /// A percentage, already times 100: `12.34` is shown `12.34%`.
    Percent(f64),
    /// A duration in seconds, shown in the unit that suits it.
    Seconds(f64),
    /// A size in bytes, shown in the unit that suits it.
    Bytes(u64),
    /// A day.
    Date(NaiveDate),
    /// A moment, without a zone. Shown to the second.
    Timestamp(NaiveDateTime),
    /// A yes or a no.
    Bool(bool),
}

impl Cell {
    /// Whether there is no value to show: [`Cell::Empty`], or a number that is
    /// not finite.
    pub fn is_missing(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Ratio(value) | Cell::Percent(value) | Cell::Seconds(value) => !value.is_finite(),
            _ => false,
        }
    }

    /// The value as people read it, on one line; [`number::MISSING`] when there
    /// is none.
    pub fn shown(&self, currency: &Currency) -> String {
        if self.is_missing() {
            return number::MISSING.to_owned();
        }
        match self {
            Cell::Empty => number::MISSING.to_owned(),
            Cell::Text(text) => super::text::one_line(text),
            Cell::Int(count) => number::whole(*count),
            Cell::Id(id) => id.to_string(),
            Cell::Money(amount) => currency.format(*amount),
            Cell::Expected(amount) => format!("{}{}", number::EXPECTED, currency.format(*amount)),
            Cell::Ratio(value) => number::two_places(*value),
            Cell::Exact { digits, scale } => number::exact(*digits, *scale),
            Cell::Plain(value) => number::plain(*value),
            Cell::Percent(value) => format!("{}%", number::two_places(*value)),
            Cell::Seconds(seconds) => number::duration(*seconds),
            Cell::Bytes(bytes) => number::size(*bytes),
            Cell::Date(date) => date.to_string(),
            Cell::Timestamp(moment) => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
            Cell::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        }
    }

    /// The value as people read it in a narrow column: amounts in thousands and
    /// millions, percentages to one place, nothing when there is none.
    pub fn shown_short(&self, currency: &Currency) -> String {
        match self {
            _ if self.is_missing() => String::new(),
            Cell::Money(amount) => number::short_money(*amount, currency),
            Cell::Expected(amount) => {
                format!("{}{}", number::EXPECTED, number::short_money(*amount, currency))
            }
            Cell::Percent(value) => format!("{}%", number::one_place(*value)),
            _ => self.shown(currency),
        }
    }

    /// The value as a number to compare by; `None` for words and for nothing.
    pub(super) fn magnitude(&self) -> Option<f64> {
        match self {
            _ if self.is_missing() => None,
            Cell::Int(count) => Some(*count as f64),
            Cell::Money(amount) | Cell::Expected(amount) => Some(amount.to_f64()),
            Cell::Exact { digits, scale } => Some(*digits as f64 / 10_f64.powi((*scale).into())),
            Cell::Plain(value) => Some(*value).filter(|value| value.is_finite()),
            Cell::Ratio(value) | Cell::Percent(value) | Cell::Seconds(value) => Some(*value),
            Cell::Bytes(bytes) => Some(*bytes as f64),
            _ => None,
        }
    }
}

/// The moment in full for programs: date and time parted by `separator`, with
/// microseconds only when there are any.
pub(super) fn exact_moment(moment: NaiveDateTime, separator: char) -> String {
    let date = moment.date();
    // A leap second's nanoseconds run past a billion.
    let micros = moment.nanosecond() % 1_000_000_000 / 1_000;
    if micros == 0 {
        format!("{date}{separator}{}", moment.format("%H:%M:%S"))
    } else {
        format!("{date}{separator}{}.{micros:06}", moment.format("%H:%M:%S"))
    }
}

/// An unknown value is [`Cell::Empty`].
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Cell::Int(count)
    }
}

impl From<i32> for Cell {
    fn from(count: i32) -> Self {
        Cell::Int(count.into())
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Cell::Int(count.into())
    }
}

/// A number of things held in memory, which never comes near the largest `i64`.
impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Cell::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Cell {
    fn from(amount: Money) -> Self {
        Cell::Money(amount)
    }
}

/// A plain number; a percentage has to be named as one.
impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Cell::Ratio(value)
    }
}

impl From<NaiveDate> for Cell {
    fn from(date: NaiveDate) -> Self {
        Cell::Date(date)
    }
}

impl From<NaiveDateTime> for Cell {
    fn from(moment: NaiveDateTime) -> Self {
        Cell::Timestamp(moment)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Cell::Bool(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(micros: u32) -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(2025, 1, 15).unwrap();
        date.and_hms_micro_opt(14, 0, 0, micros).unwrap()
    }

    #[test]
    fn every_kind_is_shown_its_way() {
        let won = Currency::default();
        let cases = [
            (Cell::Empty, "-"),
            (Cell::from("한국\n둘"), "한국 둘"),
            (Cell::from(1_234_567_i64), "1,234,567"),
            (Cell::from(Money::from_hundredths(123_456_750)), "1,234,568"),
            (Cell::Expected(Money::from_hundredths(123_456_750)), "~1,234,568"),
            (Cell::from(1_234.125), "1,234.13"),
            (Cell::Exact { digits: -5, scale: 2 }, "-0.05"),
            (Cell::Exact { digits: i128::MAX, scale: 0 }, "170141183460469231731687303715884105727"),
            (Cell::Plain(0.1 + 0.2), "0.30000000000000004"),
            (Cell::Plain(f64::NEG_INFINITY), "-inf"),
            (Cell::Percent(12.345), "12.35%"),
            (Cell::Percent(f64::NAN), "-"),
            (Cell::Seconds(1.23), "1s 230ms"),
            (Cell::Bytes(1_200_000), "1.2 MB"),
            (Cell::from(moment(0).date()), "2025-01-15"),
            (Cell::from(moment(500_000)), "2025-01-15 14:00:00"),
            (Cell::from(true), "yes"),
            (Cell::from(false), "no"),
        ];
        for (cell, shown) in cases {
            assert_eq!(cell.shown(&won), shown, "{cell:?}");
        }
        let dollar = Currency::new("USD").unwrap();
        assert_eq!(Cell::from(Money::from_hundredths(123_450)).shown(&dollar), "1,234.50");
    }

    #[test]
    fn narrow_columns_are_short_and_blank_where_nothing_is() {
        let won = Currency::default();
        let cases = [
            (Cell::Empty, ""),
            (Cell::Ratio(f64::NAN), ""),
            (Cell::from(Money::from_hundredths(123_456_700)), "1.2M"),
            (Cell::Expected(Money::from_hundredths(123_456_700)), "~1.2M"),
            (Cell::Percent(12.35), "12.4%"),
            (Cell::Ratio(1.005), "1.01"),
            (Cell::Int(1_234), "1,234"),
        ];
        for (cell, shown) in cases {
            assert_eq!(cell.shown_short(&won), shown, "{cell:?}");
        }
    }

    #[test]
    fn an_option_is_its_value_or_empty() {
        assert_eq!(Cell::from(Some(3_i64)), Cell::Int(3));
        assert_eq!(Cell::from(None::<Money>), Cell::Empty);
        let share = |known: Option<f64>| Cell::from(known.map(Cell::Percent));
        assert_eq!((share(Some(5.0)), share(None)), (Cell::Percent(5.0), Cell::Empty));
    }

    #[test]
    fn a_fraction_of_a_second_is_kept_only_when_there_is_one() {
        assert_eq!(exact_moment(moment(0), 'T'), "2025-01-15T14:00:00");
        assert_eq!(exact_moment(moment(1_500), ' '), "2025-01-15 14:00:00.001500");
        let leap = moment(0).date().and_hms_micro_opt(23, 59, 59, 1_000_000).unwrap();
        assert_eq!(exact_moment(leap, 'T'), "2025-01-15T23:59:60");
    }
}
