//! What can go wrong with a simulation, besides the file.

use crate::cohort::CohortError;
use crate::grades::GradeError;
use crate::store::StoreError;

/// Why a simulation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier stretch failed: what is in memory is ahead of the file.
    #[error("the walk failed before: go on from the file")]
    Broken,
    /// The grade update failed.
    #[error(transparent)]
    Grades(#[from] GradeError),
    /// The cohort batch could not be done.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// The file does not hold what a simulation of its seed would.
    #[error(
        "the file's {what} are not those of its simulation ({found}, where {expected} were made): it was changed since, and cannot be continued"
    )]
    Changed {
        /// The table.
        what: &'static str,
        /// Rows found.
        found: usize,
        /// Rows expected.
        expected: usize,
    },
    /// The file holds no simulation.
    #[error("the file holds no simulation")]
    NoSimulation,
    /// While the file was released, another simulation took the place of this one.
    #[error("another simulation has replaced this one in the file")]
    Replaced,
}
