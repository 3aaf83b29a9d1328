//! A cohort's open months: what is known, what is expected by the end of each, and how certain that is.

use chrono::NaiveDateTime;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Gamma};

use super::ladder::chain_ladder;
use super::pool::{Future, PoolFit};
use super::shop::{Cohort, Shop, days_between};
use crate::calendar::add_months;
use crate::money::Money;

/// One case in ten falls below the interval, and one above it.
const TAIL: f64 = 0.1;

/// Wider spreads are capped at this multiple of the mean: the quantiles of a wider Gamma distribution
/// no longer lie on both sides of its mean.
const WIDEST_SPREAD: f64 = 3.0;

/// The least error assumed of any model: the standard deviation of the logarithm of a cohort's
/// revenue, beyond chance among the members.
pub const LEAST_ERROR: f64 = 0.15;

/// A model's error in a cohort's revenue beyond chance, as measured on a hold-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ModelError {
    /// The standard deviation of the logarithm of the revenue.
    pub missed: f64,
    /// The length of the hold-out in days.
    pub days: f64,
}

impl ModelError {
    /// The error over a span, larger for one longer than the hold-out. The peculiarities of single
    /// months even out over several while the model's own errors add up; on CDNOW and on simulated
    /// shops the two together grew with the fourth root of the span.
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
    /// The revenue expected by the end of the month.
    pub expected: f64,
    /// The revenue is below this in one case in ten.
    pub low: f64,
    /// The revenue is above this in one case in ten.
    pub high: f64,
    /// The chain ladder: what the growth of older cohorts suggests.
    pub chain_ladder: Option<f64>,
    /// The plain guess: the last span of the same length repeats itself.
    pub plain: f64,
    /// Days with an order expected from now on.
    pub expected_orders: f64,
    /// The relative standard deviation of the revenue to come that is due to chance among the members.
    pub spread: f64,
    /// Days from the as-of to the end of the month.
    pub days: f64,
}

/// Completes the open months of a pool's cohorts; `error` is the model's.
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

/// The 80 % interval of the revenue still to come: that of a Gamma distribution, which sums of orders
/// follow closely, with the variance due to chance among the members and to the model's error; it
/// starts at zero where nobody orders in one case in ten.
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
    fn intervals_are_those_of_a_gamma_distribution() {
        // scipy.stats.gamma.ppf([.1, .9], 1 / (.04 + expm1(.15 ** 2)), scale=1000 * (.04 + expm1(.15 ** 2)))
        let (low, high) = interval(&future(40_000.0), 0.15);
        assert!(
            (low - 695.375_770_86).abs() < 1e-3 && (high - 1_331.462_505_28).abs() < 1e-3,
            "{low} {high}"
        );
    }

    #[test]
    fn intervals_contain_what_is_expected_and_widen() {
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
