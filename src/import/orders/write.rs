//! Importing orders: staged lines become rows of the file, all or none.

use chrono::NaiveDateTime;

use super::outcome::{ImportOutcome, ImportPreview, OrderImport};
use super::stage::OrderLines;
use crate::calendar::{add_days, midnight};
use crate::import::error::ImportError;
use crate::import::importer::Importer;
use crate::import::records::{refuse_simulated, remember_import};
use crate::import::request::{BadLines, OnConflict, Step};
use crate::import::stage::{LinesRead, cleaned_up, in_one_transaction};
use crate::money::Money;
use crate::store::{Store, StoreError};
use crate::{named, query};

impl Importer<'_> {
    /// Reads the files and reports what an import would do; writes nothing. For a file that does
    /// not exist yet, use a store in memory.
    pub fn preview_orders(&mut self, request: &OrderImport) -> Result<ImportPreview, ImportError> {
        cleaned_up(self.store, preview(self, request))
    }

    /// Imports orders with their customers and products, in one transaction.
    ///
    /// # Errors
    ///
    /// Nothing is written if a line is unusable, unless such lines are skipped; if an order exists
    /// already, unless `on_conflict` says what to do; or if anything else fails.
    pub fn orders(&mut self, request: &OrderImport) -> Result<ImportOutcome, ImportError> {
        cleaned_up(self.store, import(self, request))
    }
}

fn preview(importer: &mut Importer<'_>, request: &OrderImport) -> Result<ImportPreview, ImportError> {
    let store = importer.store;
    refuse_simulated(store)?;
    let mut lines = OrderLines::read(store, request, &mut importer.progress)?;
    let already_there = lines.already_there(store)?.count;
    let replaces = request.on_conflict == OnConflict::Replace;
    lines.find_shared_orders(store)?;
    let rows = lines.first_rows(store)?;
    if already_there > 0 && !replaces {
        lines.skip_those_there(store)?;
    }
    store.execute(query!("import/orders/orders_to_replace.sql"), named! { "replace": replaces })?;
    lines.settle_numbers(store, replaces && already_there > 0)?;
    lines.join(store, request)?;
    let read = match lines.settle(store, &BadLines::Skip { rejects: None }) {
        Ok(read) => read,
        Err(ImportError::NoGoodLines { problems, .. }) => {
            let outcome = ImportOutcome {
                read: LinesRead { problems, ..lines.staged.told() },
                ..ImportOutcome::default()
            };
            return Ok(ImportPreview { outcome, rows, already_there, refused: None });
        }
        Err(error) => return Err(error),
    };
    let (planned, refused) = match plan(store, request, &lines) {
        Ok(planned) => (planned, None),
        Err(error) => (None, Some(error)),
    };
    let outcome = planned.map(|plan| plan.outcome).unwrap_or_default();
    Ok(ImportPreview { outcome: ImportOutcome { read, ..outcome }, rows, already_there, refused })
}

fn import(importer: &mut Importer<'_>, request: &OrderImport) -> Result<ImportOutcome, ImportError> {
    let Importer { store, config, progress } = importer;
    store.require_orders()?;
    refuse_simulated(store)?;
    let mut lines = OrderLines::read(store, request, progress)?;
    in_one_transaction(
        store,
        &mut lines,
        |lines| &lines.staged,
        |store, lines| {
            let there = settle_conflicts(store, request, lines)?;
            lines.settle_numbers(store, request.on_conflict == OnConflict::Replace && there > 0)?;
            lines.join(store, request)?;
            let read = lines.settle(store, &request.bad_lines)?;
            if read.bad_lines > 0 {
                store.execute(query!("import/orders/drop_unreplaced_orders.sql"), &[])?;
            }
            let skipped = if request.on_conflict == OnConflict::Skip { there } else { 0 };
            progress(Step::Writing);
            let mut outcome = ImportOutcome::default();
            if let Some(plan) = plan(store, request, lines)? {
                outcome = write(store, request, lines, plan)?;
                remember_import(store, config)?;
                outcome.clock.map_or(Ok(()), |clock| store.meta().advance_clock(clock))?;
            }
            Ok(ImportOutcome { read, orders_skipped: skipped, clock: store.meta().clock()?, ..outcome })
        },
    )
}

