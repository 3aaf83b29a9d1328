//! A row per activity, as its last written month leaves it, and all of them together.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::options::{Cut, Ranked, ReportOptions, Standing};
use super::overlap::{CohortsOfRow, overlaps, returned, touched_customers};
use super::pool::Pool;
use super::rows::pooled_rows;
use super::series::{ActivitySeries, CohortState, activity_series};
use crate::config::CohortSettings;
use crate::domain::CohortKind;
use crate::money::Money;
use crate::render::{Audience, Cell, Column, Kind, Phrase, Table};
use crate::store::{Store, StoreError};

/// An activity as its last written month leaves it.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Its channel; `organic` for "no campaign".
    pub channel: String,
    /// The day it started.
    pub start_date: NaiveDate,
    /// Who its cohort is.
    pub cohort: CohortKind,
    /// How far its cohort has come.
    pub state: CohortState,
    /// Members; `None` until the cohort is frozen.
    pub cohort_size: Option<i64>,
    /// Its budget.
    pub budget: Option<Money>,
    /// Budget per member; `None` until a month is written.
    pub avg_cac: Option<Money>,
    /// Months written.
    pub months: i64,
    /// The offset of the month in which it broke even.
    pub payback_offset: Option<usize>,
    /// What its members have brought; `None` until a month is written. A cohort that acquired
    /// nobody has brought nothing and lost its budget.
    pub figures: Option<SummaryFigures>,
}

/// All activities with a closed month together.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryTotal {
    /// Their members.
    pub cohort_size: i64,
    /// The budgets above zero, those of activities that acquired nobody too.
    pub budget: Option<Money>,
    /// Budget per member of the activities that have one.
    pub avg_cac: Option<Money>,
    /// What all members have brought.
    pub figures: SummaryFigures,
}

/// The figures that a row and the total have alike, each made of a pool's exact sums.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryFigures {
    /// The members' revenue since the start.
    pub ltv_cumulative: Money,
    /// The returns in it, at most zero: without them the revenue would be gross.
    pub returned: Money,
    /// The revenue per member.
    pub ltv_per_customer: Option<Money>,
    /// The revenue over the budget, of activities with one.
    pub ltv_cac_ratio: Option<f64>,
    /// Revenue (its margin) less budget.
    pub cumulative_profit: Money,
    /// Repeat customers as a percentage of the members.
    pub repeat_purchase_rate: Option<f64>,
    /// Orders per member.
    pub orders_per_customer: Option<f64>,
    /// Revenue per order.
    pub avg_order_value: Option<Money>,
}

/// Every wanted activity, and all of them together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The activities, in the order that was asked for.
    pub rows: Vec<SummaryRow>,
    /// All that were wanted, also those beyond the limit; `None` where there are none.
    pub total: Option<SummaryTotal>,
    /// Customers who are in several of the cohorts, and count in each.
    pub in_several: i64,
    /// Activities that acquired few of the customers who ordered through them.
    pub few_acquired: Vec<FewAcquired>,
    /// Activities whose written months know another budget or margin than the one now, by which
    /// these figures are made.
    pub outdated: usize,
    cut: Cut,
}

/// An activity that acquired few of the customers who ordered through it in its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FewAcquired {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Members.
    pub acquired: i64,
    /// Customers who ordered through it, new or not.
    pub touched: i64,
}

/// Fewer than this share of those who ordered through an activity, in percent, are few.
const FEW_PCT: i64 = 20;

/// Of so few customers nothing is said.
const LEAST_TOUCHED: i64 = 10;

/// Reads the summary.
pub fn summary(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
) -> Result<Summary, StoreError> {
    let series = activity_series(store, settings, options)?;
    let returned = returned(store, options.segment, options.seen_by)?;
    // How few of those whom it reached an activity acquired is a question of whole cohorts.
    let touched = if options.segment.is_none() { touched_customers(store)? } else { HashMap::new() };
    let mut summary = summary_of(&series, &returned, options);
    let frozen = series.iter().filter(|series| series.state == CohortState::Frozen);
    let frozen = CohortsOfRow { activities: frozen.map(|series| series.activity_id).collect(), label: None };
    summary.in_several = overlaps(store, options.segment, &[frozen])?.remove(&0).unwrap_or_default();
    summary.few_acquired = series.iter().filter_map(|series| few_acquired(series, &touched)).collect();
    Ok(summary)
}

