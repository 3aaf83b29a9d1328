//! A shop whose export has one line per article: text ids, returns as negative lines,
//! customers missing on a quarter of the lines, and descriptions with every kind of character.
//!
//! Plain loops compute what an analyst would expect from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{Duration, NaiveDate, NaiveDateTime, Timelike};
use insta::assert_snapshot;
use lifecycle::money::Money;
use lifecycle::store::{Access, OpenOptions, Store};
use tempfile::TempDir;

use crate::oracle::assert_same;
use crate::shell::{done, fails, run};
use crate::shop::test_query;

const COLUMNS: [&str; 8] = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
];

const AMOUNT: &str = "amount=\"Quantity\" * \"UnitPrice\"";

/// Code, description, price in cents.
const ARTICLES: [(&str, &str, i64); 9] = [
    ("85123A", "WHITE HANGING HEART \"T-LIGHT\" HOLDER", 255),
    ("71053", "LANTERN, WHITE METAL; LARGE", 339),
    ("84406B", "CREAM CUPID\nHEARTS COAT HANGER", 275),
    ("22752", "한글 자석, \"대\" 56개입", 765),
    ("21730", "GLASS STAR FROSTED\r\nT-LIGHT HOLDER", 425),
    ("22633", "HAND WARMER UNION JACK", 185),
    ("84879", "", 169),
    ("22745", "'POPPY''S PLAYHOUSE'; \"\"\"BEDROOM\"\"\"", 210),
    ("21777", "RECIPE BOX,,,;\t\"", 795),
];

/// A line of the export; the price in cents.
#[derive(Clone, Debug)]
struct Line {
    invoice: String,
    code: &'static str,
    description: &'static str,
    quantity: i64,
    at: NaiveDateTime,
    price: i64,
    customer: Option<String>,
}

impl Line {
    fn cells(&self) -> [String; 8] {
        let at = self.at;
        [
            self.invoice.clone(),
            self.code.to_owned(),
            self.description.to_owned(),
            self.quantity.to_string(),
            // 12/1/2010 8:26
            format!("{} {}:{:02}", at.format("%-m/%-d/%Y"), at.hour(), at.minute()),
            format!("{}.{:02}", self.price / 100, self.price % 100),
            self.customer.clone().unwrap_or_default(),
            "United Kingdom".to_owned(),
        ]
    }
}

/// A generator with the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Three hundred invoices within a year.
fn export() -> Vec<Line> {
    let mut dice = Dice(17);
    let start = NaiveDate::from_ymd_opt(2010, 12, 1).unwrap().and_hms_opt(8, 26, 0).unwrap();
    let mut lines = Vec::new();
    for n in 0..300_u64 {
        let at = start + Duration::minutes(n as i64 * 1_741 + dice.below(600) as i64);
        let is_return = n % 10 == 5;
        let invoice = format!("{}{}", if is_return { "C" } else { "" }, 536_365 + n);
        let customer = format!("{}-{:03}", ["GB", "KR", "고객"][dice.below(3) as usize], dice.below(40));
        let size = if n % 25 == 7 { 3 } else { 1 + dice.below(5) };
        for position in 0..size {
            let (code, description, price) = ARTICLES[dice.below(9) as usize];
            let quantity = 1 + dice.below(12) as i64;
            let missing = n % 4 == 3 || (n % 25 == 7 && position == 1);
            lines.push(Line {
                invoice: invoice.clone(),
                code,
                description,
                quantity: if is_return { -quantity } else { quantity },
                at,
                price,
                customer: (!missing).then(|| customer.clone()),
            });
        }
        if n % 12 == 2 {
            // Some of it is returned, or more than was bought.
            let quantity = if n % 24 == 2 { -1 } else { -200 };
            let (code, description, price) = ARTICLES[dice.below(9) as usize];
            let customer = Some(customer).filter(|_| n % 4 != 3);
            lines.push(Line { invoice, code, description, quantity, at, price, customer });
        }
    }
    lines
}