/// Decides what happens to orders that exist already; returns their number.
fn settle_conflicts(
    store: &Store,
    request: &OrderImport,
    lines: &mut OrderLines,
) -> Result<i64, ImportError> {
    let there = lines.already_there(store)?;
    match request.on_conflict {
        _ if there.count == 0 => {}
        // Unusable lines are reported first.
        OnConflict::Error if lines.staged.bad > 0 && !request.bad_lines.are_skipped() => {}
        OnConflict::Error => {
            return Err(ImportError::AlreadyThere { count: there.count, first: there.first });
        }
        OnConflict::Skip => lines.skip_those_there(store)?,
        OnConflict::Replace => {}
    }
    let replaces = request.on_conflict == OnConflict::Replace;
    store.execute(query!("import/orders/orders_to_replace.sql"), named! { "replace": replaces })?;
    Ok(there.count)
}

/// Facts about the orders to import.
struct OrderFacts {
    orders: i64,
    revenue: Money,
    negative: i64,
    first_at: NaiveDateTime,
    last_at: NaiveDateTime,
    to_number: i64,
    last_order_id: i64,
    known_last_at: Option<NaiveDateTime>,
    replaced_first_at: Option<NaiveDateTime>,
    replaced: i64,
    lines_merged: i64,
}

impl OrderFacts {
    /// The earliest instant at which anything changes.
    fn changed_from(&self) -> NaiveDateTime {
        self.replaced_first_at.map_or(self.first_at, |replaced| replaced.min(self.first_at))
    }
}

/// Facts about the orders; `None` if there are none.
fn order_facts(store: &Store) -> Result<Option<OrderFacts>, ImportError> {
    let facts = store.row(query!("import/orders/order_facts.sql"), &[], |row| {
        let (orders, is_too_much): (i64, bool) = (row.get(0)?, row.get(11)?);
        if orders == 0 || is_too_much {
            return Ok(Err(is_too_much));
        }
        Ok(Ok(OrderFacts {
            orders,
            revenue: row.get(1)?,
            negative: row.get(2)?,
            first_at: row.get(3)?,
            last_at: row.get(4)?,
            to_number: row.get(5)?,
            last_order_id: row.get(6)?,
            known_last_at: row.get(7)?,
            replaced_first_at: row.get(8)?,
            replaced: row.get(9)?,
            lines_merged: row.get(10)?,
        }))
    })?;
    match facts {
        Ok(facts) => Ok(Some(facts)),
        Err(true) => Err(ImportError::TooMuch),
        Err(false) => Ok(None),
    }
}

/// What is to be written.
struct Plan {
    facts: OrderFacts,
    outcome: ImportOutcome,
}

/// Determines what is to be written and its effects on the file, without writing; `None` if no
/// order is left.
fn plan(store: &Store, request: &OrderImport, lines: &OrderLines) -> Result<Option<Plan>, ImportError> {
    let Some(facts) = order_facts(store)? else { return Ok(None) };
    let latest = facts.known_last_at.map_or(facts.last_at, |known| known.max(facts.last_at));
    let clock = clock_after(store, request.clock, latest)?;
    store.execute(query!("import/orders/resolve_customers.sql"), &[])?;
    store.execute(query!("import/orders/orders_of_customers.sql"), &[])?;
    let orders_alike =
        if facts.known_last_at.is_some() && !lines.by_order_id() { alike(store, &facts)? } else { 0 };
    let by_id = lines.staged.mapping.gives("product_id");
    store.execute(query!("import/orders/resolve_products.sql"), named! { "by_id": by_id })?;
    let (customers_created, customers_known, products_created, frozen_before) =
        store.row(query!("import/orders/customer_counts.sql"), &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Option<NaiveDateTime>>(3)?))
        })?;
    let stale_months = store.row(query!("import/orders/stale_months.sql"), &[], |row| row.get(0))?;
    let outcome = ImportOutcome {
        orders: facts.orders,
        orders_replaced: facts.replaced,
        orders_alike,
        lines_merged: facts.lines_merged,
        customers_created,
        customers_known,
        products_created,
        revenue: facts.revenue,
        negative: facts.negative,
        first_order_at: Some(facts.first_at),
        last_order_at: Some(facts.last_at),
        clock: Some(clock),
        stale_months,
        in_frozen_windows: frozen_before.is_some_and(|end| facts.changed_from() < end),
        ..ImportOutcome::default()
    };
    Ok(Some(Plan { facts, outcome }))
}

