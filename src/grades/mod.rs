//! Grades: who belongs to which, by amount and orders in a window of months.

mod criteria;
mod log;
mod update;

pub use criteria::{Criteria, determine_grade};
pub use log::log_lines;
pub use update::{GradeError, GradeUpdate, Moves, UpdateMode, staged_changes, update_all_grades};
