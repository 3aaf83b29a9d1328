//! A small simulated shop: what must not change its rows, what must, and that its grades and
//! cohorts follow from its orders.

use std::collections::HashMap;

use chrono::{Duration, NaiveDateTime};
use lifecycle::config::{CohortSettings, Config, Layer};
use lifecycle::simulate::Engine;
use lifecycle::store::{OpenOptions, Query, Store};

use crate::instant::At;
use crate::oracle::{self, GRADE_RULES};
use crate::shop::{Shop, empty_store, test_query};

/// The rows that a seed and settings determine: everything but `collected_at`,
/// the numbers of grade runs, and the version and generation in `meta`.
const DETERMINED: &[(&str, &str)] = &[
    (
        "meta",
        "SELECT CAST(meta AS VARCHAR) FROM meta WHERE key NOT IN ('schema_version', 'generation') ORDER BY key",
    ),
    ("users", "SELECT CAST(users AS VARCHAR) FROM users ORDER BY user_id"),
    ("products", "SELECT CAST(products AS VARCHAR) FROM products ORDER BY product_id"),
    ("campaigns", "SELECT CAST(campaigns AS VARCHAR) FROM campaigns ORDER BY campaign_id"),
    (
        "campaign_activities",
        "SELECT CAST(campaign_activities AS VARCHAR) FROM campaign_activities ORDER BY activity_id",
    ),
    ("orders", "SELECT CAST(orders AS VARCHAR) FROM orders ORDER BY order_id"),
    (
        "grade_runs",
        "SELECT CAST(run AS VARCHAR) FROM (SELECT * EXCLUDE (run_id) FROM grade_runs) AS run ORDER BY as_of",
    ),
    ("grade_changes", "SELECT CAST(grade_changes AS VARCHAR) FROM grade_changes ORDER BY as_of, user_id"),
    ("first_orders", "SELECT CAST(first_orders AS VARCHAR) FROM first_orders ORDER BY user_id"),
    (
        "cohort_members",
        "SELECT CAST(cohort_members AS VARCHAR) FROM cohort_members ORDER BY activity_id, user_id",
    ),
    (
        "ltv_batch",
        "SELECT CAST(written AS VARCHAR) FROM (SELECT * EXCLUDE (collected_at) FROM ltv_batch) AS written
         ORDER BY activity_id, month_offset",
    ),
];

/// The tables of a file as text, without what may differ.
pub type Tables = Vec<(&'static str, Vec<String>)>;

pub fn tables(store: &Store) -> Tables {
    DETERMINED
        .iter()
        .map(|(name, sql)| (*name, store.rows(Query::new(name, sql), &[], |row| row.get(0)).unwrap()))
        .collect()
}

/// Asserts that two files hold the same rows, and that there are some in every table.
fn assert_same_tables(left: &Tables, right: &Tables) {
    for ((name, left), (_, right)) in left.iter().zip(right) {
        assert!(!left.is_empty(), "{name} is empty: nothing is compared");
        oracle::assert_same(name, left, right);
    }
}

/// A shop small enough to simulate a hundred days in a moment, and busy enough
/// to fill every table.
pub fn small(seed: u64) -> Config {
    let text = format!(
        "[cache]\nusers = 300\ncandidates = 60\nproducts = 200\nproduct_refresh_hours = 5\n
         [simulation]\nseed = {seed}\nusers = 2000\nsignup_share = 0.8\nconversion = 0.12"
    );
    Config::from_layers(&[Layer::from_toml("small", &text).unwrap()]).unwrap()
}

/// How long the small shop is simulated.
const DAYS: i64 = 75;

pub fn start(config: &Config) -> NaiveDateTime {
    config.simulation.start.and_time(chrono::NaiveTime::MIN)
}

/// Simulates in the given store, stopping and resuming after each of the given hours.
fn simulate(store: &Store, config: &Config, stops: &[i64]) {
    let start = start(config);
    let end = start + Duration::days(DAYS);
    let mut engine = Engine::begin(store, config).unwrap();
    for hours in stops {
        engine.run_until(start + Duration::hours(*hours), |_| true).unwrap();
        let clock = store.meta().clock().unwrap().unwrap();
        assert_eq!(clock, start + Duration::hours(*hours));
        engine = Engine::resume(store, config, clock).unwrap();
    }
    engine.run_to_end(end, |_| true).unwrap();
    assert_eq!(store.meta().clock().unwrap(), Some(end));
}

fn simulated(config: &Config, stops: &[i64]) -> Tables {
    let store = empty_store();
    simulate(&store, config, stops);
    tables(&store)
}

#[test]
fn a_seed_decides_every_row() {
    let config = small(1);
    let once = simulated(&config, &[]);
    assert_same_tables(&once, &simulated(&config, &[]));
    let other = simulated(&small(2), &[]);
    for ((name, rows), (_, other_rows)) in once.iter().zip(&other) {
        if *name != "campaigns" {
            assert_ne!(rows, other_rows, "{name} does not depend on the seed");
        }
    }
}

#[test]
fn threads_do_not_matter() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let store =
                Store::in_memory(OpenOptions { threads: Some(threads), ..OpenOptions::default() }).unwrap();
            simulate(&store, &small(3), &[]);
            tables(&store)
        })
    };
    assert_same_tables(&on(1), &on(2));
}

