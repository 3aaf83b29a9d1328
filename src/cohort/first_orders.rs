//! Freezing the members of cohorts, by the cached first orders of customers.

use chrono::NaiveDateTime;

use super::months::Reader;
use crate::store::StoreError;
use crate::{named, query};

/// Freezes the cohorts of the staged windows; returns their number and that of their members.
pub(super) fn freeze(reader: &Reader<'_>) -> Result<(i64, usize), StoreError> {
    type Bound = Option<NaiveDateTime>;
    let store = reader.store;
    let (activities, acquired_until, touched_from, touched_until) =
        store.row(query!("cohort/closed_windows.sql"), &[], |row| {
            let touched: (Bound, Bound) = (row.get("touched_from")?, row.get("touched_until")?);
            Ok((
                row.get::<_, i64>("activities")?,
                row.get::<_, Bound>("acquired_until")?,
                touched.0,
                touched.1,
            ))
        })?;
    if activities == 0 {
        return Ok((0, 0));
    }
    // Of lists that have grown, and of cohorts that are frozen again.
    store.execute(query!("cohort/delete_members.sql"), &[])?;
    if let Some(before) = acquired_until {
        advance_first_orders(reader, before)?;
        store.execute(query!("cohort/freeze_acquired.sql"), &[])?;
    }
    if let (Some(from), Some(until)) = (touched_from, touched_until) {
        let bounds = named! { "touched_from": from, "touched_until": until };
        reader.execute(query!("cohort/freeze_touched.sql"), bounds)?;
    }
    store.execute(query!("cohort/freeze_listed.sql"), &[])?;
    store.execute(query!("cohort/mark_frozen.sql"), &[])?;
    let members: i64 = store.row(query!("cohort/count_members.sql"), &[], |row| row.get(0))?;
    Ok((activities, usize::try_from(members).unwrap_or_default()))
}

/// Rebuilds the cache of first orders, up to where it reached.
pub(super) fn rebuild_first_orders(reader: &Reader<'_>) -> Result<(), StoreError> {
    let meta = reader.store.meta();
    let covered_before = meta.first_orders_before()?;
    reader.store.execute(query!("cohort/reset_first_orders.sql"), &[])?;
    meta.unset_first_orders_before()?;
    covered_before.map_or(Ok(()), |before| advance_first_orders(reader, before))
}

/// Advances the cache of first orders to an instant, reading only the orders that it does not
/// cover yet.
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
