//! What can go wrong with cohorts, besides the file.

use chrono::NaiveDateTime;

use crate::store::StoreError;

/// Why cohorts cannot be made or computed.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// A calendar's periods would overlap organic activities that are there.
    #[error("{activities} organic activities overlap the calendar's periods, the first of them {first} \
             ({} to {}): customers would be in two cohorts", first_start.date(), first_end.date())]
    OverlappingCalendar {
        /// How many activities are in the way.
        activities: usize,
        /// The first one's name.
        first: String,
        /// When its window opens.
        first_start: NaiveDateTime,
        /// When its window closes.
        first_end: NaiveDateTime,
    },
    /// Orders name activities of the calendar that was to be removed.
    #[error("{orders} orders name activities of the calendar, which therefore cannot be removed")]
    CalendarInUse {
        /// How many orders.
        orders: i64,
    },
    /// A cohort's revenue is more than an amount can be.
    #[error(
        "activity {activity_id}: the revenue of its members, up to {revenue}, is more than DECIMAL(18,2) holds"
    )]
    RevenueBeyondAmounts {
        /// The activity.
        activity_id: i64,
        /// The sum that does not fit.
        revenue: String,
    },
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
