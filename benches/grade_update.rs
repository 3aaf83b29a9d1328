//! A grade update against the bare aggregation it cannot do without.
//!
//! Measures: (a) `SELECT user_id, sum(amount), count(*) ... GROUP BY user_id`
//! over the window, every group read by an outer sum; (b) a recorded grade
//! update with the same window, in which most customers keep their grade; (c) the
//! first update of all, which changes every customer above BRONZE. In turn, seven
//! rounds, medians; the ratio is (b) over (a) in the same run.
//!
//! Input: a million customers and 5 million orders in memory, over a year, in
//! created_at order; customers drawn so that the first ones order more often.
//!
//! Expected answer: the update's customers are a million, and its promotions in
//! the first round equal the customers above BRONZE afterwards.

use std::time::Instant;

use chrono::Duration;
use lifecycle::calendar::parse_instant;
use lifecycle::config::Config;
use lifecycle::domain::{Grade, OrderStatus};
use lifecycle::grades::{GradeUpdate, UpdateMode, update_all_grades};
use lifecycle::money::Money;
use lifecycle::rng::Streams;
use lifecycle::store::{OpenOptions, OrderRow, Query, Store, UserRow};

const CUSTOMERS: u64 = 1_000_000;
const ORDERS: u64 = 5_000_000;
const ROUNDS: usize = 7;

const BARE: Query = Query::new(
    "benches/grade_update.rs",
    "SELECT sum(amount), sum(orders) FROM (
         SELECT user_id, sum(amount) AS amount, count(*) AS orders
         FROM orders
         WHERE status = 'Success'
           AND created_at >= TIMESTAMP '2024-07-01' AND created_at < TIMESTAMP '2025-01-01'
         GROUP BY user_id)",
);

fn main() {
    let store = Store::in_memory(OpenOptions::default()).expect("a file in memory");
    fill(&store);
    let as_of = parse_instant("2025-01-01").expect("a date");
    let settings = Config::default().grades;
    let update = |n: usize| -> GradeUpdate {
        // A second later each time: the window moves by a handful of orders.
        let as_of = as_of + Duration::seconds(n as i64);
        update_all_grades(&store, as_of, &settings, UpdateMode::Record).expect("an update")
    };

    let started = Instant::now();
    let first = update(0);
    let first_seconds = started.elapsed().as_secs_f64();
    assert_eq!(first.transitions.customers(), CUSTOMERS as i64);
    let above: i64 =
        [Grade::Silver, Grade::Gold, Grade::Vip].iter().map(|grade| first.transitions.after(*grade)).sum();
    assert_eq!(first.transitions.promoted(), above);

    let (mut bare, mut updates) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let started = Instant::now();
        store.row(BARE, &[], |row| row.get::<_, Money>(0)).expect("a sum");
        bare.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        update(round);
        updates.push(started.elapsed().as_secs_f64());
    }
    let (bare, again) = (median(bare), median(updates));
    println!("{CUSTOMERS} customers, {ORDERS} orders, {above} above BRONZE");
    println!("  bare aggregation            {:>8.1} ms", 1e3 * bare);
    println!("  grade update                {:>8.1} ms   {:.2} x", 1e3 * again, again / bare);
    println!(
        "  first update, {:>7} moved {:>8.1} ms   {:.2} x",
        above,
        1e3 * first_seconds,
        first_seconds / bare
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn fill(store: &Store) {
    let start = parse_instant("2024-01-01").expect("a date");
    let users: Vec<UserRow> = (1..=CUSTOMERS as i64)
        .map(|user_id| UserRow {
            user_id,
            external_id: None,
            name: None,
            gender: None,
            birth_date: None,
            region: None,
            status: None,
            marketing_agree: None,
            grade: Grade::Bronze,
            signed_up_at: start,
        })
        .collect();
    store.append(&users).expect("customers");
    let mut stream = Streams::new(1).open("benchmark", 0);
    let mut batch = Vec::with_capacity(500_000);
    for n in 0..ORDERS {
        let luck = stream.unit();
        let amount = Money::from_hundredths(stream.log_normal(60_000.0, 1.0) as i64 * 100);
        batch.push(OrderRow {
            order_id: n as i64 + 1,
            external_id: None,
            user_id: (luck * luck * luck * CUSTOMERS as f64) as i64 + 1,
            product_id: None,
            activity_id: None,
            quantity: 1,
            unit_price: amount,
            amount,
            status: OrderStatus::Success,
            created_at: start + Duration::milliseconds((n * 366 * 86_400_000 / ORDERS) as i64),
        });
        if batch.len() == batch.capacity() {
            store.append(&batch).expect("orders");
            batch.clear();
        }
    }
    store.append(&batch).expect("orders");
}
