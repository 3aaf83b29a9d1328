//! The monthly batch: freeze the cohorts whose windows have closed, then write every row that is due.
//!
//! A row is computed from the row before it, the month's slice of orders and a little
//! state per member (the months of the first and second order); no run reads the whole
//! history. All due activities are processed together.

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::first_orders::freeze;
use super::lookback;
use super::months::{OrdersRead, Reader, write_staged};
use crate::config::CohortSettings;
use crate::store::Store;
use crate::{named, query};

/// The outcome of a run of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRun {
    /// The instant the orders were evaluated at.
    pub as_of: NaiveDateTime,
    /// Cohorts frozen, including empty ones.
    pub frozen: i64,
    /// Their members.
    pub members: usize,
    /// Rows written to `ltv_batch`.
    pub rows: usize,
    /// Activities that rows were written for.
    pub activities: i64,
    /// Written months that were checked for late facts.
    pub checked: i64,
    /// Rows that late facts had made stale and that were rewritten.
    pub restated: usize,
    /// Their activities.
    pub restated_activities: i64,
    /// What was read, if requested.
    pub orders_read: Option<OrdersRead>,
}

/// Options of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// How many written months per activity to check for late facts first.
    pub lookback: u32,
    /// Whether to count what is read.
    pub count_reads: bool,
}

/// Freezes the cohorts whose windows have closed and writes every row that is due as of an
/// instant, in one transaction. Running it again writes nothing.
pub fn run(store: &Store, as_of: NaiveDateTime, settings: CohortSettings) -> Result<BatchRun, CohortError> {
    run_with(store, as_of, settings, RunOptions::default())
}

/// [`run`] with options.
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
