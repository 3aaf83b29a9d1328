//! Cohort LTV: freezing members, the incremental batch, and the report's numbers.

mod batch;
mod calendar;
mod report;

pub use batch::{BatchRun, run};
pub use calendar::{CalendarRun, CalendarStep, make_calendar};
pub use report::{
    ActivityHead, ActivityMonth, ActivitySummary, MonthsDue, activity_months, activity_summaries, months_due,
};
