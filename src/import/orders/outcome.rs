//! What is asked of an import of orders, and what it did.

use chrono::NaiveDateTime;

use crate::import::error::ImportError;
use crate::import::request::{BadLines, OnConflict, Reading};
use crate::import::stage::LinesRead;
use crate::money::Money;

/// Orders to import.
#[derive(Clone, Debug, Default)]
pub struct OrderImport {
    /// What to read, and how.
    pub reading: Reading,
    /// What to do with lines that cannot be used.
    pub bad_lines: BadLines,
    /// What to do with orders whose ids the file holds already.
    pub on_conflict: OnConflict,
    /// What to do with orders of a negative amount.
    pub negative: Negative,
    /// The file's clock after the import; the midnight after the latest order
    /// when not given.
    pub clock: Option<NaiveDateTime>,
    /// Whether the articles of orders are kept, where an order has a line for each.
    pub keep_lines: bool,
}

impl From<Reading> for OrderImport {
    /// All lines must be usable, and none of their orders known.
    fn from(reading: Reading) -> Self {
        OrderImport { reading, ..OrderImport::default() }
    }
}

/// What to do with orders of a negative amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Negative {
    /// Keep them as `Refunded`, which does not count.
    #[default]
    Refund,
    /// Keep them as `Returned`: money given back, which counts in sums.
    Net,
    /// They cannot be used.
    Reject,
}

/// What an import would do; nothing has been written.
#[derive(Debug)]
pub struct ImportPreview {
    /// What it would do, without the lines that cannot be used and the orders that are there already.
    pub outcome: ImportOutcome,
    /// The first rows as they are understood, at most five.
    pub rows: Vec<MappedRow>,
    /// How many of the orders are in the file already.
    pub already_there: i64,
    /// What else would stop it.
    pub refused: Option<ImportError>,
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
    pub activity: Option<String>,
    pub unit_price: Option<Money>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOutcome {
    /// What was read.
    pub read: LinesRead,
    /// Orders left out, since the file held them already.
    pub orders_skipped: i64,
    /// Orders that took the place of ones that the file held.
    pub orders_replaced: i64,
    /// Orders written that look like ones that the file held (the same customer, time and
    /// amount), where no order ids tell them apart.
    pub orders_alike: i64,
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
    /// The sum of the written orders that count (`Success`), and of what was given back (`Returned`).
    pub revenue: Money,
    /// Orders of a negative amount, which were written as `Refunded` or `Returned` though the
    /// source did not call them so.
    pub negative: i64,
    /// Articles of orders that were kept.
    pub order_lines: i64,
    /// The earliest written order, if any was.
    pub first_order_at: Option<NaiveDateTime>,
    /// The latest written order, if any was.
    pub last_order_at: Option<NaiveDateTime>,
    /// The file's clock now.
    pub clock: Option<NaiveDateTime>,
    /// Orders of the file that were written again, after new ones that came late: the table
    /// stays sorted by time.
    pub orders_moved: i64,
    /// Rows of `ltv_batch` that the new orders made stale: from the first
    /// written month on in which a member has a new counted order.
    pub stale_months: i64,
    /// Whether an order lies before the end of an acquisition window whose members
    /// are frozen: other customers might be its members now.
    pub in_frozen_windows: bool,
}
