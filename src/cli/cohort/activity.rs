//! `lifecycle cohort report --activity`: one activity's months.

use lifecycle::cohort::{self, ActivityHead, ActivityMonth};
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::Store;

use super::CommandError;

/// All fields of an activity's months.
pub fn report(store: &Store, activity_id: i64) -> Result<Report, CommandError> {
    let Some((head, months)) = cohort::activity_months(store, activity_id)? else {
        return Err(CommandError::failed(format!("there is no activity {activity_id}"))
            .hint("`lifecycle cohort report` lists them"));
    };
    let mut table = Table::new("months")
        .title(title(activity_id, &head))
        .column(Column::number("month_offset", "Month"))
        .column(Column::number("monthly_revenue", "Revenue"))
        .column(Column::number("monthly_orders", "Orders").rank(1))
        .column(Column::number("active_users", "Active"))
        .column(Column::number("ltv_cumulative", "LTV"))
        .column(Column::number("ltv_cac_ratio", "LTV:CAC"))
        .column(Column::number("cumulative_profit", "Profit").rank(2))
        .column(Column::text("is_break_even", "Even"))
        .column(Column::number("repeat_purchase_rate", "Repeat"))
        .column(Column::number("avg_purchase_frequency", "Orders/cust.").rank(3))
        .column(Column::number("avg_order_value", "AOV").rank(4))
        .column(Column::number("cohort_size", "Size").rank(5))
        .column(Column::number("avg_cac", "CAC").rank(6))
        .column(Column::text("cohort_start_date", "Start").rank(7))
        .column(Column::number("cumulative_orders", "Orders so far").rank(8))
        .column(Column::number("repeat_customers", "Repeat customers").rank(9))
        .column(Column::text("collected_at", "Collected at").rank(10))
        .rows(months.iter().map(month_row));
    if months.is_empty() {
        table = table.note(if head.frozen {
            "No month of it is written: nobody was acquired by it, or its first month is still open."
        } else {
            "Its cohort is not frozen yet: the acquisition window is open, or no batch has run since."
        });
    }
    Ok(Report::from(table))
}

fn title(activity_id: i64, head: &ActivityHead) -> String {
    format!("{activity_id} {} ({}, from {})", head.name, head.channel, head.start_at.date())
}

fn month_row(month: &ActivityMonth) -> Vec<Cell> {
    vec![
        Cell::Int(month.month_offset),
        Cell::Money(month.monthly_revenue),
        Cell::Int(month.monthly_orders),
        Cell::Int(month.active_users),
        Cell::Money(month.ltv_cumulative),
        month.ltv_cac_ratio.into(),
        Cell::Money(month.cumulative_profit),
        Cell::Bool(month.is_break_even),
        Cell::Percent(month.repeat_purchase_rate),
        Cell::Ratio(month.avg_purchase_frequency),
        month.avg_order_value.into(),
        Cell::Int(month.cohort_size),
        month.avg_cac.into(),
        Cell::Date(month.cohort_start_date),
        Cell::Int(month.cumulative_orders),
        Cell::Int(month.repeat_customers),
        Cell::Timestamp(month.collected_at),
    ]
}
