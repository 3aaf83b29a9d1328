//! The rows of the tables that are loaded in bulk.

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
