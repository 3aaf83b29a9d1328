//! The page of a shop: how long `lifecycle report` takes, and how large the page is.
//!
//! Measures: the command as people run it, from its start to the written file; three rounds, the median. Beside it the
//! bare `overview`, which reads the orders once or twice.
//!
//! Input: the default simulated year; and ten million orders of a million customers over two years, of whom 60 activities of
//! five channels brought some, with cohorts and a grade update for every quarter.
//!
//! Expected answer: the orders of the page's period, summed over channels and start months, are those of the file.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use lifecycle::store::{Access, OpenOptions, Store};
use serde_json::Value;

const ROUNDS: usize = 3;
const ORDERS: i64 = 10_000_000;

/// The large shop. Every draw is a hash of the order's number, so that it is the same on every machine.
const LARGE: &[&str] = &[
    "INSERT INTO meta VALUES ('clock', '2025-01-01 00:00:00'), ('origin', 'imported')",
    "INSERT INTO users (user_id, grade, birth_date, signed_up_at)
     SELECT number, 'BRONZE', DATE '1950-01-01' + CAST(hash(number) % 20000 AS INTEGER), TIMESTAMP '2023-01-01'
     FROM range(1, 1000001) AS customers (number)",
    "INSERT INTO campaigns (campaign_id, name) SELECT 1, 'benchmark'",
    "INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, budget, start_at)
     SELECT number, 1, 'activity ' || number, 'channel ' || number % 5, 5000000,
            TIMESTAMP '2023-01-01' + to_days(CAST(12 * (number - 1) AS INTEGER))
     FROM range(1, 61) AS activities (number)",
    "INSERT INTO orders (order_id, user_id, activity_id, amount, status, created_at)
     SELECT number,
            CAST(floor(power((hash(number) % 1000003) / 1000003.0, 3) * 1000000) AS BIGINT) + 1,
            CASE WHEN hash(number + 1) % 4 = 0 THEN number * 60 // 10000001 + 1 END,
            1000 + hash(number + 2) % 200000,
            'Success',
            TIMESTAMP '2023-01-01' + to_milliseconds(number * 6314)
     FROM range(1, 10000001) AS purchases (number)",
];

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let year = folder.path().join("year.duckdb");
    run(&year, &["generate", "--days", "365", "-q"]);
    measure("the default year", &year, None);

    let large = folder.path().join("large.duckdb");
    let store = Store::open(&large, Access::Create, OpenOptions::default()).expect("a new file");
    for sql in LARGE {
        store.execute_text("the large shop", sql).expect("a statement");
    }
    store.close().expect("a whole file");
    run(&large, &["cohort", "run", "-q"]);
    for as_of in
        ["2023-07-01", "2023-10-01", "2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"]
    {
        run(&large, &["grades", "--as-of", as_of, "-q"]);
    }
    measure("ten million orders", &large, Some(ORDERS));
}

fn measure(name: &str, file: &Path, orders: Option<i64>) {
    let page = file.with_extension("html");
    let out = page.to_str().expect("a plain path");
    let reports = median(|| run(file, &["report", "--out", out, "-q"]).len());
    let overviews = median(|| run(file, &["overview", "-q"]).len());
    let size = std::fs::metadata(&page).expect("a page").len();
    let spans = run(file, &["overview", "--by-origin", "--format", "json"]);
    let spans: Vec<Value> = serde_json::from_str(&spans).expect("rows");
    let of_period = spans.iter().filter(|row| row["span"] == "period");
    let counted: i64 = of_period.map(|row| row["orders"].as_i64().expect("a count")).sum();
    assert!(orders.is_none_or(|orders| orders == counted) && counted > 0, "{counted} orders");
    println!("{name}: {counted} orders");
    println!("  report    {reports:>8.2} s   {:.2} MB", size as f64 / 1e6);
    println!("  overview  {overviews:>8.2} s");
}

/// The command's output.
fn run(file: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lifecycle"))
        .args(arguments)
        .arg("--db")
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .expect("the command");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn median(work: impl Fn() -> usize) -> f64 {
    let round = || {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    let mut seconds: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[ROUNDS / 2]
}
