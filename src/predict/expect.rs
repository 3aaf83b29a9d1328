//! What a history predicts: whether the customer is still there, orders again, and how often.
//!
//! With R = r + x and A = α + T, an order rate has the posterior Gamma(R, A); while the customer
//! is there, the dropout probability has Beta(a, β), β = b + x (MBG/NBD: + 1).

use super::history::Summary;
use super::model::{Dropout, Orders};

/// Where the series needs more terms than this, the integral is used instead.
const MOST_TERMS: u32 = 4_000;

/// The loss to rounding beyond which the series is given up.
const WORST_LOSS: f64 = 2e-13;

impl Orders {
    /// P(alive): the probability that the customer has not dropped out.
    pub fn p_alive(&self, summary: Summary) -> f64 {
        let Some(dropout) = self.dropout else { return 1.0 };
        let chances = summary.x + u32::from(dropout.after_first);
        if chances == 0 {
            return 1.0;
        }
        let silent = f64::from(summary.t - summary.t_x);
        let log_odds = libm::log(dropout.a / (dropout.b + f64::from(chances - 1)))
            + (self.r + f64::from(summary.x)) * libm::log1p(silent / (self.alpha + f64::from(summary.t_x)));
        1.0 / (1.0 + libm::exp(log_odds))
    }

    /// P(buys): the probability that the customer orders within the next `days`.
    pub fn p_buy(&self, summary: Summary, days: f64) -> f64 {
        let waiting = libm::log1p(days / (self.alpha + f64::from(summary.t)));
        self.p_alive(summary) * -libm::expm1(-(self.r + f64::from(summary.x)) * waiting)
    }

    /// The expected number of days with an order in the next `days`.
    pub fn expected_orders(&self, summary: Summary, days: f64) -> f64 {
        let shape = self.r + f64::from(summary.x);
        let ahead = days / (self.alpha + f64::from(summary.t));
        match self.dropout {
            None => shape * ahead,
            Some(dropout) => {
                let chances = f64::from(summary.x + u32::from(dropout.after_first));
                self.p_alive(summary) * while_there(shape, ahead, dropout.a, dropout.b + chances)
            }
        }
    }

    /// The expected number of repeats of a new customer in the `days` after the first order.
    pub fn expected_repeats(&self, days: f64) -> f64 {
        self.expected_orders(Summary { x: 0, t_x: 0, t: 0 }, days)
    }

    /// The variance of the number whose mean is [`Self::expected_orders`], close enough for an
    /// interval: Poisson orders at an uncertain rate, from a customer who may have left.
    pub fn orders_variance(&self, summary: Summary, expected: f64) -> f64 {
        let p_alive = self.p_alive(summary).max(f64::MIN_POSITIVE);
        let uncertain = (1.0 + 1.0 / (self.r + f64::from(summary.x))) / p_alive - 1.0;
        expected + expected * expected * uncertain
    }

    /// The mean dropout probability.
    pub fn mean_dropout(&self) -> Option<f64> {
        self.dropout.map(|Dropout { a, b, .. }| a / (a + b))
    }
}

/// The expected orders of a customer who is there, with shape R, in `ahead` = t / (α + T), when each
/// may be the last with a probability distributed as Beta(a, β).
fn while_there(shape: f64, ahead: f64, a: f64, beta: f64) -> f64 {
    if ahead <= 0.0 {
        return 0.0;
    }
    series(shape, ahead, a, beta).unwrap_or_else(|| integral(shape, ahead, a, beta))
}

/// The closed form (Fader, Hardie, Lee 2005, eq. 10), after Euler's transformation of its
/// hypergeometric function, with its first term cancelled against the 1 that it is subtracted from. With
/// B = a + β - 1 - R, C = a + β - 1 and z = t / (α + T + t):
///
/// ```text
/// C (1 - (1-z)^(a-1)) / (a-1)  -  (1-z)^(a-1) Σ_{n≥1} (a)_{n-1} (B)_n z^n / ((C+1)_{n-1} n!)
/// ```
///
/// `None` where it converges slowly or loses digits.
fn series(shape: f64, ahead: f64, a: f64, beta: f64) -> Option<f64> {
    let z = ahead / (1.0 + ahead);
    let log_rest = -libm::log1p(ahead);
    let (b, c) = (a + beta - 1.0 - shape, a + beta - 1.0);
    let first = match a - 1.0 {
        0.0 => -c * log_rest,
        above => c * -libm::expm1(above * log_rest) / above,
    };
    let (mut term, mut sum, mut sizes) = (b * z, 0.0_f64, 0.0_f64);
    let mut n = 1_u32;
    loop {
        sum += term;
        sizes += term.abs();
        let at = f64::from(n);
        let ratio = (a + at - 1.0) * (b + at) * z / ((c + at) * (at + 1.0));
        term *= ratio;
        // From here on the terms fall at least at this rate.
        let falling = ratio.abs().max(z);
        if falling < 1.0 && term.abs() <= 1e-17 * sizes * (1.0 - falling) {
            break;
        }
        n += 1;
        if n > MOST_TERMS || !term.is_finite() {
            return None;
        }
    }
    let scale = libm::exp((a - 1.0) * log_rest);
    let result = first - scale * sum;
    // An exponential loses as many digits as its argument has before the point.
    let largest = (first.abs() + scale * sizes) * (1.0 + ((a - 1.0) * log_rest).abs());
    (result > 0.0 && largest * f64::EPSILON <= WORST_LOSS * result).then_some(result)
}

