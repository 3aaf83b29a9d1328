//! Shifts of a pool's parameters for its cohorts: each cohort gets its own scale of rates and of
//! dropout as far as its members show one, and borrows from the other cohorts otherwise (shrinkage).
//!
//! A cohort's (ln α, ln a) is the pool's plus a shift, drawn from a normal distribution with
//! mean μ and variances τ² (empirical Bayes). The cohort's log likelihood is approximated by a
//! parabola around its current shift, with the outer product of the members' scores as its
//! curvature; μ and τ² maximise the marginal likelihood of all cohorts, and the shifts are then
//! the posterior modes. This is repeated at the new shifts. When cohorts differ no more than by
//! chance, τ and μ are 0, as in the pool's own fit, and nothing is shifted. (μ differs from 0 where
//! large cohorts, which dominate the pool, are unlike the many small ones.)

use rayon::prelude::*;

use super::history::Histories;
use super::likelihood::scores;
use super::model::Orders;

/// How often the parabolas are fitted again.
const ROUNDS: usize = 8;

/// The largest shift: e^2 times the pool's scale.
const FARTHEST: f64 = 2.0;

/// The widest spread of cohorts considered.
const WIDEST: f64 = 2.0;

/// A matrix of two rows and two columns.
type Matrix = [[f64; 2]; 2];

/// A cohort's shift: what is added to the pool's ln α and ln a.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shift {
    /// Added to ln α: above 0, the cohort's members order less often.
    pub log_alpha: f64,
    /// Added to ln a: above 0, they leave sooner.
    pub log_a: f64,
    /// The posterior covariance of the two.
    pub covariance: Matrix,
}

/// The shifts of a pool's cohorts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shifts {
    /// The standard deviations of cohorts in (ln α, ln a).
    pub spread: [f64; 2],
    /// One shift per cohort, in the order given.
    pub shifts: Vec<Shift>,
}

/// A cohort's log likelihood as a parabola in its shift u: `pull · u - u · curvature · u / 2`.
#[derive(Clone, Copy, Debug)]
struct Parabola {
    pull: [f64; 2],
    curvature: Matrix,
}

/// Computes how far each cohort's members shift the pool's parameters.
pub fn shifts(pool: &Orders, cohorts: &[Histories]) -> Shifts {
    let mut found = Shifts { spread: [0.0; 2], shifts: vec![Shift::default(); cohorts.len()] };
    if cohorts.len() < 2 {
        return found;
    }
    for _ in 0..ROUNDS {
        let parabolas: Vec<Parabola> = cohorts
            .par_iter()
            .zip(&found.shifts)
            .map(|(cohort, shift)| parabola(pool, cohort, *shift))
            .collect();
        let spread = likeliest_spread(&parabolas, pool.dropout.is_some());
        let mean = center(&parabolas, spread);
        // A component that does not vary keeps the pool's value.
        let center = [0, 1].map(|part| if spread[part] > 0.0 { mean[part] } else { 0.0 });
        let next = Shifts { spread, shifts: parabolas.iter().map(|at| at.mode(center, spread)).collect() };
        let moved =
            next.shifts.iter().zip(&found.shifts).map(|(next, last)| {
                (next.log_alpha - last.log_alpha).abs().max((next.log_a - last.log_a).abs())
            });
        let settled = moved.fold(0.0, f64::max) < 1e-6;
        found = next;
        if settled {
            break;
        }
    }
    found
}

fn parabola(pool: &Orders, cohort: &Histories, shift: Shift) -> Parabola {
    let scores = scores(cohort, &pool.shifted(shift.log_alpha, shift.log_a));
    let mut sum = Parabola { pull: [0.0; 2], curvature: [[0.0; 2]; 2] };
    for (score, tuple) in scores.iter().zip(cohort.tuples()) {
        let customers = f64::from(tuple.customers);
        for i in 0..2 {
            sum.pull[i] += customers * score[i];
            for j in 0..2 {
                sum.curvature[i][j] += customers * score[i] * score[j];
            }
        }
    }
    let bent = times(sum.curvature, [shift.log_alpha, shift.log_a]);
    sum.pull = [sum.pull[0] + bent[0], sum.pull[1] + bent[1]];
    sum
}

