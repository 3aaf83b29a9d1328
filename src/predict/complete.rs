//! A cohort's open months: what is known, what is expected by their ends, and how sure that is.

use chrono::NaiveDateTime;
use rayon::prelude::*;

use super::ladder::chain_ladder;
use super::pool::{Future, PoolFit};
use super::shop::{Cohort, Shop, days_between};
use crate::calendar::add_months;
use crate::money::Money;

/// Four in five of a normal distribution lie within so many standard deviations.
const FOUR_IN_FIVE: f64 = 1.2816;

/// A cohort's revenue is never foreseen better than this: the standard deviation of its
/// logarithm beyond what chance among the members makes.
pub const LEAST_ERROR: f64 = 0.15;

/// What a model misses of a cohort's revenue beyond chance, as a hold-out found it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ModelError {
    /// The standard deviation of the logarithm of the revenue.
    pub missed: f64,
    /// The days that were held out.
    pub days: f64,
}

impl ModelError {
    /// What it misses of a span: with longer ones than was held out, more.
    fn at(self, days: f64) -> f64 {
        self.missed * (days / self.days).max(1.0).sqrt()
    }
}

/// Cumulative revenue at the end of an open month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenMonth {
    /// The activity.
    pub activity_id: i64,
    /// The month.
    pub offset: u32,
    /// Revenue up to the as-of.
    pub known: Money,
    /// What is expected by the end of the month.
    pub expected: f64,
    /// Below it in one case of ten.
    pub low: f64,
    /// Above it in one case of ten.
    pub high: f64,
    /// What the growth of the older cohorts makes of it.
    pub chain_ladder: Option<f64>,
    /// What going on as in the last span as long makes of it.
    pub plain: f64,
    /// Days with an order expected from now on.
    pub expected_orders: f64,
}

/// Completes the open months of a pool's cohorts; `error` is what the model misses.
pub(super) fn open_months(
    shop: &Shop,
    cohorts: &[&Cohort],
    fit: &PoolFit,
    months: u32,
    error: ModelError,
) -> Vec<OpenMonth> {
    let triangle: Vec<Vec<f64>> =
        cohorts.iter().map(|cohort| closed_months(cohort, shop.as_of, months)).collect();
    let ladder = chain_ladder(&triangle);
    let by_cohort: Vec<Vec<OpenMonth>> = cohorts
        .par_iter()
        .enumerate()
        .map(|(at, cohort)| {
            let closed = triangle[at].len() as u32;
            let complete = |offset: u32| {
                let end = add_months(cohort.start_at, offset + 1);
                let days = days_between(shop.as_of, end);
                let future = fit.future(at, shop, cohort, days);
                let known = cohort.known();
                let sum = |future: f64| known.to_f64() + future;
                let (low, high) = interval(&future, error.at(days));
                OpenMonth {
                    activity_id: cohort.activity_id,
                    offset,
                    known,
                    expected: sum(future.revenue),
                    low: sum(low),
                    high: sum(high),
                    chain_ladder: ladder.at(&triangle[at], offset as usize),
                    plain: sum(cohort.plain(shop.as_of, days)),
                    expected_orders: future.orders,
                }
            };
            (closed..months).map(complete).collect()
        })
        .collect();
    by_cohort.concat()
}

/// The 80 % interval of what is still to come: log-normal, of the members' chance and of what
/// the model misses; from nothing on, where in one case of ten nobody orders at all.
fn interval(future: &Future, error: f64) -> (f64, f64) {
    let chance = libm::log1p(future.relative_spread().powi(2));
    let width = FOUR_IN_FIVE * (chance + error * error).sqrt();
    let low = if future.log_none >= libm::log(0.1) { 0.0 } else { future.revenue * libm::exp(-width) };
    (low, future.revenue * libm::exp(width))
}

/// Cumulative revenue of the months that have closed.
fn closed_months(cohort: &Cohort, as_of: NaiveDateTime, months: u32) -> Vec<f64> {
    let closed = (0..months).take_while(|offset| add_months(cohort.start_at, offset + 1) <= as_of);
    let mut sum = Money::ZERO;
    closed
        .map(|offset| {
            sum += cohort.months.get(offset as usize).copied().unwrap_or_default();
            sum.to_f64()
        })
        .collect()
}
