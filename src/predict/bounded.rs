//! Minimising a smooth function of few variables in a box: BFGS on the variables that are free.

use std::array::from_fn;

/// A function's value and gradient at a point.
pub type Slope<const N: usize> = (f64, [f64; N]);

/// Where a search ended.
#[derive(Clone, Copy, Debug)]
pub struct Minimum<const N: usize> {
    /// The point.
    pub at: [f64; N],
    /// The value there.
    pub value: f64,
}

/// The longest step in any one variable.
const LONGEST_STEP: f64 = 3.0;

/// The search stops after this many steps, wherever it is.
const MOST_STEPS: usize = 500;

/// Minimises `f` within `lower..=upper`, from `start`.
///
/// A variable at a bound whose slope points outward is held; the others take a quasi-Newton
/// step, clipped at the bounds and halved until the value falls (Armijo). The search ends when no
/// free slope is above `tolerance` relative to the value, or when the value no longer falls.
pub fn minimise<const N: usize>(
    f: impl Fn([f64; N]) -> Slope<N>,
    start: [f64; N],
    lower: [f64; N],
    upper: [f64; N],
    tolerance: f64,
) -> Minimum<N> {
    let clamp = |at: [f64; N]| -> [f64; N] { from_fn(|n| at[n].clamp(lower[n], upper[n])) };
    let mut at = clamp(start);
    let (mut value, mut slope) = f(at);
    let mut curvature = Curvature::unknown();
    for _ in 0..MOST_STEPS {
        let free: [bool; N] =
            from_fn(|n| !(at[n] <= lower[n] && slope[n] >= 0.0 || at[n] >= upper[n] && slope[n] <= 0.0));
        let steepest = (0..N).filter(|n| free[*n]).map(|n| slope[n].abs()).fold(0.0, f64::max);
        if steepest <= tolerance * (1.0 + value.abs()) {
            break;
        }
        let Some((next, next_value, next_slope)) = step(&f, at, value, slope, &mut curvature, free, clamp)
        else {
            break;
        };
        curvature.learn(from_fn(|n| next[n] - at[n]), from_fn(|n| next_slope[n] - slope[n]));
        (at, value, slope) = (next, next_value, next_slope);
    }
    Minimum { at, value }
}

/// A step that lowers the value; before it gives up, it forgets the curvature and tries again.
fn step<const N: usize>(
    f: &impl Fn([f64; N]) -> Slope<N>,
    at: [f64; N],
    value: f64,
    slope: [f64; N],
    curvature: &mut Curvature<N>,
    free: [bool; N],
    clamp: impl Fn([f64; N]) -> [f64; N],
) -> Option<([f64; N], f64, [f64; N])> {
    loop {
        let mut direction = curvature.direction(slope, free);
        let longest = direction.iter().fold(0.0_f64, |longest, part| longest.max(part.abs()));
        let scale = (LONGEST_STEP / longest).min(1.0);
        direction.iter_mut().for_each(|part| *part *= scale);
        let mut length = 1.0;
        while length > 1e-12 {
            let next = clamp(from_fn(|n| at[n] + length * direction[n]));
            let fall: f64 = (0..N).map(|n| slope[n] * (next[n] - at[n])).sum();
            if fall < 0.0 && next != at {
                let (next_value, next_slope) = f(next);
                if next_value <= value + 1e-4 * fall && next_value < value {
                    return Some((next, next_value, next_slope));
                }
                // The minimum of the parabola through the known values, within limits.
                let parabola = -fall / (2.0 * (next_value - value - fall));
                let shrink = if parabola.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.1 };
                length *= shrink;
            } else {
                length *= 0.1;
            }
        }
        curvature.known.take()?;
    }
}

/// An approximation of the Hessian.
struct Curvature<const N: usize> {
    known: Option<[[f64; N]; N]>,
}

impl<const N: usize> Curvature<N> {
    fn unknown() -> Self {
        Curvature { known: None }
    }

