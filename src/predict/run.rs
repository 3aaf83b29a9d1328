//! A run fits every pool, checks it on a hold-out, completes its cohorts and predicts its customers;
//! it writes the results in one transaction.

use chrono::NaiveDateTime;
use rayon::prelude::*;

use super::check::{Check, CheckLevel, CheckRow, check};
use super::complete::{LEAST_ERROR, ModelError, OpenMonth, open_months};
use super::fit::Edge;
use super::history::Histories;
use super::model::Model;
use super::pool::{Pool, PoolFit};
use super::shop::{Shop, days_between};
use super::spend::SpendEdge;
use crate::calendar::{add_months, subtract_months};
use crate::money::Money;
use crate::store::{
    CustomerPredictionRow, LtvPredictedRow, PredictCheckRow, PredictRunRow, Store, StoreError,
};
use crate::{named, query};

/// A span of time, in calendar months or in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
}

impl Span {
    /// The instant this long before another.
    pub fn before(self, instant: NaiveDateTime) -> NaiveDateTime {
        match self {
            Span::Months(months) => subtract_months(instant, months),
            Span::Days(days) => {
                instant.checked_sub_days(chrono::Days::new(days.into())).unwrap_or(NaiveDateTime::MIN)
            }
        }
    }
}

/// The options of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictOptions {
    /// Only what happened before this instant is known.
    pub as_of: NaiveDateTime,
    /// The model of orders.
    pub model: Model,
    /// How many months ahead customers are predicted.
    pub months: u32,
    /// The length of the hold-out before the as-of.
    pub holdout: Span,
    /// The months of a cohort.
    pub cohort_months: u32,
}

/// Why nothing was predicted.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    /// The file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody has ordered.
    #[error("nobody has ordered before {}", crate::calendar::format_instant(*as_of))]
    NoOrders {
        /// The as-of.
        as_of: NaiveDateTime,
    },
    /// No run has been made.
    #[error("nothing has been predicted{}", as_of.map(|at| format!(" as of {}", crate::calendar::format_instant(at))).unwrap_or_default())]
    NoRun {
        /// The as-of that was asked for.
        as_of: Option<NaiveDateTime>,
    },
}

/// One pool's part of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolPrediction {
    /// The customers of the fit, the parameters, and the boundaries and other remarks about them.
    pub run: PredictRunRow,
    /// The open months of the pool's cohorts.
    pub months: Vec<OpenMonth>,
    /// The results of the hold-out.
    pub checks: Vec<CheckRow>,
    fit: Option<PoolFit>,
}

/// A prediction as of an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// One part per pool, in the order of [`Pool::ALL`].
    pub pools: Vec<PoolPrediction>,
    shop: Shop,
}

/// Predicts without writing anything.
pub fn predict(store: &Store, options: &PredictOptions) -> Result<Prediction, PredictError> {
    let PredictOptions { as_of, .. } = *options;
    let shop = Shop::read(store, as_of, as_of)?;
    if shop.customers.is_empty() {
        return Err(PredictError::NoOrders { as_of });
    }
    let then = Shop::read(store, options.holdout.before(as_of), as_of)?;
    let pools = Pool::ALL.into_iter().filter(|pool| !pool.customers(&shop).is_empty());
    let pools = pools.map(|pool| pool_prediction(pool, options, &shop, &then)).collect();
    Ok(Prediction { pools, shop })
}

/// The number of rows a run wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PredictRun {
    /// Open months of cohorts.
    pub months: usize,
    /// Customers.
    pub customers: usize,
}

/// Predicts, and replaces an earlier run as of the same instant; of customers' predictions the file
/// keeps only those of the last run.
pub fn run(store: &Store, options: &PredictOptions) -> Result<PredictRun, PredictError> {
    Ok(write(store, options, &predict(store, options)?)?)
}

/// Writes a prediction in one transaction, replacing an earlier one as of the same instant.
pub fn write(
    store: &Store,
    options: &PredictOptions,
    prediction: &Prediction,
) -> Result<PredictRun, StoreError> {
    store.transaction(|store| write_rows(store, options, prediction))
}

