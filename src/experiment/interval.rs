//! The result of a comparison.

use super::Bootstrap;

/// The confidence level of the intervals.
pub const CONFIDENCE: f64 = 0.95;

/// The method of the intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Welch's t, for means with variances of their own.
    Welch,
    /// Percentiles of resampled members: for heavy tails.
    Bootstrap(Bootstrap),
}

impl Method {
    /// The word on the command line and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Welch => "welch",
            Method::Bootstrap(_) => "bootstrap",
        }
    }
}

/// A 95 % confidence interval of a difference of means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

impl Interval {
    /// Whether zero is outside of it.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// A figure per member of two cohorts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// A's mean.
    pub a: f64,
    /// B's mean.
    pub b: f64,
    /// A less B, in 95 of 100 repetitions; `None` where a cohort has fewer than two members.
    pub interval: Option<Interval>,
}

impl Comparison {
    /// A less B.
    pub fn difference(&self) -> f64 {
        self.a - self.b
    }

    /// A less B in 100 of B; `None` where B is not above zero.
    pub fn uplift_pct(&self) -> Option<f64> {
        (self.b > 0.0).then(|| 100.0 * self.difference() / self.b)
    }
}
