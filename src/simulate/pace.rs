//! The pace of a live shop: simulated time against real time.

use std::time::Duration as RealTime;

use chrono::{Duration, NaiveDate, NaiveDateTime};

/// How fast the simulated clock runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// Simulated seconds per second.
    Times(f64),
    /// As fast as possible.
    Max,
}

/// The error for a text that is not a speed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a speed: a number above 0 (1 is real time, 3600 an hour a second), or `max`")]
pub struct ParseSpeedError(String);

impl std::str::FromStr for Speed {
    type Err = ParseSpeedError;

    fn from_str(text: &str) -> Result<Self, ParseSpeedError> {
        if text.eq_ignore_ascii_case("max") {
            return Ok(Speed::Max);
        }
        let times: Option<f64> = text.strip_suffix(['x', 'X']).unwrap_or(text).parse().ok();
        match times {
            Some(times) if times > 0.0 && times <= 1e7 => Ok(Speed::Times(times)),
            _ => Err(ParseSpeedError(text.to_owned())),
        }
    }
}

/// Maps real time to the simulated clock.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The simulated instant at the start.
    pub start: NaiveDateTime,
    /// Where the simulated clock stops, if anywhere.
    pub end: Option<NaiveDateTime>,
    /// How fast it runs.
    pub speed: Speed,
    /// How much is simulated at most before it is looked whether to stop, and others can have the file.
    pub longest: Duration,
}

/// The last instant: later ones have five-digit years.
const LAST: NaiveDateTime =
    NaiveDate::from_ymd_opt(9_999, 12, 31).expect("a date").and_time(chrono::NaiveTime::MIN);

impl Pace {
    /// The simulated instant to have reached after `elapsed`, in whole seconds,
    /// from a clock that stands at `clock`.
    pub fn target(&self, clock: NaiveDateTime, elapsed: RealTime) -> NaiveDateTime {
        let target = match self.speed {
            Speed::Max => clock + self.longest,
            Speed::Times(times) => self.start + Duration::seconds((elapsed.as_secs_f64() * times) as i64),
        };
        let target = target.min(clock + self.longest).min(LAST);
        self.end.map_or(target, |end| target.min(end)).max(clock)
    }

    /// Whether the simulated clock has reached its end.
    pub fn is_over(&self, clock: NaiveDateTime) -> bool {
        clock >= LAST || self.end.is_some_and(|end| clock >= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;

    #[test]
    fn a_second_is_an_hour_at_3600() {
        let at = |text| parse_instant(text).unwrap();
        let (start, end) = (at("2025-01-15"), Some(at("2025-01-16")));
        let pace = Pace { start, end, speed: "3600".parse().unwrap(), longest: Duration::days(7) };
        let target = |secs| pace.target(at("2025-01-15"), RealTime::from_secs(secs));
        assert_eq!(target(1), at("2025-01-15 01:00"));
        assert_eq!(target(100), at("2025-01-16"));
        assert!(pace.is_over(at("2025-01-16")) && !pace.is_over(at("2025-01-15 23:59:59")));
    }

    #[test]
    fn whoever_is_behind_catches_up_in_stretches() {
        let at = |text| parse_instant(text).unwrap();
        for speed in [Speed::Max, Speed::Times(1e6)] {
            let pace = Pace { start: at("2025-01-15"), end: None, speed, longest: Duration::hours(4) };
            let target = pace.target(at("2025-01-15"), RealTime::from_secs(60));
            assert_eq!(target, at("2025-01-15 04:00"), "{speed:?}");
        }
    }

    #[test]
    fn speeds_are_numbers_above_zero_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("2.5x".parse(), Ok(Speed::Times(2.5)));
        for text in ["0", "-1", "fast", "NaN", "inf", ""] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