fn times(matrix: Matrix, vector: [f64; 2]) -> [f64; 2] {
    [0, 1].map(|i| matrix[i][0] * vector[0] + matrix[i][1] * vector[1])
}

/// Solves `matrix · answer = right`; `None` where the matrix is close to singular.
fn solve(matrix: Matrix, right: [f64; 2]) -> Option<[f64; 2]> {
    let determinant = matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0];
    if determinant.abs() <= 1e-12 * (matrix[0][0] * matrix[1][1]).abs() || determinant == 0.0 {
        return None;
    }
    Some([
        (matrix[1][1] * right[0] - matrix[0][1] * right[1]) / determinant,
        (matrix[0][0] * right[1] - matrix[1][0] * right[0]) / determinant,
    ])
}

impl Parabola {
    /// With 1 + curvature · τ²: the precision of the cohort's own estimate when shifts have these
    /// variances, and that precision times the estimate.
    fn weight(&self, spread: [f64; 2]) -> (Matrix, [f64; 2]) {
        let variance = spread.map(|tau| tau * tau);
        let widened: Matrix =
            [0, 1].map(|i| [0, 1].map(|j| f64::from(u8::from(i == j)) + self.curvature[i][j] * variance[j]));
        let column =
            |j: usize| solve(widened, [self.curvature[0][j], self.curvature[1][j]]).unwrap_or_default();
        let (first, second) = (column(0), column(1));
        let precision = [[first[0], second[0]], [first[1], second[1]]];
        (precision, solve(widened, self.pull).unwrap_or_default())
    }

    /// The log marginal likelihood when shifts have this mean and these variances, and the posterior
    /// of the shift; in scaled deviations from the mean, so that it is finite at τ = 0.
    fn marginal(&self, center: [f64; 2], spread: [f64; 2]) -> (f64, Shift) {
        let bent = times(self.curvature, center);
        let at_center =
            center[0] * (self.pull[0] - 0.5 * bent[0]) + center[1] * (self.pull[1] - 0.5 * bent[1]);
        let scaled = |i: usize, j: usize| spread[i] * self.curvature[i][j] * spread[j];
        let (aa, ab, bb) = (1.0 + scaled(0, 0), scaled(0, 1), 1.0 + scaled(1, 1));
        let pull = [0, 1].map(|i| spread[i] * (self.pull[i] - bent[i]));
        let determinant = aa * bb - ab * ab;
        let mode = [(bb * pull[0] - ab * pull[1]) / determinant, (aa * pull[1] - ab * pull[0]) / determinant];
        let gain = 0.5 * (mode[0] * pull[0] + mode[1] * pull[1]);
        let inverse = [[bb, -ab], [-ab, aa]];
        let shift = Shift {
            log_alpha: center[0] + spread[0] * mode[0],
            log_a: center[1] + spread[1] * mode[1],
            covariance: [0, 1].map(|i| [0, 1].map(|j| spread[i] * inverse[i][j] / determinant * spread[j])),
        };
        (at_center + gain - 0.5 * libm::log(determinant), shift)
    }

    fn mode(&self, center: [f64; 2], spread: [f64; 2]) -> Shift {
        let shift = self.marginal(center, spread).1;
        Shift {
            log_alpha: shift.log_alpha.clamp(-FARTHEST, FARTHEST),
            log_a: shift.log_a.clamp(-FARTHEST, FARTHEST),
            ..shift
        }
    }
}