/// The lines without a customer, with customers filled in.
fn repaired(lines: &[Line]) -> Vec<Line> {
    let known: BTreeMap<&str, &str> =
        lines.iter().filter_map(|line| Some((line.invoice.as_str(), line.customer.as_deref()?))).collect();
    let customer = |line: &Line| {
        let known = known.get(line.invoice.as_str()).map(|customer| (*customer).to_owned());
        known.unwrap_or_else(|| format!("guest of {}", line.invoice))
    };
    lines.iter().map(|line| Line { customer: Some(customer(line)), ..line.clone() }).collect()
}

/// An expected order: id, customer, time, cents, quantity, status.
type Order = (String, String, NaiveDateTime, i64, i64, String);

/// The orders that these lines make up, except those with a line that lacks its customer.
fn orders(lines: &[Line]) -> Vec<Order> {
    let broken = broken(lines);
    let mut orders: BTreeMap<&str, Order> = BTreeMap::new();
    for line in lines.iter().filter(|line| !broken.contains(line.invoice.as_str())) {
        let customer = line.customer.clone().unwrap();
        let order = orders
            .entry(&line.invoice)
            .or_insert_with(|| (line.invoice.clone(), customer, line.at, 0, 0, String::new()));
        order.3 += line.quantity * line.price;
        order.4 += line.quantity;
        order.5 = if order.3 < 0 { "Refunded" } else { "Success" }.to_owned();
    }
    orders.into_values().collect()
}

fn broken(lines: &[Line]) -> BTreeSet<&str> {
    lines.iter().filter(|line| line.customer.is_none()).map(|line| line.invoice.as_str()).collect()
}

fn revenue(orders: &[Order]) -> i64 {
    orders.iter().filter(|order| order.5 == "Success").map(|order| order.3).sum()
}

fn write(path: &Path, lines: &[Line]) {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_path(path).unwrap();
    writer.write_record(COLUMNS).unwrap();
    for line in lines {
        writer.write_record(line.cells()).unwrap();
    }
    writer.flush().unwrap();
}

fn folder(lines: &[Line]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lifecycle.toml"), "currency = 'GBP'\n").unwrap();
    write(&folder.path().join("sales.csv"), lines);
    folder
}

/// The orders that the file holds; asserts that each customer signed up at the first.
fn held(folder: &Path) -> Vec<Order> {
    let store = Store::open(&folder.join("lifecycle.duckdb"), Access::Read, OpenOptions::default()).unwrap();
    let sql = test_query(
        // A whole-number id is the order's number.
        "SELECT coalesce(orders.external_id, CAST(order_id AS VARCHAR)) AS id, users.external_id, orders.created_at,
            orders.amount, orders.quantity, CAST(orders.status AS VARCHAR)
         FROM orders JOIN users ON users.user_id = orders.user_id ORDER BY id",
    );
    let late = test_query(
        "SELECT count(*) FROM users
         WHERE signed_up_at IS DISTINCT FROM
            (SELECT min(created_at) FROM orders WHERE orders.user_id = users.user_id)",
    );
    assert_eq!(store.row(late, &[], |row| row.get::<_, i64>(0)).unwrap(), 0, "sign-ups");
    store
        .rows(sql, &[], |row| {
            let amount: Money = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, amount.hundredths(), row.get(4)?, row.get(5)?))
        })
        .unwrap()
}

/// Runs an import that must succeed; its result as JSON, and its stderr.
fn import(folder: &Path, arguments: &[&str]) -> (serde_json::Value, String) {
    let mut all = vec!["import", "orders", "--map", AMOUNT, "--format", "json"];
    all.extend(arguments);
    let (code, out, err) = run(folder, &all);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    (serde_json::from_str(&out).unwrap(), err)
}

/// A number in a result, including money.
fn cents(value: &serde_json::Value) -> i64 {
    match value.as_str() {
        Some(text) => text.parse::<Money>().unwrap().hundredths(),
        None => value.as_i64().unwrap() * 100,
    }
}

