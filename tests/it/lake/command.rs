//! `lifecycle lake push` and `pull` through the binary. The job's results are made by hand here; `engines/spark` tests
//! the real ones against plain loops.

use std::fs;
use std::path::Path;

use lifecycle::store::Access;

use crate::shell::Shell;

/// The results of a file in the layout of the job, one committed run each.
pub fn results(root: &Path, db: &str, out: &str) {
    let run = |kind: &str, name: &str| {
        let folder = root.join(format!("{out}/{kind}/{name}/run-1"));
        fs::create_dir_all(&folder).unwrap();
        folder.join("part-0.parquet").display().to_string()
    };
    let store = lifecycle::store::Store::open(&root.join(db), Access::Read, Default::default()).unwrap();
    let copy = |select: &str, file: String| {
        let copy = format!("COPY ({select}) TO '{file}' (FORMAT parquet)");
        store.execute_text("a test's results", &copy).unwrap();
    };
    copy(
        "SELECT 1 AS run, * EXCLUDE (slice_hash), CAST(slice_hash AS BIGINT) AS slice_hash FROM ltv_batch",
        run("cohort", "rows"),
    );
    copy(
        "SELECT 1 AS run, activity_id, user_id, first_order_id, first_order_at FROM cohort_members",
        run("cohort", "members"),
    );
    copy(
        "SELECT 1 AS run, activity_id, user_id, first_offset, repeat_offset FROM cohort_members",
        run("cohort", "states"),
    );
    copy("SELECT 1 AS run, activity_id FROM campaign_activities WHERE frozen", run("cohort", "frozen"));
    let clock = "(SELECT CAST(value AS TIMESTAMP) FROM meta WHERE key = 'clock')";
    copy(
        &format!("SELECT 1 AS run, 1 AS run_id, {clock} AS as_of, 1 AS base_run, '{{}}' AS counts"),
        run("cohort", "runs"),
    );
    copy(
        "SELECT 1 AS run, as_of, user_id, CAST(from_grade AS VARCHAR) AS from_grade, CAST(to_grade AS VARCHAR) AS to_grade,
             amount, orders
         FROM grade_changes WHERE run_id = (SELECT max(run_id) FROM grade_runs)",
        run("grades", "changes"),
    );
    copy(
        "SELECT 1 AS run, 1 AS run_id, as_of, 1 AS base_run,
             CAST({'customers': customers, 'promoted': promoted, 'demoted': demoted, 'kept': kept, 'vip': vip,
                   'gold': gold, 'silver': silver, 'bronze': bronze}::JSON AS VARCHAR) AS counts
         FROM grade_runs ORDER BY run_id DESC LIMIT 1",
        run("grades", "runs"),
    );
}

#[test]
fn a_push_writes_only_the_months_that_changed() {
    let shell = Shell::with_shop("70");
    shell.done(&["lake", "push", "lake"]);
    let months = shell.names("lake/orders");
    assert_eq!(months, ["month=2024-01", "month=2024-02", "month=2024-03"]);
    let written = |name: &str| fs::metadata(shell.path(name)).unwrap().modified().unwrap();
    let before = months
        .iter()
        .map(|month| written(&format!("lake/orders/{month}/orders.parquet")))
        .collect::<Vec<_>>();
    let store = shell.store(Access::Write);
    let refund = "UPDATE orders SET status = 'Refunded' WHERE order_id = (SELECT max(order_id) FROM orders)";
    store.execute_text("a refund", refund).unwrap();
    drop(store);
    let said = shell.done(&["lake", "push", "lake", "--format", "json"]);
    let pushed: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&pushed[0]["files"], &pushed[0]["kept"]), (&1.into(), &2.into()), "{said}");
    let after = months
        .iter()
        .map(|month| written(&format!("lake/orders/{month}/orders.parquet")))
        .collect::<Vec<_>>();
    assert_eq!(after[..2], before[..2]);
    assert_ne!(after[2], before[2]);
    // A push writes the same as an export by month.
    shell.done(&["export", "orders", "--by-month", "--to", "orders"]);
    for month in &months {
        let read = |folder: &str| fs::read(shell.path(&format!("{folder}/{month}/orders.parquet"))).unwrap();
        assert!(read("lake/orders") == read("orders"), "{month}");
    }
    // A month that has no orders any more is removed, and a missing one is written again.
    let store = shell.store(Access::Write);
    store.execute_text("no January", "DELETE FROM orders WHERE created_at < TIMESTAMP '2024-02-01'").unwrap();
    drop(store);
    fs::remove_file(shell.path("lake/orders/month=2024-02/orders.parquet")).unwrap();
    shell.done(&["lake", "push", "lake"]);
    assert_eq!(shell.names("lake/orders"), months[1..]);
    assert_eq!(shell.names("lake/orders/month=2024-02"), ["orders.parquet"]);
}