/// The most likely mean of the shifts, given their variances.
fn center(parabolas: &[Parabola], spread: [f64; 2]) -> [f64; 2] {
    let (mut precision, mut right) = ([[0.0; 2]; 2], [0.0; 2]);
    for (weight, pull) in parabolas.iter().map(|at| at.weight(spread)) {
        for i in 0..2 {
            right[i] += pull[i];
            for j in 0..2 {
                precision[i][j] += weight[i][j];
            }
        }
    }
    // Without dropout the second component is unknown.
    if precision[1][1] > 0.0 {
        solve(precision, right).unwrap_or_default()
    } else if precision[0][0] > 0.0 {
        [right[0] / precision[0][0], 0.0]
    } else {
        [0.0; 2]
    }
}

/// The spreads that maximise the marginal likelihood.
fn likeliest_spread(parabolas: &[Parabola], with_dropout: bool) -> [f64; 2] {
    let value = |spread| {
        let center = center(parabolas, spread);
        parabolas.iter().map(|at| at.marginal(center, spread).0).sum::<f64>()
    };
    let mut spread = [0.1, if with_dropout { 0.1 } else { 0.0 }];
    for _ in 0..20 {
        let before = spread;
        for part in 0..if with_dropout { 2 } else { 1 } {
            let at = |tau: f64| {
                let mut spread = spread;
                spread[part] = tau;
                value(spread)
            };
            spread[part] = highest(at);
        }
        if (0..2).all(|part| (spread[part] - before[part]).abs() < 1e-7) {
            break;
        }
    }
    spread
}

/// The spread that maximises a function: the best of a grid, refined by golden section; 0 unless
/// something is gained.
fn highest(value: impl Fn(f64) -> f64) -> f64 {
    let grid: Vec<f64> = (0..=40).map(|n| WIDEST * (f64::from(n) / 40.0).powi(2)).collect();
    let values: Vec<f64> = grid.iter().map(|tau| value(*tau)).collect();
    let best = (0..grid.len()).reduce(|a, b| if values[b] > values[a] { b } else { a }).unwrap_or(0);
    let (mut low, mut high) = (grid[best.saturating_sub(1)], grid[(best + 1).min(40)]);
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    for _ in 0..60 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if value(left) >= value(right) { high = right } else { low = left }
    }
    let tau = 0.5 * (low + high);
    if value(tau) > values[0] + 1e-6 { tau } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::{Dropout, Summary};

    const POOL: Orders =
        Orders { r: 0.25, alpha: 33.0, dropout: Some(Dropout { a: 0.7, b: 2.2, after_first: false }) };

    fn cohort(x: u32, members: u32) -> Histories {
        Histories::of((0..members).map(|n| Summary { x: x * (n % 3), t_x: 40 * (x * (n % 3)).min(1), t: 90 }))
    }

    #[test]
    fn similar_cohorts_are_not_shifted() {
        let alike = vec![cohort(1, 300); 6];
        // A pool from which such cohorts might come.
        let all = Histories::of((0..1800).map(|n| Summary { x: n % 3, t_x: 40 * (n % 3).min(1), t: 90 }));
        let pool = crate::predict::fit_orders(crate::predict::Model::BgNbd, &all).unwrap().orders;
        let found = shifts(&pool, &alike);
        assert_eq!(found.spread, [0.0; 2]);
        assert!(found.shifts.iter().all(|shift| *shift == Shift::default()));
    }

    #[test]
    fn one_cohort_is_the_pool() {
        assert_eq!(shifts(&POOL, &[cohort(8, 600)]).shifts, [Shift::default()]);
        assert_eq!(shifts(&POOL, &[]).shifts, []);
        // A cohort of one member, and an empty one.
        let found = shifts(&POOL, &[cohort(1, 600), cohort(4, 1), cohort(1, 0)]);
        assert!(found.shifts.iter().all(|shift| shift.log_alpha.is_finite() && shift.log_a.is_finite()));
        assert_eq!(found.shifts[2], Shift::default());
    }
}
