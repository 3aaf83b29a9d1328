//! The import of orders against what the engine alone needs for the same file.
//!
//! Measures, in turn, round by round: the bare `CREATE TABLE … AS SELECT * FROM` the
//! file `ORDER BY created_at` into a new file, and `import orders` of that file into
//! a new one, both with the file closed. For CSV and Parquet, of seven columns (order
//! id, customer, time, amount, quantity, status, product) and of three (customer,
//! time, amount). Then `import orders` of a SQLite table of the seven columns, in
//! rows a second. Medians, with the fastest and the slowest behind.
//!
//! Input: 10 million orders (`-- --orders N` for others) of a million customers over
//! three years, in the order of their time, one in ten refunded or cancelled; a
//! fifth as many for SQLite.
//!
//! Expected answer: the file holds as many orders as the bare table, with the same
//! sum of the successful ones, each later than or as late as the one before it.

use std::path::Path;
use std::time::Instant;

use lifecycle::config::Config;
use lifecycle::import::{Importer, Reading};
use lifecycle::money::Money;
use lifecycle::store::{Access, OpenOptions, Store, quote_literal};

const ROUNDS: usize = 3;

/// The orders, in the engine's words; the counts are put in.
const ORDERS: &str = "
    SELECT row_number() OVER () AS order_id, * FROM (
        SELECT
            1 + CAST(hash(i * 3) % 1000000 AS BIGINT) AS customer_id,
            TIMESTAMP '2022-01-01' + to_seconds(CAST(hash(i * 7 + 1) % 94608000 AS BIGINT)) AS created_at,
            CAST((hash(i * 11 + 5) % 2000000) / 100.0 AS DECIMAL(18, 2)) AS amount,
            CAST(1 + hash(i * 13) % 4 AS INTEGER) AS quantity,
            CASE hash(i * 17) % 20 WHEN 0 THEN 'Refunded' WHEN 1 THEN 'Cancelled' ELSE 'Success' END AS status,
            'SKU' || (hash(i * 19) % 500) AS product
        FROM range({orders}) AS numbers(i)
        ORDER BY created_at
    )";

fn main() {
    let orders = orders_asked_for();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    make_files(folder.path(), orders);
    println!("{orders} orders");
    for (name, reader) in [
        ("seven.csv", "read_csv"),
        ("three.csv", "read_csv"),
        ("seven.parquet", "read_parquet"),
        ("three.parquet", "read_parquet"),
    ] {
        against_bare(&file(name), reader, &file("bare.duckdb"), &file("imported.duckdb"));
    }
    let rows = orders / 5;
    make_sqlite(&file("seven.parquet"), &file("orders.sqlite"), rows);
    let times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let (seconds, facts) = import(&file("orders.sqlite"), &file("imported.duckdb"));
            assert_eq!(facts.orders, rows, "orders from SQLite");
            seconds
        })
        .collect();
    let times = Times::new(times);
    println!("{:<16} {times}   {:.0} rows/s", "SQLite", rows as f64 / times.median);
}

fn orders_asked_for() -> i64 {
    let arguments: Vec<String> = std::env::args().collect();
    let after = arguments.iter().position(|argument| argument == "--orders").map(|at| at + 1);
    after.and_then(|at| arguments.get(at)).map_or(10_000_000, |n| n.parse().expect("--orders N"))
}

fn make_files(folder: &Path, orders: i64) {
    let store = Store::in_memory(OpenOptions::default()).expect("a store");
    let run = |sql: &str| store.execute_text("making the files", sql).expect("a file");
    run(&format!("CREATE TEMP TABLE made AS {}", ORDERS.replace("{orders}", &orders.to_string())));
    for (name, columns) in [("seven", "*"), ("three", "customer_id, created_at, amount")] {
        for (extension, options) in [("csv", "FORMAT csv, HEADER true"), ("parquet", "FORMAT parquet")] {
            let path = folder.join(format!("{name}.{extension}"));
            run(&format!("COPY (SELECT {columns} FROM made) TO {} ({options})", literal(&path)));
        }
    }
}

