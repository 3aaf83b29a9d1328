//! The rows of triangles and paybacks: activities' months, pooled as exact sums.
//!
//! A cell is always a pool: of one activity, or of all those of a row that have
//! the month. Ratios are made from the pool's sums, never averaged.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::options::{GroupBy, Ranked, ReportOptions, Standing};
use super::overlap::{CohortsOfRow, overlaps};
use super::pool::{Measure, Pool, Value, payback_offset};
use super::series::{ActivitySeries, CohortState};
use crate::money::Money;
use crate::render::{Audience, Cell, Column, Kind};
use crate::store::{Store, StoreError};

/// A row: an activity, or the pool of several.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledRow {
    /// The activity, if it is a single one.
    pub activity_id: Option<i64>,
    /// The activity's name, the month (`2024-03`), the channel or the campaign.
    pub name: String,
    /// The activity's channel, if it is a single one.
    pub channel: Option<String>,
    /// Start of the first of its activities.
    pub start_at: NaiveDateTime,
    /// The number of activities pooled.
    pub activities: i64,
    /// The number of those whose cohorts are frozen.
    pub frozen: Vec<i64>,
    /// Customers who are in several of the cohorts, and count in each.
    pub in_several: i64,
    /// Members of all cohorts; `None` if none is frozen yet.
    pub size: Option<i64>,
    /// Budgets of those that have one and a closed month to earn it in, of those that acquired
    /// nobody too; of a single activity its own.
    pub budget: Option<Money>,
    /// Members of those whose budget counts.
    pub budgeted_size: i64,
    /// By offset, the pool of the activities that have the month.
    pub pools: Vec<Option<Pool>>,
    /// Each activity's last month, whichever that is.
    pub latest: Option<Pool>,
}

impl PooledRow {
    /// Budget per member.
    pub fn cac(&self) -> Option<Money> {
        self.budget.and_then(|budget| budget.divided_by(self.budgeted_size))
    }

    /// The offset in which the activities with a budget had earned it, taken together;
    /// of a pool, those that have reached the month. See [`payback_offset`].
    pub fn payback(&self) -> Option<usize> {
        payback_offset(&self.pools)
    }

    /// Whether some month pools fewer activities than the first one.
    pub fn is_uneven(&self) -> bool {
        let counts: Vec<i64> = self.pools.iter().flatten().map(|pool| pool.activities).collect();
        counts.windows(2).any(|pair| pair[0] != pair[1])
    }

    fn add(&mut self, series: &ActivitySeries, months: usize) {
        self.activities += 1;
        if series.state == CohortState::Frozen {
            self.frozen.push(series.activity_id);
        }
        self.start_at = self.start_at.min(series.start_at);
        if let Some(size) = series.size {
            self.size = Some(self.size.unwrap_or_default() + size);
        }
        let counts = self.activity_id.is_some() || series.latest().is_some();
        if let Some(budget) = series.budget.filter(|_| counts) {
            self.budget = Some(self.budget.unwrap_or_default() + budget);
            self.budgeted_size += series.size.unwrap_or_default();
        }
        let mut is_first = true;
        for (offset, month) in series.months.iter().take(months).enumerate() {
            let Some(month) = month else { continue };
            let pool = Pool::of(series, month, is_first && offset > 0);
            is_first = false;
            self.pools[offset].get_or_insert_default().add(&pool);
        }
        if let Some(last) = series.months.iter().take(months).flatten().last() {
            self.latest.get_or_insert_default().add(&Pool::of(series, last, false));
        }
    }

    /// The first cells of the row in every table; see [`group_columns`].
    pub(super) fn group_cells(&self, group_by: GroupBy) -> Vec<Cell> {
        match group_by {
            GroupBy::Activity => vec![
                self.activity_id.map(Cell::Id).into(),
                self.name.clone().into(),
                self.channel.clone().into(),
                Cell::Date(self.start_at.date()),
                self.size.into(),
            ],
            _ => vec![
                self.name.clone().into(),
                Cell::Int(self.activities),
                self.size.into(),
                Cell::Int(self.in_several),
            ],
        }
    }
}

