//! A row an activity, as its last written month leaves it, and all of them together.

use chrono::NaiveDate;

use super::options::{Cut, Ranked, ReportOptions, Standing};
use super::pool::Pool;
use super::rows::pooled_rows;
use super::series::{ActivitySeries, CohortState, activity_series};
use crate::config::CohortSettings;
use crate::money::Money;
use crate::render::{Cell, Column, Kind, Phrase, Table};
use crate::store::{Store, StoreError};

/// An activity as its last written month leaves it. Figures are `None` until there is one;
/// a cohort that acquired nobody has brought nothing and lost its budget.
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
    /// How far its cohort has come.
    pub state: CohortState,
    /// Members; `None` until the cohort is frozen.
    pub cohort_size: Option<i64>,
    /// What it cost.
    pub budget: Option<Money>,
    /// Budget by member.
    pub avg_cac: Option<Money>,
    /// Months written.
    pub months: i64,
    /// The members' revenue since the start.
    pub ltv_cumulative: Option<Money>,
    /// The same, by member.
    pub ltv_per_customer: Option<Money>,
    /// Revenue over budget.
    pub ltv_cac_ratio: Option<f64>,
    /// Revenue (its margin) less budget.
    pub cumulative_profit: Option<Money>,
    /// The offset of the month in which it broke even.
    pub payback_offset: Option<usize>,
    /// Repeat customers in 100 members.
    pub repeat_purchase_rate: Option<f64>,
    /// Orders by member.
    pub orders_per_customer: Option<f64>,
    /// Revenue by order.
    pub avg_order_value: Option<Money>,
}

/// All activities with a closed month together, weighted by what each figure is made of.
/// Ratios over budgets leave out activities without one, and hold the budgets of
/// those that acquired nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryTotal {
    /// Their members.
    pub cohort_size: i64,
    /// The budgets above zero.
    pub budget: Option<Money>,
    /// Those, by member of the activities that have one.
    pub avg_cac: Option<Money>,
    /// Their revenue.
    pub ltv_cumulative: Money,
    /// The same, by member.
    pub ltv_per_customer: Option<Money>,
    /// The revenue over the budgets, of activities with one.
    pub ltv_cac_ratio: Option<f64>,
    /// Their profits.
    pub cumulative_profit: Money,
    /// Repeat customers in 100 members.
    pub repeat_purchase_rate: Option<f64>,
    /// Orders by member.
    pub orders_per_customer: Option<f64>,
    /// Revenue by order.
    pub avg_order_value: Option<Money>,
}

/// Every wanted activity, and all of them together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The activities, in the order that was asked for.
    pub rows: Vec<SummaryRow>,
    /// All that were wanted, also those beyond the limit; `None` where there are none.
    pub total: Option<SummaryTotal>,
    /// Activities whose written months know another budget or margin than the one now, by which
    /// these figures are made.
    pub outdated: usize,
    cut: Cut,
}

/// Reads the summary.
pub fn summary(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
) -> Result<Summary, StoreError> {
    let series = activity_series(store, settings, options)?;
    Ok(summary_of(&series, options))
}

fn summary_of(all: &[ActivitySeries], options: &ReportOptions) -> Summary {
    let total = (!all.is_empty()).then(|| total_of(all));
    let mut rows: Vec<SummaryRow> = all.iter().map(row_of).collect();
    let cut = options.arrange(&mut rows);
    Summary { rows, total, outdated: all.iter().filter(|series| series.outdated).count(), cut }
}

fn row_of(series: &ActivitySeries) -> SummaryRow {
    let row = pooled_rows(std::slice::from_ref(series), super::GroupBy::Activity, series.months.len()).pop();
    let latest = series.latest().map(|(_, month)| Pool::of(series, month, false));
    let sums = latest.map(|pool| pool.sums);
    SummaryRow {
        activity_id: series.activity_id,
        name: series.name.clone(),
        channel: series.channel.clone(),
        start_date: series.start_at.date(),
        state: series.state,
        cohort_size: series.size,
        budget: series.budget,
        avg_cac: latest.and_then(|_| series.cac()),
        months: series.months_written(),
        ltv_cumulative: sums.map(|sums| sums.ltv),
        ltv_per_customer: latest.and_then(|pool| pool.sums.ltv.divided_by(pool.size)),
        ltv_cac_ratio: series.ltv_cac_ratio(),
        cumulative_profit: sums.map(|sums| sums.profit),
        payback_offset: row.and_then(|row| row.payback()),
        repeat_purchase_rate: latest.and_then(|pool| pool.percent(pool.sums.repeat)),
        orders_per_customer: latest.and_then(|pool| pool.per_member(pool.sums.orders_so_far)),
        avg_order_value: sums.and_then(|sums| sums.ltv.divided_by(sums.orders_so_far)),
    }
}

fn total_of(all: &[ActivitySeries]) -> SummaryTotal {
    let mut pool = Pool::default();
    for series in all {
        if let Some((_, month)) = series.latest() {
            pool.add(&Pool::of(series, month, false));
        }
    }
    SummaryTotal {
        cohort_size: pool.size,
        budget: (pool.budget > Money::ZERO).then_some(pool.budget),
        avg_cac: pool.cac(),
        ltv_cumulative: pool.sums.ltv,
        ltv_per_customer: pool.sums.ltv.divided_by(pool.size),
        ltv_cac_ratio: pool.ltv_cac_ratio(),
        cumulative_profit: pool.sums.profit,
        repeat_purchase_rate: pool.percent(pool.sums.repeat),
        orders_per_customer: pool.per_member(pool.sums.orders_so_far),
        avg_order_value: pool.sums.ltv.divided_by(pool.sums.orders_so_far),
    }
}

