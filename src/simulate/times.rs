//! Where a simulation's time goes.

use std::time::Duration as WallTime;

/// Wall time by stage. Sampling, scoring and ordering are added over threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct StageTimes {
    /// Making or reading back the population.
    pub population: WallTime,
    /// The hours: sampling, scoring and ordering.
    pub steps: StepTimes,
    /// Wall time of the hours, on all threads.
    pub simulating: WallTime,
    /// Writing rows and committing.
    pub writing: WallTime,
    /// Grade updates.
    pub grades: WallTime,
    /// Cohort batches.
    pub cohort: WallTime,
}

/// Wall time by part of a step, summed over threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct StepTimes {
    /// Sampling the customers in the shop.
    pub sampling: WallTime,
    /// Scoring them and choosing the candidates.
    pub scoring: WallTime,
    /// Making the orders.
    pub ordering: WallTime,
}

impl StepTimes {
    pub(super) fn plus(self, other: StepTimes) -> StepTimes {
        StepTimes {
            sampling: self.sampling + other.sampling,
            scoring: self.scoring + other.scoring,
            ordering: self.ordering + other.ordering,
        }
    }
}
