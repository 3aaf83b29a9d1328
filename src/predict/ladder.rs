//! The chain ladder: open months from how the older cohorts of the triangle grew.

/// Cohorts that a month's growth must be seen in.
const FEWEST_COHORTS: usize = 2;

/// How a triangle grows from month to month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// From offset n to n + 1; `None` where too few cohorts have both.
    growth: Vec<Option<f64>>,
}

/// The growth of a triangle of cumulative revenue: each row a cohort, each with as many months
/// as are closed. A month's growth is the sum of all cohorts that have it over their sum of the
/// month before.
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
    /// Cumulative revenue at an offset of a cohort whose months so far are these; `None` where
    /// the triangle does not reach, and for a cohort without a month.
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
    fn older_cohorts_tell_how_the_younger_grow() {
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
