//! The windows of several instants, for statements that compare them.

use chrono::NaiveDateTime;

use crate::calendar::subtract_months;
use crate::config::GradeSettings;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// Writes instants, numbered from 0, with the start of each one's window to the temporary
/// table `window_starts`.
pub(super) fn stage_windows(
    store: &Store,
    instants: impl Iterator<Item = NaiveDateTime>,
    settings: &GradeSettings,
) -> Result<(), StoreError> {
    store.execute(query!("grades/stage_window_starts.sql"), &[])?;
    for (number, instant) in instants.enumerate() {
        store.execute(
            query!("grades/add_window_start.sql"),
            named! {
                "days_ahead": number as i64,
                "falls_at": instant,
                "window_start": subtract_months(instant, settings.window_months),
            },
        )?;
    }
    Ok(())
}
