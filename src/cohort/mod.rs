//! Cohort LTV: freezing members, the incremental batch, and the reports' numbers.

mod batch;
mod calendar;
mod pool;
mod report;
mod selection;
mod tracks;
pub mod view;

pub use batch::{BatchRun, run};
pub use calendar::{CalendarRun, CalendarStep, make_calendar};
pub use report::{
    ActivityHead, ActivityMonth, ActivitySummary, MonthsDue, activity_months, activity_summaries, channels,
    months_due,
};
pub use selection::{Ranked, Selection, SortKey, Standing, sort_rows};
pub use tracks::{MonthSums, Track, tracks};