#[test]
fn an_export_of_articles_is_told_in_words() {
    let lines = export();
    let folder = folder(&lines);
    let path = folder.path();
    let mut told = String::new();
    let mut tell = |arguments: &[&str]| {
        let (code, out, err) = run(path, arguments);
        let shown: Vec<String> = arguments
            .iter()
            .map(|argument| if argument.contains(' ') { format!("'{argument}'") } else { (*argument).into() })
            .collect();
        write!(told, "$ lifecycle {}\n{out}{err}[exit code {code}]\n\n", shown.join(" ")).unwrap();
        code
    };
    assert_eq!(tell(&["import", "orders", "sales.csv"]), 1);
    assert_eq!(tell(&["import", "orders", "sales.csv", "--map", AMOUNT, "--dry-run"]), 0);
    assert_eq!(tell(&["import", "orders", "sales.csv", "--map", AMOUNT]), 1);
    assert!(!path.join("lifecycle.duckdb").exists());
    let skipping =
        ["import", "orders", "sales.csv", "--map", AMOUNT, "--skip-bad", "--rejects", "rejects.csv"];
    assert_eq!(tell(&skipping), 0);
    assert_eq!(tell(&skipping), 1);
    assert_snapshot!("articles", told);
}

#[test]
fn an_export_of_articles_has_the_counts_that_an_analyst_expects() {
    let lines = export();
    let quarter = lines.iter().filter(|line| line.customer.is_none()).count() as f64 / lines.len() as f64;
    assert!((0.22..0.28).contains(&quarter), "{quarter}");
    let folder = folder(&lines);
    let (said, _) = import(folder.path(), &["sales.csv", "--skip-bad", "--rejects", "rejects.csv"]);
    let orders = orders(&lines);
    let broken = broken(&lines);
    let (bad, good): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| broken.contains(line.invoice.as_str()));
    let distinct = |texts: &mut dyn Iterator<Item = &str>| texts.collect::<BTreeSet<_>>().len() as i64;
    let negative = orders.iter().filter(|order| order.3 < 0).count() as i64;
    // Returns have invoices of their own; some orders were returned in full or by more.
    let returns = orders.iter().filter(|order| order.0.starts_with('C')).count() as i64;
    assert!(returns > 0 && negative > returns);
    assert!(
        orders
            .iter()
            .any(|order| order.3 > 0 && good.iter().any(|line| line.invoice == order.0 && line.quantity < 0))
    );
    for (key, count) in [
        ("lines", lines.len() as i64),
        ("bad_lines", bad.len() as i64),
        ("orders", orders.len() as i64),
        ("lines_merged", (good.len() - orders.len()) as i64),
        ("customers_created", distinct(&mut orders.iter().map(|order| order.1.as_str()))),
        ("products_created", distinct(&mut good.iter().map(|line| line.code))),
        ("negative", negative),
    ] {
        assert_eq!(said[key], count, "{key}");
    }
    assert_eq!(cents(&said["revenue"]), revenue(&orders));
    let missing = lines.iter().filter(|line| line.customer.is_none()).count();
    let problems: BTreeMap<&str, i64> = said["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["reason"].as_str().unwrap(), problem["lines"].as_i64().unwrap()))
        .collect();
    let expected =
        [("no customer", missing as i64), ("its order has an unusable line", (bad.len() - missing) as i64)];
    assert_eq!(problems, BTreeMap::from(expected));
    assert_same("orders", &held(folder.path()), &orders);
}

/// Reads a file of rejects: its columns, and its records.
fn rejects(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let records = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect());
    (columns, records.collect())
}

