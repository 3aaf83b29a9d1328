//! The triangles' numbers: months of activities, pooled by exact sums.
//!
//! A cell is always a pool: of one activity, or of all those of a row that have
//! the month. Ratios are made from the pool's sums, never averaged.

use chrono::{NaiveDate, NaiveDateTime};

pub use super::pool::{Measure, Pool, Value};
use super::selection::{Ranked, Standing};
use super::tracks::Track;
use crate::calendar::add_months;
use crate::money::Money;

/// What rows are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each activity.
    Activity,
    /// The activities that started in a calendar month.
    Month,
    /// The activities of a channel.
    Channel,
    /// The activities of a campaign.
    Campaign,
}

/// A row of a triangle.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The activity, when it is one.
    pub activity_id: Option<i64>,
    /// The activity's name, the month (`2024-03`), the channel or the campaign.
    pub name: String,
    /// The activity's channel, when it is one.
    pub channel: Option<String>,
    /// When the first of its activities started.
    pub start_at: NaiveDateTime,
    /// How many activities it pools.
    pub activities: i64,
    /// Members of all of them.
    pub size: Option<i64>,
    /// Budgets of those that have one and a month to earn it in; of a single
    /// activity its own.
    pub budget: Option<Money>,
    /// Members of those whose budget counts.
    pub budgeted_size: i64,
    /// By offset, the pool of the activities that have that month.
    pub pools: Vec<Option<Pool>>,
    /// Each activity's last month, whichever that is.
    pub latest: Option<Pool>,
}

impl Line {
    /// The budget by member.
    pub fn cac(&self) -> Option<Money> {
        self.budget.and_then(|budget| budget.divided_by(self.budgeted_size))
    }

    /// The first offset in which the activities with a budget had earned it,
    /// taken together; of a pool, those that have reached the month. `None` too
    /// where the first months were given up and it may have been one of those.
    pub fn payback(&self) -> Option<i64> {
        let even = |pool: &Option<Pool>| {
            pool.and_then(|pool| pool.budgeted_profit).is_some_and(|profit| profit >= Money::ZERO)
        };
        let first_known = self.pools.iter().position(Option::is_some);
        let offset = self.pools.iter().position(even).filter(|at| *at == 0 || Some(*at) != first_known);
        offset.map(|offset| offset as i64)
    }

    /// Whether a month pools fewer activities than the first one does.
    pub fn is_uneven(&self) -> bool {
        let counts: Vec<i64> = self.pools.iter().flatten().map(|pool| pool.activities).collect();
        counts.windows(2).any(|pair| pair[0] != pair[1])
    }

    fn add(&mut self, track: &Track, months: usize) {
        self.activities += 1;
        self.start_at = self.start_at.min(track.start_at);
        if let Some(size) = track.size {
            self.size = Some(self.size.unwrap_or_default() + size);
        }
        let counts = self.activity_id.is_some() || track.months.iter().flatten().next().is_some();
        if let Some(budget) = track.budget.filter(|_| counts) {
            self.budget = Some(self.budget.unwrap_or_default() + budget);
            self.budgeted_size += track.size.unwrap_or_default();
        }
        let written = track.months.iter().take(months);
        for (pool, month) in self.pools.iter_mut().zip(written.clone()) {
            if let Some(month) = month {
                pool.get_or_insert_default().add(&Pool::of(track, month));
            }
        }
        if let Some(last) = written.flatten().last() {
            self.latest.get_or_insert_default().add(&Pool::of(track, last));
        }
    }
}

impl Ranked for Line {
    fn standing(&self) -> Standing {
        let money = |measure| match self.latest.and_then(|pool| pool.value(measure)) {
            Some(Value::Money(amount)) => Some(amount),
            _ => None,
        };
        let ratio = match self.latest.and_then(|pool| pool.value(Measure::Ratio)) {
            Some(Value::Ratio(ratio)) => Some(ratio),
            _ => None,
        };
        Standing {
            start_date: self.start_at.date(),
            name: self.name.clone(),
            size: self.size,
            ltv: money(Measure::Ltv),
            ratio,
            profit: money(Measure::Profit),
            payback: self.payback(),
        }
    }
}