/// The same as an integral: the mean over the dropout probability p of the orders at that p,
/// (1 - (1 + p t/(α+T))^-R) / p. All terms are positive, so nothing cancels.
///
/// The trapezoidal rule in s, where logit p = mode + width · sinh s, which reaches the long
/// tails of small a and β; refined until it converges.
fn integral(shape: f64, ahead: f64, a: f64, beta: f64) -> f64 {
    let mode = libm::log(a) - libm::log(beta);
    let width = ((a + beta) / (a * beta)).sqrt().min(1.0);
    let log_weight = |logit: f64| {
        let (stay, leave) = (softplus(logit), softplus(-logit));
        -a * leave - beta * stay
    };
    let highest = log_weight(mode);
    // The weight, and the weight times the orders.
    let at = |s: f64| {
        let logit = mode + width * libm::sinh(s);
        let p = libm::exp(-softplus(-logit));
        let orders =
            if p < 1e-280 { shape * ahead } else { -libm::expm1(-shape * libm::log1p(p * ahead)) / p };
        let weight = libm::exp(log_weight(logit) - highest) * libm::cosh(s);
        [weight, weight * orders]
    };
    let add = |sums: [f64; 2], first: f64, step: f64| {
        [1.0, -1.0].iter().fold(sums, |sums, side| {
            let mut sums = sums;
            let mut s = first;
            loop {
                let parts = at(side * s);
                sums = [sums[0] + parts[0], sums[1] + parts[1]];
                s += step;
                if s > 40.0 || parts[0] <= 1e-19 * sums[0] && parts[1] <= 1e-19 * sums[1] {
                    break sums;
                }
            }
        })
    };
    let mut step = 0.25;
    let mut sums = add(at(0.0), step, step);
    let mut mean = sums[1] / sums[0];
    for _ in 0..8 {
        sums = add(sums, step / 2.0, step);
        step /= 2.0;
        let finer = sums[1] / sums[0];
        let moved = (finer - mean).abs();
        mean = finer;
        if moved <= 1e-11 * mean {
            break;
        }
    }
    mean
}

/// ln(1 + e^y).
fn softplus(y: f64) -> f64 {
    y.max(0.0) + libm::log1p(libm::exp(-y.abs()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wild() -> impl Strategy<Value = (f64, f64, f64, f64)> {
        (-6.0..6.0_f64, -7.0..7.0_f64, -6.0..6.0_f64, -6.0..6.0_f64)
            .prop_map(|(r, ahead, a, b)| (r.exp(), ahead.exp(), a.exp(), b.exp()))
    }

    fn orders() -> impl Strategy<Value = Orders> {
        (prop::array::uniform4(-16.0..16.0_f64), any::<Option<bool>>()).prop_map(|(logs, after_first)| {
            let [r, alpha, a, b] = logs.map(f64::exp);
            let dropout = after_first.map(|after_first| Dropout { a, b, after_first });
            Orders { r, alpha, dropout }
        })
    }

    fn summary() -> impl Strategy<Value = Summary> {
        (0_u32..3_000, 0_u32..3_000, 0_u32..3_000).prop_map(|(t, t_x, x)| {
            let t_x = t_x.min(t);
            let x = x.min(t_x);
            Summary { x, t_x: if x == 0 { 0 } else { t_x }, t }
        })
    }

    proptest! {
        #[test]
        fn series_and_integral_agree((shape, ahead, a, beta) in wild()) {
            if let Some(series) = series(shape, ahead, a, beta) {
                let integral = integral(shape, ahead, a, beta);
                prop_assert!((series - integral).abs() <= 4e-12 * integral, "{series} {integral}");
            }
        }

        #[test]
        fn everything_is_finite_and_within_bounds(orders in orders(), summary in summary(), days in 0.0..800.0_f64) {
            let (alive, buys) = (orders.p_alive(summary), orders.p_buy(summary, days));
            let expected = orders.expected_orders(summary, days);
            prop_assert!((0.0..=1.0).contains(&alive) && buys <= alive && buys >= 0.0, "{alive} {buys}");
            prop_assert!(expected.is_finite() && expected >= 0.0, "{expected}");
            // A customer who orders at all orders at least once.
            prop_assert!(expected >= buys * (1.0 - 1e-9), "{expected} {buys}");
            let most = (orders.r + f64::from(summary.x)) * days / (orders.alpha + f64::from(summary.t));
            prop_assert!(expected <= most * (1.0 + 1e-9), "{expected} {most}");
            prop_assert!(orders.orders_variance(summary, expected).is_finite());
        }

        #[test]
        fn a_longer_silence_never_raises_p_alive(orders in orders(), summary in summary(), more in 1_u32..500) {
            let later = Summary { t: summary.t + more, ..summary };
            prop_assert!(orders.p_alive(later) <= orders.p_alive(summary));
        }

        #[test]
        fn a_longer_horizon_never_lowers_what_is_expected(orders in orders(), summary in summary(), days in 0.0..400.0_f64) {
            let (near, far) = (orders.expected_orders(summary, days), orders.expected_orders(summary, days + 30.0));
            prop_assert!(far >= near * (1.0 - 1e-11), "{near} {far}");
            prop_assert!(orders.p_buy(summary, days + 30.0) >= orders.p_buy(summary, days) * (1.0 - 1e-14));
        }
    }

    #[test]
    fn a_one_time_buyer_is_alive_under_bg_and_uncertain_under_mbg() {
        let summary = Summary { x: 0, t_x: 0, t: 270 };
        let with = |after_first| Orders {
            r: 0.25,
            alpha: 33.0,
            dropout: Some(Dropout { a: 0.7, b: 2.2, after_first }),
        };
        assert_eq!(with(false).p_alive(summary), 1.0);
        assert!(with(true).p_alive(summary) < 0.8);
    }
}
