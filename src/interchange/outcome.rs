//! What is asked of an import, and what it did.

use std::path::PathBuf;

use chrono::NaiveDateTime;

use super::dialect::Delimiter;
use super::mapping::{MapArgument, MappedColumn};
use super::problems::Problem;
use crate::money::Money;

/// What to import, and how to read it.
#[derive(Clone, Debug, Default)]
pub struct OrderImport {
    /// CSV or Parquet files, or patterns such as `orders-*.csv`.
    pub files: Vec<PathBuf>,
    /// Our columns given as expressions over the source's; the others are
    /// recognised by their names.
    pub map: Vec<MapArgument>,
    /// How a CSV file's columns are separated; found out when not given.
    pub delimiter: Option<Delimiter>,
    /// How dates are written, in the engine's `strptime` words.
    pub date_format: Option<String>,
    /// The file's clock after the import; the midnight after the latest order
    /// when not given.
    pub clock: Option<NaiveDateTime>,
}

/// What an import would do; nothing has been written.
#[derive(Clone, Debug)]
pub struct ImportPreview {
    /// Where each of our columns comes from.
    pub mapping: Vec<MappedColumn>,
    /// The first rows as they are understood, at most five.
    pub rows: Vec<MappedRow>,
    /// Lines read.
    pub lines: i64,
    /// Why lines could not be used, with counts and places; empty when all can.
    pub problems: Vec<Problem>,
    /// How many of the orders are in the file already, which would stop the import.
    pub already_there: i64,
}

/// A line as it is understood; `None` is what the line does not say, or what
/// could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of `orders`
pub struct MappedRow {
    pub order_id: Option<String>,
    pub customer: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub amount: Option<Money>,
    pub quantity: Option<i32>,
    pub status: Option<String>,
    pub product: Option<String>,
    pub activity_id: Option<i64>,
    pub unit_price: Option<Money>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportOutcome {
    /// Where each of our columns came from.
    pub mapping: Vec<MappedColumn>,
    /// Lines read.
    pub lines: i64,
    /// Orders written.
    pub orders: i64,
    /// Lines that became part of another line's order.
    pub lines_merged: i64,
    /// Customers that the file did not know.
    pub customers_created: i64,
    /// Customers that it did.
    pub customers_known: i64,
    /// Products that the file did not know.
    pub products_created: i64,
    /// The sum of the written orders that count (`Success`).
    pub revenue: Money,
    /// Orders of a negative amount, which were written as `Refunded` though the
    /// source did not call them so.
    pub negative_refunded: i64,
    /// The earliest written order.
    pub first_order_at: NaiveDateTime,
    /// The latest written order.
    pub last_order_at: NaiveDateTime,
    /// The file's clock now.
    pub clock: NaiveDateTime,
    /// Rows of `ltv_batch` that the new orders made stale: from the first
    /// written month on in which a member has a new counted order.
    pub stale_months: i64,
    /// Whether an order lies before the end of an acquisition window whose members
    /// are frozen: other customers might be its members now.
    pub in_frozen_windows: bool,
}