/// The rows of a triangle of `months` offsets, by start.
pub fn lines(tracks: &[Track], by: By, months: usize) -> Vec<Line> {
    let mut lines: Vec<(Key, Line)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for track in tracks {
        let (key, name) = key(track, by);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            let single = by == By::Activity;
            lines.push((
                key,
                Line {
                    activity_id: single.then_some(track.activity_id),
                    name,
                    channel: single.then(|| track.channel.clone()),
                    start_at: track.start_at,
                    activities: 0,
                    size: None,
                    budget: None,
                    budgeted_size: 0,
                    pools: vec![None; months],
                    latest: None,
                },
            ));
            lines.len() - 1
        });
        lines[place].1.add(track, months);
    }
    lines.sort_by(|(a_key, a), (b_key, b)| (a.start_at, a_key).cmp(&(b.start_at, b_key)));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// What tells rows apart: a number, or a word.
type Key = (i64, String);

fn key(track: &Track, by: By) -> (Key, String) {
    let word = |word: String| ((0, word.clone()), word);
    match by {
        By::Activity => ((track.activity_id, String::new()), track.name.clone()),
        By::Month => word(track.start_at.format("%Y-%m").to_string()),
        By::Channel => word(track.channel.clone()),
        By::Campaign => ((track.campaign.0, String::new()), track.campaign.1.clone()),
    }
}

