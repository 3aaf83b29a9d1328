//! Statements' parameters, written into their texts.
//!
//! The engine plans a statement with bound parameters twice: when it is prepared, and again when the values
//! are known. Most of ours run in less time than that takes, so the values are part of the text.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::quote_literal;
use crate::money::Money;

use sealed::Literal;

/// A value that a statement's parameter can have.
pub trait Parameter: Literal {}

impl<T: Literal> Parameter for T {}

/// Parameters by name.
pub type Parameters<'a> = &'a [(&'a str, &'a dyn Parameter)];

mod sealed {
    /// A value that has an SQL expression of its type; `NULL` and an empty list have none.
    pub trait Literal {
        /// The expression. A text must hold no NUL, which ends a statement.
        fn literal(&self) -> String;
    }
}

macro_rules! whole_numbers {
    ($($rust:ty: $sql:literal),+) => {$(
        impl Literal for $rust {
            fn literal(&self) -> String {
                format!("CAST({self} AS {})", $sql)
            }
        }
    )+};
}

whole_numbers!(i32: "INTEGER", i64: "BIGINT", u32: "UINTEGER", u64: "UBIGINT", usize: "UBIGINT");

impl Literal for bool {
    fn literal(&self) -> String {
        self.to_string()
    }
}

impl Literal for f64 {
    /// The shortest text that is read as the same number.
    fn literal(&self) -> String {
        format!("CAST('{self:?}' AS DOUBLE)")
    }
}

impl Literal for Money {
    fn literal(&self) -> String {
        let (sign, hundredths) =
            (if self.hundredths() < 0 { "-" } else { "" }, self.hundredths().unsigned_abs());
        format!("CAST('{sign}{}.{:02}' AS DECIMAL(18, 2))", hundredths / 100, hundredths % 100)
    }
}

impl Literal for &str {
    fn literal(&self) -> String {
        quote_literal(self)
    }
}

impl Literal for String {
    fn literal(&self) -> String {
        quote_literal(self)
    }
}

impl Literal for NaiveDate {
    fn literal(&self) -> String {
        format!("DATE '{:04}-{:02}-{:02}'", self.year(), self.month(), self.day())
    }
}

impl Literal for NaiveDateTime {
    fn literal(&self) -> String {
        format!("TIMESTAMP '{:04}{}'", self.year(), self.format("-%m-%d %H:%M:%S%.6f"))
    }
}

impl<T: Literal> Literal for Option<T> {
    fn literal(&self) -> String {
        self.as_ref().map_or_else(|| "NULL".to_owned(), Literal::literal)
    }
}

impl<T: Literal> Literal for Vec<T> {
    fn literal(&self) -> String {
        format!("[{}]", self.iter().map(Literal::literal).collect::<Vec<_>>().join(", "))
    }
}

/// A statement's text with the values of its parameters, or the name of one that it does not have. A
/// parameter without a value stays, and the engine refuses it.
pub(super) fn with_values(sql: &str, parameters: Parameters<'_>) -> Result<String, String> {
    let mut text = String::with_capacity(sql.len() + 32 * parameters.len());
    let mut used = vec![false; parameters.len()];
    let mut rest = sql;
    while let Some(at) = rest.find(['$', '\'', '"', '-']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        // What is quoted, and comments, are no code.
        let end = match from.as_bytes() {
            [b'-', b'-', ..] => from.find('\n').unwrap_or(from.len()),
            [quote @ (b'\'' | b'"'), tail @ ..] => {
                tail.iter().position(|byte| byte == quote).map_or(from.len(), |length| length + 2)
            }
            [b'$', tail @ ..] => {
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                let end = 1 + tail.iter().position(|byte| !is_part(byte)).unwrap_or(tail.len());
                if let Some(nth) = parameters.iter().position(|(name, _)| *name == &from[1..end]) {
                    used[nth] = true;
                    text.push_str(&parameters[nth].1.literal());
                    rest = &from[end..];
                    continue;
                }
                end
            }
            _ => 1,
        };
        text.push_str(&from[..end]);
        rest = &from[end..];
    }
    text.push_str(rest);
    match used.iter().position(|used| !used) {
        None => Ok(text),
        Some(nth) => Err(parameters[nth].0.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::named;
    use crate::store::{OpenOptions, Store};

    #[test]
    fn values_stand_for_parameters_and_nothing_else() {
        let sql = "SELECT $a, $ab, '$a''$a', \"$a\" -- $a\n, b - $a";
        let named = named! { "a": 1_i64, "ab": "it's $a" };
        assert_eq!(
            with_values(sql, named).unwrap(),
            "SELECT CAST(1 AS BIGINT), 'it''s $a', '$a''$a', \"$a\" -- $a\n, b - CAST(1 AS BIGINT)"
        );
        assert_eq!(with_values("SELECT 1 -- $a", named! { "a": 1_i64 }), Err("a".to_owned()));
        assert_eq!(with_values("SELECT '^[$€]', $b, 'open", &[]).unwrap(), "SELECT '^[$€]', $b, 'open");
    }

    #[test]
    fn a_literal_is_the_value() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        proptest!(ProptestConfig::with_cases(64), |(
            whole in any::<i64>(),
            number in proptest::num::f64::ANY,
            unsigned in any::<u64>(),
            small in any::<i32>(),
            hundredths in -9_999_999_999_999_999_i64..9_999_999_999_999_999,
            text in "[^\0]*",
            micros in -30_000_000_000_000_000_i64..200_000_000_000_000_000,
        )| {
            let instant = chrono::DateTime::from_timestamp_micros(micros).unwrap().naive_utc();
            let money = Money::from_hundredths(hundredths);
            let list = vec![text.clone(), "x".to_owned()];
            let sql = with_values(
                "SELECT $whole, $number, $money, $text, $instant, $day, $none, $unsigned, $small, $some, $list[1], \
                    concat_ws(' ', typeof($whole), typeof($number), typeof($money), typeof($text), typeof($instant), \
                        typeof($day), typeof($unsigned), typeof($small), typeof($some))",
                named! { "whole": whole, "number": number, "money": money, "text": text.as_str(), "instant": instant,
                    "day": instant.date(), "none": None::<i64>, "unsigned": unsigned, "small": small,
                    "some": Some(whole % 2 == 0), "list": list },
            ).unwrap();
            let read = store.rows_text("test", &sql, |row| {
                assert_eq!(row.get::<_, i64>(0)?, whole);
                let read: f64 = row.get(1)?;
                assert!(read.to_bits() == number.to_bits() || number.is_nan() && read.is_nan(), "{number:?}");
                assert_eq!(row.get::<_, Money>(2)?, money);
                assert_eq!(row.get::<_, String>(3)?, text);
                assert_eq!(row.get::<_, NaiveDateTime>(4)?, instant);
                assert_eq!(row.get::<_, NaiveDate>(5)?, instant.date());
                assert_eq!(row.get::<_, u64>(7)?, unsigned);
                assert_eq!(row.get::<_, i32>(8)?, small);
                assert_eq!(row.get::<_, bool>(9)?, whole % 2 == 0);
                assert_eq!(row.get::<_, String>(10)?, text);
                assert_eq!(
                    row.get::<_, String>(11)?,
                    "BIGINT DOUBLE DECIMAL(18,2) VARCHAR TIMESTAMP DATE UBIGINT INTEGER BOOLEAN"
                );
                row.get::<_, Option<i64>>(6)
            });
            assert_eq!(read.unwrap(), [None]);
        });
    }
}