fn write_rows(
    store: &Store,
    options: &PredictOptions,
    prediction: &Prediction,
) -> Result<PredictRun, StoreError> {
    for table in [
        query!("predict/delete_ltv_predicted.sql"),
        query!("predict/delete_predict_checks.sql"),
        query!("predict/delete_runs.sql"),
    ] {
        store.execute(table, named! { "as_of": options.as_of })?;
    }
    store.execute(query!("predict/delete_customer_predictions.sql"), &[])?;
    let first: i64 = store.row(query!("predict/next_run_id.sql"), &[], |row| row.get(0))?;
    let mut written = PredictRun::default();
    for (run_id, pool) in (first..).zip(&prediction.pools) {
        store.append(&[PredictRunRow { run_id, ..pool.run.clone() }])?;
        let months: Vec<LtvPredictedRow> = pool.months.iter().map(|month| month_row(run_id, month)).collect();
        store.append(&months)?;
        store.append(&check_rows(run_id, &pool.checks))?;
        written.months += months.len();
        if let (Some(fit), true) = (&pool.fit, pool.run.pool == Pool::Customers.name()) {
            let days = days_between(options.as_of, pool.run.horizon_end);
            let customers = customer_rows(run_id, fit, &prediction.shop, days);
            store.append(&customers)?;
            written.customers = customers.len();
        }
    }
    Ok(written)
}