impl Ranked for PooledRow {
    fn standing(&self) -> Standing {
        let money = |measure| self.latest.and_then(|pool| pool.value(measure)).and_then(Value::money);
        Standing {
            start_date: self.start_at.date(),
            name: self.name.clone(),
            size: self.size,
            ltv: money(Measure::Ltv),
            ratio: self.latest.and_then(|pool| pool.ltv_cac_ratio()),
            profit: money(Measure::Profit),
            payback: self.payback().map(|offset| offset as i64),
        }
    }
}

/// Names are not truncated below this while a month can be hidden instead.
const LEAST_NAME: usize = 10;

/// Said of rows that pool cohorts with customers in common.
pub(super) const IN_SEVERAL: &str =
    "In several: customers in several of the row's cohorts, who count in each.";

/// Said of rows whose months are not all of the same activities.
pub(super) const UNEVEN: &str =
    "A month pools the activities that have reached it, so later months may have fewer.";

/// The first columns of every table of rows.
pub(super) fn group_columns(group_by: GroupBy, rows: &[PooledRow]) -> Vec<Column> {
    let overlap = rows.iter().any(|row| row.in_several > 0);
    let in_several = Column::new(Kind::Count, "in_several", "In several")
        .unit("customers")
        .rank(1)
        .only_for(if overlap { Audience::Everyone } else { Audience::Programs });
    let size = Column::new(Kind::Count, "cohort_size", "Size").unit("customers");
    let pooled = |key: &'static str, heading: &'static str| {
        vec![
            Column::new(Kind::Text, key, heading).least(LEAST_NAME),
            Column::new(Kind::Count, "activities", "Act.").unit("activities"),
            size.clone(),
            in_several.clone(),
        ]
    };
    match group_by {
        GroupBy::Activity => vec![
            Column::new(Kind::Id, "activity_id", "ID"),
            Column::new(Kind::Text, "name", "Activity").least(LEAST_NAME),
            Column::new(Kind::Text, "channel", "Channel").only_for(Audience::Programs),
            Column::new(Kind::Date, "start_date", "Start").only_for(Audience::Programs),
            size,
        ],
        GroupBy::Month => pooled("start_month", "Start"),
        GroupBy::Channel => pooled("channel", "Channel"),
        GroupBy::Campaign => pooled("campaign", "Campaign"),
        GroupBy::Segment => pooled("segment", "Segment"),
    }
}

/// [`pooled_rows`], with how many customers are in several of a row's cohorts.
pub(super) fn read_rows(
    store: &Store,
    all: &[ActivitySeries],
    options: &ReportOptions,
    months: usize,
) -> Result<Vec<PooledRow>, StoreError> {
    let group_by = options.group_by;
    let mut rows = pooled_rows(all, group_by, months);
    let of_row = |row: &PooledRow| CohortsOfRow {
        activities: row.frozen.clone(),
        label: (group_by == GroupBy::Segment).then(|| row.name.clone()),
    };
    let frozen: Vec<CohortsOfRow> = rows.iter().map(of_row).collect();
    for (place, customers) in overlaps(store, options.segment, &frozen)? {
        rows[place].in_several = customers;
    }
    Ok(rows)
}

/// The rows of a triangle of `months` offsets, by start.
pub fn pooled_rows(all: &[ActivitySeries], group_by: GroupBy, months: usize) -> Vec<PooledRow> {
    let mut rows: Vec<(Key, PooledRow)> = Vec::new();
    let mut places = HashMap::new();
    for series in all {
        let (key, name) = key(series, group_by);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            let single = group_by == GroupBy::Activity;
            let row = PooledRow {
                activity_id: single.then_some(series.activity_id),
                name,
                channel: single.then(|| series.channel.clone()),
                start_at: series.start_at,
                activities: 0,
                frozen: Vec::new(),
                in_several: 0,
                size: None,
                budget: None,
                budgeted_size: 0,
                pools: vec![None; months],
                latest: None,
            };
            rows.push((key, row));
            rows.len() - 1
        });
        rows[place].1.add(series, months);
    }
    rows.sort_by(|(a_key, a), (b_key, b)| (a.start_at, a_key).cmp(&(b.start_at, b_key)));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The key of a row: a number or a word.
