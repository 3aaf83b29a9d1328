//! Which activities a report is about, and in which order.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::report::ActivitySummary;
use crate::money::Money;

/// Which activities are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that started on this day or later.
    pub since: Option<NaiveDate>,
    /// Those that started before this day.
    pub until: Option<NaiveDate>,
    /// Those of these channels; none for all.
    pub channels: Vec<String>,
}

impl Selection {
    /// Whether an activity is wanted.
    pub fn takes(&self, start_date: NaiveDate, channel: &str) -> bool {
        self.since.is_none_or(|since| start_date >= since)
            && self.until.is_none_or(|until| start_date < until)
            && (self.channels.is_empty() || self.channels.iter().any(|wanted| wanted == channel))
    }

    /// Whether it takes everything.
    pub fn is_everything(&self) -> bool {
        *self == Selection::default()
    }
}

/// What the rows of a report are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// Earliest first.
    #[default]
    Start,
    /// Largest first.
    Size,
    /// Highest LTV per customer first.
    Ltv,
    /// Highest LTV:CAC first.
    Ratio,
    /// Highest profit first.
    Profit,
    /// Soonest first.
    Payback,
    /// By name.
    Name,
}

/// Where a row stands now: what it can be ordered by.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The first day.
    pub start_date: NaiveDate,
    /// The name.
    pub name: String,
    /// Members.
    pub size: Option<i64>,
    /// Revenue by member.
    pub ltv: Option<Money>,
    /// Revenue over budget.
    pub ratio: Option<f64>,
    /// Revenue less budget.
    pub profit: Option<Money>,
    /// The offset that broke even.
    pub payback: Option<i64>,
}

/// A row that can be ordered.
pub trait Ranked {
    /// Where it stands.
    fn standing(&self) -> Standing;
}

/// Orders rows; what is unknown comes last, and equal rows stay as they are.
pub fn sort_rows<T: Ranked>(rows: &mut Vec<T>, key: SortKey) {
    let mut keyed: Vec<(Standing, T)> = rows.drain(..).map(|row| (row.standing(), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| match key {
        SortKey::Start => a.start_date.cmp(&b.start_date),
        SortKey::Size => highest_first(&a.size, &b.size, Ord::cmp),
        SortKey::Ltv => highest_first(&a.ltv, &b.ltv, Ord::cmp),
        SortKey::Ratio => highest_first(&a.ratio, &b.ratio, f64::total_cmp),
        SortKey::Profit => highest_first(&a.profit, &b.profit, Ord::cmp),
        SortKey::Payback => highest_first(&a.payback, &b.payback, |a, b| b.cmp(a)),
        SortKey::Name => a.name.cmp(&b.name),
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

fn highest_first<T>(a: &Option<T>, b: &Option<T>, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(b, a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

impl Ranked for ActivitySummary {
    fn standing(&self) -> Standing {
        Standing {
            start_date: self.start_date,
            name: self.name.clone(),
            size: self.cohort_size,
            ltv: self.ltv_per_customer(),
            ratio: self.ltv_cac_ratio,
            profit: self.cumulative_profit,
            payback: self.payback_offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn the_days_are_half_open_and_channels_add_up() {
        let selection = Selection {
            since: Some(day("2024-02-01")),
            until: Some(day("2024-03-01")),
            channels: vec!["email".into(), "social".into()],
        };
        let cases = [
            ("2024-01-31", "email", false),
            ("2024-02-01", "email", true),
            ("2024-02-29", "social", true),
            ("2024-02-29", "search", false),
            ("2024-03-01", "email", false),
        ];
        for (start, channel, taken) in cases {
            assert_eq!(selection.takes(day(start), channel), taken, "{start} {channel}");
        }
        assert!(Selection::default().takes(day("1999-01-01"), "any") && !selection.is_everything());
    }

    struct Row(&'static str, Standing);

    impl Ranked for Row {
        fn standing(&self) -> Standing {
            self.1.clone()
        }
    }

    #[test]
    fn figures_run_down_payback_up_and_the_unknown_last() {
        let row = |name: &'static str, day_of: &str, figure: Option<i64>| {
            let standing = Standing {
                start_date: day(day_of),
                name: name.to_owned(),
                size: figure,
                ltv: figure.map(Money::from_hundredths),
                ratio: figure.map(|figure| figure as f64),
                profit: figure.map(Money::from_hundredths),
                payback: figure,
            };
            Row(name, standing)
        };
        let sorted = |key: SortKey| {
            let mut rows = vec![
                row("b", "2024-03-01", Some(2)),
                row("d", "2024-01-01", None),
                row("a", "2024-02-01", Some(9)),
                row("c", "2024-03-01", Some(2)),
            ];
            sort_rows(&mut rows, key);
            rows.iter().map(|row| row.0).collect::<String>()
        };
        assert_eq!(sorted(SortKey::Start), "dabc");
        for key in [SortKey::Size, SortKey::Ltv, SortKey::Ratio, SortKey::Profit] {
            assert_eq!(sorted(key), "abcd", "{key:?}");
        }
        assert_eq!(sorted(SortKey::Payback), "bcad");
        assert_eq!(sorted(SortKey::Name), "abcd");
    }
}