fn pool_prediction(pool: Pool, options: &PredictOptions, now: &Shop, then: &Shop) -> PoolPrediction {
    let customers = pool.customers(now);
    let repeat_customers = customers.iter().filter(|customer| customer.summary.x > 0).count();
    let mut row = PredictRunRow {
        run_id: 0,
        as_of: options.as_of,
        pool: pool.name().to_owned(),
        model: options.model.name().to_owned(),
        customers: customers.len() as i64,
        repeat_customers: repeat_customers as i64,
        r: None,
        alpha: None,
        a: None,
        b: None,
        log_likelihood: None,
        spend_p: None,
        spend_q: None,
        spend_v: None,
        spend_log_likelihood: None,
        spend_correlation: None,
        alpha_spread: None,
        a_spread: None,
        horizon_end: add_months(options.as_of, options.months),
        holdout_from: None,
        holdout_error: None,
        note: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let fit = match PoolFit::of(pool, options.model, now) {
        Ok(fit) => fit,
        Err(error) => {
            row.note = Some(error.to_string());
            return PoolPrediction { run: row, months: Vec::new(), checks: Vec::new(), fit: None };
        }
    };
    describe(&mut row, &fit);
    let held_out = held_out(pool, options, then);
    let (checks, error) = match held_out {
        Ok(Check { rows, error }) => {
            row.holdout_from = Some(then.as_of);
            row.holdout_error = Some(error);
            (rows, error)
        }
        Err(why) => {
            let why = format!("no hold-out: {why}");
            row.note = Some(row.note.map_or(why.clone(), |note| format!("{note}; {why}")));
            // Without a hold-out nothing is known of its error.
            (Vec::new(), 2.0 * LEAST_ERROR)
        }
    };
    let error = ModelError { missed: error, days: days_between(then.as_of, options.as_of) };
    let months = open_months(now, &pool.cohorts(now), &fit, options.cohort_months, error);
    PoolPrediction { run: row, months, checks, fit: Some(fit) }
}

/// The parameters of a fit, and its boundaries in words.
fn describe(row: &mut PredictRunRow, fit: &PoolFit) {
    let orders = &fit.orders.orders;
    row.r = Some(orders.r);
    row.alpha = Some(orders.alpha);
    row.a = orders.dropout.map(|dropout| dropout.a);
    row.b = orders.dropout.map(|dropout| dropout.b);
    row.log_likelihood = Some(fit.orders.log_likelihood);
    row.spend_p = Some(fit.spend.spending.p);
    row.spend_q = Some(fit.spend.spending.q);
    row.spend_v = Some(fit.spend.spending.v);
    row.spend_log_likelihood = Some(fit.spend.log_likelihood);
    row.spend_correlation = fit.correlation;
    row.alpha_spread = Some(fit.shifts.spread[0]);
    row.a_spread = Some(fit.shifts.spread[1]);
    let of_orders = fit.orders.edge.map(|edge| match edge {
        Edge::NoDropout => "no sign of dropout: fitted without it",
        Edge::EveryoneDropsOut => "every customer leaves at the first opportunity",
        Edge::OneRate => "no sign that customers order at different rates",
        Edge::OneDropoutChance => "no sign that customers drop out with different probabilities",
    });
    let of_spend = fit.spend.edge.map(|edge| match edge {
        SpendEdge::OneAmountEach => "no sign that a customer's amounts vary",
        SpendEdge::CustomersAlike => "no sign that customers pay different amounts",
        SpendEdge::NoMean => "amounts vary too widely to have a mean: the parameter is at its bound",
    });
    let words: Vec<&str> = of_orders.into_iter().chain(of_spend).collect();
    row.note = (!words.is_empty()).then(|| words.join("; "));
}

/// The hold-out of a pool, or why there is none.
fn held_out(pool: Pool, options: &PredictOptions, then: &Shop) -> Result<Check, String> {
    if pool.customers(then).is_empty() {
        return Err(format!("none of them had ordered by {}", crate::calendar::format_instant(then.as_of)));
    }
    let fit = PoolFit::of(pool, options.model, then).map_err(|error| error.to_string())?;
    Ok(check(pool, &fit, then, days_between(then.as_of, options.as_of)))
}

fn customer_rows(run_id: i64, fit: &PoolFit, now: &Shop, days: f64) -> Vec<CustomerPredictionRow> {
    let orders = &fit.orders.orders;
    let histories = Histories::of(now.customers.iter().map(|customer| customer.summary));
    let expected: Vec<[f64; 3]> = histories
        .tuples()
        .par_iter()
        .map(|tuple| {
            let summary = tuple.summary;
            [orders.p_alive(summary), orders.p_buy(summary, days), orders.expected_orders(summary, days)]
        })
        .collect();
    now.customers
        .par_iter()
        .map(|customer| {
            let summary = customer.summary;
            let found = histories.tuples().binary_search_by_key(&summary, |tuple| tuple.summary);
            // Every customer's history is one of the distinct ones.
            let [p_alive, p_buy, expected_orders] = found.map_or([0.0; 3], |at| expected[at]);
            CustomerPredictionRow {
                run_id,
                user_id: customer.user_id,
                x: summary.x as i32,
                t_x: summary.t_x as i32,
                t: summary.t as i32,
                p_alive,
                p_buy,
                expected_orders,
                expected_revenue: money(expected_orders * fit.spend.spending.expected_mean(customer.spend)),
            }
        })
        .collect()
}

fn month_row(run_id: i64, month: &OpenMonth) -> LtvPredictedRow {
    LtvPredictedRow {
        run_id,
        activity_id: month.activity_id,
        month_offset: month.offset as i32,
        known: month.known,
        expected: money(month.expected),
        low: money(month.low),
        high: money(month.high),
        chain_ladder: month.chain_ladder.map(money),
        plain: money(month.plain),
        expected_orders: month.expected_orders,
    }
}

fn check_rows(run_id: i64, checks: &[CheckRow]) -> Vec<PredictCheckRow> {
    let of_level = |level: CheckLevel| {
        checks.iter().filter(move |check| check.level == level).zip(0..).map(move |(check, position)| {
            PredictCheckRow {
                run_id,
                level: level.as_str().to_owned(),
                position,
                label: check.label.clone(),
                activity_id: check.activity_id,
                customers: check.customers,
                actual_orders: check.orders[0] as i64,
                model_orders: check.orders[1],
                plain_orders: check.orders[2],
                actual_revenue: money(check.revenue[0]),
                model_revenue: money(check.revenue[1]),
                plain_revenue: money(check.revenue[2]),
                p_buy: check.buyers[0],
                bought: check.buyers[1],
            }
        })
    };
    CheckLevel::ALL.into_iter().flat_map(of_level).collect()
}

/// A computed amount, rounded to the cent.
fn money(amount: f64) -> Money {
    Money::from_hundredths((amount * 100.0).round() as i64)
}
