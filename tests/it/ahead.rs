//! What commands may do to a simulated file before its simulation is continued.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use lifecycle::store::{Access, OpenOptions, Query, Store};

use crate::shell::{SMALL_SHOP, lifecycle, small_shop};

/// The exit code, and what was said.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let (code, _, said) = crate::shell::run(folder, arguments);
    (code, said)
}

fn count(folder: &Path, sql: &'static str) -> i64 {
    let store = Store::open(&folder.join("lifecycle.duckdb"), Access::Read, OpenOptions::default()).unwrap();
    store.row(Query::new("test", sql), &[], |row| row.get(0)).unwrap()
}

#[test]
fn a_calendar_does_not_stand_in_a_simulations_way() {
    let folder = small_shop("60");
    assert_eq!(run(folder.path(), &["cohort", "calendar", "-q"]).0, 0);
    let organic = count(folder.path(), "SELECT count(*) FROM campaign_activities WHERE channel = 'organic'");
    assert_eq!(organic, 3);
    assert_eq!(run(folder.path(), &["generate", "--continue", "--days", "60", "-q"]).0, 0);
    let twice = "SELECT count(*) - count(DISTINCT activity_id) FROM campaign_activities";
    assert_eq!(count(folder.path(), twice), 0);
    assert_eq!(count(folder.path(), "SELECT count(*) - count(DISTINCT campaign_id) FROM campaigns"), 0);
    let rows = "SELECT count(*) - count(DISTINCT (activity_id, month_offset)) FROM ltv_batch";
    assert_eq!(count(folder.path(), rows), 0);
    assert_eq!(run(folder.path(), &["cohort", "verify", "-q"]), (0, String::new()));
}

#[test]
fn nothing_is_recorded_ahead_of_a_simulation() {
    let folder = small_shop("20");
    for command in [
        &["grades", "--as-of", "2024-06-01"][..],
        &["cohort", "run", "--as-of", "2024-06-01"],
        &["cohort", "calendar", "--as-of", "2024-06-01"],
    ] {
        let (code, said) = run(folder.path(), command);
        assert_eq!(code, 1, "{command:?}");
        assert!(said.contains("the simulation has not reached it"), "{said}");
    }
    assert_eq!(run(folder.path(), &["grades", "--as-of", "2024-06-01", "--dry-run", "-q"]).0, 0);
    assert_eq!(run(folder.path(), &["generate", "--continue", "--days", "5", "-q"]).0, 0);
}

#[test]
fn the_worker_leaves_with_its_reader() {
    let folder = small_shop("10");
    let mut child = lifecycle(folder.path())
        .args(["grades", "watch", "--interval", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_shop_of_long_ago_has_customers_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lifecycle.toml"), SMALL_SHOP).unwrap();
    let arguments = ["generate", "--start", "1950-01-01", "--days", "8", "-q"];
    assert_eq!(run(folder.path(), &arguments), (0, String::new()));
    fs::write(folder.path().join("empty.duckdb"), "").unwrap();
    let arguments = ["generate", "--days", "2", "-q", "--db", "empty.duckdb"];
    assert_eq!(run(folder.path(), &arguments), (0, String::new()));
}

#[test]
fn the_same_orders_do_not_count_twice() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("orders.csv"), "customer,date,amount\na,2024-01-02,10\na,2024-01-02,10\n")
        .unwrap();
    let import = |files: &[&str]| {
        let mut arguments = vec!["import", "orders", "-q"];
        arguments.extend(files);
        run(folder.path(), &arguments)
    };
    assert!(import(&["orders.csv", "./orders.csv"]).1.contains("given twice"));
    assert!(!folder.path().join("lifecycle.duckdb").exists(), "a failed import left a file");
    assert_eq!(import(&["orders.csv"]).0, 0);
    let (code, said) = import(&["orders.csv"]);
    assert!(code == 1 && said.contains("in the file already"), "{said}");
    assert_eq!(count(folder.path(), "SELECT count(*) FROM orders"), 2);
}
