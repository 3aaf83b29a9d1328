//! What customers pay: the Gamma-Gamma model (Fader, Hardie 2005; the note of 2013).
//!
//! A customer's amounts are Gamma(p, ν) with an individual ν, distributed over customers as
//! Gamma(q, v). The log likelihood of n days with mean z is, without constants,
//!
//! ```text
//! -ln B(pn, q) - pn ln(1 + v/(nz)) - q ln(1 + nz/v)
//! ```
//!
//! and the expected mean of that customer is p (v + nz) / (pn + q - 1).

use rayon::prelude::*;

use super::bounded::minimise;
use super::fit::{FitError, MIN_REPEAT_CUSTOMERS};
use super::special::{digamma, ln_gamma_ratio};

/// The customers that one task adds up.
const CHUNK: usize = 4096;

/// The bound on the absolute logarithms of the parameters, with v in mean amounts.
const WIDEST_LOG: f64 = 16.0;

/// The lower bound of q: amounts have a mean only above 1.
const LEAST_Q: f64 = 1.05;

/// What a customer has paid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Days with an order.
    pub days: u32,
    /// The mean amount of a day.
    pub mean: f64,
}

/// The Gamma-Gamma model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// The shape of one customer's amounts.
    pub p: f64,
    /// The shape of the distribution of ν over customers.
    pub q: f64,
    /// Its rate, in units of money.
    pub v: f64,
}

/// The boundary of the parameter space at which an optimum lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendEdge {
    /// No sign that a customer's amounts vary.
    OneAmountEach,
    /// No sign that customers pay different amounts.
    CustomersAlike,
    /// Amounts vary too widely to have a mean; q is at its bound.
    NoMean,
}

/// A fitted model of spend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendFit {
    /// The parameters.
    pub spending: Spending,
    /// The log likelihood, without constants.
    pub log_likelihood: f64,
    /// The boundary at which the optimum lies, if any.
    pub edge: Option<SpendEdge>,
    /// The number of customers in the fit.
    pub customers: u64,
    /// Customers left out because their mean is not above zero.
    pub without_spend: u64,
}

impl Spending {
    /// The expected mean amount of a customer's days.
    pub fn expected_mean(&self, spend: Spend) -> f64 {
        let days = f64::from(spend.days);
        let expected = self.p * (self.v + days * spend.mean) / (self.p * days + self.q - 1.0);
        expected.max(0.0)
    }

    /// The expected mean amount of a customer of whom nothing is known.
    pub fn prior_mean(&self) -> f64 {
        self.p * self.v / (self.q - 1.0)
    }

    /// The variance of one day's amount around the customer's own mean, and of that mean around its
    /// expectation, each relative to the squared expectation.
    pub fn relative_variances(&self, days: u32) -> (f64, f64) {
        let certainty = self.p * f64::from(days) + self.q - 2.0;
        (1.0 / self.p, 1.0 / certainty.max(1.0))
    }
}