    /// The quasi-Newton step in the free variables; half a unit downhill while the curvature is
    /// unknown.
    fn direction(&self, slope: [f64; N], free: [bool; N]) -> [f64; N] {
        let steepest = (0..N).filter(|n| free[*n]).map(|n| slope[n].abs()).fold(0.0, f64::max);
        let downhill = from_fn(|n| if free[n] { -0.5 * slope[n] / steepest } else { 0.0 });
        let Some(matrix) = self.known else { return downhill };
        // Held variables are left out of the matrix.
        let reduced: [[f64; N]; N] = from_fn(|i| {
            from_fn(|j| match (free[i] && free[j], i == j) {
                (true, _) => matrix[i][j],
                (false, true) => 1.0,
                (false, false) => 0.0,
            })
        });
        let against = from_fn(|n| if free[n] { -slope[n] } else { 0.0 });
        solve(reduced, against).unwrap_or(downhill)
    }

    /// The BFGS update with Powell's damping, which keeps the matrix positive definite.
    fn learn(&mut self, moved: [f64; N], change: [f64; N]) {
        let length = dot(moved, moved);
        let bend = dot(moved, change);
        let matrix = self.known.unwrap_or_else(|| {
            // The scale of the first step seen, if it curves upward.
            let scale = if bend > 0.0 {
                dot(change, change) / bend
            } else {
                dot(change, change).sqrt() / length.sqrt()
            };
            from_fn(|i| from_fn(|j| if i == j { scale.max(f64::MIN_POSITIVE) } else { 0.0 }))
        });
        let pushed: [f64; N] = from_fn(|i| dot(matrix[i], moved));
        let expected = dot(moved, pushed);
        let damping = if bend >= 0.2 * expected { 1.0 } else { 0.8 * expected / (expected - bend) };
        let change: [f64; N] = from_fn(|n| damping * change[n] + (1.0 - damping) * pushed[n]);
        let bend = dot(moved, change);
        if bend > 0.0 && expected > 0.0 {
            self.known = Some(from_fn(|i| {
                from_fn(|j| matrix[i][j] - pushed[i] * pushed[j] / expected + change[i] * change[j] / bend)
            }));
        }
    }
}

fn dot<const N: usize>(a: [f64; N], b: [f64; N]) -> f64 {
    (0..N).map(|n| a[n] * b[n]).sum()
}

/// Solves a symmetric positive definite system by Cholesky; `None` if the matrix is not.
pub(super) fn solve<const N: usize>(matrix: [[f64; N]; N], right: [f64; N]) -> Option<[f64; N]> {
    let mut root = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
            if i == j {
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                root[i][i] = rest.sqrt();
            } else {
                root[i][j] = rest / root[j][j];
            }
        }
    }
    let mut answer = right;
    for i in 0..N {
        answer[i] = (answer[i] - (0..i).map(|k| root[i][k] * answer[k]).sum::<f64>()) / root[i][i];
    }
    for i in (0..N).rev() {
        answer[i] = (answer[i] - (i + 1..N).map(|k| root[k][i] * answer[k]).sum::<f64>()) / root[i][i];
    }
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock([x, y]: [f64; 2]) -> Slope<2> {
        let (curve, flat) = (y - x * x, 1.0 - x);
        (100.0 * curve * curve + flat * flat, [-400.0 * x * curve - 2.0 * flat, 200.0 * curve])
    }

    #[test]
    fn a_curved_valley_is_followed_to_its_minimum() {
        let minimum = minimise(rosenbrock, [-1.2, 1.0], [-16.0; 2], [16.0; 2], 1e-10);
        assert!((minimum.at[0] - 1.0).abs() < 1e-8 && (minimum.at[1] - 1.0).abs() < 1e-8, "{minimum:?}");
    }

    #[test]
    fn a_minimum_on_a_bound_is_found() {
        let minimum = minimise(rosenbrock, [-1.2, 1.0], [-16.0, -16.0], [0.5, 16.0], 1e-10);
        assert_eq!(minimum.at[0], 0.5);
        assert!((minimum.at[1] - 0.25).abs() < 1e-9, "{minimum:?}");
    }

    #[test]
    fn a_start_out_of_bounds_is_moved_to_the_bound() {
        let bowl = |[x]: [f64; 1]| ((x - 3.0) * (x - 3.0), [2.0 * (x - 3.0)]);
        assert!((minimise(bowl, [99.0], [-1.0], [5.0], 1e-12).at[0] - 3.0).abs() < 1e-9);
        assert_eq!(minimise(bowl, [-99.0], [-1.0], [2.0], 1e-12).at[0], 2.0);
    }
}
