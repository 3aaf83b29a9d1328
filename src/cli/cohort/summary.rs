//! `lifecycle cohort report`: a row an activity, as its last month leaves it.

use lifecycle::cohort::{self, ActivitySummary};
use lifecycle::config::Config;
use lifecycle::money::Money;
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::Store;

use super::report::{Asked, closing_notes, empty_note};
use super::{CommandError, Context};

/// Every wanted activity, and all of them together.
pub fn report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    asked: &Asked,
) -> Result<Report, CommandError> {
    let mut summaries = cohort::activity_summaries(store, asked.as_of)?;
    summaries.retain(|summary| asked.selection.takes(summary.start_date, &summary.channel));
    let total = (!summaries.is_empty()).then(|| total_row(&summaries));
    let written = summaries.iter().any(|summary| summary.months > 0);
    asked.sort(&mut summaries);
    let limited = asked.limit(&mut summaries, context);
    let mut table = Table::new("activities")
        .title("Cohort LTV by activity")
        .column(Column::number("activity_id", "ID"))
        .column(Column::text("name", "Activity"))
        .column(Column::text("channel", "Channel").rank(3))
        .column(Column::text("start_date", "Start").rank(4))
        .column(Column::number("cohort_size", "Size"))
        .column(Column::number("budget", "Budget").rank(6))
        .column(Column::number("avg_cac", "CAC").rank(2))
        .column(Column::number("months", "Months").rank(7))
        .column(Column::number("ltv_cumulative", "LTV").rank(5))
        .column(Column::number("ltv_per_customer", "LTV/cust."))
        .column(Column::number("ltv_cac_ratio", "LTV:CAC"))
        .column(Column::number("cumulative_profit", "Profit").rank(8))
        .column(Column::number("payback_month", "Payback"))
        .column(Column::number("repeat_purchase_rate", "Repeat").rank(1))
        .column(Column::number("orders_per_customer", "Orders/cust.").rank(9))
        .column(Column::number("avg_order_value", "AOV").rank(10))
        .rows(summaries.iter().map(summary_row));
    match total {
        Some(total) => table = table.total(total),
        None => table = table.note(empty_note(asked)),
    }
    if written {
        table = table.note("Payback: the offset of the month that covered the budget (0: the first); - not yet, or no budget.");
    }
    let due = closing_notes(context, store, config, asked.as_of)?;
    Ok(Report::from(limited.into_iter().chain(due).fold(table, Table::note)))
}

fn summary_row(summary: &ActivitySummary) -> Vec<Cell> {
    vec![
        Cell::Int(summary.activity_id),
        summary.name.clone().into(),
        summary.channel.clone().into(),
        Cell::Date(summary.start_date),
        summary.cohort_size.into(),
        summary.budget.into(),
        summary.avg_cac.into(),
        Cell::Int(summary.months),
        summary.ltv_cumulative.into(),
        summary.ltv_per_customer().into(),
        summary.ltv_cac_ratio.into(),
        summary.cumulative_profit.into(),
        summary.payback_offset.into(),
        summary.repeat_purchase_rate.map(Cell::Percent).into(),
        summary.avg_purchase_frequency.into(),
        summary.avg_order_value.into(),
    ]
}

/// All activities that have months, weighted by what each figure is made of.
/// Ratios over budgets leave out activities without one.
fn total_row(summaries: &[ActivitySummary]) -> Vec<Cell> {
    let written: Vec<&ActivitySummary> = summaries.iter().filter(|summary| summary.months > 0).collect();
    let size: i64 = written.iter().filter_map(|summary| summary.cohort_size).sum();
    let ltv: Money = written.iter().filter_map(|summary| summary.ltv_cumulative).sum();
    let profit: Money = written.iter().filter_map(|summary| summary.cumulative_profit).sum();
    let orders: i64 = written.iter().filter_map(|summary| summary.cumulative_orders).sum();
    let repeat: i64 = written.iter().filter_map(|summary| summary.repeat_customers).sum();
    let budgeted = written.iter().filter(|summary| summary.budget.is_some_and(|budget| budget > Money::ZERO));
    let budget: Money = budgeted.clone().filter_map(|summary| summary.budget).sum();
    let budgeted_size: i64 = budgeted.clone().filter_map(|summary| summary.cohort_size).sum();
    let budgeted_ltv: Money = budgeted.filter_map(|summary| summary.ltv_cumulative).sum();
    let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    vec![
        Cell::Empty,
        Cell::from("All"),
        Cell::Empty,
        Cell::Empty,
        Cell::Int(size),
        (budget > Money::ZERO).then_some(budget).into(),
        budget.divided_by(budgeted_size).into(),
        Cell::Empty,
        Cell::Money(ltv),
        ltv.divided_by(size).into(),
        ratio(budgeted_ltv.to_f64(), budget.to_f64()).into(),
        Cell::Money(profit),
        Cell::Empty,
        ratio(100.0 * repeat as f64, size as f64).map(Cell::Percent).into(),
        ratio(orders as f64, size as f64).into(),
        ltv.divided_by(orders).into(),
    ]
}