#[test]
fn a_run_in_pieces_equals_the_whole() {
    let config = small(4);
    let whole = simulated(&config, &[]);
    assert_same_tables(&whole, &simulated(&config, &[25 * 24]));
    // On a commit's day; at the batch of 1 February 03:00, day 16; in the middle of a day.
    assert_same_tables(&whole, &simulated(&config, &[14 * 24, 16 * 24 + 3, 40 * 24 + 13, 41 * 24 + 1]));
}

#[test]
fn a_run_stopped_within_a_week_is_continued() {
    let config = small(4);
    let store = empty_store();
    let end = start(&config) + Duration::days(DAYS);
    let mut days_seen = Vec::new();
    let mut engine = Engine::begin(&store, &config).unwrap();
    engine
        .run_until(end, |progress| {
            days_seen.push(progress.days);
            progress.days < 10
        })
        .unwrap();
    assert_eq!(days_seen, (1..=10).collect::<Vec<u64>>());
    let clock = start(&config) + Duration::days(10);
    assert_eq!((engine.clock(), store.meta().clock().unwrap()), (clock, Some(clock)));
    let mut engine = Engine::resume(&store, &config, clock).unwrap();
    engine.run_until(end, |_| true).unwrap();
    engine.run_cohort_batch().unwrap();
    assert_same_tables(&simulated(&config, &[]), &tables(&store));
}

#[test]
fn a_run_killed_within_a_week_goes_on_from_its_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.duckdb");
    let config = small(4);
    let end = start(&config) + Duration::days(DAYS);
    let open = || Store::open(&path, lifecycle::store::Access::Create, OpenOptions::default()).unwrap();
    let killed = std::panic::catch_unwind(|| {
        let store = open();
        let mut engine = Engine::begin(&store, &config).unwrap();
        engine.run_until(end, |progress| if progress.days < 25 { true } else { panic!("killed, as planned") })
    });
    assert!(killed.is_err());
    let store = open();
    let clock = store.meta().clock().unwrap().unwrap();
    assert_eq!(clock, start(&config) + Duration::days(21));
    let mut engine = Engine::resume(&store, &config, clock).unwrap();
    engine.run_until(end, |_| true).unwrap();
    engine.run_cohort_batch().unwrap();
    assert_same_tables(&simulated(&config, &[]), &tables(&store));
}

/// The instants of the batch in a run from 2024-01-16: each 1st at 03:00, and the end.
pub fn batch_instants(end: NaiveDateTime) -> Vec<At> {
    let first: At = "2024-02-01 03:00".parse().unwrap();
    let end = At::from(end);
    let mut instants: Vec<At> =
        (0..).map(|months| first.plus_months(months)).take_while(|at| *at <= end).collect();
    instants.push(end);
    instants
}

#[test]
fn a_simulated_file_agrees_with_its_orders() {
    let config = small(5);
    let store = empty_store();
    simulate(&store, &config, &[]);
    let shop = Shop::read(&store);
    let end = start(&config) + Duration::days(DAYS);
    check_recorded_grades(&store, &shop, DAYS / 7);

    let mut runs = batch_instants(end);
    oracle::check_cohorts(&store, &runs, 12);
    assert!(oracle::ltv_rows(&store).len() >= 5);

    // A year later every cohort has reached its last month, and everybody is demoted.
    for later in [40, 100, 200, 500].map(|days| At::from(end + Duration::days(days))) {
        lifecycle::cohort::run(&store, later.naive(), CohortSettings::without_margin(12)).unwrap();
        runs.push(later);
        oracle::check_cohorts(&store, &runs, 12);
        oracle::check_grade_update(&store, later, &GRADE_RULES);
    }
    assert!(oracle::ltv_rows(&store).iter().any(|(row, _)| row.offset == 11));
}