/// Fits the Gamma-Gamma model; customers whose mean is not above zero are left out.
pub fn fit_spend(spends: &[Spend]) -> Result<SpendFit, FitError> {
    let mut paying: Vec<Spend> =
        spends.iter().copied().filter(|spend| spend.days > 0 && spend.mean > 0.0).collect();
    let customers = paying.len() as u64;
    if customers < MIN_REPEAT_CUSTOMERS {
        return Err(FitError::TooFewSpenders { customers });
    }
    paying.sort_by(|a, b| a.days.cmp(&b.days).then(a.mean.total_cmp(&b.mean)));
    // In mean amounts, so that the bounds mean the same in every currency.
    let unit = paying.iter().map(|spend| spend.mean).sum::<f64>() / customers as f64;
    let amounts = Amounts::of(&paying, unit);
    let negative = |logs| {
        let (value, gradient) = amounts.likelihood(logs);
        (-value, gradient.map(|slope: f64| -slope))
    };
    let lower = [-WIDEST_LOG, libm::log(LEAST_Q), -WIDEST_LOG];
    let best = [[2.0_f64, 3.0, 1.0], [8.0, 2.0, 0.3], [1.0, 10.0, 9.0]]
        .map(|start| minimise(negative, start.map(libm::log), lower, [WIDEST_LOG; 3], 1e-10))
        .into_iter()
        .reduce(|best, next| if next.value < best.value { next } else { best });
    let Some(best) = best else { return Err(FitError::TooFewSpenders { customers }) };
    let [p, q, v] = best.at.map(libm::exp);
    let wall = libm::exp(WIDEST_LOG - 4.0);
    let edge = if q <= LEAST_Q * (1.0 + 1e-9) {
        Some(SpendEdge::NoMean)
    } else if q > wall || v > wall {
        Some(SpendEdge::CustomersAlike)
    } else {
        (p > wall).then_some(SpendEdge::OneAmountEach)
    };
    Ok(SpendFit {
        spending: Spending { p, q, v: v * unit },
        // The likelihood of amounts in money: one density per customer, scaled by the unit.
        log_likelihood: -best.value - amounts.log_means - customers as f64 * libm::log(unit),
        edge,
        customers,
        without_spend: spends.len() as u64 - customers,
    })
}

/// The correlation of spend with frequency: of the logarithms of mean and days, over customers with
/// two days or more. The Gamma-Gamma model assumes none. `None` when it cannot be measured.
pub fn correlation(spends: &[Spend]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = spends
        .iter()
        .filter(|spend| spend.days > 1 && spend.mean > 0.0)
        .map(|spend| (f64::from(spend.days).ln(), spend.mean.ln()))
        .collect();
    let count = pairs.len() as f64;
    let (days, means) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let (days, means) = (days / count, means / count);
    let [mut both, mut of_days, mut of_means] = [0.0; 3];
    for (day, mean) in pairs {
        both += (day - days) * (mean - means);
        of_days += (day - days) * (day - days);
        of_means += (mean - means) * (mean - means);
    }
    let correlation = both / (of_days * of_means).sqrt();
    correlation.is_finite().then_some(correlation)
}

/// Customers' amounts, grouped by the number of days.
struct Amounts {
    /// For each customer, n z in units of the mean amount, and its logarithm.
    totals: Vec<(u32, f64, f64)>,
    /// Numbers of days, each with its number of customers.
    by_days: Vec<(f64, f64)>,
    /// The sum of ln z, in the same unit.
    log_means: f64,
}

impl Amounts {
    fn of(paying: &[Spend], unit: f64) -> Self {
        let total = |spend: &Spend| {
            let total = f64::from(spend.days) * (spend.mean / unit);
            (spend.days, total, libm::log(total))
        };
        let by_days = paying.chunk_by(|a, b| a.days == b.days);
        Amounts {
            totals: paying.iter().map(total).collect(),
            by_days: by_days.map(|alike| (f64::from(alike[0].days), alike.len() as f64)).collect(),
            log_means: paying.iter().map(|spend| libm::log(spend.mean / unit)).sum(),
        }
    }

