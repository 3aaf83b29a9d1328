//! Computing and writing the rows of the staged months.
//!
//! Works on the temporary table `due_months`, which lists the months to write of each activity.

use std::cell::Cell;

use chrono::NaiveDateTime;

use super::error::CohortError;
use crate::config::CohortSettings;
use crate::store::{Parameters, Query, Store, StoreError};
use crate::{named, query};

/// How much of `orders` a run read, by the engine's own counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersRead {
    /// Rows read to advance the cache of first orders.
    pub first_orders: u64,
    /// Rows read to check for late facts and to restate months.
    pub checking: u64,
    /// Rows read for the months' slices.
    pub slices: u64,
    /// Row groups of the table.
    pub row_groups: i64,
    /// Row groups skipped, since they hold no order of the slices.
    pub skipped: i64,
}

/// Runs the statements that read orders, counting what they read if requested.
pub(super) struct Reader<'a> {
    pub store: &'a Store,
    counts: bool,
    read: Cell<u64>,
}

impl<'a> Reader<'a> {
    pub fn new(store: &'a Store, counts: bool) -> Self {
        Reader { store, counts, read: Cell::new(0) }
    }

    /// Runs a statement that reads orders.
    pub fn execute(&self, query: Query, params: Parameters<'_>) -> Result<(), StoreError> {
        if self.counts {
            self.read.set(self.read.get() + self.store.execute_counting_orders(query, params)?);
        } else {
            self.store.execute(query, params)?;
        }
        Ok(())
    }

    /// The rows read since the last call.
    pub fn take(&self) -> u64 {
        self.read.take()
    }
}

/// The outcome of writing the staged months.
#[derive(Default)]
pub(super) struct Written {
    pub activities: i64,
    pub rows: usize,
    /// The bounds of the orders read.
    pub slice: Option<(NaiveDateTime, NaiveDateTime)>,
}

/// Reads the members' orders in the staged months, lets `write` write the rows, then advances the
/// members' state.
fn take_in_staged(
    reader: &Reader<'_>,
    write: impl FnOnce(&Store) -> Result<usize, CohortError>,
) -> Result<Written, CohortError> {
    let store = reader.store;
    let due = store.row(query!("cohort/due_bounds.sql"), &[], |row| {
        let bounds: (Option<NaiveDateTime>, Option<NaiveDateTime>) = (row.get(2)?, row.get(3)?);
        Ok((row.get::<_, i64>(1)?, bounds, row.get::<_, bool>(4)?, row.get::<_, bool>(5)?))
    })?;
    let (activities, (Some(slice_start), Some(slice_end)), one_slice, one_month) = due else {
        return Ok(Written::default());
    };
    reader.execute(
        query!("cohort/stage_member_months.sql"),
        named! {
            "slice_start": slice_start,
            "slice_end": slice_end,
            "one_slice": one_slice,
            "one_month": one_month,
        },
    )?;
    store.execute(query!("cohort/stage_new_repeats.sql"), &[])?;
    let rows = write(store)?;
    store.execute(query!("cohort/set_repeat_offsets.sql"), &[])?;
    store.execute(query!("cohort/correct_first_offsets.sql"), &[])?;
    Ok(Written { activities, rows, slice: Some((slice_start, slice_end)) })
}

/// Writes the rows of the staged months.
pub(super) fn write_staged(
    reader: &Reader<'_>,
    as_of: NaiveDateTime,
    settings: CohortSettings,
) -> Result<Written, CohortError> {
    take_in_staged(reader, |store| {
        refuse_revenue_beyond_amounts(store)?;
        let margin = settings.gross_margin.millionths();
        let written = named! { "as_of": as_of, "gross_margin": margin };
        Ok(store.execute(query!("cohort/write_due_months.sql"), written)?)
    })
}

fn refuse_revenue_beyond_amounts(store: &Store) -> Result<(), CohortError> {
    let beyond = store.optional_row(query!("cohort/revenue_beyond_amounts.sql"), &[], |row| {
        Ok(CohortError::RevenueBeyondAmounts { activity_id: row.get(0)?, revenue: row.get(1)? })
    })?;
    beyond.map_or(Ok(()), Err)
}

/// Advances the members' state to the end of the staged months without writing rows.
pub(super) fn advance_state(reader: &Reader<'_>) -> Result<(), CohortError> {
    take_in_staged(reader, |_| Ok(0)).map(|_| ())
}
