//! Bulk loading: rows become Arrow columns, batch by batch.

mod predictions;

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use duckdb::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use duckdb::arrow::datatypes::{Field, Schema};
use duckdb::arrow::error::ArrowError;
use duckdb::arrow::record_batch::RecordBatch;

use super::rows::{ActivityRow, CampaignRow, OrderRow, ProductRow, UserRow};
use super::{Store, StoreError};
use crate::money::Money;

/// The engine's vector size: a batch of this many rows is appended in one piece.
pub(super) const BATCH_ROWS: usize = 2048;

/// A row type that can be appended to its table.
pub trait BulkRow: Sized {
    /// The table's name.
    const TABLE: &'static str;

    /// The columns to fill; the others get their defaults.
    const COLUMNS: &'static [&'static str];

    /// The rows as columns, in the order of [`Self::COLUMNS`].
    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError>;
}

impl Store {
    /// Appends rows to their table.
    pub fn append<R: BulkRow>(&self, rows: &[R]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut appender = self.connection().appender_with_columns(R::TABLE, R::COLUMNS)?;
        for batch in rows.chunks(BATCH_ROWS) {
            appender.append_record_batch(record_batch(batch).map_err(arrow_failure)?)?;
        }
        // Dropping an appender hides its errors.
        appender.flush()?;
        Ok(())
    }
}

fn record_batch<R: BulkRow>(rows: &[R]) -> Result<RecordBatch, ArrowError> {
    let columns = R::columns(rows)?;
    let fields: Vec<Field> = R::COLUMNS
        .iter()
        .zip(&columns)
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

pub(super) fn arrow_failure(error: ArrowError) -> duckdb::Error {
    duckdb::Error::ToSqlConversionFailure(Box::new(error))
}

fn bigints<R>(rows: &[R], value: impl Fn(&R) -> i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(rows.iter().map(value)))
}

fn optional_bigints<R>(rows: &[R], value: impl Fn(&R) -> Option<i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter(rows.iter().map(value)))
}

fn integers<R>(rows: &[R], value: impl Fn(&R) -> i32) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(rows.iter().map(value)))
}

fn doubles<R>(rows: &[R], value: impl Fn(&R) -> Option<f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter(rows.iter().map(value)))
}

fn texts<'a, R, S: AsRef<str> + 'a>(rows: &'a [R], value: impl Fn(&'a R) -> Option<S>) -> ArrayRef {
    Arc::new(StringArray::from_iter(rows.iter().map(value)))
}

fn amounts<R>(rows: &[R], value: impl Fn(&R) -> Option<Money>) -> Result<ArrayRef, ArrowError> {
    let hundredths = rows.iter().map(|row| value(row).map(|money| i128::from(money.hundredths())));
    Ok(Arc::new(Decimal128Array::from_iter(hundredths).with_precision_and_scale(18, 2)?))
}

fn instants<R>(rows: &[R], value: impl Fn(&R) -> Option<NaiveDateTime>) -> ArrayRef {
    let micros = rows.iter().map(|row| value(row).map(|instant| instant.and_utc().timestamp_micros()));
    Arc::new(TimestampMicrosecondArray::from_iter(micros))
}

fn days<R>(rows: &[R], value: impl Fn(&R) -> Option<NaiveDate>) -> ArrayRef {
    let since_1970 = |date: NaiveDate| (date - NaiveDate::default()).num_days() as i32;
    Arc::new(Date32Array::from_iter(rows.iter().map(|row| value(row).map(since_1970))))
}

impl BulkRow for UserRow {
    const TABLE: &'static str = "users";
    const COLUMNS: &'static [&'static str] = &[
        "user_id",
        "external_id",
        "name",
        "gender",
        "birth_date",
        "region",
        "status",
        "marketing_agree",
        "grade",
        "signed_up_at",
    ];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |user| user.user_id),
            texts(rows, |user| user.external_id.as_deref()),
            texts(rows, |user| user.name.as_deref()),
            texts(rows, |user| user.gender.map(|gender| gender.as_str())),
            days(rows, |user| user.birth_date),
            texts(rows, |user| user.region.as_deref()),
            texts(rows, |user| user.status.map(|status| status.as_str())),
            Arc::new(BooleanArray::from_iter(rows.iter().map(|user| user.marketing_agree))),
            texts(rows, |user| Some(user.grade.as_str())),
            instants(rows, |user| Some(user.signed_up_at)),
        ])
    }
}

impl BulkRow for ProductRow {
    const TABLE: &'static str = "products";
    const COLUMNS: &'static [&'static str] = &["product_id", "name", "category", "price"];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |product| product.product_id),
            texts(rows, |product| Some(product.name.as_str())),
            texts(rows, |product| Some(product.category.as_str())),
            amounts(rows, |product| Some(product.price))?,
        ])
    }
}

impl BulkRow for CampaignRow {
    const TABLE: &'static str = "campaigns";
    const COLUMNS: &'static [&'static str] = &["campaign_id", "name"];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |campaign| campaign.campaign_id),
            texts(rows, |campaign| Some(campaign.name.as_str())),
        ])
    }
}

impl BulkRow for ActivityRow {
    const TABLE: &'static str = "campaign_activities";
    const COLUMNS: &'static [&'static str] =
        &["activity_id", "campaign_id", "name", "channel", "budget", "start_at", "end_at"];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |activity| activity.activity_id),
            bigints(rows, |activity| activity.campaign_id),
            texts(rows, |activity| Some(activity.name.as_str())),
            texts(rows, |activity| Some(activity.channel.as_str())),
            amounts(rows, |activity| activity.budget)?,
            instants(rows, |activity| Some(activity.start_at)),
            instants(rows, |activity| activity.end_at),
        ])
    }
}

impl BulkRow for OrderRow {
    const TABLE: &'static str = "orders";
    const COLUMNS: &'static [&'static str] = &[
        "order_id",
        "external_id",
        "user_id",
        "product_id",
        "activity_id",
        "quantity",
        "unit_price",
        "amount",
        "status",
        "created_at",
    ];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |order| order.order_id),
            texts(rows, |order| order.external_id.as_deref()),
            bigints(rows, |order| order.user_id),
            optional_bigints(rows, |order| order.product_id),
            optional_bigints(rows, |order| order.activity_id),
            integers(rows, |order| order.quantity),
            amounts(rows, |order| Some(order.unit_price))?,
            amounts(rows, |order| Some(order.amount))?,
            texts(rows, |order| Some(order.status.as_str())),
            instants(rows, |order| Some(order.created_at)),
        ])
    }
}