    /// The log likelihood without -Σ ln z, and its derivatives with respect to the logarithms of p, q, v.
    fn likelihood(&self, logs: [f64; 3]) -> (f64, [f64; 3]) {
        let [p, q, v] = logs.map(libm::exp);
        let log_v = logs[2];
        let parts: Vec<[f64; 4]> = self
            .totals
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut sum = [0.0; 4];
                for (days, total, log_total) in chunk {
                    let shape = p * f64::from(*days);
                    let log_sum = libm::log(v + total);
                    sum[0] += shape * (log_total - log_sum) + q * (log_v - log_sum);
                    sum[1] += shape * (log_total - log_sum);
                    sum[2] += q * (log_v - log_sum);
                    sum[3] += (q * total - shape * v) / (v + total);
                }
                sum
            })
            .collect();
        let [mut value, mut by_p, mut by_q, by_v] = parts.iter().fold([0.0; 4], |mut sum, part| {
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            sum
        });
        let (log_gamma_q, digamma_q) = (libm::lgamma(q), digamma(q));
        for (days, customers) in &self.by_days {
            let shape = p * days;
            let both = digamma(shape + q);
            value += customers * (ln_gamma_ratio(shape, q) - log_gamma_q);
            by_p += customers * shape * (both - digamma(shape));
            by_q += customers * q * (both - digamma_q);
        }
        (value, [by_p, by_q, by_v])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spends() -> impl Strategy<Value = Vec<Spend>> {
        prop::collection::vec((1_u32..30, 0.5..400.0_f64), 12..40)
            .prop_map(|all| all.into_iter().map(|(days, mean)| Spend { days, mean }).collect())
    }

    fn amounts(mut spends: Vec<Spend>) -> Amounts {
        spends.sort_by(|a, b| a.days.cmp(&b.days).then(a.mean.total_cmp(&b.mean)));
        Amounts::of(&spends, 100.0)
    }

    proptest! {
        #[test]
        fn the_gradient_agrees_with_finite_differences(
            spends in spends(),
            logs in prop::array::uniform3(-3.0..4.0_f64),
        ) {
            let amounts = amounts(spends);
            let (value, gradient) = amounts.likelihood(logs);
            for n in 0..3 {
                let step = 1e-3;
                let moved = |steps: f64| {
                    let mut moved = logs;
                    moved[n] += steps * step;
                    amounts.likelihood(moved).0
                };
                let slope = (moved(-2.0) - 8.0 * moved(-1.0) + 8.0 * moved(1.0) - moved(2.0)) / (12.0 * step);
                prop_assert!(
                    (slope - gradient[n]).abs() < 1e-7 * (1.0 + value.abs() + gradient[n].abs()),
                    "{n}: {slope} {}", gradient[n]
                );
            }
        }

        #[test]
        fn what_is_expected_lies_between_the_customers_mean_and_everybodys(
            logs in prop::array::uniform3(-3.0..4.0_f64),
            days in 1_u32..50,
            mean in 0.0..1000.0_f64,
        ) {
            let [p, q, v] = logs.map(f64::exp);
            let spending = Spending { p, q: q + LEAST_Q, v };
            let (own, all) = (mean, spending.prior_mean());
            let expected = spending.expected_mean(Spend { days, mean });
            let slack = 1e-9 * (own + all);
            prop_assert!(expected >= own.min(all) - slack && expected <= own.max(all) + slack);
        }
    }

    #[test]
    fn equal_amounts_are_reported_and_expected_again() {
        let spends: Vec<Spend> = (0..200).map(|n| Spend { days: 1 + n % 5, mean: 30_000.0 }).collect();
        let fit = fit_spend(&spends).unwrap();
        assert!(fit.edge.is_some(), "{fit:?}");
        let expected = fit.spending.expected_mean(Spend { days: 1, mean: 30_000.0 });
        assert!((expected / 30_000.0 - 1.0).abs() < 1e-3, "{expected}");
    }

    #[test]
    fn customers_who_paid_nothing_are_left_out_and_counted() {
        let mut spends: Vec<Spend> = (0..50).map(|n| Spend { days: 2, mean: f64::from(1 + n) }).collect();
        let fit = fit_spend(&spends).unwrap();
        spends.extend([Spend { days: 1, mean: 0.0 }, Spend { days: 3, mean: -4.0 }]);
        let with = fit_spend(&spends).unwrap();
        assert_eq!((with.spending, with.customers, with.without_spend), (fit.spending, 50, 2));
        assert_eq!(fit_spend(&[]), Err(FitError::TooFewSpenders { customers: 0 }));
    }

    #[test]
    fn the_correlation_is_that_of_the_logarithms() {
        let spends: Vec<Spend> = (2..40).map(|days| Spend { days, mean: f64::from(days * days) }).collect();
        assert!((correlation(&spends).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(correlation(&spends[..1]), None);
    }
}
