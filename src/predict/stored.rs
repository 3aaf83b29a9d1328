//! The stored results of runs.

use chrono::NaiveDateTime;

use super::run::PredictError;
use crate::domain::Grade;
use crate::money::Money;
use crate::segment::{StagedSegment, of_segment};
use crate::store::{PredictCheckRow, PredictRunRow, Row, Store};
use crate::{named, query};

/// The runs as of an instant, one per pool; without an instant, those of the last as-of.
pub fn runs(store: &Store, as_of: Option<NaiveDateTime>) -> Result<Vec<PredictRunRow>, PredictError> {
    let runs = store.rows(query!("predict/runs.sql"), named! { "as_of": as_of }, |row: &Row<'_>| {
        Ok(PredictRunRow {
            run_id: row.get("run_id")?,
            as_of: row.get("as_of")?,
            pool: row.get("pool")?,
            model: row.get("model")?,
            customers: row.get("customers")?,
            repeat_customers: row.get("repeat_customers")?,
            r: row.get("r")?,
            alpha: row.get("alpha")?,
            a: row.get("a")?,
            b: row.get("b")?,
            log_likelihood: row.get("log_likelihood")?,
            spend_p: row.get("spend_p")?,
            spend_q: row.get("spend_q")?,
            spend_v: row.get("spend_v")?,
            spend_log_likelihood: row.get("spend_log_likelihood")?,
            spend_correlation: row.get("spend_correlation")?,
            alpha_spread: row.get("alpha_spread")?,
            a_spread: row.get("a_spread")?,
            horizon_end: row.get("horizon_end")?,
            holdout_from: row.get("holdout_from")?,
            holdout_error: row.get("holdout_error")?,
            note: row.get("note")?,
            version: row.get("version")?,
        })
    })?;
    if runs.is_empty() { Err(PredictError::NoRun { as_of }) } else { Ok(runs) }
}

/// A cohort's open month as a run stored it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the columns are documented with the file
pub struct CohortMonth {
    pub pool: String,
    pub activity_id: i64,
    pub name: String,
    pub channel: String,
    pub start_at: NaiveDateTime,
    pub budget: Option<Money>,
    pub cohort_size: i64,
    pub month_offset: i64,
    pub known: Money,
    pub expected: Money,
    pub low: Money,
    pub high: Money,
    pub chain_ladder: Option<Money>,
    pub plain: Money,
    pub expected_orders: f64,
}

impl CohortMonth {
    /// Expected revenue divided by the budget.
    pub fn expected_ratio(&self) -> Option<f64> {
        let budget = self.budget.filter(|budget| *budget > Money::ZERO)?;
        Some(self.expected.to_f64() / budget.to_f64())
    }
}

/// The open months of all cohorts in the runs as of an instant, by start and month.
pub fn cohort_months(store: &Store, as_of: NaiveDateTime) -> Result<Vec<CohortMonth>, PredictError> {
    let months = store.rows(query!("predict/cohort_months.sql"), named! { "as_of": as_of }, |row| {
        Ok(CohortMonth {
            pool: row.get("pool")?,
            activity_id: row.get("activity_id")?,
            name: row.get("name")?,
            channel: row.get("channel")?,
            start_at: row.get("start_at")?,
            budget: row.get("budget")?,
            cohort_size: row.get("cohort_size")?,
            month_offset: row.get("month_offset")?,
            known: row.get("known")?,
            expected: row.get("expected")?,
            low: row.get("low")?,
            high: row.get("high")?,
            chain_ladder: row.get("chain_ladder")?,
            plain: row.get("plain")?,
            expected_orders: row.get("expected_orders")?,
        })
    })?;
    Ok(months)
}

/// The sort order of customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomerOrder {
    /// The probability of an order, highest first.
    #[default]
    PBuy,
    /// Expected revenue, highest first.
    Revenue,
    /// Revenue at risk, highest first: what they would bring if they had not left, times the probability that
    /// they have.
    AtRisk,
}

