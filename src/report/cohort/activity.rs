//! One activity's months, with all fields.

use chrono::{NaiveDate, NaiveDateTime};

use crate::money::Money;
use crate::render::{Cell, Column, Kind, Table};
use crate::store::{Row, Store, StoreError};
use crate::{named, query};

/// A row of `ltv_batch`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the columns are documented with the file
pub struct ActivityMonth {
    pub month_offset: i64,
    pub collected_at: NaiveDateTime,
    pub cohort_start_date: NaiveDate,
    pub cohort_size: i64,
    pub avg_cac: Option<Money>,
    pub ltv_cumulative: Money,
    pub ltv_cac_ratio: Option<f64>,
    pub cumulative_profit: Money,
    pub is_break_even: bool,
    pub monthly_revenue: Money,
    pub monthly_orders: i64,
    pub active_users: i64,
    pub repeat_purchase_rate: f64,
    pub avg_purchase_frequency: f64,
    pub avg_order_value: Option<Money>,
    pub cumulative_orders: i64,
    pub repeat_customers: i64,
}

/// An activity, whether or not it has months yet.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityHead {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Its channel.
    pub channel: String,
    /// When it started.
    pub start_at: NaiveDateTime,
    /// Its budget.
    pub budget: Option<Money>,
    /// Whether its cohort is frozen.
    pub frozen: bool,
}

/// An activity and its months.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityMonths {
    /// What it is.
    pub head: ActivityHead,
    /// Its written months, by offset.
    pub months: Vec<ActivityMonth>,
}

/// An activity and its months; `None` if there is no such activity.
pub fn activity_months(store: &Store, activity_id: i64) -> Result<Option<ActivityMonths>, StoreError> {
    let id = named! { "activity_id": activity_id };
    let head = store.optional_row(query!("report/activity_name.sql"), id, |row| {
        Ok(ActivityHead {
            activity_id,
            name: row.get("name")?,
            channel: row.get("channel")?,
            start_at: row.get("start_at")?,
            budget: row.get("budget")?,
            frozen: row.get("frozen")?,
        })
    })?;
    let Some(head) = head else { return Ok(None) };
    let months = store.rows(query!("report/activity_months.sql"), id, |row: &Row<'_>| {
        Ok(ActivityMonth {
            month_offset: row.get("month_offset")?,
            collected_at: row.get("collected_at")?,
            cohort_start_date: row.get("cohort_start_date")?,
            cohort_size: row.get("cohort_size")?,
            avg_cac: row.get("avg_cac")?,
            ltv_cumulative: row.get("ltv_cumulative")?,
            ltv_cac_ratio: row.get("ltv_cac_ratio")?,
            cumulative_profit: row.get("cumulative_profit")?,
            is_break_even: row.get("is_break_even")?,
            monthly_revenue: row.get("monthly_revenue")?,
            monthly_orders: row.get("monthly_orders")?,
            active_users: row.get("active_users")?,
            repeat_purchase_rate: row.get("repeat_purchase_rate")?,
            avg_purchase_frequency: row.get("avg_purchase_frequency")?,
            avg_order_value: row.get("avg_order_value")?,
            cumulative_orders: row.get("cumulative_orders")?,
            repeat_customers: row.get("repeat_customers")?,
        })
    })?;
    Ok(Some(ActivityMonths { head, months }))
}

impl ActivityMonths {
    /// The months as a table.
    pub fn table(&self) -> Table {
        let head = &self.head;
        let title =
            format!("{} {} ({}, from {})", head.activity_id, head.name, head.channel, head.start_at.date());
        let table = Table::new("months")
            .title(title)
            .column(Column::new(Kind::Count, "month_offset", "Month").unit("month offset"))
            .column(Column::new(Kind::Money, "monthly_revenue", "Revenue"))
            .column(Column::new(Kind::Count, "monthly_orders", "Orders").unit("orders").rank(1))
            .column(Column::new(Kind::Count, "active_users", "Active").unit("customers"))
            .column(Column::new(Kind::Money, "ltv_cumulative", "LTV"))
            .column(Column::new(Kind::Ratio, "ltv_cac_ratio", "LTV:CAC"))
            .column(Column::new(Kind::Money, "cumulative_profit", "Profit").rank(2))
            .column(Column::new(Kind::YesNo, "is_break_even", "Even"))
            .column(Column::new(Kind::Percent, "repeat_purchase_rate", "Repeat"))
            .column(Column::new(Kind::Ratio, "avg_purchase_frequency", "Orders/cust.").unit("orders").rank(3))
            .column(Column::new(Kind::Money, "avg_order_value", "AOV").rank(4))
            .column(Column::new(Kind::Count, "cohort_size", "Size").unit("customers").rank(5))
            .column(Column::new(Kind::Money, "avg_cac", "CAC").rank(6))
            .column(Column::new(Kind::Date, "cohort_start_date", "Start").rank(7))
            .column(Column::new(Kind::Count, "cumulative_orders", "Orders so far").unit("orders").rank(8))
            .column(
                Column::new(Kind::Count, "repeat_customers", "Repeat customers").unit("customers").rank(9),
            )
            .column(Column::new(Kind::Instant, "collected_at", "Collected at").rank(10))
            .rows(self.months.iter().map(cells));
        if !self.months.is_empty() {
            return table;
        }
        table.note(if head.frozen {
            "No month is written yet: it acquired nobody, or its first month is still open."
        } else {
            "Its cohort is not frozen yet: the acquisition window is open, or no batch has run since."
        })
    }
}

fn cells(month: &ActivityMonth) -> Vec<Cell> {
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