/// The mean of a month over all rows that have it, weighted by size: the pool
/// of their activities. A ratio is so weighted by budget; of profits, which are
/// totals, it is the mean of the rows' totals weighted by their sizes.
pub fn mean(lines: &[Line], measure: Measure, offset: usize) -> Option<Value> {
    let pools = lines.iter().filter_map(|line| line.pools.get(offset).copied().flatten());
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

/// The day on which the month of an offset began.
pub fn month_start(start_at: NaiveDateTime, offset: i64) -> Option<NaiveDate> {
    u32::try_from(offset).ok().map(|months| add_months(start_at, months).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::cohort::MonthSums;

    fn won(units: i64) -> Money {
        Money::from_units(units).unwrap()
    }

    /// An activity of `size` members whose month n brings `months[n]`: revenue,
    /// orders, buyers, repeat customers so far.
    fn track(id: i64, start: &str, size: i64, budget: Option<i64>, months: &[(i64, i64, i64, i64)]) -> Track {
        let mut ltv = Money::ZERO;
        let months = months.iter().map(|(revenue, orders, active, repeat)| {
            ltv += won(*revenue);
            let profit = ltv - won(budget.unwrap_or(0));
            let (orders, active, repeat) = (*orders, *active, *repeat);
            Some(MonthSums { revenue: won(*revenue), orders, active, ltv, profit, repeat })
        });
        Track {
            activity_id: id,
            name: format!("activity {id}"),
            channel: if id % 2 == 0 { "email" } else { "social" }.to_owned(),
            campaign: (id / 3, format!("campaign {}", id / 3)),
            start_at: parse_instant(start).unwrap(),
            budget: budget.map(won),
            size: Some(size),
            months: months.collect(),
        }
    }

    /// Of 10, 30 and 60 members; the last has no budget and one month only.
    fn three() -> Vec<Track> {
        vec![
            track(1, "2024-03-05", 10, Some(1_000), &[(400, 10, 10, 1), (700, 5, 4, 3)]),
            track(2, "2024-03-20", 30, Some(9_000), &[(3_000, 33, 30, 3), (1_500, 9, 6, 6)]),
            track(3, "2024-04-02", 60, None, &[(6_600, 66, 60, 6)]),
        ]
    }

    fn row(line: &Line, measure: Measure) -> Vec<Option<Value>> {
        line.pools.iter().map(|pool| pool.and_then(|pool| pool.value(measure))).collect()
    }

    const MONTHS: usize = 3;

    #[test]
    fn an_activity_is_its_own_pool_and_open_months_are_blank() {
        let lines = lines(&three(), By::Activity, MONTHS);
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
            assert_eq!(row(&lines[0], measure), [Some(first), Some(second), None], "{measure:?}");
        }
        // Without a budget there is no ratio, and the profit is the revenue.
        assert_eq!(row(&lines[2], Measure::Ratio), [None; 3]);
        assert_eq!(row(&lines[2], Measure::Profit), [Some(Value::Money(won(6_600))), None, None]);
        assert_eq!((lines[0].cac(), lines[2].cac()), (Some(won(100)), None));
    }

    #[test]
    fn a_pool_divides_sums_and_does_not_average_ratios() {
        let lines = lines(&three(), By::Month, MONTHS);
        let names: Vec<_> =
            lines.iter().map(|line| (line.name.as_str(), line.size, line.activities)).collect();
        assert_eq!(names, [("2024-03", Some(40), 2), ("2024-04", Some(60), 1)]);
        // 3,400 and 5,600 of 40 members; ratios 0.34 and 0.56 of 10,000, where
        // the mean of ratios would be 0.37 and 0.8.
        let march = &lines[0];
        assert_eq!(
            row(march, Measure::Ltv),
            [Some(Value::Money(won(85))), Some(Value::Money(won(140))), None]
        );
        assert_eq!(row(march, Measure::Ratio), [Some(Value::Ratio(0.34)), Some(Value::Ratio(0.56)), None]);
        assert_eq!(
            row(march, Measure::Profit),
            [Some(Value::Money(won(-6_600))), Some(Value::Money(won(-4_400))), None]
        );
        assert_eq!(row(march, Measure::Retention)[1], Some(Value::Percent(25.0)));
        assert_eq!(march.cac(), Some(won(250)));
    }

    #[test]
    fn a_month_pools_only_the_activities_that_have_it() {
        let lines = lines(&three(), By::Channel, MONTHS);
        let social = lines.iter().find(|line| line.name == "social").unwrap();
        // Month 0: (400 + 6,600) of 70; month 1: 1,100 of 10 alone.
        assert_eq!(
            row(social, Measure::Ltv),
            [Some(Value::Money(won(100))), Some(Value::Money(won(110))), None]
        );
        assert!(social.is_uneven() && !lines.iter().any(|line| line.name == "email" && line.is_uneven()));
        // Its size is everyone's; its budget and CAC those of activity 1.
        assert_eq!((social.size, social.budget, social.cac()), (Some(70), Some(won(1_000)), Some(won(100))));
        // Now: 1,100 in two months and 6,600 in one.
        assert_eq!(
            social.latest.and_then(|pool| pool.value(Measure::Profit)),
            Some(Value::Money(won(6_700)))
        );
    }

    #[test]
    fn campaigns_are_told_apart_by_number() {
        let mut tracks = three();
        for track in &mut tracks {
            track.campaign.1 = "the same name".to_owned();
        }
        let sizes: Vec<_> = lines(&tracks, By::Campaign, MONTHS).iter().map(|line| line.size).collect();
        assert_eq!(sizes, [Some(40), Some(60)]);
    }

    #[test]
    fn payback_is_the_first_month_that_covers_the_budgets() {
        let paybacks = |by| lines(&three(), by, MONTHS).iter().map(Line::payback).collect::<Vec<_>>();
        assert_eq!(paybacks(By::Activity), [Some(1), None, None]);
        // Activity 3 has no budget, and its revenue pays for no other's.
        assert_eq!(paybacks(By::Channel), [Some(1), None]);
        assert_eq!(paybacks(By::Month), [None, None]);
    }

    #[test]
    fn the_mean_is_weighted_by_size() {
        let tracks = three();
        for by in [By::Activity, By::Month, By::Channel, By::Campaign] {
            let lines = lines(&tracks, by, MONTHS);
            // 10,000 of 100; 5,600 of 40.
            assert_eq!(mean(&lines, Measure::Ltv, 0), Some(Value::Money(won(100))), "{by:?}");
            assert_eq!(mean(&lines, Measure::Ltv, 1), Some(Value::Money(won(140))), "{by:?}");
            assert_eq!(mean(&lines, Measure::Retention, 1), Some(Value::Percent(25.0)), "{by:?}");
            assert_eq!(mean(&lines, Measure::Ratio, 0), Some(Value::Ratio(0.34)), "{by:?}");
            assert_eq!(mean(&lines, Measure::Ltv, 2), None, "{by:?}");
        }
        // (10 x -600 + 30 x -6,000 + 60 x 6,600) / 100.
        let lines = lines(&tracks, By::Activity, MONTHS);
        assert_eq!(mean(&lines, Measure::Profit, 0), Some(Value::Money(won(2_100))));
    }

    #[test]
    fn a_gap_stays_blank_and_months_beyond_the_triangle_are_left_out() {
        let mut kept_last = track(1, "2024-03-05", 10, Some(500), &[(400, 10, 10, 1), (700, 5, 4, 3)]);
        kept_last.months[0] = None;
        let two = &lines(&[kept_last.clone()], By::Activity, 2)[0];
        assert_eq!(row(two, Measure::Ltv), [None, Some(Value::Money(won(110)))]);
        let one = &lines(&[kept_last], By::Activity, 1)[0];
        assert_eq!((one.pools.len(), one.latest), (1, None));
    }
}
