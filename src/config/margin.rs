//! A gross margin: an exact share of revenue.

use std::fmt;

use crate::money::Money;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share above 0 and at most 1, exact to the millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Margin(u32);

impl Margin {
    /// All of the revenue.
    pub const WHOLE: Margin = Margin(1_000_000);

    /// A share given in millionths; `None` when it is 0 or above 1.
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if millionths == 0 || millionths > Self::WHOLE.0 { None } else { Some(Margin(millionths)) }
    }

    /// The share in millionths.
    pub const fn millionths(self) -> i64 {
        self.0 as i64
    }

    /// The margin on a revenue, half-up (away from zero) to a hundredth.
    pub fn of(self, revenue: Money) -> Money {
        let millionths = i128::from(revenue.hundredths()) * i128::from(self.0);
        let hundredths = (millionths.abs() + 500_000) / 1_000_000 * millionths.signum();
        // No more than the revenue, which fits.
        Money::from_hundredths(i64::try_from(hundredths).unwrap_or(revenue.hundredths()))
    }

    /// Reads a plain decimal such as `0.35`.
    fn parse(text: &str) -> Option<Self> {
        let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if units.is_empty() || units.len() > 3 || fraction.len() > 6 || !digits(units) || !digits(fraction) {
            return None;
        }
        format!("{units}{fraction:0<6}").parse().ok().and_then(Margin::from_millionths)
    }
}

/// The plain decimal: `0.35`.
impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Margin::WHOLE {
            return f.write_str("1");
        }
        let fraction = format!("{:06}", self.0);
        write!(f, "0.{}", fraction.trim_end_matches('0'))
    }
}

impl Serialize for Margin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 1e6)
    }
}

impl<'de> Deserialize<'de> for Margin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The shortest text of a double is the decimal that was written.
        let text = f64::deserialize(deserializer)?.to_string();
        Margin::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("must be above 0 and at most 1, with at most six decimals")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_on_a_revenue_is_rounded_half_up() {
        let of = |millionths, hundredths| {
            let margin = Margin::from_millionths(millionths).unwrap();
            margin.of(Money::from_hundredths(hundredths)).hundredths()
        };
        assert_eq!((of(350_000, 1_000), of(500_000, 3), of(500_000, -3)), (350, 2, -2));
        assert_eq!((of(333_333, 100), of(1_000_000, 7), of(1, 499_999), of(1, 500_000)), (33, 7, 0, 1));
        assert_eq!(Margin::WHOLE.of(Money::MAX), Money::MAX);
    }

    #[test]
    fn a_margin_is_the_decimal_that_was_written() {
        for (text, millionths) in [("1", 1_000_000), ("0.35", 350_000), ("0.000001", 1), ("1.0", 1_000_000)] {
            assert_eq!(Margin::parse(text).map(Margin::millionths), Some(millionths), "{text}");
        }
        for text in ["0", "1.000001", "-0.5", "0.1234567", "NaN", "", ".5"] {
            assert_eq!(Margin::parse(text), None, "{text}");
        }
        assert_eq!(
            Margin::from_millionths(350_000).map(|margin| margin.to_string()),
            Some("0.35".to_owned())
        );
        assert_eq!(Margin::WHOLE.to_string(), "1");
    }
}
