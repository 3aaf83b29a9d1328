//! The monthly batch: freeze what has closed, then write every row that is due.
//!
//! A row comes from the row before it, the month's slice of orders and a small
//! state of each member (when the first order was, in which month the second);
//! no run reads the whole history. All due activities are done at once.

use chrono::NaiveDateTime;

use crate::calendar::parse_instant;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// Where `meta` keeps how far `first_orders` knows the orders.
const FIRST_ORDERS_BEFORE: &str = "first_orders_before";

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
}

/// Freezes the cohorts whose window has closed and writes every row that is
/// due as of an instant, in one transaction; running again writes nothing.
/// `months` is how many offsets a cohort has.
pub fn run(store: &Store, as_of: NaiveDateTime, months: u32) -> Result<BatchRun, StoreError> {
    store.transaction(|store| {
        let (frozen, members) = freeze(store, as_of)?;
        let (activities, rows) = write_due(store, as_of, months)?;
        Ok(BatchRun { as_of, frozen, members, rows, activities })
    })
}

fn freeze(store: &Store, as_of: NaiveDateTime) -> Result<(i64, usize), StoreError> {
    let as_of_named = named! { "as_of": as_of };
    let (activities, last_window_end): (i64, Option<NaiveDateTime>) =
        store
            .row(query!("cohort/windows_to_freeze.sql"), as_of_named, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(before) = last_window_end else {
        return Ok((0, 0));
    };
    learn_first_orders(store, before)?;
    let members = store.execute(query!("cohort/freeze_members.sql"), as_of_named)?;
    store.execute(query!("cohort/mark_frozen.sql"), as_of_named)?;
    Ok((activities, members))
}

/// Makes `first_orders` know every order before an instant, reading only those
/// that it does not know yet.
pub(super) fn learn_first_orders(store: &Store, before: NaiveDateTime) -> Result<(), StoreError> {
    let known_before = match store.meta().get(FIRST_ORDERS_BEFORE)? {
        Some(text) => parse_instant(&text)
            .map_err(|_| StoreError::BadMeta { key: FIRST_ORDERS_BEFORE, value: text.clone() })?,
        None => crate::calendar::BEGINNING,
    };
    if known_before >= before {
        return Ok(());
    }
    store.execute(
        query!("cohort/learn_first_orders.sql"),
        named! { "known_before": known_before, "before": before },
    )?;
    store.meta().set_instant(FIRST_ORDERS_BEFORE, before)
}

fn write_due(store: &Store, as_of: NaiveDateTime, months: u32) -> Result<(i64, usize), StoreError> {
    store.execute(
        query!("cohort/stage_due_months.sql"),
        named! { "as_of": as_of, "months": i64::from(months) },
    )?;
    let (activities, bounds) = store.row(query!("cohort/due_bounds.sql"), &[], |row| {
        let bounds: (Option<NaiveDateTime>, Option<NaiveDateTime>) = (row.get(2)?, row.get(3)?);
        Ok((row.get::<_, i64>(1)?, bounds))
    })?;
    let (Some(slice_start), Some(slice_end)) = bounds else {
        return Ok((0, 0));
    };
    store.execute(
        query!("cohort/stage_member_months.sql"),
        named! { "slice_start": slice_start, "slice_end": slice_end },
    )?;
    let rows = store.execute(query!("cohort/write_due_months.sql"), named! { "as_of": as_of })?;
    store.execute(query!("cohort/remember_repeats.sql"), &[])?;
    Ok((activities, rows))
}
