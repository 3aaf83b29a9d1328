//! A calendar instant, with its own month arithmetic.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// A naive local instant. The derived order is the order of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    year: i32,
    month: u32,
    day: u32,
    micros: u64,
}

impl At {
    /// The instant `months` calendar months away, clamped at the month's end.
    pub fn plus_months(self, months: i32) -> At {
        let counted = self.year * 12 + self.month as i32 - 1 + months;
        let (year, month) = (counted.div_euclid(12), counted.rem_euclid(12) as u32 + 1);
        At { year, month, day: self.day.min(days_of_month(year, month)), micros: self.micros }
    }

    /// The day, as `2024-01-31`.
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The instant as a type of the library.
    pub fn naive(self) -> NaiveDateTime {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(
            (self.micros / 1_000_000) as u32,
            (self.micros % 1_000_000) as u32 * 1_000,
        );
        NaiveDate::from_ymd_opt(self.year, self.month, self.day).unwrap().and_time(time.unwrap())
    }
}

fn days_of_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl From<NaiveDateTime> for At {
    fn from(naive: NaiveDateTime) -> At {
        let micros = u64::from(naive.num_seconds_from_midnight()) * 1_000_000;
        let micros = micros + u64::from(naive.nanosecond() / 1_000);
        At { year: naive.year(), month: naive.month(), day: naive.day(), micros }
    }
}

/// Always with microseconds, so that texts sort in order of time.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, fraction) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{} {hours:02}:{minutes:02}:{seconds:02}.{fraction:06}", self.date())
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads `2024-01-31`, `2024-01-31 10:30`, `… 10:30:00` or `… 10:30:00.000001`.
impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<At, String> {
        let full = match text.len() {
            10 => format!("{text} 00:00:00"),
            16 => format!("{text}:00"),
            _ => text.to_owned(),
        };
        NaiveDateTime::parse_from_str(&full, "%Y-%m-%d %H:%M:%S%.f")
            .map(At::from)
            .map_err(|error| format!("`{text}` is not an instant: {error}"))
    }
}

#[test]
fn months_are_added_to_the_instant_and_clamp() {
    let at = |text: &str| text.parse::<At>().unwrap();
    let start = at("2024-01-31 10:30");
    let ends: Vec<String> = (1..=4).map(|months| start.plus_months(months).date()).collect();
    assert_eq!(ends, ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]);
    assert_eq!(at("2024-08-31").plus_months(-6), at("2024-02-29"));
    assert_eq!(at("2025-01-15").plus_months(-6), at("2024-07-15"));
    assert_eq!(at("2023-12-31").plus_months(2), at("2024-02-29"));
    assert_eq!(at("2024-01-31 10:30").naive().to_string(), "2024-01-31 10:30:00");
    assert_eq!(at("2024-01-31 10:30:00.000001").to_string(), "2024-01-31 10:30:00.000001");
}