/// Replays every recorded grade run from the orders: the weekly instants, the
/// changes and what they left in `users`.
pub fn check_recorded_grades(store: &Store, shop: &Shop, expected_runs: i64) {
    let runs = test_query("SELECT as_of FROM grade_runs ORDER BY run_id");
    let runs: Vec<NaiveDateTime> = store.rows(runs, &[], |row| row.get(0)).unwrap();
    let start: At = "2024-01-16".parse().unwrap();
    let weekly: Vec<NaiveDateTime> =
        (1..=expected_runs).map(|week| start.naive() + Duration::days(7 * week)).collect();
    assert_eq!(runs, weekly);
    let oracle = oracle::Oracle::new(shop);
    let mut grades: HashMap<i64, String> = HashMap::new();
    let mut expected = Vec::new();
    for as_of in runs {
        for graded in oracle.grades(At::from(as_of), &GRADE_RULES) {
            let held = grades.entry(graded.user).or_insert_with(|| "BRONZE".to_owned());
            if *held != graded.grade {
                expected.push((At::from(as_of), std::mem::replace(held, graded.grade.clone()), graded));
            }
        }
    }
    assert!(expected.len() > 10, "only {} changes", expected.len());
    oracle::assert_same("grade_changes", &oracle::grade_changes(store), &expected);
    for customer in &shop.customers {
        let expected = grades.get(&customer.id).map_or("BRONZE", String::as_str);
        assert_eq!(customer.grade, expected, "grade of customer {}", customer.id);
    }
}

/// Rows that break a rule of the simulated shop: there must be none.
const BROKEN: &[(&str, &str)] = &[
    (
        "orders stand in the order of time and number",
        "SELECT count(*) FROM (
             SELECT created_at, order_id, lag(created_at) OVER (ORDER BY rowid) AS before,
                 row_number() OVER (ORDER BY rowid) AS nth
             FROM orders
         ) WHERE created_at < before OR order_id <> nth",
    ),
    (
        "orders lie between the start and the clock",
        "SELECT count(*) FROM orders
         WHERE created_at < TIMESTAMP '2024-01-16'
            OR created_at >= (SELECT CAST(value AS TIMESTAMP) FROM meta WHERE key = 'clock')",
    ),
    (
        "customers sign up before they order, and before the clock",
        "SELECT count(*) FROM orders LEFT JOIN users USING (user_id)
         WHERE signed_up_at IS NULL OR signed_up_at > created_at
            OR signed_up_at >= (SELECT CAST(value AS TIMESTAMP) FROM meta WHERE key = 'clock')",
    ),
    (
        "an order costs its product's price times its quantity",
        "SELECT count(*) FROM orders LEFT JOIN products USING (product_id)
         WHERE price IS NULL OR unit_price <> price OR quantity < 1 OR amount <> price * quantity",
    ),
    (
        "an order's activity runs when it is made",
        "SELECT count(*) FROM orders JOIN campaign_activities AS activities USING (activity_id)
         WHERE created_at < start_at OR created_at >= coalesce(end_at, start_at + INTERVAL 1 MONTH)",
    ),
    (
        "an order's activity and an activity's campaign exist",
        "SELECT (SELECT count(*) FROM orders
                 WHERE activity_id NOT IN (SELECT activity_id FROM campaign_activities))
              + (SELECT count(*) FROM campaign_activities
                 WHERE campaign_id NOT IN (SELECT campaign_id FROM campaigns))",
    ),
    (
        "products have a category and a price, and differ",
        "SELECT count(*) FILTER (WHERE category IS NULL OR category = '' OR name = '' OR NOT price > 0)
              + count(*) - count(DISTINCT name)
         FROM products",
    ),
    (
        "customers are complete and numbered from one",
        "SELECT count(*) FILTER (WHERE name IS NULL OR gender IS NULL OR birth_date IS NULL
                 OR region IS NULL OR status IS NULL OR marketing_agree IS NULL)
              + max(user_id) - count(DISTINCT user_id)
         FROM users",
    ),
    (
        "no customer is a member of two campaign activities",
        "SELECT count(*) - count(DISTINCT user_id) FROM cohort_members",
    ),
];

#[test]
fn a_simulated_file_breaks_no_rule() {
    let store = empty_store();
    simulate(&store, &small(6), &[]);
    for (rule, sql) in BROKEN {
        let broken: i64 = store.row(Query::new(rule, sql), &[], |row| row.get(0)).unwrap();
        assert_eq!(broken, 0, "{rule}");
    }
    let statuses = test_query("SELECT count(DISTINCT status), count(DISTINCT quantity) FROM orders");
    let (statuses, quantities): (i64, i64) =
        store.row(statuses, &[], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(statuses, 4);
    assert!(quantities > 1);
    let categories = test_query("SELECT count(DISTINCT category) FROM products");
    let categories: i64 = store.row(categories, &[], |row| row.get(0)).unwrap();
    assert!(categories >= 5, "{categories} categories");
}
