//! Cohort LTV: freezing members, the incremental batch, verification from scratch, and
//! repair. Reports about it are in [`report`](crate::report).

mod audit;
mod batch;
mod calendar;
mod due;
mod error;
mod first_orders;
mod lookback;
mod months;
mod rebuild;
mod repair;
mod scope;
mod verify;

pub use audit::{Audit, AuditFinding, AuditResult};
pub use batch::{BatchRun, RunOptions, run, run_with};
pub use calendar::{CalendarRun, CalendarStep, make_calendar, remove_calendar, replace_calendar};
pub use due::{MonthsDue, months_due};
pub use error::CohortError;
pub use months::OrdersRead;
pub use rebuild::{KeptRow, MembersChanged, Rebuild, rebuild};
pub use repair::{Change, ChangeKind, Repaired};
pub use scope::RebuildScope;
pub use verify::{
    MemberDifference, MemberProblem, RowDifference, RowProblem, StaleActivity, Verification, verify,
};