#[test]
fn rejects_hold_every_line_and_complete_the_shop_once_mended() {
    let lines = export();
    let folder = folder(&lines);
    let path = folder.path();
    import(path, &["sales.csv", "--skip-bad", "--rejects", "rejects.csv"]);
    let (columns, records) = rejects(&path.join("rejects.csv"));
    let added = ["reject_file", "reject_line", "reject_reason"];
    let own: Vec<&str> = added.into_iter().chain(COLUMNS).chain(["reject_text"]).collect();
    assert_eq!(columns, own);
    let broken = broken(&lines);
    let expected: Vec<Vec<String>> = (2..)
        .zip(&lines)
        .filter(|(_, line)| broken.contains(line.invoice.as_str()))
        .map(|(number, line)| {
            let reason =
                if line.customer.is_none() { "no customer" } else { "its order has an unusable line" };
            let mut cells = vec![String::new(), number.to_string(), reason.to_owned()];
            cells.extend(line.cells());
            cells.push(String::new());
            cells
        })
        .collect();
    assert_same("rejects", &records, &expected);

    // A user fills in the customers in that file.
    let whole = repaired(&lines);
    let mut writer = csv::Writer::from_path(path.join("repaired.csv")).unwrap();
    writer.write_record(&columns).unwrap();
    let rejected = whole.iter().filter(|line| broken.contains(line.invoice.as_str()));
    for (mut record, line) in records.into_iter().zip(rejected) {
        record[9] = line.customer.clone().unwrap();
        writer.write_record(&record).unwrap();
    }
    writer.flush().unwrap();
    let (said, _) = import(path, &["repaired.csv"]);
    assert_eq!((said["orders"].as_u64(), said["bad_lines"].as_i64()), (Some(broken.len() as u64), Some(0)));
    assert_same("orders", &held(path), &orders(&whole));
}

#[test]
fn rejects_of_lines_that_are_no_records_hold_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let good = "order_id,customer,date,amount\n1,a,2024-01-01,1\n";
    fs::write(path.join("one.csv"), format!("{good}2,b,2024-01-02\n3,c,2024-01-03,3,\"x, y\"\n4,d,soon,4\n"))
        .unwrap();
    fs::write(
        path.join("two.csv"),
        format!("{}5,\"e\"e,2024-01-02,5\n6,,2024-01-02,6\n", good.replace("1,a", "7,a")),
    )
    .unwrap();
    let arguments = ["one.csv", "two.csv", "--skip-bad", "--rejects", "rejects.csv", "-q"];
    done(path, &[&["import", "orders"][..], &arguments].concat());
    let (_, records) = rejects(&path.join("rejects.csv"));
    let text = |cells: [&str; 8]| cells.map(str::to_owned).to_vec();
    let expected = [
        text(["one.csv", "3", "wrong number of columns", "", "", "", "", "2,b,2024-01-02"]),
        text(["one.csv", "4", "wrong number of columns", "", "", "", "", "3,c,2024-01-03,3,\"x, y\""]),
        text(["one.csv", "5", "unreadable date", "4", "d", "soon", "4", ""]),
        text(["two.csv", "3", "broken quotes", "", "", "", "", "5,\"e\"e,2024-01-02,5"]),
        text(["two.csv", "4", "no customer", "6", "", "2024-01-02", "6", ""]),
    ];
    assert_same("rejects", &records, &expected);
}

#[test]
fn negative_orders_are_refunds_or_refused() {
    let lines = repaired(&export());
    let orders = orders(&lines);
    let negative: BTreeSet<&str> =
        orders.iter().filter(|order| order.3 < 0).map(|order| order.0.as_str()).collect();
    let bad = lines.iter().filter(|line| negative.contains(line.invoice.as_str())).count();
    let folder = folder(&lines);
    let path = folder.path();
    let refusing = ["import", "orders", "sales.csv", "--map", AMOUNT, "--negative", "reject"];
    let said = fails(path, 1, &refusing);
    assert!(said.contains(&format!("{bad} of {} lines of sales.csv", lines.len())), "{said}");
    assert!(said.contains(&format!("negative amount: {bad} (lines ")), "{said}");
    let (outcome, _) = import(path, &["sales.csv", "--negative", "reject", "--skip-bad"]);
    assert_eq!(outcome["negative"], 0);
    let positive: Vec<Order> = orders.iter().filter(|order| order.3 >= 0).cloned().collect();
    assert_eq!(cents(&outcome["revenue"]), revenue(&orders));
    assert_same("orders without negative ones", &held(path), &positive);
    // The other orders are imported under the other rule, none of them twice.
    let (outcome, _) = import(path, &["sales.csv", "--negative", "refund", "--on-conflict", "skip"]);
    assert_eq!(outcome["orders"].as_u64(), Some(negative.len() as u64));
    assert_eq!(outcome["orders_skipped"].as_u64(), Some(positive.len() as u64));
    assert_eq!(cents(&outcome["revenue"]), 0);
    assert_same("all orders", &held(path), &orders);
}

