//! What is due.

use chrono::NaiveDateTime;

use crate::store::{Store, StoreError};
use crate::{named, query};

/// What the batch has to do as of an instant: months to write of frozen cohorts, and
/// cohorts to freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthsDue {
    /// Closed months of frozen cohorts that are not written yet.
    pub months: i64,
    /// Cohorts whose windows have closed and that are not frozen yet.
    pub to_freeze: i64,
}

impl MonthsDue {
    /// Whether a run would write nothing.
    pub fn is_nothing(&self) -> bool {
        self.months == 0 && self.to_freeze == 0
    }
}

/// What is due as of an instant, for cohorts followed for `months` months.
pub fn months_due(store: &Store, as_of: NaiveDateTime, months: u32) -> Result<MonthsDue, StoreError> {
    store.row(
        query!("cohort/months_due.sql"),
        named! { "as_of": as_of, "months": i64::from(months) },
        |row| Ok(MonthsDue { months: row.get(0)?, to_freeze: row.get(1)? }),
    )
}
