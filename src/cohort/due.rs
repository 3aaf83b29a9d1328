//! What the batch would do.

use chrono::NaiveDateTime;

use crate::store::{Store, StoreError};
use crate::{named, query};

/// What the batch would do as of an instant: months to write of frozen
/// cohorts, and cohorts to freeze first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthsDue {
    /// Months of frozen cohorts that are closed and not written.
    pub months: i64,
    /// Cohorts whose window has closed and that are not frozen.
    pub to_freeze: i64,
}

impl MonthsDue {
    /// Whether a run would write nothing.
    pub fn is_nothing(&self) -> bool {
        self.months == 0 && self.to_freeze == 0
    }
}

/// What is due but not yet computed, of cohorts of so many months.
pub fn months_due(store: &Store, as_of: NaiveDateTime, months: u32) -> Result<MonthsDue, StoreError> {
    store.row(
        query!("cohort/months_due.sql"),
        named! { "as_of": as_of, "months": i64::from(months) },
        |row| Ok(MonthsDue { months: row.get(0)?, to_freeze: row.get(1)? }),
    )
}
