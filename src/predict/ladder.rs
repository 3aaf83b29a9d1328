//! The chain ladder: open months extrapolated from the growth of older cohorts.

/// The fewest cohorts from which a month's growth is estimated.
const FEWEST_COHORTS: usize = 2;

/// The month-to-month growth of a triangle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// From offset n to n + 1; `None` where too few cohorts have both.
    growth: Vec<Option<f64>>,
}

/// The growth of a triangle of cumulative revenue: one row per cohort, with its closed months. A
/// month's growth is the sum over all cohorts that have it, divided by their sum for the month before.
pub fn chain_ladder(triangle: &[Vec<f64>]) -> Ladder {
    let months = triangle.iter().map(Vec::len).max().unwrap_or_default();
    let growth = (1..months).map(|month| {
        let both: Vec<&Vec<f64>> = triangle.iter().filter(|row| row.len() > month).collect();
        let before: f64 = both.iter().map(|row| row[month - 1]).sum();
        let after: f64 = both.iter().map(|row| row[month]).sum();
        (both.len() >= FEWEST_COHORTS && before > 0.0).then(|| after / before)
    });
    Ladder { growth: growth.collect() }
}

impl Ladder {
    /// The cumulative revenue at an offset for a cohort with these months so far; `None` beyond the
    /// triangle, and for a cohort without a month.
    pub fn at(&self, months: &[f64], offset: usize) -> Option<f64> {
        let last = months.len().checked_sub(1)?;
        if offset <= last {
            return Some(months[offset]);
        }
        (last..offset).try_fold(months[last], |sum, month| {
            self.growth.get(month).copied().flatten().map(|growth| sum * growth)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn younger_cohorts_grow_like_the_older() {
        let triangle = vec![
            vec![100.0, 150.0, 180.0],
            vec![300.0, 350.0, 420.0],
            vec![200.0, 240.0],
            vec![50.0],
            vec![],
        ];
        let ladder = chain_ladder(&triangle);
        let second = (150.0 + 350.0 + 240.0) / (100.0 + 300.0 + 200.0);
        let third = (180.0 + 420.0) / (150.0 + 350.0);
        assert_eq!(ladder.at(&triangle[3], 0), Some(50.0));
        assert_eq!(ladder.at(&triangle[3], 2), Some(50.0 * second * third));
        assert_eq!(ladder.at(&triangle[2], 2), Some(240.0 * third));
        assert_eq!(ladder.at(&triangle[0], 3), None);
        assert_eq!(ladder.at(&triangle[4], 0), None);
    }

    #[test]
    fn one_cohort_is_no_triangle() {
        assert_eq!(chain_ladder(&[vec![1.0, 2.0, 3.0]]).at(&[1.0], 1), None);
    }
}