type Key = (i64, String);

fn key(series: &ActivitySeries, group_by: GroupBy) -> (Key, String) {
    let word = |word: String| ((0, word.clone()), word);
    match group_by {
        GroupBy::Activity => ((series.activity_id, String::new()), series.name.clone()),
        GroupBy::Month => word(series.start_at.format("%Y-%m").to_string()),
        GroupBy::Channel => word(series.channel.clone()),
        GroupBy::Campaign => ((series.campaign.0, String::new()), series.campaign.1.clone()),
        GroupBy::Segment => word(series.segment.clone().unwrap_or_default()),
    }
}

/// The mean of a month over all rows that have it, weighted by size: the pool
/// of their activities. A ratio is so weighted by budget; of profits, which are
/// totals, it is the mean of the rows' totals weighted by their sizes.
pub fn mean(rows: &[PooledRow], measure: Measure, offset: usize) -> Option<Value> {
    let pools = rows.iter().filter_map(|row| row.pools.get(offset).copied().flatten());
    if measure == Measure::Profit {
        let (weighted, size) = pools.fold((0_i128, 0_i128), |(weighted, size), pool| {
            let weight = i128::from(pool.size);
            (weighted + weight * i128::from(pool.sums.profit.hundredths()), size + weight)
        });
        return half_up(weighted, size).map(Value::Money);
    }
    let mut all = Pool::default();
    pools.for_each(|pool| all.add(&pool));
    (all.activities > 0).then(|| all.value(measure)).flatten()
}

/// Hundredths divided by a count, half-up (away from zero).
fn half_up(hundredths: i128, count: i128) -> Option<Money> {
    if count <= 0 {
        return None;
    }
    let quotient = (2 * hundredths.abs() + count) / (2 * count);
    i64::try_from(quotient * hundredths.signum()).ok().map(Money::from_hundredths)
}

/// Series for tests.
#[cfg(test)]
pub(super) mod test {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::domain::CohortKind;
    use crate::report::cohort::MonthSums;

    pub const MONTHS: usize = 3;

    pub fn won(units: i64) -> Money {
        Money::from_units(units).unwrap()
    }

    /// An activity of `size` members whose month n brings `months[n]`: revenue,
    /// orders, buyers, repeat customers so far.
    pub fn series(
        id: i64,
        start: &str,
        size: i64,
        budget: Option<i64>,
        months: &[(i64, i64, i64, i64)],
    ) -> ActivitySeries {
        let (mut ltv, mut orders_so_far) = (Money::ZERO, 0);
        let months = months.iter().map(|(revenue, orders, active, repeat)| {
            ltv += won(*revenue);
            orders_so_far += orders;
            let profit = ltv - won(budget.unwrap_or(0));
            let (orders, active, repeat) = (*orders, *active, *repeat);
            Some(MonthSums { revenue: won(*revenue), orders, active, ltv, profit, orders_so_far, repeat })
        });
        ActivitySeries {
            activity_id: id,
            name: format!("activity {id}"),
            channel: if id % 2 == 0 { "email" } else { "social" }.to_owned(),
            campaign: (id / 3, format!("campaign {}", id / 3)),
            cohort: CohortKind::Acquired,
            segment: None,
            start_at: parse_instant(start).unwrap(),
            state: if size == 0 { CohortState::Empty } else { CohortState::Frozen },
            budget: budget.map(won),
            size: Some(size),
            months: months.collect(),
            outdated: false,
        }
    }