fn few_acquired(series: &ActivitySeries, touched: &HashMap<i64, i64>) -> Option<FewAcquired> {
    let touched = *touched.get(&series.activity_id)?;
    let acquired = series.size?;
    let are_few = touched >= LEAST_TOUCHED && acquired * 100 < touched * FEW_PCT;
    let (activity_id, name) = (series.activity_id, series.name.clone());
    are_few.then_some(FewAcquired { activity_id, name, acquired, touched })
}

fn summary_of(all: &[ActivitySeries], returned: &HashMap<i64, Money>, options: &ReportOptions) -> Summary {
    let total = (!all.is_empty()).then(|| total_of(all, returned));
    let mut rows: Vec<SummaryRow> = all.iter().map(|series| row_of(series, returned)).collect();
    let cut = options.arrange(&mut rows);
    let outdated = all.iter().filter(|series| series.outdated).count();
    Summary { rows, total, in_several: 0, few_acquired: Vec::new(), outdated, cut }
}

fn row_of(series: &ActivitySeries, returned: &HashMap<i64, Money>) -> SummaryRow {
    let row = pooled_rows(std::slice::from_ref(series), super::GroupBy::Activity, series.months.len()).pop();
    let latest = series.latest().map(|(_, month)| Pool::of(series, month, false));
    let returned = returned.get(&series.activity_id).copied().unwrap_or_default();
    SummaryRow {
        activity_id: series.activity_id,
        name: series.name.clone(),
        channel: series.channel.clone(),
        start_date: series.start_at.date(),
        cohort: series.cohort,
        state: series.state,
        cohort_size: series.size,
        budget: series.budget,
        avg_cac: latest.and_then(|_| series.cac()),
        months: series.months_written(),
        payback_offset: row.and_then(|row| row.payback()),
        figures: latest.map(|pool| SummaryFigures::of(&pool, returned)),
    }
}

fn total_of(all: &[ActivitySeries], returned: &HashMap<i64, Money>) -> SummaryTotal {
    let mut pool = Pool::default();
    for series in all {
        if let Some((_, month)) = series.latest() {
            pool.add(&Pool::of(series, month, false));
        }
    }
    let returned = all.iter().filter_map(|series| returned.get(&series.activity_id)).copied().sum();
    SummaryTotal {
        cohort_size: pool.size,
        budget: (pool.budget > Money::ZERO).then_some(pool.budget),
        avg_cac: pool.cac(),
        figures: SummaryFigures::of(&pool, returned),
    }
}

impl SummaryFigures {
    fn of(pool: &Pool, returned: Money) -> Self {
        SummaryFigures {
            ltv_cumulative: pool.sums.ltv,
            returned,
            ltv_per_customer: pool.sums.ltv.divided_by(pool.size),
            ltv_cac_ratio: pool.ltv_cac_ratio(),
            cumulative_profit: pool.sums.profit,
            repeat_purchase_rate: pool.percent(pool.sums.repeat),
            orders_per_customer: pool.per_member(pool.sums.orders_so_far),
            avg_order_value: pool.sums.ltv.divided_by(pool.sums.orders_so_far),
        }
    }
}

impl Ranked for SummaryRow {
    fn standing(&self) -> Standing {
        Standing {
            start_date: self.start_date,
            name: self.name.clone(),
            size: self.cohort_size,
            ltv: self.figures.as_ref().and_then(|figures| figures.ltv_per_customer),
            ratio: self.figures.as_ref().and_then(|figures| figures.ltv_cac_ratio),
            profit: self.figures.as_ref().map(|figures| figures.cumulative_profit),
            payback: self.payback_offset.map(|offset| offset as i64),
        }
    }
}

