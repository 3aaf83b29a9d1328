//! Welch's interval of the difference of two means (Welch 1947), with Satterthwaite's degrees of freedom.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::interval::{CONFIDENCE, Interval};
use super::sample::Moments;

/// The interval of A's mean less B's; `None` where one has fewer than two observations. Two samples without any
/// spread have an interval of one point.
pub fn welch(a: Moments, b: Moments) -> Option<Interval> {
    if a.n < 2.0 || b.n < 2.0 {
        return None;
    }
    let difference = a.mean - b.mean;
    let (of_a, of_b) = (a.variance / a.n, b.variance / b.n);
    let squared = of_a + of_b;
    if squared <= 0.0 {
        return Some(Interval { low: difference, high: difference });
    }
    let freedom = squared * squared / (of_a * of_a / (a.n - 1.0) + of_b * of_b / (b.n - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.5 + CONFIDENCE / 2.0);
    let half = t * squared.sqrt();
    Some(Interval { low: difference - half, high: difference + half })
}

#[cfg(test)]
mod tests {
    use super::super::Figure;
    use super::super::sample::test::of_revenues;
    use super::*;

    fn interval(a: &[i64], b: &[i64]) -> Interval {
        let moments = |revenues| of_revenues(revenues).moments(Some(0), Figure::Revenue);
        welch(moments(a), moments(b)).unwrap()
    }

    /// `scipy.stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)`.
    #[test]
    fn it_is_the_interval_of_scipy() {
        let near =
            |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-8 * theirs.abs(), "{ours} {theirs}");
        let first = interval(
            &[0, 0, 1_250, 4_000, 0, 700, 9_525, 0, 300, 1_800],
            &[500, 0, 0, 900, 0, 0, 2_200, 150],
        );
        near(first.low, -9.005_338_731_301_574);
        near(first.high, 34.780_338_731_301_57);
        let second = interval(&[100, 100, 100, 200], &[0, 0, 300]);
        near(second.low, -3.741_918_232_439_438);
        near(second.high, 4.241_918_232_439_438);
    }

    #[test]
    fn samples_without_spread_or_of_one_member_have_no_width_or_no_interval() {
        assert_eq!(interval(&[500, 500], &[300, 300]), Interval { low: 2.0, high: 2.0 });
        let one = of_revenues(&[500]).moments(None, Figure::Revenue);
        assert_eq!(welch(one, one), None);
    }
}