impl Ranked for SummaryRow {
    fn standing(&self) -> Standing {
        Standing {
            start_date: self.start_date,
            name: self.name.clone(),
            size: self.cohort_size,
            ltv: self.ltv_per_customer,
            ratio: self.ltv_cac_ratio,
            profit: self.cumulative_profit,
            payback: self.payback_offset.map(|offset| offset as i64),
        }
    }
}

impl Summary {
    /// The summary as a table: a row an activity, and their total.
    pub fn table(&self) -> Table {
        let mut table = Table::new("activities")
            .title("Cohort LTV by activity")
            .column(Column::new(Kind::Id, "activity_id", "ID"))
            .column(Column::new(Kind::Text, "name", "Activity"))
            .column(Column::new(Kind::Text, "channel", "Channel").rank(3))
            .column(Column::new(Kind::Date, "start_date", "Start").rank(4))
            .column(Column::new(Kind::Text, "state", "State").rank(11))
            .column(Column::new(Kind::Count, "cohort_size", "Size").unit("customers"))
            .column(Column::new(Kind::Money, "budget", "Budget").rank(6))
            .column(Column::new(Kind::Money, "avg_cac", "CAC").rank(2))
            .column(Column::new(Kind::Count, "months", "Months").unit("months").rank(7))
            .column(Column::new(Kind::Money, "ltv_cumulative", "LTV").rank(5))
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
        vec![
            Cell::Id(self.activity_id),
            self.name.clone().into(),
            self.channel.clone().into(),
            Cell::Date(self.start_date),
            self.state.as_str().into(),
            self.cohort_size.into(),
            self.budget.into(),
            self.avg_cac.into(),
            Cell::Int(self.months),
            self.ltv_cumulative.into(),
            self.ltv_per_customer.into(),
            self.ltv_cac_ratio.into(),
            self.cumulative_profit.into(),
            self.payback_offset.into(),
            self.repeat_purchase_rate.map(Cell::Percent).into(),
            self.orders_per_customer.into(),
            self.avg_order_value.into(),
        ]
    }
}

impl SummaryTotal {
    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Empty,
            Cell::from("All"),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Int(self.cohort_size),
            self.budget.into(),
            self.avg_cac.into(),
            Cell::Empty,
            Cell::Money(self.ltv_cumulative),
            self.ltv_per_customer.into(),
            self.ltv_cac_ratio.into(),
            Cell::Money(self.cumulative_profit),
            Cell::Empty,
            self.repeat_purchase_rate.map(Cell::Percent).into(),
            self.orders_per_customer.into(),
            self.avg_order_value.into(),
        ]
    }
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
        let total = summary_of(&three(), &options()).total.unwrap();
        assert_eq!((total.cohort_size, total.budget), (100, Some(won(10_000))));
        // 10,000 over 40 members, not over 100; 1,100 and 4,500 over 10,000.
        assert_eq!((total.avg_cac, total.ltv_cac_ratio), (Some(won(250)), Some(0.56)));
        assert_eq!((total.ltv_cumulative, total.ltv_per_customer), (won(12_200), Some(won(122))));
        assert_eq!(total.cumulative_profit, won(2_200));
        assert_eq!(total.repeat_purchase_rate, Some(15.0));
    }

    #[test]
    fn all_counts_the_budget_of_an_activity_that_acquired_nobody_and_of_no_open_one() {
        let mut all = three();
        all.push(series(5, "2024-03-10", 0, Some(6_000), &[(0, 0, 0, 0)]));
        let mut open = series(6, "2024-05-20", 1, Some(50_000), &[]);
        (open.state, open.size) = (CohortState::Open, None);
        all.push(open);
        let summary = summary_of(&all, &options());
        let total = summary.total.as_ref().unwrap();
        assert_eq!((total.budget, total.avg_cac), (Some(won(16_000)), Some(won(400))));
        assert_eq!((total.ltv_cac_ratio, total.cumulative_profit), (Some(0.35), won(-3_800)));
        let profits: Money = summary.rows.iter().filter_map(|row| row.cumulative_profit).sum();
        assert_eq!(total.cumulative_profit, profits, "All is the sum of its rows");
        let row = |id| summary.rows.iter().find(|row| row.activity_id == id).unwrap();
        let (empty, open) = (row(5), row(6));
        assert_eq!((empty.cohort_size, empty.state.as_str(), empty.months), (Some(0), "empty", 0));
        assert_eq!((empty.cumulative_profit, empty.ltv_cac_ratio), (Some(won(-6_000)), Some(0.0)));
        assert_eq!((open.cohort_size, open.state.as_str(), open.cumulative_profit), (None, "open", None));
    }

    #[test]
    fn the_total_is_that_of_all_rows_whatever_is_shown() {
        let all = summary_of(&three(), &options());
        let one = summary_of(&three(), &ReportOptions { limit: Some(1), ..options() });
        assert_eq!((one.rows.len(), &one.total), (1, &all.total));
        assert!(one.table().notes.iter().any(|note| note.english().starts_with("The first 1 of 3 rows")));
    }
}
