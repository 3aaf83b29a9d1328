//! Writing rows anew from a month on: what `rebuild` and a look back share.
//!
//! Works on the temporary table `stale_activities`, which says from which month
//! on each activity is to be repaired.

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
    /// A cell has another value.
    Cell,
    /// The row was not there before.
    Added,
    /// The row is gone.
    Removed,
}

/// One change that a repair made.
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
    /// What the cell held.
    pub before: Option<String>,
    /// What it holds.
    pub after: Option<String>,
}

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Activities that were looked at.
    pub activities: i64,
    /// Every change, by key.
    pub changes: Vec<Change>,
}

impl Repaired {
    /// How many cells changed in rows that stayed.
    pub fn cells_changed(&self) -> usize {
        self.changes.iter().filter(|change| change.kind == ChangeKind::Cell).count()
    }

    /// How many rows changed, came or went.
    pub fn rows_changed(&self) -> usize {
        let keys: BTreeSet<(i64, i64)> =
            self.changes.iter().map(|change| (change.activity_id, change.month_offset)).collect();
        keys.len()
    }
}

/// Writes the rows of the stale activities anew from their first stale month
/// on, and puts their members' state in order. Rows that come out as they
/// were stay as they were.
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

/// Brings the members' state to the first stale month, then writes from it on.
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

/// What is not as it was in `rows_before`.
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
