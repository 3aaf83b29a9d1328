//! The log likelihood of histories and its gradient in the logarithms of the parameters.
//!
//! With s = 0 for BG/NBD and 1 for MBG/NBD, a customer's likelihood is
//!
//! ```text
//! α^r Π_{i<x} (r+i) · Π_{i<x+s} (b+i)/(a+b+i) · [(α+T)^-(r+x) + a/(b+x+s-1) (α+t_x)^-(r+x)]
//! ```
//!
//! without the second term where x + s = 0 (Fader, Hardie, Lee 2005, eq. 6; Batislam et al.
//! 2007, eq. 5); NBD has the first factor and (α+T)^-(r+x) alone. x, t_x and T are whole
//! numbers: the products become sums of logarithms, exact where differences of log-gamma functions
//! would cancel, and the logarithm of α + day is computed once per day.

use rayon::prelude::*;

use super::history::{Histories, Tuple};
use super::model::{Model, Orders};

/// The histories that one task adds up: a fixed number, so that sums do not depend on the threads.
const CHUNK: usize = 4096;

/// A log likelihood and its derivatives with respect to the logarithms of (r, α, a, b).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Likelihood {
    pub value: f64,
    pub gradient: [f64; 4],
}

/// The log likelihood of histories under a model, without constants; time in days.
pub fn log_likelihood(histories: &Histories, orders: &Orders) -> f64 {
    Tables::of(histories, orders).likelihood(histories).value
}

/// As [`log_likelihood`], with the gradient.
pub(super) fn likelihood_of(model: Model, histories: &Histories, logs: [f64; 4]) -> Likelihood {
    Tables::of(histories, &Orders::from_logs(model, logs)).likelihood(histories)
}

/// A function of x: its value and its derivatives with respect to r, a and b.
#[derive(Clone, Copy, Default)]
struct ByRepeats {
    value: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
    /// ln(a / (b+x+s-1)); minus infinity where nobody can have dropped out.
    log_odds: f64,
    /// 1 / (b+x+s-1), or 0.
    odds_by_b: f64,
}

/// ln(α + day) and 1/(α + day).
#[derive(Clone, Copy)]
struct ByDay {
    log: f64,
    inverse: f64,
}

/// Terms that depend on a single whole number.
struct Tables {
    orders: Orders,
    by_repeats: Vec<ByRepeats>,
    by_day: Vec<ByDay>,
}

/// A history's last factor, and the probability that the customer has dropped out.
struct Last {
    value: f64,
    by_r: f64,
    by_alpha: f64,
    gone: f64,
}

impl Tables {
    fn of(histories: &Histories, orders: &Orders) -> Self {
        let by_day = (0..=histories.last_day()).map(|day| {
            let sum = orders.alpha + f64::from(day);
            ByDay { log: libm::log(sum), inverse: 1.0 / sum }
        });
        let by_repeats = by_repeats(orders, histories.by_x().len());
        Tables { orders: *orders, by_repeats, by_day: by_day.collect() }
    }

    fn last(&self, tuple: &Tuple) -> Last {
        let summary = tuple.summary;
        let repeats = &self.by_repeats[summary.x as usize];
        let (end, last) = (self.by_day[summary.t as usize], self.by_day[summary.t_x as usize]);
        let shape = self.orders.r + f64::from(summary.x);
        if repeats.log_odds == f64::NEG_INFINITY {
            return Last {
                value: -shape * end.log,
                by_r: -end.log,
                by_alpha: -shape * end.inverse,
                gone: 0.0,
            };
        }
        let log_odds = repeats.log_odds + shape * (end.log - last.log);
        // ln(1 + e^u) and e^u / (1 + e^u), without overflow.
        let small = libm::exp(-log_odds.abs());
        let soft = libm::log1p(small) + log_odds.max(0.0);
        let gone = if log_odds > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
        Last {
            value: soft - shape * end.log,
            by_r: gone * (end.log - last.log) - end.log,
            by_alpha: shape * (gone * (end.inverse - last.inverse) - end.inverse),
            gone,
        }
    }

