//! Errors of the simulation.

use crate::cohort::CohortError;
use crate::grades::GradeError;
use crate::store::StoreError;

/// An error of the simulation.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier stretch failed, so that the state in memory is ahead of the file.
    #[error("the walk failed before: resume from the file")]
    Broken,
    /// The grade update failed.
    #[error(transparent)]
    Grades(#[from] GradeError),
    /// The cohort batch failed.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// The file's rows are not those of its simulation.
    #[error(
        "the file's {what} are not those of its simulation ({found}, where {expected} were made): it was changed and cannot be continued"
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
    /// While the file was released, another simulation replaced this one.
    #[error("another simulation has replaced this one in the file")]
    Replaced,
}
