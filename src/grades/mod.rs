//! Customer grades, by amount and number of orders in a window of months.

mod criteria;
mod history;
mod log;
mod outlook;
mod update;
mod windows;
mod worker;

pub use criteria::{Criteria, determine_grade};
pub use history::{
    GradeChange, GradeRun, Migration, changes_of, grade_at, migration, runs_between, runs_of_segment,
};
pub use log::{log_lines, worker_banner};
pub use outlook::{Gap, GapQuestion, Risk, at_risk, gaps, stage_at_risk, stage_gaps};
pub use update::{GradeError, GradeTransitions, GradeUpdate, NewGrade, UpdateMode, update_all_grades};
pub use worker::{GradeUpdaterWorker, RunOutcome, WorkerSummary};
