//! Several writers on one simulation: together they produce what one would have produced, or they
//! stop with an error.

use std::process::Stdio;

use chrono::{Duration, NaiveDateTime};
use lifecycle::config::Config;
use lifecycle::grades::{UpdateMode, update_all_grades};
use lifecycle::simulate::{Engine, EngineError, Event, Walk};
use lifecycle::store::{Access, Store};
use proptest::prelude::*;

use crate::shell::Shell;
use crate::shop::{empty_store, test_query};
use crate::simulation::{small, start, tables};

/// How long these simulations run: long enough for grades to change twice.
const HOURS: i64 = 11 * 24;

/// A simulation of some days, as `generate` leaves it.
fn begun(config: &Config, days: i64) -> (Store, NaiveDateTime) {
    let store = empty_store();
    let clock = start(config) + Duration::days(days);
    Engine::begin(&store, config).unwrap().run_until(clock, |_| true).unwrap();
    (store, clock)
}

/// Duplicate rows, by table.
fn made_twice(store: &Store) -> Vec<(String, i64)> {
    let twice = test_query(
        "SELECT 'orders', count(*) - count(DISTINCT order_id) FROM orders
         UNION ALL SELECT 'users', count(*) - count(DISTINCT user_id) FROM users
         UNION ALL SELECT 'names', count(*) - count(DISTINCT (name, birth_date, signed_up_at)) FROM users
         UNION ALL SELECT 'grade runs', count(*) - count(DISTINCT run_id) FROM grade_runs
         UNION ALL SELECT 'updates', count(*) - count(DISTINCT as_of) FROM grade_runs
         UNION ALL SELECT 'activities', count(*) - count(DISTINCT activity_id) FROM campaign_activities
         UNION ALL SELECT 'rows', count(*) - count(DISTINCT (activity_id, month_offset)) FROM ltv_batch",
    );
    let found = store.rows(twice, &[], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.into_iter().filter(|(_, rows)| *rows != 0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn walks_that_take_turns_make_what_one_would_have(
        turns in prop::collection::vec((0..3usize, 600..40 * 3_600i64), 2..8),
        seed in 1..50u64,
    ) {
        let config = small(seed);
        let (store, clock) = begun(&config, 10);
        let end = clock + Duration::hours(HOURS);
        let mut walks: Vec<Walk> = (0..3).map(|_| Walk::resume(&store, &config, clock).unwrap()).collect();
        let mut to = clock;
        for (turn, secs) in turns {
            to = end.min(to + Duration::seconds(secs));
            // Looking ahead draws the current hour.
            walks[turn].next_due();
            walks[turn].advance(&store, to, |_| ()).unwrap();
        }
        for walk in &mut walks {
            walk.advance(&store, end, |_| ()).unwrap();
            prop_assert_eq!(walk.clock(), end);
        }
        let (alone, clock) = begun(&config, 10);
        Walk::resume(&alone, &config, clock).unwrap().advance(&alone, end, |_| ()).unwrap();
        assert_same_tables_so_far(&alone, &store);
    }
}

#[test]
fn a_walk_says_when_it_catches_up_with_another() {
    let config = small(7);
    let (store, clock) = begun(&config, 10);
    let mut left = Walk::resume(&store, &config, clock).unwrap();
    let mut other = Walk::resume(&store, &config, clock).unwrap();
    let later = clock + Duration::hours(40);
    other.advance(&store, later, |_| ()).unwrap();
    let generation = store.meta().generation().unwrap();
    let mut caught_up = Vec::new();
    left.advance(&store, clock + Duration::hours(1), |event| {
        if let Event::CaughtUp(at) = event {
            caught_up.push(at);
        }
    })
    .unwrap();
    assert_eq!((caught_up, left.clock()), (vec![later], later));
    assert_eq!(store.meta().generation().unwrap(), generation, "nothing was due, and nothing written");
}

#[test]
fn grades_that_another_command_updated_are_seen() {
    let config = small(8);
    let end = |clock| clock + Duration::days(6);
    let (store, clock) = begun(&config, 24);
    let mut walk = Walk::resume(&store, &config, clock).unwrap();
    update_all_grades(&store, clock, &config.grades, UpdateMode::Record).unwrap();
    walk.advance(&store, end(clock), |event| assert!(!matches!(event, Event::CaughtUp(_)))).unwrap();
    let (anew, clock) = begun(&config, 24);
    let changed = update_all_grades(&anew, clock, &config.grades, UpdateMode::Record).unwrap();
    assert!(changed.transitions.promoted() > 0, "nobody moved: nothing is shown");
    Walk::resume(&anew, &config, clock).unwrap().advance(&anew, end(clock), |_| ()).unwrap();
    assert_same_tables_so_far(&anew, &store);
}

/// Asserts that two files hold the same rows; the shops are too young for cohorts.
fn assert_same_tables_so_far(left: &Store, right: &Store) {
    for ((name, left), (_, right)) in tables(left).iter().zip(&tables(right)) {
        crate::oracle::assert_same(name, left, right);
    }
}

#[test]
fn a_walk_stops_at_a_file_of_another_simulation() {
    let config = small(9);
    for other in [small(10), config.clone()] {
        let (store, clock) = begun(&config, 10);
        let mut walk = Walk::resume(&store, &config, clock).unwrap();
        store.erase().unwrap();
        Engine::begin(&store, &other)
            .unwrap()
            .run_until(start(&other) + Duration::days(3), |_| true)
            .unwrap();
        let before = tables(&store);
        let error = walk.advance(&store, clock + Duration::days(1), |_| ()).unwrap_err();
        assert!(matches!(error, EngineError::Replaced), "{error}");
        assert!(tables(&store) == before, "the walk wrote into another simulation");
    }
}

#[test]
fn a_walk_stops_at_a_file_that_was_changed_by_hand() {
    let config = small(11);
    let (store, clock) = begun(&config, 10);
    let mut walk = Walk::resume(&store, &config, clock).unwrap();
    store
        .transaction(|store| {
            store.meta().raise_generation()?;
            store.execute(test_query("DELETE FROM users WHERE user_id = 17"), &[])
        })
        .unwrap();
    let error = walk.advance(&store, clock + Duration::days(1), |_| ()).unwrap_err();
    assert!(matches!(error, EngineError::Changed { what: "customers", .. }), "{error}");
}

/// A running live shop, which ends after six simulated hours.
fn live(shell: &Shell, more: &[&str]) -> std::process::Child {
    let arguments = [&["live", "--speed", "7200", "--for", "6h", "-q"], more].concat();
    shell.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: std::process::Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn two_live_shops_on_one_file_make_nothing_twice() {
    let shell = Shell::with_shop("33");
    let shops = [live(&shell, &["--grade-interval", "6h"]), live(&shell, &["--grade-interval", "6h"])];
    for (code, err) in shops.map(ended) {
        assert_eq!(code, 0, "{err}");
    }
    assert_eq!(made_twice(&shell.store(Access::Read)), []);
    shell.done(&["cohort", "verify", "-q"]);
    shell.done(&["generate", "--continue", "--days", "2", "-q"]);
    assert_eq!(made_twice(&shell.store(Access::Read)), []);
}

#[test]
fn a_live_shop_goes_on_where_generate_left_the_file() {
    let shell = Shell::with_shop("33");
    let shop = live(&shell, &["--grade-interval", "7d"]);
    shell.done(&["generate", "--continue", "--days", "10", "-q"]);
    let (code, err) = ended(shop);
    assert_eq!(code, 0, "{err}");
    assert_eq!(made_twice(&shell.store(Access::Read)), []);
    // Whichever came first, the file equals that of one run up to its clock.
    let until = shell.store(Access::Read).meta().clock().unwrap().unwrap();
    let whole = Shell::with_shop("33");
    let hours = (until - whole.store(Access::Read).meta().clock().unwrap().unwrap()).num_hours();
    whole.done(&["live", "--speed", "max", "--for", &format!("{hours}h"), "--grade-interval", "7d", "-q"]);
    for shell in [&shell, &whole] {
        shell.done(&["cohort", "run", "-q"]);
    }
    assert_eq!(shell.done(&["status", "--checksum"]), whole.done(&["status", "--checksum"]));
}

#[test]
fn a_live_shop_whose_file_is_replaced_stops_in_words() {
    let shell = Shell::with_shop("20");
    let shop = live(&shell, &[]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    shell.done(&["generate", "--days", "20", "--overwrite", "--seed", "5", "-q"]);
    let (code, err) = ended(shop);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("another simulation has replaced this one"), "{err}");
    let fresh = Shell::with_shop("1");
    fresh.done(&["generate", "--days", "20", "--overwrite", "--seed", "5", "-q"]);
    assert_eq!(shell.done(&["status", "--checksum"]), fresh.done(&["status", "--checksum"]));
}

#[test]
fn statements_of_a_user_count_as_a_writer() {
    let shell = Shell::with_shop("3");
    let generation = || shell.store(Access::Read).meta().generation().unwrap();
    let before = generation();
    shell.done(&["query", "--write", "UPDATE users SET region = 'Jeju' WHERE user_id = 1", "-q"]);
    assert_eq!(generation(), before + 1);
    shell.done(&["grades", "-q"]);
    assert_eq!(generation(), before + 2);
    shell.done(&["grades", "--dry-run", "-q"]);
    shell.done(&["status", "-q"]);
    assert_eq!(generation(), before + 2);
}

#[test]
fn a_simulation_that_has_reached_its_end_has_its_batch() {
    let config = small(12);
    let end = start(&config) + Duration::days(80);
    let store = empty_store();
    let mut engine = Engine::begin(&store, &config).unwrap();
    engine.run_to_end(end, |_| true).unwrap();
    let rows = |store: &Store| -> i64 {
        store.row(test_query("SELECT count(*) FROM ltv_batch"), &[], |row| row.get(0)).unwrap()
    };
    let written = rows(&store);
    assert_eq!(engine.run_cohort_batch().unwrap().rows, 0, "the batch came after the last commit");
    // The end lies beyond the last batch of a 1st: without the final one rows are missing.
    let without = empty_store();
    Engine::begin(&without, &config).unwrap().run_until(end, |_| true).unwrap();
    assert!(rows(&without) < written);
}

#[test]
fn a_missing_last_batch_is_made_up_for() {
    let shell = Shell::with_shop("80");
    let whole = shell.done(&["status", "--checksum"]);
    let config = shell.store(Access::Read).meta().config().unwrap().unwrap();
    let layer = lifecycle::config::Layer::from_json("the file's own settings", &config).unwrap();
    let config = Config::from_layers(&[layer]).unwrap();
    let end = shell.store(Access::Read).meta().clock().unwrap().unwrap();
    // As left by a run that was killed between its last commit and the batch.
    std::fs::remove_file(shell.path("lifecycle.duckdb")).unwrap();
    let store = shell.store(Access::Create);
    Engine::begin(&store, &config).unwrap().run_until(end, |_| true).unwrap();
    store.meta().set_instant("sim_until", end).unwrap();
    store.close().unwrap();
    assert_ne!(shell.done(&["status", "--checksum"]), whole);
    let (code, out, err) = shell.run(&["generate", "--continue"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("were missing"), "{err}");
    assert_eq!(shell.done(&["status", "--checksum"]), whole);
    assert!(shell.fails(2, &["generate", "--continue"]).contains("has reached its end"));
}

#[test]
fn overwriting_leaves_nothing_of_what_was_there() {
    let shell = Shell::with_shop("40");
    let statements =
        "CREATE TABLE mine (x grade); CREATE VIEW seen AS FROM orders; CREATE MACRO twice(x) AS 2 * x;
        CREATE SCHEMA other; CREATE TABLE other.orders AS FROM orders; CREATE SEQUENCE numbers;
        CREATE MACRO first_ones(n) AS TABLE FROM orders LIMIT n";
    shell.done(&["query", "--write", statements, "-q"]);
    shell.done(&["generate", "--days", "5", "--seed", "5", "--overwrite", "-q"]);
    let fresh = Shell::with_shop("1");
    std::fs::remove_file(fresh.path("lifecycle.duckdb")).unwrap();
    fresh.done(&["generate", "--days", "5", "--seed", "5", "-q"]);
    let objects = |shell: &Shell| {
        let listed = "SELECT 'table', table_name FROM duckdb_tables() UNION ALL
             SELECT 'view', view_name FROM duckdb_views() WHERE NOT internal UNION ALL
             SELECT 'function', function_name FROM duckdb_functions() WHERE NOT internal UNION ALL
             SELECT 'sequence', sequence_name FROM duckdb_sequences() UNION ALL
             SELECT 'schema', schema_name FROM duckdb_schemas() WHERE NOT internal UNION ALL
             SELECT 'type', type_name FROM duckdb_types() WHERE NOT internal ORDER BY ALL";
        shell.done(&["query", listed, "--format", "csv"])
    };
    assert_eq!(objects(&shell), objects(&fresh));
    assert_eq!(shell.done(&["status", "--checksum"]), fresh.done(&["status", "--checksum"]));
}