    /// Of 10, 30 and 60 members; the last has no budget and one month only.
    pub fn three() -> Vec<ActivitySeries> {
        vec![
            series(1, "2024-03-05", 10, Some(1_000), &[(400, 10, 10, 1), (700, 5, 4, 3)]),
            series(2, "2024-03-20", 30, Some(9_000), &[(3_000, 33, 30, 3), (1_500, 9, 6, 6)]),
            series(3, "2024-04-02", 60, None, &[(6_600, 66, 60, 6)]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::test::{MONTHS, series, three, won};
    use super::*;

    fn values(row: &PooledRow, measure: Measure) -> Vec<Option<Value>> {
        row.pools.iter().map(|pool| pool.and_then(|pool| pool.value(measure))).collect()
    }

    #[test]
    fn an_activity_is_its_own_pool_and_open_months_are_blank() {
        let rows = pooled_rows(&three(), GroupBy::Activity, MONTHS);
        let cases = [
            (Measure::Ltv, Value::Money(won(40)), Value::Money(won(110))),
            (Measure::Revenue, Value::Money(won(40)), Value::Money(won(70))),
            (Measure::Retention, Value::Percent(100.0), Value::Percent(40.0)),
            (Measure::Orders, Value::Ratio(1.0), Value::Ratio(0.5)),
            (Measure::Repeat, Value::Percent(10.0), Value::Percent(30.0)),
            (Measure::Ratio, Value::Ratio(0.4), Value::Ratio(1.1)),
            (Measure::Profit, Value::Money(won(-600)), Value::Money(won(100))),
        ];
        for (measure, first, second) in cases {
            assert_eq!(values(&rows[0], measure), [Some(first), Some(second), None], "{measure:?}");
        }
        // Without a budget there is no ratio, and the profit is the revenue.
        assert_eq!(values(&rows[2], Measure::Ratio), [None; 3]);
        assert_eq!(values(&rows[2], Measure::Profit), [Some(Value::Money(won(6_600))), None, None]);
        assert_eq!((rows[0].cac(), rows[2].cac()), (Some(won(100)), None));
    }

    #[test]
    fn a_pool_divides_sums_and_does_not_average_ratios() {
        let rows = pooled_rows(&three(), GroupBy::Month, MONTHS);
        let names: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.size, row.activities)).collect();
        assert_eq!(names, [("2024-03", Some(40), 2), ("2024-04", Some(60), 1)]);
        // 3,400 and 5,600 of 40 members; ratios 0.34 and 0.56 of 10,000, where
        // the mean of ratios would be 0.37 and 0.8.
        let march = &rows[0];
        assert_eq!(
            values(march, Measure::Ltv),
            [Some(Value::Money(won(85))), Some(Value::Money(won(140))), None]
        );
        assert_eq!(values(march, Measure::Ratio), [Some(Value::Ratio(0.34)), Some(Value::Ratio(0.56)), None]);
        assert_eq!(
            values(march, Measure::Profit),
            [Some(Value::Money(won(-6_600))), Some(Value::Money(won(-4_400))), None]
        );
        assert_eq!(values(march, Measure::Retention)[1], Some(Value::Percent(25.0)));
        assert_eq!(march.cac(), Some(won(250)));
    }

    #[test]
    fn a_month_pools_only_the_activities_that_have_it() {
        let rows = pooled_rows(&three(), GroupBy::Channel, MONTHS);
        let social = rows.iter().find(|row| row.name == "social").unwrap();
        // Month 0: (400 + 6,600) of 70; month 1: 1,100 of 10 alone.
        assert_eq!(
            values(social, Measure::Ltv),
            [Some(Value::Money(won(100))), Some(Value::Money(won(110))), None]
        );
        assert!(social.is_uneven() && !rows.iter().any(|row| row.name == "email" && row.is_uneven()));
        // Its size is everyone's; its budget and CAC those of activity 1.
        assert_eq!((social.size, social.budget, social.cac()), (Some(70), Some(won(1_000)), Some(won(100))));
        // Now: 1,100 in two months and 6,600 in one.
        assert_eq!(
            social.latest.and_then(|pool| pool.value(Measure::Profit)),
            Some(Value::Money(won(6_700)))
        );
    }

    /// The budget of a campaign that acquired nobody is spent all the same.
    #[test]
    fn a_cohort_that_acquired_nobody_counts_with_its_budget() {
        let mut all = three();
        all.push(series(5, "2024-03-10", 0, Some(500), &[(0, 0, 0, 0), (0, 0, 0, 0)]));
        let rows = pooled_rows(&all, GroupBy::Channel, MONTHS);
        let social = rows.iter().find(|row| row.name == "social").unwrap();
        assert_eq!((social.size, social.budget, social.cac()), (Some(70), Some(won(1_500)), Some(won(150))));
        assert_eq!(values(social, Measure::Ltv)[0], Some(Value::Money(won(100))), "nobody is no member");
        assert_eq!(values(social, Measure::Ratio)[1], Some(Value::Ratio(1_100.0 / 1_500.0)));
        assert_eq!(social.payback(), None, "1,100 do not cover 1,500");
        let alone = &pooled_rows(&all[3..], GroupBy::Activity, MONTHS)[0];
        assert_eq!(values(alone, Measure::Ltv), [None; 3]);
        assert_eq!(values(alone, Measure::Profit)[..2], [Some(Value::Money(won(-500))); 2]);
        assert_eq!((alone.size, alone.budget, alone.cac()), (Some(0), Some(won(500)), None));
    }

    #[test]
    fn campaigns_are_told_apart_by_number() {
        let mut all = three();
        for series in &mut all {
            series.campaign.1 = "the same name".to_owned();
        }
        let rows = pooled_rows(&all, GroupBy::Campaign, MONTHS);
        assert_eq!(rows.iter().map(|row| row.size).collect::<Vec<_>>(), [Some(40), Some(60)]);
    }

    #[test]
    fn the_mean_is_weighted_by_size() {
        let all = three();
        for by in [GroupBy::Activity, GroupBy::Month, GroupBy::Channel, GroupBy::Campaign] {
            let rows = pooled_rows(&all, by, MONTHS);
            // 10,000 of 100; 5,600 of 40.
            assert_eq!(mean(&rows, Measure::Ltv, 0), Some(Value::Money(won(100))), "{by:?}");
            assert_eq!(mean(&rows, Measure::Ltv, 1), Some(Value::Money(won(140))), "{by:?}");
            assert_eq!(mean(&rows, Measure::Retention, 1), Some(Value::Percent(25.0)), "{by:?}");
            assert_eq!(mean(&rows, Measure::Ratio, 0), Some(Value::Ratio(0.34)), "{by:?}");
            assert_eq!(mean(&rows, Measure::Ltv, 2), None, "{by:?}");
        }
        // (10 x -600 + 30 x -6,000 + 60 x 6,600) / 100.
        let rows = pooled_rows(&all, GroupBy::Activity, MONTHS);
        assert_eq!(mean(&rows, Measure::Profit, 0), Some(Value::Money(won(2_100))));
    }

    #[test]
    fn a_gap_stays_blank_and_months_beyond_the_triangle_are_left_out() {
        let mut kept_last = series(1, "2024-03-05", 10, Some(500), &[(400, 10, 10, 1), (700, 5, 4, 3)]);
        kept_last.months[0] = None;
        let two = &pooled_rows(&[kept_last.clone()], GroupBy::Activity, 2)[0];
        assert_eq!(values(two, Measure::Ltv), [None, Some(Value::Money(won(110)))]);
        let one = &pooled_rows(&[kept_last], GroupBy::Activity, 1)[0];
        assert_eq!((one.pools.len(), one.latest), (1, None));
    }
}
