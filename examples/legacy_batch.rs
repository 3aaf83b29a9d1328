//! The old monthly batch beside the incremental one, month by month on the same
//! orders: the same values, and what each took.
//!
//!     cargo run --release --example legacy_batch                  # a simulated year, 10,000 customers
//!     cargo run --release --example legacy_batch -- shop.duckdb   # a file of yours, which is only read
//!
//! On the 1st of each month at 03:00, and once more at the file's clock, the old
//! way calculates every offset of every activity again from the whole purchase
//! history, deletes and saves; the new way writes the months that closed. Both
//! work on a copy in memory.

mod legacy;

use std::error::Error;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use lifecycle::calendar::{add_days, format_instant, midnight, next_batch_time};
use lifecycle::cohort;
use lifecycle::config::{CohortSettings, Config, Layer};
use lifecycle::simulate::Engine;
use lifecycle::store::{OpenOptions, Query, Store};

const CUSTOMERS: i64 = 10_000;
const DAYS: u64 = 365;

fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::in_memory(OpenOptions::default())?;
    let config = match std::env::args().nth(1) {
        Some(path) => copy(&store, &path)?,
        None => simulate(&store)?,
    };
    let months = config.cohort.months;
    let clock = store.meta().clock()?.ok_or("the file holds no data")?;
    forget(&store)?;
    legacy::prepare(&store)?;
    let activities = store.rows(ACTIVITIES, &[], |row| row.get::<_, i64>(0))?;
    let first: Option<NaiveDateTime> = store.row(FIRST_START, &[], |row| row.get(0))?;
    let mut at = next_batch_time(first.ok_or("the file holds no activities")?).min(clock);

    println!("{:<19}  {:>22}  {:>22}", "as of", "old: rows, time", "new: rows, time");
    let (mut old_time, mut new_time) = (Duration::ZERO, Duration::ZERO);
    let (mut old_rows, mut new_rows, mut statements, mut orders_read) = (0, 0, 0, 0);
    loop {
        let started = Instant::now();
        let old = legacy::run(&store, at, months, &activities)?;
        let old_took = started.elapsed();
        let started = Instant::now();
        let new = cohort::run(&store, at, CohortSettings::without_margin(months))?;
        let new_took = started.elapsed();
        println!(
            "{}  {:>10} {:>8.0} ms  {:>10} {:>8.0} ms",
            format_instant(at),
            old.saved,
            1e3 * old_took.as_secs_f64(),
            new.rows,
            1e3 * new_took.as_secs_f64(),
        );
        old_time += old_took;
        new_time += new_took;
        old_rows += old.saved;
        new_rows += new.rows;
        statements += old.statements;
        orders_read += old.orders_read;
        if at >= clock {
            break;
        }
        at = next_batch_time(at).min(clock);
    }
    let (old, new) = (old_time.as_secs_f64(), new_time.as_secs_f64());
    println!("old: {old:.2} s, {old_rows} rows saved, {statements} statements, {orders_read} orders read");
    println!("new: {new:.2} s, {new_rows} rows written; {:.1} times as fast", old / new);

    let differing = legacy::differences(&store, &activities)?;
    if differing > 0 {
        return Err(format!("{differing} rows differ between the two").into());
    }
    println!("every value of the {new_rows} rows agrees");
    Ok(())
}

const ACTIVITIES: Query =
    Query::new("examples/legacy_batch", "SELECT activity_id FROM campaign_activities ORDER BY activity_id");

const FIRST_START: Query =
    Query::new("examples/legacy_batch", "SELECT min(start_at) FROM campaign_activities");

/// Fills the store with a simulated year.
fn simulate(store: &Store) -> Result<Config, Box<dyn Error>> {
    let config = Config::from_layers(&[Layer::from_key("the example", "simulation.users", CUSTOMERS)])?;
    let mut engine = Engine::begin(store, &config)?;
    engine.run_until(midnight(add_days(config.simulation.start, DAYS)), |_| true)?;
    Ok(config)
}

/// Copies what the batch needs from a file.
fn copy(store: &Store, path: &str) -> Result<Config, Box<dyn Error>> {
    let file = Store::open(path.as_ref(), lifecycle::store::Access::Read, OpenOptions::default())?;
    let clock = file.meta().clock()?.ok_or("the file holds no data")?;
    let stored = file.meta().config()?;
    drop(file);
    let attach = format!("ATTACH '{}' AS shop (READ_ONLY)", path.replace('\'', "''"));
    store.execute(Query::new("examples/legacy_batch", Box::leak(attach.into_boxed_str())), &[])?;
    for copy in [
        "INSERT INTO campaign_activities SELECT * FROM shop.campaign_activities ORDER BY activity_id",
        "INSERT INTO orders SELECT * FROM shop.orders ORDER BY created_at, order_id",
        "DETACH shop",
    ] {
        store.execute(Query::new("examples/legacy_batch", copy), &[])?;
    }
    store.meta().set_instant("clock", clock)?;
    let layers = stored.map(|text| Layer::from_json("the file's own settings", &text)).transpose()?;
    Ok(Config::from_layers(&layers.into_iter().collect::<Vec<_>>())?)
}

/// Takes back what the batch has computed.
fn forget(store: &Store) -> Result<(), Box<dyn Error>> {
    for forget in [
        "DELETE FROM ltv_batch",
        "DELETE FROM cohort_members",
        "DELETE FROM first_orders",
        "DELETE FROM meta WHERE key = 'first_orders_before'",
        "UPDATE campaign_activities SET frozen = false",
    ] {
        store.execute(Query::new("examples/legacy_batch", forget), &[])?;
    }
    Ok(())
}
