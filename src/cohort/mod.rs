//! Cohort LTV: freezing members, the incremental batch, its verification from
//! scratch and its mending, and the report's numbers.

mod audit;
mod batch;
mod calendar;
mod lookback;
mod mend;
mod rebuild;
mod report;
mod verify;

pub use audit::{Audit, AuditFinding, AuditResult};
pub use batch::{BatchRun, OrdersRead, RunOptions, run, run_with};
pub use calendar::{CalendarRun, CalendarStep, make_calendar};
pub use mend::{Change, ChangeKind, Mended};
pub use rebuild::{KeptRow, MembersChanged, Rebuild, RebuildScope, rebuild};
pub use report::{
    ActivityHead, ActivityMonth, ActivitySummary, MonthsDue, activity_months, activity_summaries, months_due,
};
pub use verify::{
    MemberDifference, MemberProblem, RowDifference, RowProblem, StaleActivity, Verification, verify,
};