#[test]
fn the_same_orders_again_are_refused_skipped_or_replaced() {
    let lines = repaired(&export());
    let folder = folder(&lines);
    let path = folder.path();
    let checksums = || done(path, &["status", "--checksum"]);
    import(path, &["sales.csv"]);
    done(path, &["cohort", "calendar", "-q"]);
    done(path, &["cohort", "run", "-q"]);
    let before = checksums();
    let said = fails(path, 1, &["import", "orders", "sales.csv", "--map", AMOUNT]);
    assert!(said.contains("300 of these orders are in the file already"), "{said}");
    assert_eq!(checksums(), before);
    let (outcome, err) = import(path, &["sales.csv", "--on-conflict", "skip"]);
    assert_eq!((outcome["orders"].as_i64(), outcome["orders_skipped"].as_i64()), (Some(0), Some(300)));
    assert_eq!((checksums(), err.as_str()), (before.clone(), ""));
    // Replacing orders with identical ones changes nothing and makes nothing stale.
    let (outcome, err) = import(path, &["sales.csv", "--on-conflict", "replace"]);
    assert_eq!(outcome["stale_months"], 0);
    assert_eq!(checksums(), before);
    assert!(!err.contains("cohort rebuild` repairs"), "{err}");

    // Forty invoices of the spring turn out to cost twice as much.
    let changed: Vec<Line> = lines
        .iter()
        .map(|line| {
            let number: u64 = line.invoice.trim_start_matches('C').parse().unwrap();
            let doubled = (536_420..536_460).contains(&number);
            Line { price: line.price * if doubled { 2 } else { 1 }, ..line.clone() }
        })
        .collect();
    let sums = [revenue(&orders(&lines)), revenue(&orders(&changed))];
    assert!(sums[0] < sums[1]);
    write(&path.join("changed.csv"), &changed);
    let (outcome, err) = import(path, &["changed.csv", "--on-conflict", "replace"]);
    assert_eq!((outcome["orders"].as_i64(), outcome["orders_replaced"].as_i64()), (Some(300), Some(300)));
    assert_eq!((outcome["customers_created"].as_i64(), cents(&outcome["revenue"])), (Some(0), sums[1]));
    let stale = outcome["stale_months"].as_i64().unwrap();
    assert!(stale > 0);
    assert!(err.contains(&format!("{stale} rows of closed cohort months")), "{err}");
    assert!(err.contains("`lifecycle cohort rebuild` repairs them"), "{err}");
    assert_same("changed orders", &held(path), &orders(&changed));
    let (code, ..) = run(path, &["cohort", "verify", "-q"]);
    assert_eq!(code, 3);
    let rebuilt = done(path, &["cohort", "rebuild", "--format", "json"]);
    let rebuilt: serde_json::Value = serde_json::from_str(&rebuilt).unwrap();
    assert!((1..=stale).contains(&rebuilt["rows_changed"].as_i64().unwrap()), "{rebuilt} {stale}");
    done(path, &["cohort", "verify", "-q"]);
    // The same as if they had from the start.
    let fresh = self::folder(&changed);
    import(fresh.path(), &["sales.csv"]);
    done(fresh.path(), &["cohort", "calendar", "-q"]);
    done(fresh.path(), &["cohort", "run", "-q"]);
    assert_eq!(done(fresh.path(), &["status", "--checksum"]), checksums());
}
