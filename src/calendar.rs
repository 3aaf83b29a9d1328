//! Naive local time: parsing instants, calendar-month arithmetic, age bands.
//!
//! There is no clock here: only the command line reads the machine's time.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};

use crate::domain::AgeBand;

/// How instants are written everywhere: `2025-01-15 14:00:00`.
pub const INSTANT_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// An instant before every order: the start of year 1, the earliest year that is read.
pub const BEGINNING: NaiveDateTime =
    NaiveDate::from_ymd_opt(1, 1, 1).expect("a date").and_time(NaiveTime::MIN);

/// The error for a text that is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a date or a date and time: write 2025-01-15 or \"2025-01-15 14:00:00\"")]
pub struct ParseInstantError {
    text: String,
}

/// Reads a date (00:00 of that day) or a date and time, with a blank or `T`
/// between them, seconds and their fraction optional.
pub fn parse_instant(text: &str) -> Result<NaiveDateTime, ParseInstantError> {
    let trimmed = text.trim();
    if let Ok(date) = parse_date(trimmed) {
        return Ok(midnight(date));
    }
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(trimmed, format).ok())
        .filter(|instant| (1..=9999).contains(&instant.year()))
        .ok_or_else(|| ParseInstantError { text: text.to_owned() })
}

/// Reads a date such as `2025-01-15`.
pub fn parse_date(text: &str) -> Result<NaiveDate, ParseInstantError> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .ok()
        .filter(|date| (1..=9999).contains(&date.year()))
        .ok_or_else(|| ParseInstantError { text: text.to_owned() })
}

/// An instant as text, with its fraction only if it has one.
pub fn format_instant(instant: NaiveDateTime) -> String {
    match instant.and_utc().timestamp_subsec_micros() {
        0 => instant.format(INSTANT_FORMAT).to_string(),
        _ => instant.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
    }
}

/// 00:00 of a day.
pub fn midnight(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

/// The instant `months` calendar months later, clamped at the month's end:
/// 31 January + 1 month is the last of February. Saturates at the calendar's end.
pub fn add_months(instant: NaiveDateTime, months: u32) -> NaiveDateTime {
    instant.checked_add_months(Months::new(months)).unwrap_or(NaiveDateTime::MAX)
}

/// The instant `months` calendar months earlier, clamped at the month's end:
/// 31 August - 6 months is the last of February.
pub fn subtract_months(instant: NaiveDateTime, months: u32) -> NaiveDateTime {
    instant.checked_sub_months(Months::new(months)).unwrap_or(NaiveDateTime::MIN)
}

/// The day `days` later. Saturates at the calendar's end.
pub fn add_days(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// The first instant after `after` that is the 1st of a month at 03:00.
pub fn next_batch_time(after: NaiveDateTime) -> NaiveDateTime {
    let first = after.date().with_day(1).unwrap_or(after.date());
    let this_month = midnight(first) + chrono::Duration::hours(3);
    if this_month > after {
        this_month
    } else {
        midnight(add_months(midnight(first), 1).date()) + chrono::Duration::hours(3)
    }
}

/// The age band on a day; bands start at the 20th, 30th, 40th and 50th birthday.
pub fn age_band(birth_date: NaiveDate, on: NaiveDate) -> AgeBand {
    let passed = (1..=4).take_while(|cut| decade_birthday(birth_date, cut + 1) <= on).count();
    AgeBand::ALL[passed]
}

/// The next day after `on` on which the age band changes; `None` from the 50th birthday.
pub fn next_age_band_change(birth_date: NaiveDate, on: NaiveDate) -> Option<NaiveDate> {
    (2..=5).map(|decade| decade_birthday(birth_date, decade)).find(|birthday| *birthday > on)
}

/// The birthday that ends the given number of decades of life. Someone born on
/// 29 February has it on the 28th in other years.
fn decade_birthday(birth_date: NaiveDate, decade: u32) -> NaiveDate {
    birth_date.checked_add_months(Months::new(120 * decade)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn at(text: &str) -> NaiveDateTime {
        parse_instant(text).unwrap()
    }

    #[test]
    fn instants_are_dates_or_dates_with_times() {
        assert_eq!(format_instant(at("2025-01-15")), "2025-01-15 00:00:00");
        assert_eq!(at("2025-01-15T14:00"), at("2025-01-15 14:00:00"));
        assert_eq!(format_instant(at("2025-01-15 14:00:00.25")), "2025-01-15 14:00:00.250000");
        for text in ["2025-02-29", "2025-13-01", "yesterday", "", "20250115", "2025-01-15 25:00"] {
            assert!(parse_instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn months_are_added_to_the_start_and_clamp() {
        assert_eq!(add_months(at("2024-01-31 10:00"), 1), at("2024-02-29 10:00"));
        assert_eq!(add_months(at("2024-01-31 10:00"), 2), at("2024-03-31 10:00"));
        assert_eq!(subtract_months(at("2024-08-31"), 6), at("2024-02-29"));
    }

    #[test]
    fn the_batch_runs_on_the_first_at_three() {
        assert_eq!(next_batch_time(at("2024-01-16")), at("2024-02-01 03:00"));
        assert_eq!(next_batch_time(at("2024-02-01 02:59:59")), at("2024-02-01 03:00"));
        assert_eq!(next_batch_time(at("2024-02-01 03:00")), at("2024-03-01 03:00"));
        assert_eq!(next_batch_time(at("2024-12-31")), at("2025-01-01 03:00"));
    }

    #[test]
    fn age_groups_are_cut_at_birthdays() {
        let born = day("1994-06-10");
        assert_eq!(age_band(born, day("2014-06-09")), AgeBand::Teens);
        assert_eq!(age_band(born, day("2014-06-10")), AgeBand::Twenties);
        assert_eq!(age_band(born, day("2024-06-09")), AgeBand::Twenties);
        assert_eq!(age_band(born, day("2024-06-10")), AgeBand::Thirties);
        assert_eq!(age_band(born, day("2044-06-10")), AgeBand::FiftyPlus);
        assert_eq!(next_age_band_change(born, day("2014-06-10")), Some(day("2024-06-10")));
        assert_eq!(next_age_band_change(born, day("2044-06-10")), None);
        assert_eq!(age_band(day("2000-02-29"), day("2030-02-28")), AgeBand::Thirties);
    }
}
