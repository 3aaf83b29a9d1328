//! Who belongs to a cohort: the customers' first orders, cached, and freezing members by them.

use chrono::NaiveDateTime;

use super::months::Reader;
use crate::store::StoreError;
use crate::{named, query};

/// Freezes the staged windows.
pub(super) fn freeze(reader: &Reader<'_>) -> Result<(i64, usize), StoreError> {
    let store = reader.store;
    let (activities, last_window_end): (i64, Option<NaiveDateTime>) =
        store.row(query!("cohort/closed_windows.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(before) = last_window_end else {
        return Ok((0, 0));
    };
    advance_first_orders(reader, before)?;
    let members = store.execute(query!("cohort/freeze_members.sql"), &[])?;
    store.execute(query!("cohort/mark_frozen.sql"), &[])?;
    Ok((activities, members))
}

/// Resets the cache of first orders and fills it again, as far as it reached.
pub(super) fn rebuild_first_orders(reader: &Reader<'_>) -> Result<(), StoreError> {
    let meta = reader.store.meta();
    let covered_before = meta.first_orders_before()?;
    reader.store.execute(query!("cohort/reset_first_orders.sql"), &[])?;
    meta.unset_first_orders_before()?;
    covered_before.map_or(Ok(()), |before| advance_first_orders(reader, before))
}

/// Advances the cache of first orders to an instant, reading only the orders
/// that it does not cover yet.
pub(super) fn advance_first_orders(reader: &Reader<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    let meta = reader.store.meta();
    let covered_before = meta.first_orders_before()?.unwrap_or(crate::calendar::BEGINNING);
    if covered_before >= before {
        return Ok(());
    }
    reader.execute(
        query!("cohort/advance_first_orders.sql"),
        named! { "covered_before": covered_before, "before": before },
    )?;
    meta.set_first_orders_before(before)
}