    fn likelihood(&self, histories: &Histories) -> Likelihood {
        let chunk_sums: Vec<[f64; 5]> =
            histories.tuples().par_chunks(CHUNK).map(|chunk| self.chunk_sum(chunk)).collect();
        let [mut value, mut by_r, mut by_alpha, mut by_a, mut by_b] =
            chunk_sums.iter().fold([0.0; 5], |mut sum, chunk| {
                sum.iter_mut().zip(chunk).for_each(|(sum, part)| *sum += part);
                sum
            });
        for (repeats, customers) in self.by_repeats.iter().zip(histories.by_x()) {
            let customers = *customers as f64;
            value += customers * repeats.value;
            by_r += customers * repeats.by_r;
            by_a += customers * repeats.by_a;
            by_b += customers * repeats.by_b;
        }
        let customers = histories.customers() as f64;
        let Orders { r, alpha, dropout } = self.orders;
        value += customers * r * libm::log(alpha);
        by_r += customers * libm::log(alpha);
        by_alpha += customers * r / alpha;
        let (a, b) = dropout.map_or((0.0, 0.0), |dropout| (dropout.a, dropout.b));
        Likelihood { value, gradient: [by_r * r, by_alpha * alpha, by_a * a, by_b * b] }
    }

    /// The sum of a chunk's last factors and its derivatives with respect to r, α, a, b.
    fn chunk_sum(&self, chunk: &[Tuple]) -> [f64; 5] {
        let mut sum = [0.0; 5];
        let inverse_a = self.orders.dropout.map_or(0.0, |dropout| 1.0 / dropout.a);
        for tuple in chunk {
            let customers = f64::from(tuple.customers);
            let last = self.last(tuple);
            let odds_by_b = self.by_repeats[tuple.summary.x as usize].odds_by_b;
            sum[0] += customers * last.value;
            sum[1] += customers * last.by_r;
            sum[2] += customers * last.by_alpha;
            sum[3] += customers * last.gone * inverse_a;
            sum[4] -= customers * last.gone * odds_by_b;
        }
        sum
    }
}

/// The factors that depend only on x, for every x below `count`.
fn by_repeats(orders: &Orders, count: usize) -> Vec<ByRepeats> {
    let Orders { r, dropout, .. } = *orders;
    let mut sums = ByRepeats { log_odds: f64::NEG_INFINITY, ..ByRepeats::default() };
    let survive = |sums: &mut ByRepeats, i: f64| {
        if let Some(dropout) = dropout {
            let (stay, either) = (dropout.b + i, dropout.a + dropout.b + i);
            sums.value -= libm::log1p(dropout.a / stay);
            sums.by_a -= 1.0 / either;
            sums.by_b += dropout.a / (stay * either);
            sums.log_odds = libm::log(dropout.a / stay);
            sums.odds_by_b = 1.0 / stay;
        }
    };
    let first = dropout.is_some_and(|dropout| dropout.after_first);
    if first {
        survive(&mut sums, 0.0);
    }
    let mut all = Vec::with_capacity(count);
    for x in 0..count {
        all.push(sums);
        sums.value += libm::log(r + x as f64);
        sums.by_r += 1.0 / (r + x as f64);
        survive(&mut sums, x as f64 + f64::from(u8::from(first)));
    }
    all
}

