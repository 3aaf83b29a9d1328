//! The import of orders: staged lines become rows of the file, all or none.

use chrono::NaiveDateTime;

use super::column::OrderColumn;
use super::outcome::{ImportOutcome, ImportPreview, OrderImport};
use super::stage::{AlreadyThere, OrderLines};
use crate::calendar::{add_days, midnight};
use crate::config::Config;
use crate::import::error::ImportError;
use crate::import::records::{refuse_simulated, remember_import};
use crate::import::request::{OnConflict, Progress, Step};
use crate::import::stage::{LinesRead, cleaned_up, concluded};
use crate::money::Money;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// Reads the files and says what an import would make of them; writes nothing.
/// A file that does not exist yet is stood for by a store in memory.
pub fn preview_orders(
    store: &Store,
    request: &OrderImport,
    progress: Progress<'_>,
) -> Result<ImportPreview, ImportError> {
    cleaned_up(store, preview(store, request, progress))
}

fn preview(
    store: &Store,
    request: &OrderImport,
    progress: Progress<'_>,
) -> Result<ImportPreview, ImportError> {
    refuse_simulated(store)?;
    let mut lines = OrderLines::read(store, request, progress)?;
    let already_there = lines.already_there(store)?.count;
    lines.join(store, request)?;
    Ok(ImportPreview {
        remark: lines.staged.source.remark.clone(),
        mapping: lines.staged.mapping.shown(),
        rows: lines.first_rows(store)?,
        lines: lines.staged.lines,
        problems: lines.staged.problems(store)?,
        already_there,
    })
}

/// Imports orders and the customers and products that they name, in one
/// transaction. `config` is recorded in a file that holds no data yet.
///
/// # Errors
///
/// Nothing is written if any line cannot be used, unless such lines are skipped; if
/// an order is in the file already, unless that is settled; or if anything fails.
pub fn import_orders(
    store: &Store,
    config: &Config,
    request: &OrderImport,
    progress: Progress<'_>,
) -> Result<ImportOutcome, ImportError> {
    concluded(store, &request.bad_lines, import(store, config, request, progress))
}

fn import(
    store: &Store,
    config: &Config,
    request: &OrderImport,
    progress: Progress<'_>,
) -> Result<ImportOutcome, ImportError> {
    refuse_simulated(store)?;
    let mut lines = OrderLines::read(store, request, progress)?;
    store.transaction(|store| {
        let there = settle_conflicts(store, request, &mut lines)?;
        lines.settle_numbers(store, request.on_conflict == OnConflict::Replace && there.count > 0)?;
        lines.join(store, request)?;
        let read = lines.settle(store, request)?;
        if read.bad_lines > 0 {
            store.execute(query!("import/drop_unreplaced_orders.sql"), &[])?;
        }
        let replaced = store.row(query!("import/replaced_count.sql"), &[], |row| row.get(0))?;
        let skipped = if request.on_conflict == OnConflict::Skip { there.count } else { 0 };
        progress(Step::Writing);
        write(store, config, request, &lines, Settled { read, skipped, replaced })
    })
}

/// What was decided about the lines before the writing.
struct Settled {
    read: LinesRead,
    /// Orders that the file held already, and keeps.
    skipped: i64,
    /// Those that are replaced.
    replaced: i64,
}

/// Settles what becomes of orders that the file holds already.
fn settle_conflicts(
    store: &Store,
    request: &OrderImport,
    lines: &mut OrderLines,
) -> Result<AlreadyThere, ImportError> {
    store.execute(query!("import/no_orders_to_replace.sql"), &[])?;
    let there = lines.already_there(store)?;
    if there.count == 0 {
        return Ok(there);
    }
    match request.on_conflict {
        // Lines that cannot be used are said first.
        OnConflict::Error if lines.staged.bad > 0 && !request.bad_lines.are_skipped() => {}
        OnConflict::Error => {
            return Err(ImportError::AlreadyThere { count: there.count, first: there.first });
        }
        OnConflict::Skip => lines.skip_those_there(store)?,
        OnConflict::Replace => {
            store.execute(query!("import/orders_to_replace.sql"), &[])?;
        }
    }
    Ok(there)
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
    replaced_first_at: Option<NaiveDateTime>,
}

impl OrderFacts {
    /// The earliest instant at which anything changes.
    fn changed_from(&self) -> NaiveDateTime {
        self.replaced_first_at.map_or(self.first_at, |replaced| replaced.min(self.first_at))
    }
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
            replaced_first_at: row.get(8)?,
        })
    })
}