impl Summary {
    /// The summary as a table: a row per activity, and their total.
    pub fn table(&self) -> Table {
        let returned = self.total.as_ref().is_some_and(|total| total.figures.returned != Money::ZERO);
        let only_if = |shown: bool| if shown { Audience::Everyone } else { Audience::Programs };
        let kinds = self.rows.iter().any(|row| row.cohort != CohortKind::Acquired);
        let mut table = Table::new("activities")
            .title("Cohort LTV by activity")
            .column(Column::new(Kind::Id, "activity_id", "ID"))
            .column(Column::new(Kind::Text, "name", "Activity"))
            .column(Column::new(Kind::Text, "channel", "Channel").rank(3))
            .column(Column::new(Kind::Date, "start_date", "Start").rank(4))
            .column(Column::new(Kind::Text, "cohort", "Cohort").rank(12).only_for(only_if(kinds)))
            .column(Column::new(Kind::Text, "state", "State").rank(11))
            .column(Column::new(Kind::Count, "cohort_size", "Size").unit("customers"))
            .column(Column::new(Kind::Money, "budget", "Budget").rank(6))
            .column(Column::new(Kind::Money, "avg_cac", "CAC").rank(2))
            .column(Column::new(Kind::Count, "months", "Months").unit("months").rank(7))
            .column(Column::new(Kind::Money, "ltv_cumulative", "LTV").rank(5))
            .column(Column::new(Kind::Money, "returned", "Returns").rank(13).only_for(only_if(returned)))
            .column(Column::new(Kind::Money, "ltv_per_customer", "LTV/cust."))
            .column(Column::new(Kind::Ratio, "ltv_cac_ratio", "LTV:CAC"))
            .column(Column::new(Kind::Money, "cumulative_profit", "Profit").rank(8))
            .column(Column::new(Kind::Count, "payback_month", "Payback").unit("month offset"))
            .column(Column::new(Kind::Percent, "repeat_purchase_rate", "Repeat").rank(1))
            .column(Column::new(Kind::Ratio, "orders_per_customer", "Orders/cust.").unit("orders").rank(9))
            .column(Column::new(Kind::Money, "avg_order_value", "AOV").rank(10))
            .rows(self.rows.iter().map(SummaryRow::cells));
        if let Some(total) = &self.total {
            table = table.total(total.cells());
        }
        if self.rows.iter().any(|row| row.months > 0) {
            table = table.note("Payback: the offset of the month that covered the budget (0: the first); - not yet, or no budget.");
        }
        if self.rows.iter().any(|row| row.state == CohortState::Empty) {
            table = table.note("Size 0: the window has closed, and nobody was acquired; All counts the budget. Size -: the window is open, or no batch has run since it closed.");
        }
        if returned {
            table = table.note("LTV, profit and AOV are net of returns.");
        }
        if self.in_several > 0 {
            table = table.note(
                Phrase::new(
                    "{customers} customers are in more than one of these cohorts, and count in each.",
                )
                .with("customers", self.in_several),
            );
        }
        if let Some(first) = self.few_acquired.first() {
            table = table.note(
                Phrase::new("{activities} activities acquired few of the customers who ordered through them, such as {name}: {acquired} of {touched}.")
                    .with("activities", self.few_acquired.len())
                    .with("acquired", first.acquired)
                    .with("touched", first.touched)
                    .with("name", &first.name),
            );
        }
        if self.outdated > 0 {
            table = table.note(
                Phrase::new("{activities} activities have months that were written with another budget or margin; all figures here are made with the present one.")
                    .with("activities", self.outdated),
            );
        }
        self.cut.note(table)
    }
}

impl SummaryRow {
    fn cells(&self) -> Vec<Cell> {
        let head = [
            Cell::Id(self.activity_id),
            self.name.clone().into(),
            self.channel.clone().into(),
            Cell::Date(self.start_date),
            self.cohort.as_str().into(),
            self.state.as_str().into(),
            self.cohort_size.into(),
            self.budget.into(),
            self.avg_cac.into(),
            Cell::Int(self.months),
        ];
        with_figures(head, self.figures.as_ref(), self.payback_offset.into())
    }
}

impl SummaryTotal {
    fn cells(&self) -> Vec<Cell> {
        let head = [
            Cell::Empty,
            Cell::from("All"),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Int(self.cohort_size),
            self.budget.into(),
            self.avg_cac.into(),
            Cell::Empty,
        ];
        with_figures(head, Some(&self.figures), Cell::Empty)
    }
}

