//! The closed months of every cohort, with the sums that triangles and curves are made of.

use crate::render::{Cell, Column, Kind, Table};
use crate::report::cohort::{ActivitySeries, MonthSums};

/// The month that an activity started in: `2024-03`.
pub fn start_month(series: &ActivitySeries) -> String {
    series.start_at.format("%Y-%m").to_string()
}

/// The months as a table: one row per activity and month; one without a month where none is closed and written.
pub fn cohort_months_table(cohorts: &[ActivitySeries]) -> Table {
    let mut table = Table::new("cohort_months")
        .column(Column::new(Kind::Id, "activity_id", "ID"))
        .column(Column::new(Kind::Text, "name", "Activity").least(10))
        .column(Column::new(Kind::Text, "channel", "Channel").rank(4))
        .column(Column::new(Kind::Text, "kind", "Cohort").rank(6))
        .column(Column::new(Kind::Date, "start_date", "Start").rank(5))
        .column(Column::new(Kind::Text, "start_month", "Start month").rank(7))
        .column(Column::new(Kind::Money, "budget", "Budget").rank(3))
        .column(Column::new(Kind::Count, "cohort_size", "Size").unit("customers"))
        .column(Column::new(Kind::Count, "month_offset", "Month").unit("month offset"))
        .column(Column::new(Kind::Money, "monthly_revenue", "Revenue"))
        .column(Column::new(Kind::Count, "monthly_orders", "Orders").unit("orders").rank(1))
        .column(Column::new(Kind::Count, "active_users", "Active").unit("customers").rank(1))
        .column(Column::new(Kind::Money, "ltv_cumulative", "LTV"))
        .column(Column::new(Kind::Money, "cumulative_profit", "Profit").rank(2))
        .column(Column::new(Kind::Count, "repeat_customers", "Repeat customers").unit("customers").rank(2));
    for cohort in cohorts {
        let written =
            cohort.months.iter().enumerate().filter_map(|(offset, month)| Some((offset, month.as_ref()?)));
        let mut rows = written.map(Some).peekable();
        if rows.peek().is_none() {
            table.push(month_cells(cohort, None));
        }
        rows.for_each(|month| table.push(month_cells(cohort, month)));
    }
    table
}

fn month_cells(series: &ActivitySeries, month: Option<(usize, &MonthSums)>) -> Vec<Cell> {
    let sums = month.map(|(_, sums)| sums);
    vec![
        Cell::Id(series.activity_id),
        series.name.clone().into(),
        series.channel.clone().into(),
        series.cohort.as_str().into(),
        Cell::Date(series.start_at.date()),
        start_month(series).into(),
        series.budget.into(),
        series.size.into(),
        month.map(|(offset, _)| offset as i64).into(),
        sums.map(|sums| sums.revenue).into(),
        sums.map(|sums| sums.orders).into(),
        sums.map(|sums| sums.active).into(),
        sums.map(|sums| sums.ltv).into(),
        sums.map(|sums| sums.profit).into(),
        sums.map(|sums| sums.repeat).into(),
    ]
}