/// The scores: the derivatives of each history's log likelihood with respect to (ln α, ln a).
pub(super) fn scores(histories: &Histories, orders: &Orders) -> Vec<[f64; 2]> {
    let tables = Tables::of(histories, orders);
    let a = orders.dropout.map_or(0.0, |dropout| dropout.a);
    let score = |tuple: &Tuple| {
        let last = tables.last(tuple);
        let repeats = &tables.by_repeats[tuple.summary.x as usize];
        [orders.alpha * (last.by_alpha + orders.r / orders.alpha), a * repeats.by_a + last.gone]
    };
    histories.tuples().iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::predict::Summary;

    /// The likelihood of one customer as the papers write it.
    fn textbook(model: Model, Summary { x, t_x, t }: Summary, [r, alpha, a, b]: [f64; 4]) -> f64 {
        use libm::lgamma;
        let (x, t_x, t) = (f64::from(x), f64::from(t_x), f64::from(t));
        let beta = |a: f64, b: f64| libm::exp(lgamma(a) + lgamma(b) - lgamma(a + b));
        let gamma = lgamma(r + x) - lgamma(r) + r * alpha.ln();
        let alive = (alpha + t).powf(-(r + x));
        let gone = (alpha + t_x).powf(-(r + x));
        gamma
            + match model {
                Model::Nbd => alive,
                Model::BgNbd if x == 0.0 => alive,
                Model::BgNbd => (beta(a, b + x) * alive + beta(a + 1.0, b + x - 1.0) * gone) / beta(a, b),
                Model::MbgNbd => (beta(a, b + x + 1.0) * alive + beta(a + 1.0, b + x) * gone) / beta(a, b),
            }
            .ln()
    }

    fn summary() -> impl Strategy<Value = Summary> {
        (0_u32..400, 0_u32..400, 0_u32..40).prop_map(|(t, t_x, x)| {
            let x = x.min(t_x.min(t));
            Summary { x, t_x: if x == 0 { 0 } else { t_x.min(t) }, t }
        })
    }

    fn model() -> impl Strategy<Value = Model> {
        prop::sample::select(vec![Model::BgNbd, Model::MbgNbd, Model::Nbd])
    }

    proptest! {
        #[test]
        fn it_equals_the_likelihood_of_the_papers(
            model in model(),
            summary in summary(),
            logs in prop::array::uniform4(-2.0..3.0),
        ) {
            let ours = likelihood_of(model, &Histories::of([summary, summary]), logs).value / 2.0;
            let papers = textbook(model, summary, logs.map(f64::exp));
            prop_assert!((ours - papers).abs() < 1e-8 * (1.0 + papers.abs()), "{ours} {papers}");
        }

        #[test]
        fn the_gradient_agrees_with_finite_differences(
            model in model(),
            summaries in prop::collection::vec(summary(), 1..20),
            logs in prop::array::uniform4(-6.0..6.0),
        ) {
            let histories = Histories::of(summaries);
            let at = |logs| likelihood_of(model, &histories, logs);
            let gradient = at(logs).gradient;
            for n in 0..4 {
                // A five-point stencil: the error is of fourth order.
                let step = 1e-3;
                let moved = |steps: f64| {
                    let mut moved = logs;
                    moved[n] += steps * step;
                    at(moved).value
                };
                let slope =
                    (moved(-2.0) - 8.0 * moved(-1.0) + 8.0 * moved(1.0) - moved(2.0)) / (12.0 * step);
                prop_assert!(
                    (slope - gradient[n]).abs() < 1e-7 * (1.0 + at(logs).value.abs()),
                    "{n}: {slope} {}", gradient[n]
                );
            }
        }

        #[test]
        fn the_scores_add_up_to_the_gradient(
            model in model(),
            summaries in prop::collection::vec(summary(), 1..20),
            logs in prop::array::uniform4(-4.0..4.0),
        ) {
            let histories = Histories::of(summaries);
            let gradient = likelihood_of(model, &histories, logs).gradient;
            let scores = scores(&histories, &Orders::from_logs(model, logs));
            for (part, whole) in [(0, gradient[1]), (1, gradient[2])] {
                let sum: f64 = scores
                    .iter()
                    .zip(histories.tuples())
                    .map(|(score, tuple)| score[part] * f64::from(tuple.customers))
                    .sum();
                prop_assert!((sum - whole).abs() < 1e-9 * (1.0 + whole.abs()), "{sum} {whole}");
            }
        }
    }

    #[test]
    fn large_counts_and_wild_parameters_stay_finite() {
        let histories = Histories::of([
            Summary { x: 0, t_x: 0, t: 0 },
            Summary { x: 20_000, t_x: 20_000, t: 20_000 },
            Summary { x: 5_000, t_x: 5_000, t: 36_500 },
        ]);
        for corner in 0..16_u32 {
            let logs = [0, 1, 2, 3].map(|n| if corner >> n & 1 == 0 { -16.0 } else { 16.0 });
            for model in [Model::BgNbd, Model::MbgNbd, Model::Nbd] {
                let likelihood = likelihood_of(model, &histories, logs);
                assert!(likelihood.value.is_finite(), "{model} {logs:?}");
                assert!(likelihood.gradient.iter().all(|slope| slope.is_finite()), "{model} {logs:?}");
            }
        }
    }
}