fn make_sqlite(parquet: &Path, path: &Path, rows: i64) {
    let store = Store::in_memory(OpenOptions::default()).expect("a store");
    let mut database = rusqlite::Connection::open(path).expect("a database");
    let columns = "order_id, customer_id, created_at, amount, quantity, status, product";
    database.execute_batch(&format!("CREATE TABLE orders ({columns})")).expect("a table");
    let transaction = database.transaction().expect("a transaction");
    {
        let mut insert = transaction
            .prepare("INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .expect("a statement");
        let sql = format!(
            "SELECT order_id, customer_id, CAST(created_at AS VARCHAR), CAST(amount AS DOUBLE), quantity, status, \
             product FROM read_parquet({}) LIMIT {rows}",
            literal(parquet)
        );
        let each = |row: &lifecycle::store::Row<'_>| {
            insert
                .execute((
                    row.get::<_, i64>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, f64>(3)?,
                    row.get::<_, i32>(4)?,
                    row.get::<_, String>(5)?,
                    row.get::<_, String>(6)?,
                ))
                .expect("a row");
            Ok(())
        };
        store.rows_text("filling the database", &sql, each).expect("rows");
    }
    transaction.commit().expect("a commit");
}

/// Times the bare statement and the import in turn, and holds their answers together.
fn against_bare(file: &Path, reader: &str, bare: &Path, imported: &Path) {
    let (mut bare_times, mut import_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (seconds, expected) = run_bare(file, reader, bare);
        bare_times.push(seconds);
        let (seconds, found) = import(file, imported);
        import_times.push(seconds);
        assert_eq!(found, expected, "{}", file.display());
    }
    let (bare, import) = (Times::new(bare_times), Times::new(import_times));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    println!("{name:<16} bare {bare}   import {import}   {:.2} times", import.median / bare.median);
}

/// What both ways must agree on.
#[derive(Debug, PartialEq)]
struct Facts {
    orders: i64,
    revenue: Money,
    out_of_order: i64,
}

fn facts(store: &Store, table: &str, counted: &str) -> Facts {
    let sql = format!(
        "SELECT count(*), sum(amount) FILTER (WHERE {counted}), count(*) FILTER (WHERE created_at < before) \
         FROM (SELECT *, lag(created_at) OVER () AS before FROM {table})"
    );
    let found = store
        .rows_text("checking the orders", &sql, |row| {
            Ok(Facts { orders: row.get(0)?, revenue: row.get(1)?, out_of_order: row.get(2)? })
        })
        .expect("facts");
    found.into_iter().next().expect("a row")
}

fn run_bare(file: &Path, reader: &str, into: &Path) -> (f64, Facts) {
    let store = fresh(into);
    let began = Instant::now();
    let sql = format!("CREATE TABLE bare AS SELECT * FROM {reader}({}) ORDER BY created_at", literal(file));
    store.execute_text("the bare statement", &sql).expect("a table");
    store.close().expect("a closed file");
    let seconds = began.elapsed().as_secs_f64();
    let store = Store::open(into, Access::Read, OpenOptions::default()).expect("the file");
    let has_status = file.to_string_lossy().contains("seven");
    let found = facts(
        &store,
        "(SELECT CAST(amount AS DECIMAL(18, 2)) AS amount, * EXCLUDE (amount) FROM bare)",
        if has_status { "status = 'Success'" } else { "true" },
    );
    (seconds, found)
}

fn import(file: &Path, into: &Path) -> (f64, Facts) {
    let store = fresh(into);
    let began = Instant::now();
    let config = Config::from_layers(&[]).expect("settings");
    Importer::new(&store, &config).orders(&Reading::of([file]).into()).expect("an import");
    store.close().expect("a closed file");
    let seconds = began.elapsed().as_secs_f64();
    let store = Store::open(into, Access::Read, OpenOptions::default()).expect("the file");
    (seconds, facts(&store, "orders", "status = 'Success'"))
}

fn fresh(path: &Path) -> Store {
    let _ = std::fs::remove_file(path);
    let _ = std::fs::remove_file(path.with_extension("duckdb.wal"));
    Store::open(path, Access::Create, OpenOptions::default()).expect("a new file")
}

fn literal(path: &Path) -> String {
    quote_literal(&path.to_string_lossy())
}

/// Seconds of some rounds.
struct Times {
    median: f64,
    fastest: f64,
    slowest: f64,
}

impl Times {
    fn new(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Times { median: seconds[seconds.len() / 2], fastest: seconds[0], slowest: seconds[seconds.len() - 1] }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:6.2} s ({:.2} to {:.2})", self.median, self.fastest, self.slowest)
    }
}
