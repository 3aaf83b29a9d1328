//! Grades a handful of customers through the library, in a file in memory.
//!
//!     cargo run --release --example grade_update

use std::error::Error;

use chrono::{Days, NaiveDateTime};
use lifecycle::calendar::parse_instant;
use lifecycle::config::Config;
use lifecycle::domain::{Grade, OrderStatus};
use lifecycle::grades::{UpdateMode, log_lines, update_all_grades};
use lifecycle::lang::Lang;
use lifecycle::money::Money;
use lifecycle::store::{OpenOptions, OrderRow, Store, UserRow};

fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::in_memory(OpenOptions::default())?;
    let signed_up_at = parse_instant("2024-01-01")?;
    let users: Vec<UserRow> = (1..=4).map(|user_id| customer(user_id, signed_up_at)).collect();
    store.append(&users)?;

    // Customer 1 meets both of VIP's conditions, 2 only the amount, 3 SILVER's, 4 nothing.
    let mut orders = Vec::new();
    for (user_id, count, won) in [(1, 10, 200_000), (2, 4, 600_000), (3, 3, 100_000)] {
        for n in 0..count {
            let created_at = signed_up_at + Days::new(10 + n);
            orders.push(order(orders.len() as i64 + 1, user_id, won, created_at));
        }
    }
    orders.sort_by_key(|order| order.created_at);
    store.append(&orders)?;

    let settings = Config::default().grades;
    let update = update_all_grades(&store, parse_instant("2024-06-01")?, &settings, UpdateMode::Record)?;
    println!("{}", log_lines(&update, Lang::En));
    for change in &update.changes {
        println!("  customer {} is now {}", change.user_id, change.grade);
    }

    // Half a year later the window holds none of these orders: everybody falls.
    let later = update_all_grades(&store, parse_instant("2025-01-01")?, &settings, UpdateMode::Record)?;
    println!("{}", log_lines(&later, Lang::Ko));
    Ok(())
}

fn customer(user_id: i64, signed_up_at: NaiveDateTime) -> UserRow {
    UserRow {
        user_id,
        external_id: None,
        name: None,
        gender: None,
        birth_date: None,
        region: None,
        status: None,
        marketing_agree: None,
        grade: Grade::Bronze,
        signed_up_at,
    }
}

fn order(order_id: i64, user_id: i64, won: i64, created_at: NaiveDateTime) -> OrderRow {
    let amount = Money::from_hundredths(won * 100);
    OrderRow {
        order_id,
        external_id: None,
        user_id,
        product_id: None,
        activity_id: None,
        quantity: 1,
        unit_price: amount,
        amount,
        status: OrderStatus::Success,
        created_at,
    }
}
