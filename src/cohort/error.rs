//! Errors of cohorts.

use chrono::NaiveDateTime;

use crate::store::StoreError;

/// An error of making or computing cohorts.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// A calendar's periods would overlap existing organic activities.
    #[error("{activities} organic activities overlap the calendar's periods, the first being {first} \
             ({} to {}): customers would be in two cohorts", first_start.date(), first_end.date())]
    OverlappingCalendar {
        /// The number of overlapping activities.
        activities: usize,
        /// The first one's name.
        first: String,
        /// Start of its window.
        first_start: NaiveDateTime,
        /// End of its window.
        first_end: NaiveDateTime,
    },
    /// Orders belong to activities of the calendar to be removed.
    #[error("the calendar cannot be removed: {orders} orders belong to its activities")]
    CalendarInUse {
        /// The number of orders.
        orders: i64,
    },
    /// A cohort's revenue exceeds the largest amount.
    #[error(
        "activity {activity_id}: its members' revenue reaches {revenue}, more than DECIMAL(18,2) can hold"
    )]
    RevenueBeyondAmounts {
        /// The activity.
        activity_id: i64,
        /// The sum that is too large.
        revenue: String,
    },
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
