//! The import of orders: staged lines become rows of the file, all or none.

use chrono::NaiveDateTime;

use super::column::OrderColumn;
use super::error::ImportError;
use super::outcome::{ImportOutcome, ImportPreview, OrderImport};
use super::stage::{LineFacts, Staged, stage};
use crate::calendar::{add_days, midnight};
use crate::config::Config;
use crate::money::Money;
use crate::store::{Origin, Store, StoreError};
use crate::{named, query};

/// Reads the files and says what an import would make of them; writes nothing.
/// A file that does not exist yet is stood for by a store in memory.
pub fn preview_orders(store: &Store, request: &OrderImport) -> Result<ImportPreview, ImportError> {
    with_staged(store, request, |staged| {
        if staged.merged {
            store.execute(query!("import/merge_lines.sql"), &[])?;
            store.execute(query!("import/flag_merged_overflow.sql"), &[])?;
            staged.count_problems(store)?;
        }
        Ok(ImportPreview {
            mapping: staged.mapping.shown(),
            rows: staged.first_rows(store)?,
            lines: staged.facts.lines,
            problems: staged.problems(store)?,
            already_there: staged.already_there(store)?.0,
        })
    })
}

/// Imports orders and the customers and products that they name, in one
/// transaction; nothing is written if any line cannot be used. `config` is
/// recorded in a file that holds no data yet.
pub fn import_orders(
    store: &Store,
    config: &Config,
    request: &OrderImport,
) -> Result<ImportOutcome, ImportError> {
    with_staged(store, request, |staged| {
        store.transaction(|store| {
            refuse_problems(store, staged)?;
            write(store, config, request.clock, staged)
        })
    })
}

/// Stages the lines, does the work, and drops what was staged, whatever came of it.
fn with_staged<T>(
    store: &Store,
    request: &OrderImport,
    work: impl FnOnce(&mut Staged) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    if store.meta().origin()? == Some(Origin::Simulated) {
        return Err(ImportError::Simulated);
    }
    let done = stage(store, request).and_then(|mut staged| work(&mut staged));
    let cleaned = store.execute(query!("import/clean_up.sql"), &[]);
    // The work's own failure says more than one of cleaning up after it.
    let value = done?;
    cleaned?;
    Ok(value)
}

/// Prepares the orders in `import_orders`, and refuses lines and orders that cannot be written.
fn refuse_problems(store: &Store, staged: &mut Staged) -> Result<(), ImportError> {
    if staged.facts.problems == 0 {
        let (count, first) = staged.already_there(store)?;
        if count > 0 {
            return Err(ImportError::AlreadyThere { count, first });
        }
        if staged.facts.with_order_number > 0 && (staged.facts.padded_numbers > 0 || holds_orders(store)?) {
            store.execute(query!("import/release_order_numbers.sql"), &[])?;
        }
    }
    if staged.merged {
        store.execute(query!("import/merge_lines.sql"), &[])?;
        store.execute(query!("import/flag_merged_overflow.sql"), &[])?;
        staged.count_problems(store)?;
        store.execute(query!("import/orders_from_merged.sql"), &[])?;
    } else {
        store.execute(query!("import/orders_from_lines.sql"), &[])?;
    }
    let LineFacts { lines, problems: total, .. } = staged.facts;
    if total > 0 {
        return Err(ImportError::BadLines { total, lines, problems: staged.problems(store)? });
    }
    Ok(())
}

fn holds_orders(store: &Store) -> Result<bool, StoreError> {
    store.row(query!("import/holds_orders.sql"), &[], |row| row.get(0))
}

/// What the import brings, from `import_orders`.
struct OrderFacts {
    orders: i64,
    revenue: Money,
    negative_refunded: i64,
    first_at: NaiveDateTime,
    last_at: NaiveDateTime,
    to_number: i64,
    last_order_id: i64,
    known_last_at: Option<NaiveDateTime>,
}

fn order_facts(store: &Store) -> Result<OrderFacts, StoreError> {
    store.row(query!("import/order_facts.sql"), &[], |row| {
        Ok(OrderFacts {
            orders: row.get(0)?,
            revenue: row.get(1)?,
            negative_refunded: row.get(2)?,
            first_at: row.get(3)?,
            last_at: row.get(4)?,
            to_number: row.get(5)?,
            last_order_id: row.get(6)?,
            known_last_at: row.get(7)?,
        })
    })
}

