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
    let falls_at: Vec<NaiveDateTime> = instants.collect();
    let start = |instant: &NaiveDateTime| subtract_months(*instant, settings.window_months);
    let window_starts: Vec<NaiveDateTime> = falls_at.iter().map(start).collect();
    store.execute(
        query!("grades/stage_window_starts.sql"),
        named! { "falls_at": falls_at, "window_starts": window_starts },
    )?;
    Ok(())
}
