//! The request and the outcome of importing orders.

use chrono::NaiveDateTime;

use crate::import::error::ImportError;
use crate::import::request::{BadLines, OnConflict, Reading};
use crate::import::stage::LinesRead;
use crate::money::Money;

/// Orders to import.
#[derive(Clone, Debug, Default)]
pub struct OrderImport {
    /// The source and how to read it.
    pub reading: Reading,
    /// How to treat unusable lines.
    pub bad_lines: BadLines,
    /// How to treat orders whose ids exist already.
    pub on_conflict: OnConflict,
    /// How to treat orders with a negative amount.
    pub negative: Negative,
    /// The file's clock after the import; by default, the midnight after the latest order.
    pub clock: Option<NaiveDateTime>,
    /// Whether to keep the articles of orders with a line per article.
    pub keep_lines: bool,
}

impl From<Reading> for OrderImport {
    /// All lines must be usable and all orders new.
    fn from(reading: Reading) -> Self {
        OrderImport { reading, ..OrderImport::default() }
    }
}

/// How to treat orders with a negative amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Negative {
    /// Import them as `Refunded`, which does not count.
    #[default]
    Refund,
    /// Import them as `Returned`: money given back, which counts in sums.
    Net,
    /// Treat them as unusable.
    Reject,
}

/// What an import would do; nothing was written.
#[derive(Debug)]
pub struct ImportPreview {
    /// The outcome without unusable lines and existing orders.
    pub outcome: ImportOutcome,
    /// The first rows as understood, at most five.
    pub rows: Vec<MappedRow>,
    /// The number of orders that exist already.
    pub already_there: i64,
    /// The error that would stop the import, if any.
    pub refused: Option<ImportError>,
}

/// A line as understood; `None` for a value that is missing or could not be read.
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
    pub activity: Option<String>,
    pub unit_price: Option<Money>,
}

/// The outcome of importing orders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOutcome {
    /// The lines read.
    pub read: LinesRead,
    /// Orders skipped because they existed already.
    pub orders_skipped: i64,
    /// Orders that replaced existing ones.
    pub orders_replaced: i64,
    /// Orders written that look like existing ones (the same customer, time and amount), in a
    /// source without order ids.
    pub orders_alike: i64,
    /// Orders written.
    pub orders: i64,
    /// Lines merged into another line's order.
    pub lines_merged: i64,
    /// New customers.
    pub customers_created: i64,
    /// Existing customers.
    pub customers_known: i64,
    /// New products.
    pub products_created: i64,
    /// The revenue of the written orders: `Success` plus `Returned` (negative).
    pub revenue: Money,
    /// Orders with a negative amount that were written as `Refunded` or `Returned` although the
    /// source gave them another status.
    pub negative: i64,
    /// Articles kept.
    pub order_lines: i64,
    /// Time of the earliest order written, if any.
    pub first_order_at: Option<NaiveDateTime>,
    /// Time of the latest order written, if any.
    pub last_order_at: Option<NaiveDateTime>,
    /// The file's clock now.
    pub clock: Option<NaiveDateTime>,
    /// Existing orders that were rewritten behind late new ones, to keep the table sorted by time.
    pub orders_moved: i64,
    /// Rows of `ltv_batch` that the new orders made stale: from the first written month on in
    /// which a member has a new qualifying order.
    pub stale_months: i64,
    /// Whether an order is before the end of an acquisition window whose members are
    /// frozen, so that its members might change.
    pub in_frozen_windows: bool,
}