fn write(
    store: &Store,
    config: &Config,
    request: &OrderImport,
    lines: &OrderLines,
    settled: Settled,
) -> Result<ImportOutcome, ImportError> {
    let staged = &lines.staged;
    let Settled { read, skipped, replaced } = settled;
    if store.row(query!("import/is_empty.sql"), &[], |row| row.get(0))? {
        return Ok(ImportOutcome {
            read,
            orders_skipped: skipped,
            clock: store.meta().clock()?,
            ..ImportOutcome::default()
        });
    }
    let facts = order_facts(store)?;
    let latest = facts.known_last_at.map_or(facts.last_at, |known| known.max(facts.last_at));
    let clock = clock_after(store, request.clock, latest)?;

    store.execute(query!("import/resolve_customers.sql"), &[])?;
    if store.row(query!("import/customers_have_their_numbers.sql"), &[], |row| row.get(0))? {
        store.execute(query!("import/orders_of_numbered_customers.sql"), &[])?;
    } else {
        store.execute(query!("import/orders_of_customers.sql"), &[])?;
    }
    let by_order_id = staged.mapping.gives(OrderColumn::OrderId);
    let orders_alike = if facts.known_last_at.is_some() && !by_order_id { alike(store, &facts)? } else { 0 };
    let by_id = staged.mapping.gives(OrderColumn::ProductId);
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
    if replaced > 0 {
        store.execute(query!("import/delete_replaced_orders.sql"), &[])?;
    }
    let orders_moved = write_orders(store, &facts, by_order_id)?;
    if !by_order_id {
        note_numbered(store, facts.last_order_id + 1, facts.last_order_id + facts.orders)?;
    }
    forget_first_orders(store, facts.changed_from())?;

    let meta = store.meta();
    remember_import(store, config)?;
    meta.advance_clock(clock)?;
    Ok(ImportOutcome {
        read,
        orders: facts.orders,
        orders_skipped: skipped,
        orders_replaced: replaced,
        orders_alike,
        lines_merged: lines.merged_lines(store)?,
        customers_created,
        customers_known,
        products_created,
        revenue: facts.revenue,
        negative_refunded: facts.negative_refunded,
        first_order_at: Some(facts.first_at),
        last_order_at: Some(facts.last_at),
        clock: meta.clock()?,
        orders_moved,
        stale_months,
        in_frozen_windows: frozen_before.is_some_and(|end| facts.changed_from() < end),
    })
}

/// How many of the orders look like ones that the file holds: without order ids nothing
/// tells an order from its copy. If all of them do, they are copies.
fn alike(store: &Store, facts: &OrderFacts) -> Result<i64, ImportError> {
    let alike: i64 = store.row(
        query!("import/orders_alike.sql"),
        named! { "first_at": facts.first_at, "last_at": facts.last_at },
        |row| row.get(0),
    )?;
    if alike < facts.orders { Ok(alike) } else { Err(ImportError::SameAgain { orders: facts.orders }) }
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
/// together with the part of it that the new ones belong among. Returns how many
/// orders that part had.
fn write_orders(store: &Store, facts: &OrderFacts, by_order_id: bool) -> Result<i64, StoreError> {
    let first_at = facts.first_at;
    store.execute(query!("import/take_tail.sql"), named! { "first_at": first_at })?;
    let moved = store.row(query!("import/tail_size.sql"), &[], |row| row.get(0))?;
    store.execute(query!("import/drop_tail.sql"), named! { "first_at": first_at })?;
    store.execute(query!("import/orders_to_write.sql"), &[])?;
    let last_order_id = named! { "last_order_id": facts.last_order_id };
    if facts.to_number == 0 {
        store.execute(query!("import/write_orders.sql"), &[])?;
    } else if !by_order_id && moved == 0 {
        store.execute(query!("import/sort_orders.sql"), &[])?;
        store.execute(query!("import/write_sorted_orders.sql"), last_order_id)?;
    } else {
        store.execute(query!("import/number_and_write_orders.sql"), last_order_id)?;
    }
    Ok(moved)
}

/// Remembers that these orders have no id of the shop's: a later one of such an id is
/// another order.
fn note_numbered(store: &Store, first_id: i64, last_id: i64) -> Result<(), StoreError> {
    let range = named! { "first_id": first_id, "last_id": last_id };
    if store.execute(query!("import/go_on_numbering_orders.sql"), range)? == 0 {
        store.execute(query!("import/note_numbered_orders.sql"), range)?;
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
