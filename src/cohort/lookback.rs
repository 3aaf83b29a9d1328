//! The look back: checking the last written months for late facts.

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::months::Reader;
use super::repair;
use crate::config::CohortSettings;
use crate::{named, query};

/// The result of a look back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Late {
    /// Months checked.
    pub checked: i64,
    /// Activities with late facts.
    pub activities: i64,
    /// Rows that changed.
    pub rows: usize,
}

/// Compares the orders of the last `lookback` written months of every activity with the
/// checksum of those the months were written from, and restates each activity from its
/// first month that differs.
pub(super) fn restate(
    reader: &Reader<'_>,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    lookback: u32,
) -> Result<Late, CohortError> {
    if lookback == 0 {
        return Ok(Late::default());
    }
    let store = reader.store;
    store.execute(query!("cohort/stage_months_to_check.sql"), named! { "lookback": i64::from(lookback) })?;
    let (checked, slice_start, slice_end) = store.row(query!("cohort/checked_bounds.sql"), &[], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Option<NaiveDateTime>>(1)?,
            row.get::<_, Option<NaiveDateTime>>(2)?,
        ))
    })?;
    let (Some(slice_start), Some(slice_end)) = (slice_start, slice_end) else {
        return Ok(Late::default());
    };
    reader.execute(
        query!("cohort/stage_late_facts.sql"),
        named! { "slice_start": slice_start, "slice_end": slice_end },
    )?;
    let repaired = repair::restate(reader, as_of, settings)?;
    Ok(Late { checked, activities: repaired.activities, rows: repaired.rows_changed() })
}