fn write(
    store: &Store,
    config: &Config,
    clock: Option<NaiveDateTime>,
    staged: &Staged,
) -> Result<ImportOutcome, ImportError> {
    let facts = order_facts(store)?;
    let latest = facts.known_last_at.map_or(facts.last_at, |known| known.max(facts.last_at));
    let clock = clock_after(store, clock, latest)?;

    store.execute(query!("import/resolve_customers.sql"), &[])?;
    if facts.known_last_at.is_some() && staged.mapping.get(OrderColumn::OrderId).is_none() {
        refuse_the_same_again(store, &facts)?;
    }
    let by_id = staged.mapping.get(OrderColumn::ProductId).is_some();
    store.execute(query!("import/resolve_products.sql"), named! { "by_id": by_id })?;
    let (customers_created, customers_known, products_created) =
        store.row(query!("import/customer_counts.sql"), &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let frozen_before: Option<NaiveDateTime> =
        store.row(query!("import/last_frozen_window_end.sql"), &[], |row| row.get(0))?;
    let stale_months = if store.row(query!("import/holds_batch.sql"), &[], |row| row.get(0))? {
        store.row(query!("import/stale_months.sql"), &[], |row| row.get(0))?
    } else {
        0
    };

    store.execute(query!("import/add_customers.sql"), &[])?;
    store.execute(query!("import/sign_up_earlier.sql"), &[])?;
    store.execute(query!("import/add_products.sql"), &[])?;
    write_orders(store, &facts)?;
    forget_first_orders(store, facts.first_at)?;

    let meta = store.meta();
    if meta.origin()?.is_none() {
        meta.set("origin", Origin::Imported.as_str())?;
        meta.set("config", &config.to_json())?;
    }
    meta.advance_clock(clock)?;
    Ok(ImportOutcome {
        mapping: staged.mapping.shown(),
        lines: staged.facts.lines,
        orders: facts.orders,
        lines_merged: staged.facts.lines - facts.orders,
        customers_created,
        customers_known,
        products_created,
        revenue: facts.revenue,
        negative_refunded: facts.negative_refunded,
        first_order_at: facts.first_at,
        last_order_at: facts.last_at,
        clock: meta.clock()?.unwrap_or(clock),
        stale_months,
        in_frozen_windows: frozen_before.is_some_and(|end| facts.first_at < end),
    })
}

/// Without order ids nothing tells an order from its copy but that all of them
/// are there.
fn refuse_the_same_again(store: &Store, facts: &OrderFacts) -> Result<(), ImportError> {
    let new: i64 = store.row(
        query!("import/orders_not_there.sql"),
        named! { "first_at": facts.first_at, "last_at": facts.last_at },
        |row| row.get(0),
    )?;
    if new > 0 { Ok(()) } else { Err(ImportError::SameAgain { orders: facts.orders }) }
}

/// The clock that the file shall have, which must see every order.
fn clock_after(
    store: &Store,
    given: Option<NaiveDateTime>,
    latest: NaiveDateTime,
) -> Result<NaiveDateTime, ImportError> {
    let Some(clock) = given else {
        return Ok(midnight(add_days(latest.date(), 1)));
    };
    if clock <= latest {
        return Err(ImportError::ClockTooEarly { clock, latest });
    }
    match store.meta().clock()? {
        Some(current) if clock < current => Err(ImportError::ClockBack { clock, current }),
        _ => Ok(clock),
    }
}

/// Writes the orders so that the table stays sorted by time: at its end, or
/// together with the part of it that the new ones belong among.
fn write_orders(store: &Store, facts: &OrderFacts) -> Result<(), StoreError> {
    let first_at = facts.first_at;
    store.execute(query!("import/take_tail.sql"), named! { "first_at": first_at })?;
    store.execute(query!("import/drop_tail.sql"), named! { "first_at": first_at })?;
    store.execute(query!("import/orders_to_write.sql"), &[])?;
    if facts.to_number == 0 {
        store.execute(query!("import/write_orders.sql"), &[])?;
    } else {
        store.execute(
            query!("import/number_and_write_orders.sql"),
            named! { "last_order_id": facts.last_order_id },
        )?;
    }
    Ok(())
}

/// Makes the batch look again for first orders from an instant on.
fn forget_first_orders(store: &Store, first_at: NaiveDateTime) -> Result<(), StoreError> {
    let meta = store.meta();
    let Some(known) = meta.first_orders_before()? else { return Ok(()) };
    if first_at < known {
        store.execute(query!("import/forget_first_orders.sql"), named! { "first_at": first_at })?;
        meta.set_first_orders_before(first_at)?;
    }
    Ok(())
}
