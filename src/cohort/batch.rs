//! The monthly batch: freeze what has closed, then write every row that is due.
//!
//! A row comes from the row before it, the month's slice of orders and a small
//! state of each member (when the first order was, in which month the second);
//! no run reads the whole history. All due activities are done at once.

use std::cell::Cell;

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::lookback;
use crate::config::CohortSettings;
use crate::store::{Query, Store, StoreError, ToSql};
use crate::{named, query};

/// What of `orders` a run read, as the engine counted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersRead {
    /// Rows read to learn first orders.
    pub learning: u64,
    /// Rows read to check written months for late facts, and to restate them.
    pub checking: u64,
    /// Rows read for the months' slices.
    pub slices: u64,
    /// Row groups of the table.
    pub row_groups: i64,
    /// Of them, those that hold nothing of the slices and were skipped.
    pub skipped: i64,
}

/// What a run of the batch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRun {
    /// The instant it saw the orders as of.
    pub as_of: NaiveDateTime,
    /// Cohorts frozen, empty ones too.
    pub frozen: i64,
    /// Members of them.
    pub members: usize,
    /// Rows written to `ltv_batch`.
    pub rows: usize,
    /// Activities that got rows.
    pub activities: i64,
    /// Written months that were checked for late facts.
    pub checked: i64,
    /// Rows that late facts made stale and that were written anew.
    pub restated: usize,
    /// Activities of them.
    pub restated_activities: i64,
    /// What it read, if that was asked for.
    pub orders_read: Option<OrdersRead>,
}

/// What a run does besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// How many written months of each activity to check for late facts first.
    pub lookback: u32,
    /// Whether to count what it reads.
    pub count_reads: bool,
}

/// Freezes the cohorts whose window has closed and writes every row that is
/// due as of an instant, in one transaction; running again writes nothing.
/// The settings may be given as a number of months alone.
pub fn run(
    store: &Store,
    as_of: NaiveDateTime,
    settings: impl Into<CohortSettings>,
) -> Result<BatchRun, CohortError> {
    run_with(store, as_of, settings, RunOptions::default())
}

/// [`run`], with a look back at what is written, or counting what it reads.
pub fn run_with(
    store: &Store,
    as_of: NaiveDateTime,
    settings: impl Into<CohortSettings>,
    options: RunOptions,
) -> Result<BatchRun, CohortError> {
    let settings = settings.into();
    let reader = Reader::new(store, options.count_reads);
    store.transaction(|store| -> Result<_, CohortError> {
        let late = lookback::restate(&reader, as_of, settings, options.lookback)?;
        let checking = reader.take();
        store.execute(query!("cohort/stage_windows_to_freeze.sql"), named! { "as_of": as_of })?;
        let (frozen, members) = freeze(&reader)?;
        let learning = reader.take();
        store.execute(
            query!("cohort/stage_due_months.sql"),
            named! { "as_of": as_of, "months": i64::from(settings.months) },
        )?;
        let written = write_staged(&reader, as_of, settings)?;
        let orders_read = if options.count_reads {
            let slices = reader.take();
            let groups = match written.slice {
                Some((start, end)) => store.order_row_groups(start, end)?,
                None => store.order_row_groups(as_of, as_of)?,
            };
            let met = if written.slice.is_some() { groups.met } else { 0 };
            Some(OrdersRead { learning, checking, slices, row_groups: groups.all, skipped: groups.all - met })
        } else {
            None
        };
        Ok(BatchRun {
            as_of,
            frozen,
            members,
            rows: written.rows,
            activities: written.activities,
            checked: late.checked,
            restated: late.rows,
            restated_activities: late.activities,
            orders_read,
        })
    })
}

/// Runs the statements that read orders, and counts what they read if asked to.
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
    pub fn execute(&self, query: Query, params: &[(&str, &dyn ToSql)]) -> Result<(), StoreError> {
        if self.counts {
            self.read.set(self.read.get() + self.store.execute_counting_orders(query, params)?);
        } else {
            self.store.execute(query, params)?;
        }
        Ok(())
    }

    /// What was read since the last time.
    pub fn take(&self) -> u64 {
        self.read.take()
    }
}

/// Freezes the staged windows.
pub(super) fn freeze(reader: &Reader<'_>) -> Result<(i64, usize), StoreError> {
    let store = reader.store;
    let (activities, last_window_end): (i64, Option<NaiveDateTime>) =
        store.row(query!("cohort/closed_windows.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(before) = last_window_end else {
        return Ok((0, 0));
    };
    learn_first_orders(reader, before)?;
    let members = store.execute(query!("cohort/freeze_members.sql"), &[])?;
    store.execute(query!("cohort/mark_frozen.sql"), &[])?;
    Ok((activities, members))
}

/// Forgets what `first_orders` knows and learns it again, as far as it was known.
pub(super) fn relearn_first_orders(reader: &Reader<'_>) -> Result<(), StoreError> {
    let meta = reader.store.meta();
    let known_before = meta.first_orders_before()?;
    reader.store.execute(query!("cohort/forget_first_orders.sql"), &[])?;
    meta.unset_first_orders_before()?;
    known_before.map_or(Ok(()), |before| learn_first_orders(reader, before))
}

/// Makes `first_orders` know every order before an instant, reading only those
/// that it does not know yet.
pub(super) fn learn_first_orders(reader: &Reader<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    let meta = reader.store.meta();
    let known_before = meta.first_orders_before()?.unwrap_or(crate::calendar::BEGINNING);
    if known_before >= before {
        return Ok(());
    }
    reader.execute(
        query!("cohort/learn_first_orders.sql"),
        named! { "known_before": known_before, "before": before },
    )?;
    meta.set_first_orders_before(before)
}

/// What the staged months came to.
#[derive(Default)]
pub(super) struct Written {
    pub activities: i64,
    pub rows: usize,
    /// The outer bounds of the orders it read.
    pub slice: Option<(NaiveDateTime, NaiveDateTime)>,
}

/// Reads what the members bought in the staged months, and keeps their state.
/// `write` makes the rows between the two.
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
    store.execute(query!("cohort/remember_repeats.sql"), &[])?;
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

/// Brings the members' state to the end of the staged months; writes no rows.
pub(super) fn recall_staged(reader: &Reader<'_>) -> Result<(), CohortError> {
    take_in_staged(reader, |_| Ok(0)).map(|_| ())
}