fn write(
    store: &Store,
    request: &OrderImport,
    lines: &OrderLines,
    plan: Plan,
) -> Result<ImportOutcome, ImportError> {
    let Plan { facts, outcome } = plan;
    store.execute(query!("import/orders/add_customers.sql"), &[])?;
    store.execute(query!("import/orders/sign_up_earlier.sql"), &[])?;
    store.execute(query!("import/orders/add_products.sql"), &[])?;
    if facts.replaced > 0 {
        store.execute(query!("import/orders/delete_replaced_lines.sql"), &[])?;
        store.execute(query!("import/orders/delete_replaced_orders.sql"), &[])?;
    }
    let orders_moved = write_orders(store, &facts)?;
    let order_lines = if request.keep_lines {
        store.execute(query!("import/orders/write_order_lines.sql"), &[])? as i64
    } else {
        0
    };
    if !lines.by_order_id() {
        note_numbered(store, facts.last_order_id + 1, facts.last_order_id + facts.orders)?;
    }
    forget_first_orders(store, facts.changed_from())?;
    Ok(ImportOutcome { orders_moved, order_lines, ..outcome })
}

/// The number of orders that look like existing ones. Without order ids an order cannot be told
/// from a copy of it, but if all have a twin, they are copies.
fn alike(store: &Store, facts: &OrderFacts) -> Result<i64, ImportError> {
    let alike: i64 = store.row(
        query!("import/orders/orders_alike.sql"),
        named! { "first_at": facts.first_at, "last_at": facts.last_at },
        |row| row.get(0),
    )?;
    if alike < facts.orders { Ok(alike) } else { Err(ImportError::SameAgain { orders: facts.orders }) }
}

/// The file's new clock, which must be after every order.
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

/// Writes the orders, keeping the table sorted by time: existing orders after the first new one
/// are rewritten with them. Returns the number of existing orders rewritten.
fn write_orders(store: &Store, facts: &OrderFacts) -> Result<i64, StoreError> {
    let first_at = named! { "first_at": facts.first_at };
    store.execute(query!("import/orders/take_tail.sql"), first_at)?;
    let moved = store.execute(query!("import/orders/drop_tail.sql"), first_at)? as i64;
    store.execute(query!("import/orders/orders_to_write.sql"), &[])?;
    if facts.to_number == 0 {
        store.execute(query!("import/orders/write_orders.sql"), &[])?;
    } else {
        let last_order_id = named! { "last_order_id": facts.last_order_id };
        store.execute(query!("import/orders/number_and_write_orders.sql"), last_order_id)?;
    }
    Ok(moved)
}

/// Records that these orders were numbered here, so that a later order with such an id is
/// known to be a different one.
fn note_numbered(store: &Store, first_id: i64, last_id: i64) -> Result<(), StoreError> {
    let range = named! { "first_id": first_id, "last_id": last_id };
    if store.execute(query!("import/orders/go_on_numbering_orders.sql"), range)? == 0 {
        store.execute(query!("import/orders/note_numbered_orders.sql"), range)?;
    }
    Ok(())
}

/// Invalidates the cache of first orders from an instant on.
fn forget_first_orders(store: &Store, first_at: NaiveDateTime) -> Result<(), StoreError> {
    let meta = store.meta();
    let Some(known) = meta.first_orders_before()? else { return Ok(()) };
    if first_at < known {
        store.execute(query!("import/orders/forget_first_orders.sql"), named! { "first_at": first_at })?;
        meta.set_first_orders_before(first_at)?;
    }
    Ok(())
}