/// The cells of a row or of the total: those up to the months, then the figures with the payback among them.
fn with_figures(head: [Cell; 10], figures: Option<&SummaryFigures>, payback: Cell) -> Vec<Cell> {
    let cell = |of: fn(&SummaryFigures) -> Cell| figures.map_or(Cell::Empty, of);
    let mut cells = Vec::from(head);
    cells.extend([
        cell(|figures| figures.ltv_cumulative.into()),
        cell(|figures| figures.returned.into()),
        cell(|figures| figures.ltv_per_customer.into()),
        cell(|figures| figures.ltv_cac_ratio.into()),
        cell(|figures| figures.cumulative_profit.into()),
        payback,
        cell(|figures| figures.repeat_purchase_rate.map(Cell::Percent).into()),
        cell(|figures| figures.orders_per_customer.into()),
        cell(|figures| figures.avg_order_value.into()),
    ]);
    cells
}

#[cfg(test)]
mod tests {
    use super::super::rows::test::{series, three, won};
    use super::*;
    use crate::calendar::parse_instant;

    fn options() -> ReportOptions {
        ReportOptions::as_of(parse_instant("2024-06-01").unwrap())
    }

    #[test]
    fn all_divides_the_budgets_by_the_members_of_activities_with_one() {
        let total = summary_of(&three(), &HashMap::new(), &options()).total.unwrap();
        assert_eq!((total.cohort_size, total.budget), (100, Some(won(10_000))));
        // 10,000 over 40 members, not over 100; 1,100 and 4,500 over 10,000.
        assert_eq!((total.avg_cac, total.figures.ltv_cac_ratio), (Some(won(250)), Some(0.56)));
        let figures = &total.figures;
        assert_eq!((figures.ltv_cumulative, figures.ltv_per_customer), (won(12_200), Some(won(122))));
        assert_eq!(figures.cumulative_profit, won(2_200));
        assert_eq!(figures.repeat_purchase_rate, Some(15.0));
    }

    #[test]
    fn all_counts_the_budget_of_an_activity_that_acquired_nobody_and_of_no_open_one() {
        let mut all = three();
        all.push(series(5, "2024-03-10", 0, Some(6_000), &[(0, 0, 0, 0)]));
        let mut open = series(6, "2024-05-20", 1, Some(50_000), &[]);
        (open.state, open.size) = (CohortState::Open, None);
        all.push(open);
        let summary = summary_of(&all, &HashMap::new(), &options());
        let total = summary.total.as_ref().unwrap();
        assert_eq!((total.budget, total.avg_cac), (Some(won(16_000)), Some(won(400))));
        assert_eq!((total.figures.ltv_cac_ratio, total.figures.cumulative_profit), (Some(0.35), won(-3_800)));
        let figures = summary.rows.iter().filter_map(|row| row.figures.as_ref());
        let profits: Money = figures.map(|figures| figures.cumulative_profit).sum();
        assert_eq!(total.figures.cumulative_profit, profits, "All is the sum of its rows");
        let row = |id| summary.rows.iter().find(|row| row.activity_id == id).unwrap();
        let (empty, open) = (row(5), row(6));
        assert_eq!((empty.cohort_size, empty.state.as_str(), empty.months), (Some(0), "empty", 0));
        let lost = empty.figures.as_ref().unwrap();
        assert_eq!((lost.cumulative_profit, lost.ltv_cac_ratio), (won(-6_000), Some(0.0)));
        assert_eq!((open.cohort_size, open.state.as_str(), &open.figures), (None, "open", &None));
    }

    #[test]
    fn the_total_is_that_of_all_rows_whatever_is_shown() {
        let all = summary_of(&three(), &HashMap::new(), &options());
        let one = summary_of(&three(), &HashMap::new(), &ReportOptions { limit: Some(1), ..options() });
        assert_eq!((one.rows.len(), &one.total), (1, &all.total));
        assert!(one.table().notes.iter().any(|note| note.english().starts_with("The first 1 of 3 rows")));
    }
}