impl CustomerOrder {
    const fn as_str(self) -> &'static str {
        match self {
            CustomerOrder::PBuy => "p_buy",
            CustomerOrder::Revenue => "revenue",
            CustomerOrder::AtRisk => "at-risk",
        }
    }
}

/// A customer's prediction.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct CustomerPrediction {
    pub user_id: i64,
    pub name: Option<String>,
    pub grade: Option<Grade>,
    pub x: i64,
    pub t_x: i64,
    pub t: i64,
    pub p_alive: f64,
    pub p_buy: f64,
    pub expected_orders: f64,
    pub expected_revenue: Money,
}

/// Customers of the last run, highest first: all, those in a segment, or one.
pub fn customer_predictions(
    store: &Store,
    order: CustomerOrder,
    user_id: Option<i64>,
    segment: Option<StagedSegment>,
    limit: i64,
) -> Result<Vec<CustomerPrediction>, PredictError> {
    let rows = store.rows(
        query!("predict/customers.sql"),
        named! {
            "sort_by": order.as_str(), "user_id": user_id, "of_segment": of_segment(store, segment)?, "limit_rows": limit,
        },
        |row| {
            Ok(CustomerPrediction {
                user_id: row.get("user_id")?,
                name: row.get("name")?,
                grade: row.get("grade")?,
                x: row.get("x")?,
                t_x: row.get("t_x")?,
                t: row.get("t")?,
                p_alive: row.get("p_alive")?,
                p_buy: row.get("p_buy")?,
                expected_orders: row.get("expected_orders")?,
                expected_revenue: row.get("expected_revenue")?,
            })
        },
    )?;
    Ok(rows)
}

/// The results of a run's hold-out.
pub fn checks(store: &Store, run_id: i64) -> Result<Vec<PredictCheckRow>, PredictError> {
    let rows = store.rows(query!("predict/checks.sql"), named! { "run_id": run_id }, |row| {
        Ok(PredictCheckRow {
            run_id: row.get("run_id")?,
            level: row.get("level")?,
            position: row.get("position")?,
            label: row.get("label")?,
            activity_id: row.get("activity_id")?,
            customers: row.get("customers")?,
            actual_orders: row.get("actual_orders")?,
            model_orders: row.get("model_orders")?,
            plain_orders: row.get("plain_orders")?,
            actual_revenue: row.get("actual_revenue")?,
            model_revenue: row.get("model_revenue")?,
            plain_revenue: row.get("plain_revenue")?,
            p_buy: row.get("p_buy")?,
            bought: row.get("bought")?,
        })
    })?;
    Ok(rows)
}

/// The errors of the model and of the plain guess at a level, relative to what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Misses {
    /// The errors in orders: the model's, the plain guess's.
    pub orders: [f64; 2],
    /// The errors in revenue: the model's, the plain guess's.
    pub revenue: [f64; 2],
}

impl Misses {
    /// The errors over a level's rows; `None` when nothing came.
    pub fn of(rows: &[PredictCheckRow], level: &str) -> Option<Self> {
        let rows = || rows.iter().filter(move |row| row.level == level);
        let share = |off: f64, came: f64| (came > 0.0).then(|| off / came);
        let orders: f64 = rows().map(|row| row.actual_orders as f64).sum();
        let revenue: f64 = rows().map(|row| row.actual_revenue.to_f64().abs()).sum();
        let orders_off = |guess: fn(&PredictCheckRow) -> f64| {
            rows().map(|row| (guess(row) - row.actual_orders as f64).abs()).sum::<f64>()
        };
        let revenue_off = |guess: fn(&PredictCheckRow) -> Money| {
            rows().map(|row| (guess(row).to_f64() - row.actual_revenue.to_f64()).abs()).sum::<f64>()
        };
        Some(Misses {
            orders: [
                share(orders_off(|row| row.model_orders), orders)?,
                share(orders_off(|row| row.plain_orders), orders)?,
            ],
            revenue: [
                share(revenue_off(|row| row.model_revenue), revenue)?,
                share(revenue_off(|row| row.plain_revenue), revenue)?,
            ],
        })
    }
}
