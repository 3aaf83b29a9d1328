//! The options of cohort reports: selection, grouping and order.

use std::cmp::Ordering;

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::CohortKind;
use crate::money::Money;
use crate::query;
use crate::render::{Phrase, Table};
use crate::segment::StagedSegment;
use crate::store::{Store, StoreError};

/// The options of a cohort report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportOptions {
    /// Activities that started before this instant, by the orders before it.
    pub as_of: NaiveDateTime,
    /// Months that end later are not seen; every written month if there is none.
    pub seen_by: Option<NaiveDateTime>,
    /// The activities to include.
    pub selection: Selection,
    /// Only these members; figures are then computed from their orders.
    pub segment: Option<StagedSegment>,
    /// The grouping of rows.
    pub group_by: GroupBy,
    /// The order of rows.
    pub sort: SortKey,
    /// The maximum number of rows; means and totals are those of all.
    pub limit: Option<usize>,
}

impl ReportOptions {
    /// Every activity as of an instant, by its start.
    pub fn as_of(as_of: NaiveDateTime) -> Self {
        ReportOptions {
            as_of,
            seen_by: None,
            selection: Selection::default(),
            segment: None,
            group_by: GroupBy::Activity,
            sort: SortKey::default(),
            limit: None,
        }
    }

    /// Sorts the rows and applies the limit.
    pub(super) fn arrange<T: Ranked>(&self, rows: &mut Vec<T>) -> Cut {
        sort_rows(rows, self.sort);
        let all = rows.len();
        let shown = self.limit.map_or(all, |limit| limit.min(all));
        rows.truncate(shown);
        Cut { shown, all }
    }
}

/// How many of the rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    shown: usize,
    all: usize,
}

impl Cut {
    /// The table, with a note if rows are left out.
    pub fn note(self, table: Table) -> Table {
        if self.shown == self.all {
            return table;
        }
        table.note(
            Phrase::new("The first {shown} of {all} rows; means and totals are those of all.")
                .with("shown", self.shown)
                .with("all", self.all),
        )
    }
}

/// The grouping of a report's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// Each activity.
    #[default]
    Activity,
    /// The activities that started in a calendar month.
    Month,
    /// The activities of a channel.
    Channel,
    /// The activities of a campaign.
    Campaign,
    /// The members of a label of the segment, of all activities.
    Segment,
}

/// A selection of activities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that started on this day or later.
    pub since: Option<NaiveDate>,
    /// Those that started before this day.
    pub until: Option<NaiveDate>,
    /// Those of these channels; none for all.
    pub channels: Vec<String>,
    /// Those with a cohort of this kind; none for all.
    pub kind: Option<CohortKind>,
}

impl Selection {
    /// Whether an activity is included.
    pub fn includes(&self, start_date: NaiveDate, channel: &str, kind: CohortKind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
            && self.since.is_none_or(|since| start_date >= since)
            && self.until.is_none_or(|until| start_date < until)
            && (self.channels.is_empty() || self.channels.iter().any(|wanted| wanted == channel))
    }

    /// Whether it includes everything.
    pub fn is_everything(&self) -> bool {
        *self == Selection::default()
    }
}

/// The channels of activities, in order.
pub fn channels(store: &Store) -> Result<Vec<String>, StoreError> {
    store.rows(query!("report/channels.sql"), &[], |row| row.get(0))
}

/// The order of a report's rows.
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

/// The values that a row can be ordered by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
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
pub(super) trait Ranked {
    /// Where it stands.
    fn standing(&self) -> Standing;
}

/// Sorts rows, unknown values last; the sort is stable.
fn sort_rows<T: Ranked>(rows: &mut Vec<T>, key: SortKey) {
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
            kind: None,
        };
        let cases = [
            ("2024-01-31", "email", false),
            ("2024-02-01", "email", true),
            ("2024-02-29", "social", true),
            ("2024-02-29", "search", false),
            ("2024-03-01", "email", false),
        ];
        for (start, channel, taken) in cases {
            let included = selection.includes(day(start), channel, CohortKind::Acquired);
            assert_eq!(included, taken, "{start} {channel}");
        }
        let listed = Selection { kind: Some(CohortKind::Listed), ..Selection::default() };
        let old = |selection: &Selection, kind| selection.includes(day("1999-01-01"), "any", kind);
        assert!(old(&Selection::default(), CohortKind::Acquired) && !selection.is_everything());
        assert!(old(&listed, CohortKind::Listed) && !old(&listed, CohortKind::Touched));
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
