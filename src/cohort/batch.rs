//! The monthly batch: freeze what has closed, then write every row that is due.
//!
//! A row comes from the row before it, the month's slice of orders and a small
//! state of each member (when the first order was, in which month the second);
//! no run reads the whole history. All due activities are done at once.

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::first_orders::freeze;
use super::lookback;
use super::months::{OrdersRead, Reader, write_staged};
use crate::config::CohortSettings;
use crate::store::Store;
use crate::{named, query};

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
pub fn run(store: &Store, as_of: NaiveDateTime, settings: CohortSettings) -> Result<BatchRun, CohortError> {
    run_with(store, as_of, settings, RunOptions::default())
}

/// [`run`], with a look back at what is written, or counting what it reads.
pub fn run_with(
    store: &Store,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    options: RunOptions,
) -> Result<BatchRun, CohortError> {
    store.require_orders()?;
    let reader = Reader::new(store, options.count_reads);
    store.transaction(|store| -> Result<_, CohortError> {
        let late = lookback::restate(&reader, as_of, settings, options.lookback)?;
        let checking = reader.take();
        store.execute(query!("cohort/stage_windows_to_freeze.sql"), named! { "as_of": as_of })?;
        let (frozen, members) = freeze(&reader)?;
        let first_orders = reader.take();
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
            Some(OrdersRead {
                first_orders,
                checking,
                slices,
                row_groups: groups.all,
                skipped: groups.all - met,
            })
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