#[test]
fn results_come_back_into_a_file_of_their_own_and_it_knows_that_it_has_no_orders() {
    let shell = Shell::with_shop("200");
    shell.done(&["cohort", "run"]);
    shell.done(&["grades"]);
    shell.fails(1, &["lake", "pull", "lake", "--db", "results.duckdb"]);
    assert!(!shell.path("results.duckdb").exists());
    shell.done(&["lake", "push", "lake"]);
    results(&shell.path("."), "lifecycle.duckdb", "lake/out");
    // A run that never committed is ignored.
    fs::create_dir_all(shell.path("lake/out/cohort/rows/run-2")).unwrap();
    fs::write(shell.path("lake/out/cohort/rows/run-2/part-0.parquet"), "torn").unwrap();
    shell.done(&["lake", "pull", "lake", "--db", "results.duckdb"]);
    for report in [
        &["cohort", "report"][..],
        &["cohort", "report", "--view", "ltv"],
        &["grades", "report"],
        &["export", "ltv_batch", "--to", "-"],
        &["export", "cohort_members", "--to", "-"],
        &["export", "grade_changes", "--to", "-"],
        &["export", "grade_runs", "--to", "-"],
    ] {
        let theirs = shell.done(report);
        let ours = shell.done(&[report, &["--db", "results.duckdb"]].concat());
        assert_eq!(ours, theirs, "{report:?}");
    }
    for refused in [
        &["cohort", "run"][..],
        &["cohort", "rebuild"],
        &["cohort", "verify"],
        &["cohort", "calendar"],
        &["grades"],
        &["grades", "--dry-run"],
        &["grades", "gap"],
        &["grades", "at-risk"],
        &["lake", "push", "elsewhere"],
    ] {
        let said = shell.fails(1, &[refused, &["--db", "results.duckdb"]].concat());
        assert!(said.contains("results without their orders"), "{refused:?}: {said}");
    }
    // Pulling again gives the same, also into the file with the orders.
    let before = shell.done(&["status", "--checksum", "--db", "results.duckdb"]);
    shell.done(&["lake", "pull", "lake", "--db", "results.duckdb"]);
    assert_eq!(shell.done(&["status", "--checksum", "--db", "results.duckdb"]), before);
    let before = shell.done(&["status", "--checksum"]);
    shell.done(&["lake", "pull", "lake"]);
    assert_eq!(shell.done(&["status", "--checksum"]), before);
    shell.done(&["cohort", "verify"]);
}

#[test]
fn results_of_another_shop_are_refused() {
    let shell = Shell::with_shop("100");
    shell.done(&["lake", "push", "lake"]);
    results(&shell.path("."), "lifecycle.duckdb", "lake/out");
    shell.done(&["generate", "--days", "40", "--users", "50", "--db", "other.duckdb", "-q"]);
    let said = shell.fails(1, &["lake", "pull", "lake", "--db", "other.duckdb"]);
    assert!(said.contains("are of another shop"), "{said}");
}
