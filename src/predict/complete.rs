//! A cohort's open months: what is known, what is expected by their ends, and how sure that is.

use chrono::NaiveDateTime;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Gamma};

use super::ladder::chain_ladder;
use super::pool::{Future, PoolFit};
use super::shop::{Cohort, Shop, days_between};
use crate::calendar::add_months;
use crate::money::Money;

/// One case in ten lies below the interval, one above it.
const TAIL: f64 = 0.1;

/// A spread wider than this multiple of the mean is taken for it: the quantiles of a wider Gamma
/// distribution no longer lie around its mean.
const WIDEST_SPREAD: f64 = 3.0;

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
    /// What it misses of a span: of one longer than what was held out, more. What is peculiar to a
    /// month evens out over several, and what is wrong with the model adds up; on CDNOW and on
    /// simulated shops the two together grew with the fourth root of the span.
    fn at(self, days: f64) -> f64 {
        self.missed * (days / self.days).max(1.0).sqrt().sqrt()
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
    /// What chance among the members makes of the revenue to come: its standard deviation, relative to it.
    pub spread: f64,
    /// Days from the as-of to the end of the month.
    pub days: f64,
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
                    spread: future.relative_spread(),
                    days,
                }
            };
            (closed..months).map(complete).collect()
        })
        .collect();
    by_cohort.concat()
}

/// The 80 % interval of what is still to come: Gamma-distributed, as sums of orders are, with the
/// variance of the members' chance and of what the model misses; from nothing on, where in one case
/// of ten nobody orders at all.
fn interval(future: &Future, error: f64) -> (f64, f64) {
    let variance = future.relative_spread().powi(2) + libm::expm1(error * error);
    let shape = 1.0 / variance.min(WIDEST_SPREAD * WIDEST_SPREAD);
    // Neither is a failure: the shape is above zero and finite, since the error is.
    let Ok(around_one) = Gamma::new(shape, shape) else { return (0.0, future.revenue) };
    let low = if future.log_none >= libm::log(TAIL) { 0.0 } else { around_one.inverse_cdf(TAIL).min(1.0) };
    let high = around_one.inverse_cdf(1.0 - TAIL).max(1.0);
    (future.revenue * low, future.revenue * high)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn future(variance: f64) -> Future {
        Future { orders: 10.0, revenue: 1_000.0, variance, log_none: -10.0 }
    }

    #[test]
    fn an_interval_is_that_of_a_gamma_distribution() {
        // scipy.stats.gamma.ppf([.1, .9], 1 / (.04 + expm1(.15 ** 2)), scale=1000 * (.04 + expm1(.15 ** 2)))
        let (low, high) = interval(&future(40_000.0), 0.15);
        assert!(
            (low - 695.375_770_86).abs() < 1e-3 && (high - 1_331.462_505_28).abs() < 1e-3,
            "{low} {high}"
        );
    }

    #[test]
    fn an_interval_holds_what_is_expected_and_widens() {
        let mut lowest = 1_000.0;
        for variance in [0.0, 1e2, 1e4, 1e5, 1e6, 1e7, 1e9, 1e15] {
            let (low, high) = interval(&future(variance), LEAST_ERROR);
            assert!((0.0..=lowest).contains(&low), "{variance}: {low}");
            assert!(high.is_finite() && high >= 1_000.0, "{variance}: {high}");
            lowest = low;
        }
        let nobody = Future { log_none: libm::log(0.2), ..future(1e6) };
        assert_eq!(interval(&nobody, 0.3).0, 0.0);
        assert_eq!(interval(&Future::default(), 0.3), (0.0, 0.0));
    }
}
