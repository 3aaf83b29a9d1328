//! Activities month by month: the sums behind every figure of a cohort.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::options::ReportOptions;
use crate::calendar::add_months;
use crate::config::CohortSettings;
use crate::domain::CohortKind;
use crate::money::Money;
use crate::store::{EngineFailure, Row, Store, StoreError};
use crate::{named, query};

/// The sums of one cohort's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthSums {
    /// The month's revenue.
    pub revenue: Money,
    /// The month's orders.
    pub orders: i64,
    /// Members who bought in it.
    pub active: i64,
    /// Revenue so far.
    pub ltv: Money,
    /// The margin on the revenue so far, less the budget as it is now.
    pub profit: Money,
    /// Orders so far.
    pub orders_so_far: i64,
    /// Members with two or more orders so far.
    pub repeat: i64,
}

/// How far a cohort has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortState {
    /// Its acquisition window is open, or its list has not been brought.
    Open,
    /// Its window has closed and no batch has run since: its members are not known.
    Due,
    /// Its window has closed, and nobody was acquired.
    Empty,
    /// Its members are frozen.
    Frozen,
}

impl CohortState {
    /// The word in reports: `open`, `due`, `empty` or `frozen`.
    pub const fn as_str(self) -> &'static str {
        match self {
            CohortState::Open => "open",
            CohortState::Due => "due",
            CohortState::Empty => "empty",
            CohortState::Frozen => "frozen",
        }
    }
}

/// An activity and its cohort's months.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivitySeries {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Its channel; `organic` for "no campaign".
    pub channel: String,
    /// Its campaign: number and name.
    pub campaign: (i64, String),
    /// Who its cohort is.
    pub cohort: CohortKind,
    /// When it started.
    pub start_at: NaiveDateTime,
    /// The label of the segment that its figures are of.
    pub segment: Option<String>,
    /// How far its cohort has come.
    pub state: CohortState,
    /// What it cost, as the file says now; `None` for a segment, since it was spent on all.
    pub budget: Option<Money>,
    /// Members: none yet while the cohort is open or due, zero for one that is empty.
    pub size: Option<i64>,
    /// The months by offset; `None` where one is not written. A cohort that acquired nobody
    /// has its closed months, in which nothing happened: they have no row in the file, and its
    /// budget is spent all the same.
    pub months: Vec<Option<MonthSums>>,
    /// Whether written rows know another budget or margin than the one now.
    pub outdated: bool,
}

impl ActivitySeries {
    /// Months written: those that the last row covers, also where earlier rows were given up.
    pub fn months_written(&self) -> i64 {
        if self.state == CohortState::Empty { 0 } else { self.months.len() as i64 }
    }

    /// The last month, with its offset.
    pub fn latest(&self) -> Option<(usize, &MonthSums)> {
        self.months.iter().enumerate().rev().find_map(|(offset, month)| Some((offset, month.as_ref()?)))
    }

    /// Budget by member, half-up to 0.01.
    pub fn cac(&self) -> Option<Money> {
        self.budget.zip(self.size).and_then(|(budget, size)| budget.divided_by(size))
    }

    /// Revenue so far over budget; `None` without a budget, or one of zero.
    pub fn ltv_cac_ratio(&self) -> Option<f64> {
        let (_, latest) = self.latest()?;
        let budget = self.budget.filter(|budget| *budget != Money::ZERO)?;
        Some(latest.ltv.to_f64() / budget.to_f64())
    }
}

