//! Rebuilding rows from the orders.

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::first_orders::{freeze, rebuild_first_orders};
use super::months::Reader;
use super::repair::{self, Repaired};
use super::scope::RebuildScope;
use super::verify;
use crate::config::CohortSettings;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// How refreezing changed the members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MembersChanged {
    /// Customers who became members.
    pub joined: i64,
    /// Customers who are no longer members.
    pub departed: i64,
}

/// A last row that was kept although it differs from what the orders give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// The activity.
    pub activity_id: i64,
    /// The month.
    pub month_offset: i64,
}

/// The outcome of a rebuild or of a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// The instant it saw the orders as of.
    pub as_of: NaiveDateTime,
    /// Whether it was written to the file.
    pub recorded: bool,
    /// What changed.
    pub repaired: Repaired,
    /// How refreezing changed the members.
    pub members: MembersChanged,
    /// Kept rows that could not be verified.
    pub unverified: Vec<KeptRow>,
}

/// Rolls a transaction back: an error, or the end of a dry run.
enum Undone {
    Failed(CohortError),
    DryRun(Box<Rebuild>),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Undone::Failed(error.into())
    }
}

impl From<CohortError> for Undone {
    fn from(error: CohortError) -> Self {
        Undone::Failed(error)
    }
}

/// Rebuilds the rows of one activity, or of all, in one transaction. With `dry_run`, reports
/// what would change and leaves the file unchanged.
pub fn rebuild(
    store: &Store,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    activity_id: Option<i64>,
    scope: RebuildScope,
    dry_run: bool,
) -> Result<Rebuild, CohortError> {
    store.require_orders()?;
    let done = store.transaction(|store| {
        let rebuilt =
            Rebuild { recorded: !dry_run, ..repair_rows(store, as_of, settings, activity_id, scope)? };
        if dry_run { Err(Undone::DryRun(Box::new(rebuilt))) } else { Ok(rebuilt) }
    });
    match done {
        Ok(rebuilt) => Ok(rebuilt),
        Err(Undone::DryRun(rebuilt)) => Ok(*rebuilt),
        Err(Undone::Failed(error)) => Err(error),
    }
}

fn repair_rows(
    store: &Store,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    activity_id: Option<i64>,
    scope: RebuildScope,
) -> Result<Rebuild, CohortError> {
    let reader = Reader::new(store, false);
    let mut rebuilt = Rebuild {
        as_of,
        recorded: true,
        repaired: Repaired::default(),
        members: MembersChanged::default(),
        unverified: Vec::new(),
    };
    let stale_from = |from: u32| {
        store.execute(
            query!("cohort/stage_stale_from.sql"),
            named! { "from_offset": i64::from(from), "activity_id": activity_id },
        )
    };
    match scope {
        RebuildScope::Stale => {
            verify::stage(store, as_of, settings, activity_id)?;
            store.execute(query!("cohort/stage_stale_found.sql"), &[])?;
        }
        RebuildScope::From(from) => {
            stale_from(from)?;
        }
        RebuildScope::Refreeze => {
            rebuilt.members = refreeze(&reader, activity_id)?;
            stale_from(0)?;
        }
        RebuildScope::KeepLast => {
            verify::stage(store, as_of, settings, activity_id)?;
            let (repaired, unverified) = keep_last(&reader, as_of, settings, activity_id)?;
            return Ok(Rebuild { repaired, unverified, ..rebuilt });
        }
    }
    rebuilt.repaired = repair::restate(&reader, as_of, settings)?;
    Ok(rebuilt)
}

/// Determines the members of the frozen cohorts and their first orders again.
fn refreeze(reader: &Reader<'_>, activity_id: Option<i64>) -> Result<MembersChanged, StoreError> {
    let store = reader.store;
    store.execute(query!("cohort/stage_windows_to_refreeze.sql"), named! { "activity_id": activity_id })?;
    store.execute(query!("cohort/stage_members_before.sql"), &[])?;
    rebuild_first_orders(reader)?;
    freeze(reader)?;
    store.row(query!("cohort/changed_members.sql"), &[], |row| {
        Ok(MembersChanged { joined: row.get(0)?, departed: row.get(1)? })
    })
}

/// Deletes all rows but the last of each activity. The members' state is rebuilt, so that the
/// next month continues from it.
fn keep_last(
    reader: &Reader<'_>,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    activity_id: Option<i64>,
) -> Result<(Repaired, Vec<KeptRow>), CohortError> {
    let store = reader.store;
    store.execute(query!("cohort/stage_last_rows.sql"), named! { "activity_id": activity_id })?;
    let unverified = store.rows(query!("cohort/unverified_last_rows.sql"), &[], |row| {
        Ok(KeptRow { activity_id: row.get(0)?, month_offset: row.get(1)? })
    })?;
    store.execute(query!("cohort/stage_rows_before.sql"), &[])?;
    store.execute(query!("cohort/delete_earlier_rows.sql"), &[])?;
    store.execute(query!("cohort/set_kept.sql"), &[])?;
    repair::rewrite(reader, as_of, settings)?;
    Ok((repair::changes(store)?, unverified))
}
