//! A small shop for the tests of verification and repair: four activities
//! with cohorts of every kind, and members who keep ordering for a year.

use chrono::NaiveDateTime;
use lifecycle::calendar::{add_months, parse_instant};
use lifecycle::cohort::{self, Verification};
use lifecycle::config::CohortSettings;
use lifecycle::domain::{Grade, OrderStatus};
use lifecycle::money::Money;
use lifecycle::store::{ActivityRow, CampaignRow, OpenOptions, OrderRow, Query, Store, UserRow};

/// The as-of of the shop: past every cohort's twelfth month.
pub const CLOCK: &str = "2024-06-01";

/// An instant.
pub fn at(text: &str) -> NaiveDateTime {
    parse_instant(text).unwrap()
}

/// A file in memory with the activities and this many customers.
pub fn empty_shop(customers: i64) -> Store {
    let store = Store::in_memory(OpenOptions { threads: Some(1), ..OpenOptions::default() }).unwrap();
    fill(&store, customers);
    store
}

/// Writes the activities and this many customers into an empty file.
pub fn fill(store: &Store, customers: i64) {
    let users: Vec<UserRow> = (1..=customers)
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
            signed_up_at: at("2022-01-01"),
        })
        .collect();
    store.append(&users).unwrap();
    store.append(&[CampaignRow { campaign_id: 1, name: "campaign".to_owned() }]).unwrap();
    let activity = |activity_id, channel: &str, budget: Option<i64>, start, end: Option<&str>| ActivityRow {
        activity_id,
        campaign_id: 1,
        name: format!("activity {activity_id}"),
        channel: channel.to_owned(),
        budget: budget.map(Money::from_hundredths),
        start_at: at(start),
        end_at: end.map(at),
    };
    store
        .append(&[
            activity(1, "search", Some(1_000_003), "2023-01-10 09:30", None),
            activity(2, "social", None, "2023-01-31", Some("2023-02-15")),
            activity(3, "organic", None, "2023-03-01", Some("2023-04-01")),
            activity(4, "email", Some(500_000), "2023-02-01", Some("2023-03-20")),
        ])
        .unwrap();
    store.meta().advance_clock(at(CLOCK)).unwrap();
}

/// A qualifying order.
pub fn order(order_id: i64, user_id: i64, activity_id: Option<i64>, hundredths: i64, when: &str) -> OrderRow {
    OrderRow {
        order_id,
        external_id: None,
        user_id,
        product_id: None,
        activity_id,
        quantity: 1,
        unit_price: Money::from_hundredths(hundredths),
        amount: Money::from_hundredths(hundredths),
        status: OrderStatus::Success,
        created_at: at(when),
    }
}

/// Forty customers, ten per cohort; the n-th of ten orders every n-th month, so
/// that some never come back. Order numbers are 100 × customer + month.
pub fn orders() -> Vec<OrderRow> {
    let first = ["2023-01-20 12:00", "2023-02-01 08:00", "2023-03-31 23:59", "2023-03-10 10:00"];
    let mut orders = Vec::new();
    for user in 1..=40_i64 {
        let cohort = (user - 1) / 10;
        let pace = (user - 1) % 10 + 1;
        let start = at(first[cohort as usize]);
        for month in (0..14).step_by(pace as usize) {
            let activity = (month == 0 && cohort != 2).then_some(cohort + 1);
            let amount = 10_001 + 137 * user + 1_009 * i64::from(month);
            let mut row = order(100 * user + i64::from(month), user, activity, amount, CLOCK);
            row.created_at = add_months(start, month);
            orders.push(row);
        }
    }
    orders.sort_by_key(|row| (row.created_at, row.order_id));
    orders
}

/// The shop with its orders and the batch run.
pub fn shop() -> Store {
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    store
}

/// Runs a statement of a test.
pub fn change(store: &Store, sql: &'static str) -> usize {
    store.execute(Query::new("(a test)", sql), &[]).unwrap()
}

/// The single number that a statement returns.
pub fn number(store: &Store, sql: &'static str) -> i64 {
    store.row(Query::new("(a test)", sql), &[], |row| row.get(0)).unwrap()
}

fn lines(store: &Store, sql: &'static str) -> Vec<String> {
    store.rows(Query::new("(a test)", sql), &[], |row| row.get(0)).unwrap()
}

/// Every row of the batch as text, without its time of collection.
pub fn rows(store: &Store) -> Vec<String> {
    lines(
        store,
        "SELECT CAST(batch AS VARCHAR) FROM (SELECT * EXCLUDE (collected_at) FROM ltv_batch) AS batch
         ORDER BY activity_id, month_offset",
    )
}

/// Every row of the batch as text, with all columns.
pub fn whole_rows(store: &Store) -> Vec<String> {
    lines(store, "SELECT CAST(ltv_batch AS VARCHAR) FROM ltv_batch ORDER BY activity_id, month_offset")
}

/// Every member with the state that the batch keeps.
pub fn members(store: &Store) -> Vec<String> {
    lines(store, "SELECT CAST(cohort_members AS VARCHAR) FROM cohort_members ORDER BY activity_id, user_id")
}

/// A verification as of the clock.
pub fn verified(store: &Store) -> Verification {
    cohort::verify(store, at(CLOCK), CohortSettings::without_margin(12), None).unwrap()
}

/// Asserts that nothing differs and no rule is broken.
#[track_caller]
pub fn assert_clean(store: &Store) {
    let found = verified(store);
    assert!(found.is_clean(), "{found:#?}");
}