/// The wanted activities that started before an instant, by start. Profits are made
/// of the sums with the budget and the margin as they are now.
pub fn activity_series(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
) -> Result<Vec<ActivitySeries>, StoreError> {
    let mut all: Vec<ActivitySeries> = Vec::new();
    let mut places: HashMap<(i64, Option<String>), usize> = HashMap::new();
    let query = match options.segment {
        None => query!("report/activity_series.sql"),
        Some(_) => query!("report/segment_series.sql"),
    };
    store.each(query, named! { "as_of": options.as_of }, |row| {
        let activity_id: i64 = row.get("activity_id")?;
        let label: Option<String> = if options.segment.is_some() { row.get("label")? } else { None };
        let place = match places.get(&(activity_id, label.clone())) {
            Some(place) => *place,
            None => {
                places.insert((activity_id, label.clone()), all.len());
                all.push(read_activity(activity_id, label, row)?);
                all.len() - 1
            }
        };
        let offset: Option<i64> = row.get("month_offset")?;
        if let Some(offset) = offset.and_then(|offset| usize::try_from(offset).ok()) {
            read_month(&mut all[place], settings, offset, row)?;
        }
        Ok(())
    })?;
    all.retain(|series| options.selection.includes(series.start_at.date(), &series.channel, series.cohort));
    if let Some(instant) = options.seen_by {
        all.iter_mut().for_each(|series| leave_out_later(series, instant));
    }
    for series in all.iter_mut().filter(|series| series.state == CohortState::Empty) {
        series.months = months_of_nothing(series, settings, options.as_of);
    }
    Ok(all)
}

fn read_activity(
    activity_id: i64,
    segment: Option<String>,
    row: &Row<'_>,
) -> Result<ActivitySeries, EngineFailure> {
    let (closed, frozen): (bool, bool) = (row.get("is_closed")?, row.get("frozen")?);
    let size: Option<i64> = row.get("cohort_size")?;
    // A list closes no window; of the others, those that have closed by then.
    let frozen = frozen && (closed || row.get::<_, CohortKind>("cohort")? == CohortKind::Listed);
    let (state, size) = match (frozen, size) {
        (false, _) if closed => (CohortState::Due, None),
        (false, _) => (CohortState::Open, None),
        (true, None | Some(0)) => (CohortState::Empty, Some(0)),
        (true, size) => (CohortState::Frozen, size),
    };
    Ok(ActivitySeries {
        activity_id,
        name: row.get("name")?,
        channel: row.get("channel")?,
        campaign: (row.get("campaign_id")?, row.get::<_, Option<String>>("campaign")?.unwrap_or_default()),
        cohort: row.get("cohort")?,
        start_at: row.get("start_at")?,
        state,
        budget: if segment.is_some() { None } else { row.get("budget")? },
        segment,
        size,
        months: Vec::new(),
        outdated: false,
    })
}

fn read_month(
    series: &mut ActivitySeries,
    settings: &CohortSettings,
    offset: usize,
    row: &Row<'_>,
) -> Result<(), EngineFailure> {
    let ltv: Money = row.get("ltv_cumulative")?;
    let profit = settings.gross_margin.of(ltv) - series.budget.unwrap_or_default();
    let month = MonthSums {
        revenue: row.get("monthly_revenue")?,
        orders: row.get("monthly_orders")?,
        active: row.get("active_users")?,
        ltv,
        profit,
        orders_so_far: row.get("cumulative_orders")?,
        repeat: row.get("repeat_customers")?,
    };
    if series.segment.is_none() {
        series.outdated |= profit != row.get::<_, Money>("cumulative_profit")?;
        series.outdated |= series.budget.is_some() != row.get::<_, Option<Money>>("avg_cac")?.is_some();
    }
    series.months.resize(series.months.len().max(offset + 1), None);
    series.months[offset] = Some(month);
    Ok(())
}

/// Months that end after an instant are not seen.
fn leave_out_later(series: &mut ActivitySeries, instant: NaiveDateTime) {
    let ended = (1..).take_while(|months| add_months(series.start_at, *months) <= instant);
    let ended = ended.take(series.months.len()).count();
    series.months.truncate(ended);
}

/// The closed months of a cohort that acquired nobody.
fn months_of_nothing(
    series: &ActivitySeries,
    settings: &CohortSettings,
    as_of: NaiveDateTime,
) -> Vec<Option<MonthSums>> {
    let profit = -series.budget.unwrap_or_default();
    let nothing = MonthSums { profit, ..MonthSums::default() };
    let closed = (1..=settings.months).take_while(|months| add_months(series.start_at, *months) <= as_of);
    vec![Some(nothing); closed.count()]
}
