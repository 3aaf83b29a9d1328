//! Rows of the tables that are bulk loaded.

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::{Gender, Grade, OrderStatus, Status};
use crate::money::Money;

/// A row of `users`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the columns are documented with the file
pub struct UserRow {
    pub user_id: i64,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub gender: Option<Gender>,
    pub birth_date: Option<NaiveDate>,
    pub region: Option<String>,
    pub status: Option<Status>,
    pub marketing_agree: Option<bool>,
    pub grade: Grade,
    pub signed_up_at: NaiveDateTime,
}

/// A row of `products`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ProductRow {
    pub product_id: i64,
    pub name: String,
    pub category: String,
    pub price: Money,
}

/// A row of `campaigns`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct CampaignRow {
    pub campaign_id: i64,
    pub name: String,
}

/// A row of `campaign_activities`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ActivityRow {
    pub activity_id: i64,
    pub campaign_id: i64,
    pub name: String,
    pub channel: String,
    pub budget: Option<Money>,
    pub start_at: NaiveDateTime,
    pub end_at: Option<NaiveDateTime>,
}

/// A row of `orders`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct OrderRow {
    pub order_id: i64,
    pub external_id: Option<String>,
    pub user_id: i64,
    pub product_id: Option<i64>,
    pub activity_id: Option<i64>,
    pub quantity: i32,
    pub unit_price: Money,
    pub amount: Money,
    pub status: OrderStatus,
    pub created_at: NaiveDateTime,
}

/// A row of `predict_runs`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct PredictRunRow {
    pub run_id: i64,
    pub as_of: NaiveDateTime,
    pub pool: String,
    pub model: String,
    pub customers: i64,
    pub repeat_customers: i64,
    pub r: Option<f64>,
    pub alpha: Option<f64>,
    pub a: Option<f64>,
    pub b: Option<f64>,
    pub log_likelihood: Option<f64>,
    pub spend_p: Option<f64>,
    pub spend_q: Option<f64>,
    pub spend_v: Option<f64>,
    pub spend_log_likelihood: Option<f64>,
    pub spend_correlation: Option<f64>,
    pub alpha_spread: Option<f64>,
    pub a_spread: Option<f64>,
    pub horizon_end: NaiveDateTime,
    pub holdout_from: Option<NaiveDateTime>,
    pub holdout_error: Option<f64>,
    pub note: Option<String>,
    pub version: String,
}

/// A row of `ltv_predicted`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct LtvPredictedRow {
    pub run_id: i64,
    pub activity_id: i64,
    pub month_offset: i32,
    pub known: Money,
    pub expected: Money,
    pub low: Money,
    pub high: Money,
    pub chain_ladder: Option<Money>,
    pub plain: Money,
    pub expected_orders: f64,
}

/// A row of `customer_predictions`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct CustomerPredictionRow {
    pub run_id: i64,
    pub user_id: i64,
    pub x: i32,
    pub t_x: i32,
    pub t: i32,
    pub p_alive: f64,
    pub p_buy: f64,
    pub expected_orders: f64,
    pub expected_revenue: Money,
}

/// A row of `predict_checks`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct PredictCheckRow {
    pub run_id: i64,
    pub level: String,
    pub position: i32,
    pub label: String,
    pub activity_id: Option<i64>,
    pub customers: i64,
    pub actual_orders: i64,
    pub model_orders: f64,
    pub plain_orders: f64,
    pub actual_revenue: Money,
    pub model_revenue: Money,
    pub plain_revenue: Money,
    pub p_buy: f64,
    pub bought: f64,
}
