//! Numbers as people read them, and the small charts drawn from them.

use std::time::Duration;

use crate::money::{Currency, Money, group_thousands};

/// From here on a number is shown with an exponent: eighteen digits or more
/// would not be read anyway, and would push every other column off the screen.
const EXPONENT_FROM: f64 = 1e18;

/// What stands before an amount that is expected, not known.
pub const EXPECTED: &str = "~";

/// What stands for an unknown value where people read.
pub const MISSING: &str = "-";

/// A whole number with thousands separators: `-1,234,567`.
pub fn whole(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", group_thousands(number.unsigned_abs()))
}

/// An exact number of so many units of 10^-scale, with all its digits: `-0.05`.
pub fn exact(digits: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if digits < 0 { "-" } else { "" };
    // A digit before the point at least.
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = text.split_at(text.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A double as the shortest text that reads back as the same: `0.1`, `1e300`, `inf`.
pub fn plain(value: f64) -> String {
    format!("{value:?}")
}

/// A number to two places, half-up (away from zero), with thousands
/// separators: `1,234.50`. From 1e18 on with an exponent; [`MISSING`] when it
/// is not finite.
pub fn two_places(value: f64) -> String {
    to_places(value, 2)
}

/// A number to one place, as [`two_places`] does it: `1,234.5`.
pub fn one_place(value: f64) -> String {
    to_places(value, 1)
}

fn to_places(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    if value.abs() >= EXPONENT_FROM {
        return format!("{value:.places$e}");
    }
    // Rounded on the shortest decimal text, not on the binary value: 1.005 is
    // stored a little below 1.005, but 1.01 is what its reader expects.
    let text = value.abs().to_string();
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction).as_bytes();
    let digit = |place: usize| fraction.get(place).map_or(0, |digit| u64::from(digit - b'0'));
    let kept = (0..places).fold(0, |kept, place| 10 * kept + digit(place)) + u64::from(digit(places) >= 5);
    let whole = 10_u64.pow(places as u32);
    // Exact: the whole part of a double below 1e18 fits.
    let units = value.abs().trunc() as u64 + kept / whole;
    let kept = kept % whole;
    let sign = if value < 0.0 && (units, kept) != (0, 0) { "-" } else { "" };
    format!("{sign}{}.{kept:0places$}", group_thousands(units))
}

/// An amount in at most five columns and a sign: in full below a thousand, then
/// `1.2k`, `12.3k`, `345k`, `1.2M` and on to `T`, half-up (away from zero).
pub fn short_money(amount: Money, currency: &Currency) -> String {
    const UNITS: [(&str, u128); 4] =
        [("k", 100_000), ("M", 100_000_000), ("B", 100_000_000_000), ("T", 100_000_000_000_000)];
    let hundredths = u128::from(amount.hundredths().unsigned_abs());
    if hundredths < 100_000 {
        return currency.format(amount);
    }
    let sign = if amount.hundredths() < 0 { "-" } else { "" };
    let half_up = |parts: u128, unit: u128| (2 * parts + unit) / (2 * unit);
    // Compared after rounding, so that 999,500 is `1.0M`.
    let fits = |(_, unit): &&(&str, u128)| half_up(hundredths, *unit) < 1_000;
    let (name, unit) = UNITS.iter().find(fits).unwrap_or(&UNITS[UNITS.len() - 1]);
    let tenths = half_up(10 * hundredths, *unit);
    if tenths < 1_000 {
        format!("{sign}{}.{}{name}", tenths / 10, tenths % 10)
    } else {
        format!("{sign}{}{name}", group_thousands(half_up(hundredths, *unit) as u64))
    }
}

/// A duration given in seconds, to about three digits: `850us`, `85ms`, `1s 230ms`, `2m 5s`, `1h 2m`;
/// [`MISSING`] when it is not finite.
pub fn duration(seconds: f64) -> String {
    let Ok(exact) = Duration::try_from_secs_f64(seconds.abs()) else { return MISSING.to_owned() };
    let micros = exact.as_micros();
    let unit = match micros {
        0..1_000 => 1,
        1_000..1_000_000 => 1_000,
        1_000_000..60_000_000 => 10_000,
        60_000_000..3_600_000_000 => 1_000_000,
        _ => 60_000_000,
    };
    let rounded = u64::try_from((micros + unit / 2) / unit * unit).unwrap_or(u64::MAX);
    let sign = if seconds < 0.0 && rounded > 0 { "-" } else { "" };
    format!("{sign}{}", humantime::format_duration(Duration::from_micros(rounded)))
}

/// A size given in bytes, in decimal units to one place: `512 B`, `1.2 MB`.
pub fn size(bytes: u64) -> String {
    humansize::format_size(bytes, humansize::DECIMAL.decimal_places(1))
}

/// The series as a line of blocks, one per value, scaled from its lowest to
/// its highest value: `▁▃█`. A flat series is drawn at mid-height, a value that
/// is not finite as a blank.
pub fn sparkline(values: &[f64]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const FLAT: char = '▄';
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let lowest = finite().fold(f64::INFINITY, f64::min);
    let highest = finite().fold(f64::NEG_INFINITY, f64::max);
    // Halved, because the span of two large doubles can overflow.
    let span = highest / 2.0 - lowest / 2.0;
    let draw = |value: f64| {
        if !value.is_finite() {
            ' '
        } else if span <= 0.0 {
            FLAT
        } else {
            let share = (value / 2.0 - lowest / 2.0) / span;
            LEVELS[((share * 7.0).round() as usize).min(7)]
        }
    };
    values.iter().copied().map(draw).collect()
}

/// A bar of `width` columns at `max`, in eighths of a column and without
/// padding: `███▌`. A positive value always leaves a mark, one over `max` fills
/// the bar; nothing is drawn for the rest (zero, negative, not finite).
pub fn bar(value: f64, max: f64, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let drawable = value > 0.0 && max > 0.0 && value.is_finite() && max.is_finite();
    if !drawable || width == 0 {
        return String::new();
    }
    let full = width * 8;
    let eighths = ((value / max).min(1.0) * full as f64).round() as usize;
    let eighths = eighths.clamp(1, full);
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_places_are_half_up_on_the_decimal_text() {
        let cases = [
            (0.125, "0.13"),
            (-0.125, "-0.13"),
            (2.5, "2.50"),
            (1.005, "1.01"),
            (-1.005, "-1.01"),
            (0.124_999, "0.12"),
            (0.995, "1.00"),
            (999.995, "1,000.00"),
            (9.0, "9.00"),
            (0.0, "0.00"),
            (-0.004, "0.00"),
            (-0.005, "-0.01"),
            (1_234_567.891, "1,234,567.89"),
            (-1_234.5, "-1,234.50"),
            (1e-9, "0.00"),
            (1e15, "1,000,000,000,000,000.00"),
            (2.5e300, "2.50e300"),
            (f64::NAN, "-"),
            (f64::NEG_INFINITY, "-"),
        ];
        for (value, shown) in cases {
            assert_eq!(two_places(value), shown, "{value}");
        }
    }

    #[test]
    fn whole_numbers_reach_both_ends() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(-1_000), "-1,000");
        assert_eq!(whole(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn durations_have_about_three_digits() {
        let cases = [
            (0.0, "0s"),
            (-1e-9, "0s"),
            (0.000_85, "850us"),
            (0.085, "85ms"),
            (0.999_6, "1s"),
            (1.234, "1s 230ms"),
            (-1.234, "-1s 230ms"),
            (59.996, "1m"),
            (125.4, "2m 5s"),
            (3_720.0, "1h 2m"),
            (f64::NAN, "-"),
            (f64::INFINITY, "-"),
        ];
        for (seconds, shown) in cases {
            assert_eq!(duration(seconds), shown, "{seconds}");
        }
    }

    #[test]
    fn one_place_rounds_half_up() {
        for (value, shown) in [(12.35, "12.4"), (99.95, "100.0"), (-0.04, "0.0"), (1_234.0, "1,234.0")] {
            assert_eq!(one_place(value), shown, "{value}");
        }
    }

    #[test]
    fn amounts_are_short_after_rounding() {
        let won = |units: i64| short_money(Money::from_units(units).unwrap(), &Currency::default());
        let cases = [
            (0, "0"),
            (-999, "-999"),
            (1_000, "1.0k"),
            (1_250, "1.3k"),
            (-99_949, "-99.9k"),
            (99_950, "100k"),
            (345_499, "345k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (-12_345_678, "-12.3M"),
            (1_234_567_890, "1.2B"),
            (9_999_999_999_999_999, "10,000T"),
        ];
        for (units, shown) in cases {
            assert_eq!(won(units), shown, "{units}");
        }
        let dollar = Currency::new("USD").unwrap();
        assert_eq!(short_money(Money::from_hundredths(4_532), &dollar), "45.32");
    }

    #[test]
    fn exact_numbers_keep_every_digit() {
        let cases = [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (-5, 2, "-0.05"),
            (150, 2, "1.50"),
            (-1_234_567, 3, "-1234.567"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
            (7, 38, "0.00000000000000000000000000000000000007"),
        ];
        for (digits, scale, text) in cases {
            assert_eq!(exact(digits, scale), text);
        }
        let plain_texts = [0.1 + 0.2, 2.0, 1e300, -0.0, f64::NAN].map(plain);
        assert_eq!(plain_texts, ["0.30000000000000004", "2.0", "1e300", "-0.0", "NaN"]);
    }

    #[test]
    fn sizes_pick_the_unit_after_rounding() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_234_567, "1.2 MB"),
            (999_949, "999.9 kB"),
            (999_950, "1000.0 kB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(size(bytes), shown, "{bytes}");
        }
    }

    #[test]
    fn sparklines_span_the_series() {
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[5.0, 5.0, 5.0]), "▄▄▄");
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[-10.0, f64::NAN, 10.0]), "▁ █");
        assert_eq!(sparkline(&[f64::MIN, f64::MAX]), "▁█");
    }

    #[test]
    fn bars_are_drawn_in_eighths() {
        assert_eq!(bar(10.0, 10.0, 4), "████");
        assert_eq!(bar(5.0, 10.0, 3), "█▌");
        assert_eq!(bar(1.0, 8.0, 1), "▏");
        assert_eq!(bar(0.001, 10.0, 4), "▏");
        assert_eq!(bar(20.0, 10.0, 2), "██");
        for (value, max) in [(0.0, 10.0), (-1.0, 10.0), (1.0, 0.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert_eq!(bar(value, max, 4), "", "{value} of {max}");
        }
    }
}
