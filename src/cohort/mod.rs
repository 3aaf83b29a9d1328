//! Cohort LTV: freezing members, the incremental batch, its verification from
//! scratch and its mending, and the reports' numbers.

mod audit;
mod batch;
mod calendar;
mod error;
mod lookback;
mod mend;
mod pool;
mod rebuild;
mod report;
mod selection;
mod tracks;
mod verify;
pub mod view;

pub use audit::{Audit, AuditFinding, AuditResult};
pub use batch::{BatchRun, OrdersRead, RunOptions, run, run_with};
pub use calendar::{CalendarRun, CalendarStep, make_calendar, remove_calendar, replace_calendar};
pub use error::CohortError;
pub use mend::{Change, ChangeKind, Mended};
pub use rebuild::{KeptRow, MembersChanged, Rebuild, RebuildScope, rebuild};
pub use report::{
    ActivityHead, ActivityMonth, ActivitySummary, MonthsDue, activity_months, activity_summaries, channels,
    months_due,
};
pub use selection::{Ranked, Selection, SortKey, Standing, sort_rows};
pub use tracks::{MonthSums, Track, tracks};
pub use verify::{
    MemberDifference, MemberProblem, RowDifference, RowProblem, StaleActivity, Verification, verify,
};
