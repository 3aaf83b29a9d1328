//! What the tables of the batch say, as plain rows.

use chrono::{NaiveDate, NaiveDateTime};

use crate::money::Money;
use crate::store::{Row, Store, StoreError};
use crate::{named, query};

/// An activity as its last written month leaves it. Figures are `None` until
/// there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivitySummary {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Its channel; `organic` for "no campaign".
    pub channel: String,
    /// The day it started.
    pub start_date: NaiveDate,
    /// Members; `None` until the cohort is frozen, and for one nobody was acquired by.
    pub cohort_size: Option<i64>,
    /// What it cost.
    pub budget: Option<Money>,
    /// Budget by member.
    pub avg_cac: Option<Money>,
    /// Months written.
    pub months: i64,
    /// The members' revenue since the start.
    pub ltv_cumulative: Option<Money>,
    /// Revenue over budget.
    pub ltv_cac_ratio: Option<f64>,
    /// Revenue less budget.
    pub cumulative_profit: Option<Money>,
    /// The offset of the month in which it broke even.
    pub payback_offset: Option<i64>,
    /// Members with two or more orders.
    pub repeat_customers: Option<i64>,
    /// The members' orders since the start.
    pub cumulative_orders: Option<i64>,
    /// Revenue by order.
    pub avg_order_value: Option<Money>,
    /// Repeat customers in 100 members.
    pub repeat_purchase_rate: Option<f64>,
    /// Orders by member.
    pub avg_purchase_frequency: Option<f64>,
}

impl ActivitySummary {
    /// The members' revenue since the start, by member.
    pub fn ltv_per_customer(&self) -> Option<Money> {
        self.ltv_cumulative.zip(self.cohort_size).and_then(|(ltv, size)| ltv.divided_by(size))
    }
}

/// Every activity that started before an instant, by start.
pub fn activity_summaries(store: &Store, as_of: NaiveDateTime) -> Result<Vec<ActivitySummary>, StoreError> {
    store.rows(query!("report/activity_summaries.sql"), named! { "as_of": as_of }, |row: &Row<'_>| {
        Ok(ActivitySummary {
            activity_id: row.get("activity_id")?,
            name: row.get("name")?,
            channel: row.get("channel")?,
            start_date: row.get("start_date")?,
            cohort_size: row.get("cohort_size")?,
            budget: row.get("budget")?,
            avg_cac: row.get("avg_cac")?,
            months: row.get("months")?,
            ltv_cumulative: row.get("ltv_cumulative")?,
            ltv_cac_ratio: row.get("ltv_cac_ratio")?,
            cumulative_profit: row.get("cumulative_profit")?,
            payback_offset: row.get("payback_offset")?,
            repeat_customers: row.get("repeat_customers")?,
            cumulative_orders: row.get("cumulative_orders")?,
            avg_order_value: row.get("avg_order_value")?,
            repeat_purchase_rate: row.get("repeat_purchase_rate")?,
            avg_purchase_frequency: row.get("avg_purchase_frequency")?,
        })
    })
}

/// The channels that activities have, in order.
pub fn channels(store: &Store) -> Result<Vec<String>, StoreError> {
    store.rows(query!("report/channels.sql"), &[], |row| row.get(0))
}

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

/// What an activity is, whether or not it has months yet.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityHead {
    /// Its name.
    pub name: String,
    /// Its channel.
    pub channel: String,
    /// When it started.
    pub start_at: NaiveDateTime,
    /// What it cost.
    pub budget: Option<Money>,
    /// Whether its cohort is frozen.
    pub frozen: bool,
}

/// An activity and its months; `None` when there is no such activity.
pub fn activity_months(
    store: &Store,
    activity_id: i64,
) -> Result<Option<(ActivityHead, Vec<ActivityMonth>)>, StoreError> {
    let id = named! { "activity_id": activity_id };
    let head = store.optional_row(query!("report/activity_name.sql"), id, |row| {
        Ok(ActivityHead {
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
    Ok(Some((head, months)))
}

/// What the batch would do as of an instant: months to write of frozen
/// cohorts, and cohorts to freeze first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthsDue {
    /// Months of frozen cohorts that are closed and not written.
    pub months: i64,
    /// Cohorts whose window has closed and that are not frozen.
    pub to_freeze: i64,
}

/// What is due but not yet computed.
pub fn months_due(store: &Store, as_of: NaiveDateTime, months: u32) -> Result<MonthsDue, StoreError> {
    store.row(
        query!("report/months_due.sql"),
        named! { "as_of": as_of, "months": i64::from(months) },
        |row| Ok(MonthsDue { months: row.get(0)?, to_freeze: row.get(1)? }),
    )
}
