//! The percentile bootstrap (Efron 1979): members drawn anew, with replacement, in each arm.

use rayon::prelude::*;

use super::interval::{CONFIDENCE, Interval};
use super::sample::{Figure, Sample};
use crate::rng::{Stream, Streams};

/// How members are drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// How often.
    pub resamples: u32,
    /// The seed of the streams: each resample has its own, so that threads do not matter.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { resamples: 2_000, seed: 1 }
    }
}

/// The intervals of A's means less B's: of every figure of each month, then of all months together.
/// `None` where an arm has fewer than two members.
pub fn bootstrap(a: &Sample, b: &Sample, bootstrap: Bootstrap) -> Vec<Option<Interval>> {
    let columns = Figure::ALL.len() * (a.months() as usize + 1);
    if a.members() < 2 || b.members() < 2 || bootstrap.resamples == 0 {
        return vec![None; columns];
    }
    let streams = Streams::new(bootstrap.seed);
    let draws: Vec<Vec<f64>> = (0..bootstrap.resamples)
        .into_par_iter()
        .map(|number| {
            let mut stream = streams.open("bootstrap", number.into());
            let (of_a, of_b) = (means(a, &mut stream), means(b, &mut stream));
            of_a.into_iter().zip(of_b).map(|(a, b)| a - b).collect()
        })
        .collect();
    let tail = (1.0 - CONFIDENCE) / 2.0;
    (0..columns)
        .map(|column| {
            let mut differences: Vec<f64> = draws.iter().map(|draw| draw[column]).collect();
            differences.sort_by(f64::total_cmp);
            Some(Interval { low: percentile(&differences, tail), high: percentile(&differences, 1.0 - tail) })
        })
        .collect()
}

/// The means of one resample, column by column.
fn means(sample: &Sample, stream: &mut Stream) -> Vec<f64> {
    let figures = Figure::ALL.len();
    let months = sample.months() as usize;
    // Whole hundredths and counts, so that no order of adding matters.
    let mut sums = vec![0_i128; figures * (months + 1)];
    for _ in 0..sample.members() {
        let entries = sample.of_member(stream.below(sample.members() as u64) as usize);
        let mut orders = 0;
        for entry in entries {
            for column in [entry.offset as usize, months] {
                sums[column * figures] += i128::from(entry.revenue.hundredths());
                sums[column * figures + 1] += i128::from(entry.orders);
            }
            sums[entry.offset as usize * figures + 2] += i128::from(entry.orders > 0);
            orders += entry.orders;
        }
        sums[months * figures + 2] += i128::from(orders > 0);
    }
    let unit = |column: usize| if column.is_multiple_of(figures) { 100.0 } else { 1.0 };
    let members = sample.members() as f64;
    sums.iter().enumerate().map(|(column, sum)| *sum as f64 / unit(column) / members).collect()
}

/// The percentile of sorted values, linear between neighbours (as numpy's default).
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, rest) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + rest * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::super::sample::test::of_revenues;
    use super::super::welch;
    use super::*;

    #[test]
    fn percentiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert_eq!([0.0, 0.25, 0.3, 1.0].map(|share| percentile(&sorted, share)), [1.0, 2.0, 2.4, 16.0]);
    }

    #[test]
    fn the_same_seed_is_the_same_interval_and_another_is_another() {
        let (a, b) = (of_revenues(&[0, 500, 900, 100]), of_revenues(&[200, 0, 0]));
        let with = |seed| bootstrap(&a, &b, Bootstrap { resamples: 200, seed });
        assert_eq!(with(7), with(7));
        assert_ne!(with(7), with(8));
        assert_eq!(with(7).len(), 6);
        assert_eq!(bootstrap(&of_revenues(&[5]), &b, Bootstrap::default()), vec![None; 6]);
    }

    /// A shop's revenue: most members buy nothing, the others a log-normal amount.
    fn arm(stream: &mut Stream, members: usize, chance: f64) -> Sample {
        let revenues: Vec<i64> = (0..members)
            .map(|_| if stream.chance(chance) { (100.0 * stream.log_normal(50.0, 1.0)) as i64 } else { 0 })
            .collect();
        of_revenues(&revenues)
    }

    /// In simulated experiments with a known effect Welch's interval holds the truth in 942 of 1,000 and the
    /// percentiles in 373 of 400. numpy and scipy, on 800 others of the same kind: 96.3 and 95.0 of 100; on 600, 94.0
    /// and 92.3.
    #[test]
    fn intervals_hold_the_truth_in_about_95_of_100_experiments() {
        let streams = Streams::new(20_240_115);
        // The mean of a log-normal amount is its median times e^(1/2).
        let truth = (0.30 - 0.25) * 50.0 * libm::exp(0.5);
        let (mut by_welch, mut by_bootstrap) = (0, 0);
        for number in 0..1_000 {
            let mut stream = streams.open("experiment", number);
            let (a, b) = (arm(&mut stream, 400, 0.30), arm(&mut stream, 500, 0.25));
            let holds = |interval: Interval| interval.low <= truth && truth <= interval.high;
            let moments = |sample: &Sample| sample.moments(Some(0), Figure::Revenue);
            by_welch += i32::from(welch(moments(&a), moments(&b)).is_some_and(holds));
            if number < 400 {
                let intervals = bootstrap(&a, &b, Bootstrap { resamples: 400, seed: 1_000 + number });
                by_bootstrap += i32::from(intervals[0].is_some_and(holds));
            }
        }
        println!("Welch {by_welch} of 1,000, bootstrap {by_bootstrap} of 400");
        assert!((930..=970).contains(&by_welch), "Welch {by_welch} of 1,000");
        assert!((364..=392).contains(&by_bootstrap), "bootstrap {by_bootstrap} of 400");
    }
}
