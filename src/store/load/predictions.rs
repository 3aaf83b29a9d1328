//! Predictions as columns.

use duckdb::arrow::array::ArrayRef;
use duckdb::arrow::error::ArrowError;

use super::{BulkRow, amounts, bigints, doubles, instants, integers, optional_bigints, texts};
use crate::store::rows::{CustomerPredictionRow, LtvPredictedRow, PredictCheckRow, PredictRunRow};

impl BulkRow for PredictRunRow {
    const TABLE: &'static str = "predict_runs";
    const COLUMNS: &'static [&'static str] = &[
        "run_id",
        "as_of",
        "pool",
        "model",
        "customers",
        "repeat_customers",
        "r",
        "alpha",
        "a",
        "b",
        "log_likelihood",
        "spend_p",
        "spend_q",
        "spend_v",
        "spend_log_likelihood",
        "spend_correlation",
        "alpha_spread",
        "a_spread",
        "horizon_end",
        "holdout_from",
        "holdout_error",
        "note",
        "version",
    ];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |row| row.run_id),
            instants(rows, |row| Some(row.as_of)),
            texts(rows, |row| Some(row.pool.as_str())),
            texts(rows, |row| Some(row.model.as_str())),
            bigints(rows, |row| row.customers),
            bigints(rows, |row| row.repeat_customers),
            doubles(rows, |row| row.r),
            doubles(rows, |row| row.alpha),
            doubles(rows, |row| row.a),
            doubles(rows, |row| row.b),
            doubles(rows, |row| row.log_likelihood),
            doubles(rows, |row| row.spend_p),
            doubles(rows, |row| row.spend_q),
            doubles(rows, |row| row.spend_v),
            doubles(rows, |row| row.spend_log_likelihood),
            doubles(rows, |row| row.spend_correlation),
            doubles(rows, |row| row.alpha_spread),
            doubles(rows, |row| row.a_spread),
            instants(rows, |row| Some(row.horizon_end)),
            instants(rows, |row| row.holdout_from),
            doubles(rows, |row| row.holdout_error),
            texts(rows, |row| row.note.as_deref()),
            texts(rows, |row| Some(row.version.as_str())),
        ])
    }
}

impl BulkRow for LtvPredictedRow {
    const TABLE: &'static str = "ltv_predicted";
    const COLUMNS: &'static [&'static str] = &[
        "run_id",
        "activity_id",
        "month_offset",
        "known",
        "expected",
        "low",
        "high",
        "chain_ladder",
        "plain",
        "expected_orders",
    ];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |row| row.run_id),
            bigints(rows, |row| row.activity_id),
            integers(rows, |row| row.month_offset),
            amounts(rows, |row| Some(row.known))?,
            amounts(rows, |row| Some(row.expected))?,
            amounts(rows, |row| Some(row.low))?,
            amounts(rows, |row| Some(row.high))?,
            amounts(rows, |row| row.chain_ladder)?,
            amounts(rows, |row| Some(row.plain))?,
            doubles(rows, |row| Some(row.expected_orders)),
        ])
    }
}

impl BulkRow for CustomerPredictionRow {
    const TABLE: &'static str = "customer_predictions";
    const COLUMNS: &'static [&'static str] =
        &["run_id", "user_id", "x", "t_x", "t", "p_alive", "p_buy", "expected_orders", "expected_revenue"];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |row| row.run_id),
            bigints(rows, |row| row.user_id),
            integers(rows, |row| row.x),
            integers(rows, |row| row.t_x),
            integers(rows, |row| row.t),
            doubles(rows, |row| Some(row.p_alive)),
            doubles(rows, |row| Some(row.p_buy)),
            doubles(rows, |row| Some(row.expected_orders)),
            amounts(rows, |row| Some(row.expected_revenue))?,
        ])
    }
}

impl BulkRow for PredictCheckRow {
    const TABLE: &'static str = "predict_checks";
    const COLUMNS: &'static [&'static str] = &[
        "run_id",
        "level",
        "position",
        "label",
        "activity_id",
        "customers",
        "actual_orders",
        "model_orders",
        "plain_orders",
        "actual_revenue",
        "model_revenue",
        "plain_revenue",
        "p_buy",
        "bought",
    ];

    fn columns(rows: &[Self]) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            bigints(rows, |row| row.run_id),
            texts(rows, |row| Some(row.level.as_str())),
            integers(rows, |row| row.position),
            texts(rows, |row| Some(row.label.as_str())),
            optional_bigints(rows, |row| row.activity_id),
            bigints(rows, |row| row.customers),
            bigints(rows, |row| row.actual_orders),
            doubles(rows, |row| Some(row.model_orders)),
            doubles(rows, |row| Some(row.plain_orders)),
            amounts(rows, |row| Some(row.actual_revenue))?,
            amounts(rows, |row| Some(row.model_revenue))?,
            amounts(rows, |row| Some(row.plain_revenue))?,
            doubles(rows, |row| Some(row.p_buy)),
            doubles(rows, |row| Some(row.bought)),
        ])
    }
}
