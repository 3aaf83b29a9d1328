//! Rewriting rows from some month on, for `rebuild` and the look back.
//!
//! Works on the temporary table `stale_activities`, which gives the month from which each
//! activity is to be rewritten.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::months::{Reader, advance_state, write_staged};
use crate::config::CohortSettings;
use crate::store::{EngineFailure, Row, Store, StoreError};
use crate::{named, query};

/// What happened to a row or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A cell has a different value.
    Cell,
    /// The row is new.
    Added,
    /// The row was removed.
    Removed,
}

/// A change made by a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The activity.
    pub activity_id: i64,
    /// The month.
    pub month_offset: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// The field of a changed cell.
    pub field: Option<String>,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// The outcome of a repair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The number of activities examined.
    pub activities: i64,
    /// All changes, by key.
    pub changes: Vec<Change>,
}

impl Repaired {
    /// The number of cells changed in rows that were kept.
    pub fn cells_changed(&self) -> usize {
        self.changes.iter().filter(|change| change.kind == ChangeKind::Cell).count()
    }

    /// The number of rows changed, added or removed.
    pub fn rows_changed(&self) -> usize {
        let keys: BTreeSet<(i64, i64)> =
            self.changes.iter().map(|change| (change.activity_id, change.month_offset)).collect();
        keys.len()
    }
}

/// Rewrites the rows of the stale activities from their first stale month on, and rebuilds
/// their members' state. Rows that come out equal are left untouched.
pub(super) fn restate(
    reader: &Reader<'_>,
    as_of: NaiveDateTime,
    settings: CohortSettings,
) -> Result<Repaired, CohortError> {
    let store = reader.store;
    store.execute(query!("cohort/widen_stale.sql"), &[])?;
    store.execute(query!("cohort/stage_rows_before.sql"), &[])?;
    if stale_activities(store)? == 0 {
        return Ok(Repaired::default());
    }
    store.execute(query!("cohort/unset_kept.sql"), &[])?;
    store.execute(query!("cohort/delete_stale_rows.sql"), &[])?;
    rewrite(reader, as_of, settings)?;
    Ok(changes(store)?)
}

/// Brings the members' state to the first stale month, then writes rows from there on.
pub(super) fn rewrite(
    reader: &Reader<'_>,
    as_of: NaiveDateTime,
    settings: CohortSettings,
) -> Result<(), CohortError> {
    let store = reader.store;
    let months = i64::from(settings.months);
    store.execute(query!("cohort/reset_member_state.sql"), &[])?;
    let staged = query!("cohort/stage_stale_months.sql");
    store.execute(staged, named! { "as_of": as_of, "months": months, "stale": false })?;
    advance_state(reader)?;
    store.execute(staged, named! { "as_of": as_of, "months": months, "stale": true })?;
    write_staged(reader, as_of, settings)?;
    store.execute(query!("cohort/stage_changed_cells.sql"), &[])?;
    store.execute(query!("cohort/keep_collected_at.sql"), &[])?;
    Ok(())
}

fn stale_activities(store: &Store) -> Result<i64, StoreError> {
    store.row(query!("cohort/count_stale.sql"), &[], |row| row.get(0))
}

/// The differences from `rows_before`.
pub(super) fn changes(store: &Store) -> Result<Repaired, StoreError> {
    let changes = store.rows(query!("cohort/changes.sql"), &[], |row: &Row<'_>| {
        let kind = match row.get::<_, String>("kind")?.as_str() {
            "cell" => ChangeKind::Cell,
            "added" => ChangeKind::Added,
            "removed" => ChangeKind::Removed,
            _ => return Err(EngineFailure::unexpected("kind")),
        };
        Ok(Change {
            activity_id: row.get("activity_id")?,
            month_offset: row.get("month_offset")?,
            kind,
            field: row.get("field")?,
            before: row.get("before")?,
            after: row.get("after")?,
        })
    })?;
    Ok(Repaired { activities: stale_activities(store)?, changes })
}
