//! Exact money: a count of hundredths, never a float.
//!
//! Every amount in the file is `DECIMAL(18,2)`; in memory it is the same
//! scaled integer, so reading and writing cannot round.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in hundredths of the currency's unit, as in `DECIMAL(18,2)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// The largest amount that `DECIMAL(18,2)` holds.
    pub const MAX: Money = Money(999_999_999_999_999_999);

    /// An amount given in hundredths.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Money(hundredths)
    }

    /// An amount of whole units; `None` when it does not fit.
    pub fn from_units(units: i64) -> Option<Self> {
        units.checked_mul(100).map(Money).filter(|m| m.0.abs() <= Self::MAX.0)
    }

    /// The amount in hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// The amount times a quantity; `None` when it does not fit.
    pub fn times(self, quantity: i64) -> Option<Self> {
        self.0.checked_mul(quantity).map(Money).filter(|m| m.0.abs() <= Self::MAX.0)
    }

    /// The amount divided by a count, half-up (away from zero) to a hundredth;
    /// `None` when the count is zero.
    pub fn divided_by(self, count: i64) -> Option<Self> {
        if count <= 0 {
            return None;
        }
        let (amount, count) = (i128::from(self.0), i128::from(count));
        let quotient = (2 * amount.abs() + count) / (2 * count);
        i64::try_from(quotient * amount.signum()).ok().map(Money)
    }

    /// The nearest double, in units. For ratios and charts only.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

/// The plain decimal with two places: `-1234.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// The error for a text that is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount: a decimal with at most two places is needed")]
pub struct ParseMoneyError(String);

impl FromStr for Money {
    type Err = ParseMoneyError;

    /// Parses a plain decimal; `_` and `,` are allowed between digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || ParseMoneyError(text.to_owned());
        let digits: String = text.trim().chars().filter(|c| !matches!(c, '_' | ',')).collect();
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest.to_owned()),
            None => (false, digits),
        };
        let (units, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if units.is_empty() || !all_digits(units) || !all_digits(fraction) || fraction.len() > 2 {
            return Err(fail());
        }
        let hundredths: i64 = format!("{units}{fraction:0<2}").parse().map_err(|_| fail())?;
        if hundredths > Money::MAX.0 {
            return Err(fail());
        }
        Ok(Money(if negative { -hundredths } else { hundredths }))
    }
}

/// As a number in configuration: an integer, or a decimal of at most two places.
impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.to_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Amount;
        impl serde::de::Visitor<'_> for Amount {
            type Value = Money;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an amount of money")
            }

            fn visit_i64<E: serde::de::Error>(self, units: i64) -> Result<Money, E> {
                Money::from_units(units).ok_or_else(|| E::custom("the amount is too large"))
            }

            fn visit_u64<E: serde::de::Error>(self, units: u64) -> Result<Money, E> {
                i64::try_from(units)
                    .ok()
                    .and_then(Money::from_units)
                    .ok_or_else(|| E::custom("the amount is too large"))
            }

            // The shortest text of a double is the decimal that was written.
            fn visit_f64<E: serde::de::Error>(self, units: f64) -> Result<Money, E> {
                units.to_string().parse().map_err(E::custom)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Money, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Amount)
    }
}

/// How a currency's amounts are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    code: String,
}

impl Currency {
    /// A currency by its ISO 4217 code: three capital letters, or `None`.
    pub fn new(code: &str) -> Option<Self> {
        let valid = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        valid.then(|| Currency { code: code.to_owned() })
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// How many decimals its amounts are shown with (ISO 4217's minor unit;
    /// amounts are stored to the hundredth whatever this says).
    pub fn decimals(&self) -> u32 {
        match self.code.as_str() {
            "KRW" | "JPY" | "VND" | "CLP" | "ISK" | "PYG" | "UGX" | "XAF" | "XOF" | "XPF" => 0,
            _ => 2,
        }
    }

    /// The amount with thousands separators, rounded half-up (away from zero)
    /// to the currency's decimals: `1,234,567`, or `1,234.50`.
    pub fn format(&self, amount: Money) -> String {
        let hundredths = amount.hundredths().unsigned_abs();
        let (units, fraction) = match self.decimals() {
            0 => ((hundredths + 50) / 100, String::new()),
            _ => (hundredths / 100, format!(".{:02}", hundredths % 100)),
        };
        let is_zero = units == 0 && fraction.bytes().all(|byte| matches!(byte, b'.' | b'0'));
        let negative = amount.hundredths() < 0 && !is_zero;
        let sign = if negative { "-" } else { "" };
        format!("{sign}{}{fraction}", group_thousands(units))
    }
}

impl Default for Currency {
    fn default() -> Self {
        Currency { code: "KRW".to_owned() }
    }
}

/// Digits in groups of three: `1,234,567`.
pub fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_is_half_up_to_the_hundredth() {
        let money = Money::from_hundredths;
        assert_eq!(money(100).divided_by(8), Some(money(13))); // 12.5 -> 13
        assert_eq!(money(-100).divided_by(8), Some(money(-13)));
        assert_eq!(money(100).divided_by(3), Some(money(33)));
        assert_eq!(money(100).divided_by(0), None);
        assert_eq!(Money::MAX.divided_by(1), Some(Money::MAX));
    }

    #[test]
    fn text_round_trips_and_nonsense_is_refused() {
        for text in ["0.00", "1234567.89", "-0.05"] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
        assert_eq!("2_000_000".parse::<Money>().unwrap(), Money::from_units(2_000_000).unwrap());
        assert_eq!("1.5".parse::<Money>().unwrap().hundredths(), 150);
        for text in ["", "-", ".5", "1.234", "1e5", "NaN", "ten", "99999999999999999999"] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }

    #[test]
    fn currencies_show_their_own_decimals() {
        let won = Currency::default();
        assert_eq!(won.format(Money::from_hundredths(123_456_750)), "1,234,568");
        assert_eq!(won.format(Money::from_hundredths(-49)), "0");
        assert_eq!(won.format(Money::from_hundredths(-50)), "-1");
        let dollar = Currency::new("USD").unwrap();
        assert_eq!(dollar.format(Money::from_hundredths(250_031_563)), "2,500,315.63");
        assert_eq!(dollar.format(Money::from_hundredths(-5)), "-0.05");
        assert_eq!(Currency::new("won"), None);
    }
}
