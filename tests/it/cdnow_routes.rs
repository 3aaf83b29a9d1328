//! CDNOW by every route: whatever the file's format, the same shop comes out.
//!
//! Plain Rust reads the file, and grades and cohorts are recomputed from that by loops and by a
//! second engine. Every route through the command must agree with these on every order, sign-up,
//! grade, member and row.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{Duration, NaiveDateTime};
use lifecycle::money::Money;
use lifecycle::store::{Access, OpenOptions, Store, quote_literal};
use tempfile::TempDir;

use crate::cdnow;
use crate::instant::At;
use crate::oracle::{self, GradeRules, Graded, LtvRow, Member, Oracle, assert_same};
use crate::shell::{done, run};
use crate::shop::{Activity, Customer, Order, Shop, test_query};

/// The criteria of `cdnow::SETTINGS`.
const RULES: GradeRules =
    GradeRules { window_months: 6, vip: (20_000, 10), gold: (10_000, 8), silver: (3_000, 3) };

/// The instants at which grades are updated.
const AS_OFS: [&str; 3] = ["1997-08-31", "1997-12-15", "1998-07-01"];

/// The order in which months are imported when some are late.
const SHUFFLED: [usize; 18] = [4, 0, 11, 2, 17, 1, 9, 3, 16, 5, 8, 6, 13, 7, 15, 10, 14, 12];

/// A line of the file, as written.
#[derive(Clone, Debug)]
struct Line {
    customer: String,
    date: String,
    quantity: String,
    amount: String,
}

impl Line {
    fn iso_date(&self) -> String {
        format!("{}-{}-{}", &self.date[..4], &self.date[4..6], &self.date[6..])
    }

    fn cents(&self) -> i64 {
        let (units, cents) = self.amount.split_once('.').unwrap();
        assert_eq!(cents.len(), 2, "{self:?}");
        units.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
    }

    /// The month, counted from January 1997.
    fn month(&self) -> usize {
        (self.date[..4].parse::<usize>().unwrap() - 1997) * 12 + self.date[4..6].parse::<usize>().unwrap() - 1
    }
}

/// An order as every route must import it: customer, time, amount, quantity, status.
type Fact = (i64, At, i64, i64, String);

/// What plain Rust makes of the file.
struct Expected {
    lines: Vec<Line>,
    facts: Vec<Fact>,
    /// Sign-ups by customer.
    signed_up: BTreeMap<i64, At>,
    /// At each of `AS_OFS`.
    grades: Vec<Vec<Graded>>,
    members: Vec<Member>,
    rows: Vec<LtvRow>,
}

/// The file, read once for all routes.
fn expected() -> &'static Expected {
    static EXPECTED: OnceLock<Expected> = OnceLock::new();
    EXPECTED.get_or_init(|| read(&cdnow::file()))
}

fn read(path: &Path) -> Expected {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<Line> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let [customer, date, quantity, amount] = cells.try_into().unwrap();
            Line { customer, date, quantity, amount }
        })
        .collect();
    assert_eq!(lines.len(), 69_659);
    let mut shop = Shop::default();
    let mut facts = Vec::new();
    let mut signed_up: BTreeMap<i64, At> = BTreeMap::new();
    for (line, id) in lines.iter().zip(1..) {
        let user: i64 = line.customer.parse().unwrap();
        let created_at: At = line.iso_date().parse().unwrap();
        let first = signed_up.entry(user).or_insert(created_at);
        *first = created_at.min(*first);
        let status = "Success".to_owned();
        facts.push((user, created_at, line.cents(), line.quantity.parse().unwrap(), status.clone()));
        shop.orders.push(Order { id, user, activity: None, amount: line.cents(), status, created_at });
    }
    facts.sort();
    shop.customers = signed_up
        .iter()
        .map(|(id, at)| Customer { id: *id, grade: "BRONZE".to_owned(), signed_up_at: *at })
        .collect();
    // All first orders lie in three months.
    shop.activities = (1..=3)
        .map(|month| Activity {
            id: month,
            channel: "organic".to_owned(),
            cohort: "acquired".to_owned(),
            budget: None,
            start_at: format!("1997-{month:02}-01").parse().unwrap(),
            end_at: Some(format!("1997-{:02}-01", month + 1).parse().unwrap()),
        })
        .collect();
    let oracle = Oracle::new(&shop);
    let grades = AS_OFS.iter().map(|as_of| oracle.grades(as_of.parse().unwrap(), &RULES)).collect();
    let (members, rows) = oracle.cohorts(AS_OFS[2].parse().unwrap(), 12);
    assert_eq!((members.len(), rows.len()), (23_570, 36));
    Expected { lines, facts, signed_up, grades, members, rows }
}

/// A folder with the settings and the pieces of the file.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lifecycle.toml"), cdnow::SETTINGS).unwrap();
        Place { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Runs an import, which must succeed, and returns its result.
    fn import(&self, arguments: &[&str]) -> String {
        let mut all = vec!["import", "orders", "-q", "--format", "json"];
        all.extend(arguments);
        done(self.path(), &all)
    }

    fn store(&self) -> Store {
        Store::open(&self.file("lifecycle.duckdb"), Access::Read, OpenOptions::default()).unwrap()
    }

    fn checksums(&self) -> String {
        done(self.path(), &["status", "--checksum", "--format", "csv"])
    }

    fn grade(&self, as_ofs: &[&str]) {
        for as_of in as_ofs {
            done(self.path(), &["grades", "--as-of", as_of, "-q"]);
        }
    }

    fn cohorts(&self) {
        done(self.path(), &["cohort", "calendar", "-q"]);
        done(self.path(), &["cohort", "run", "-q"]);
    }

    /// Compares the file with the plain reading, cell by cell.
    fn check(&self, expected: &Expected, route: &str) {
        let store = self.store();
        check_orders(&store, expected, route);
        let grades = oracle::grade_changes(&store);
        assert_same(&format!("{route}: grade_changes"), &grades, &changes(expected));
        // A month without first orders has no cohort, wherever its activity came from.
        let starts: BTreeMap<i64, At> = Shop::read(&store)
            .activities
            .into_iter()
            .map(|activity| (activity.id, activity.start_at))
            .collect();
        let cohort = |activity: i64| -> i64 {
            let month = starts[&activity].date()[5..7].parse().unwrap();
            assert!(starts[&activity].date().starts_with("1997-0"), "{route}: {:?}", starts[&activity]);
            month
        };
        let mut members: Vec<(i64, i64, Option<At>)> = oracle::members(&store)
            .into_iter()
            .map(|member| (cohort(member.activity), member.user, member.first_order_at))
            .collect();
        members.sort();
        let wanted: Vec<(i64, i64, Option<At>)> = expected
            .members
            .iter()
            .map(|member| (member.activity, member.user, member.first_order_at))
            .collect();
        assert_same(&format!("{route}: cohort_members"), &members, &wanted);
        let mut rows: Vec<LtvRow> = oracle::ltv_rows(&store)
            .into_iter()
            .map(|(row, _)| LtvRow { activity: cohort(row.activity), ..row })
            .collect();
        rows.sort_by_key(|row| (row.activity, row.offset));
        for (row, wanted) in rows.iter_mut().zip(&expected.rows) {
            row.due_at = wanted.due_at;
        }
        assert_same(&format!("{route}: ltv_batch"), &rows, &expected.rows);
    }
}

/// Every change of a grade that the runs at `AS_OFS` must record.
fn changes(expected: &Expected) -> Vec<(At, String, Graded)> {
    let mut held: BTreeMap<i64, String> = BTreeMap::new();
    let mut changes = Vec::new();
    for (as_of, graded) in AS_OFS.iter().zip(&expected.grades) {
        for graded in graded {
            let from = held.insert(graded.user, graded.grade.clone()).unwrap_or_else(|| "BRONZE".to_owned());
            if from != graded.grade {
                changes.push((as_of.parse().unwrap(), from, graded.clone()));
            }
        }
    }
    changes
}

fn check_orders(store: &Store, expected: &Expected, route: &str) {
    let orders = test_query(
        "SELECT user_id, created_at, amount, quantity, CAST(status AS VARCHAR), unit_price
         FROM orders ORDER BY rowid",
    );
    let mut last = None;
    let mut facts: Vec<Fact> = store
        .rows(orders, &[], |row| {
            let created_at: NaiveDateTime = row.get(1)?;
            assert!(last <= Some(created_at), "{route}: the orders are not sorted by time");
            last = Some(created_at);
            let amount = row.get::<_, Money>(2)?.hundredths();
            let quantity: i64 = row.get(3)?;
            let price = (2 * amount + quantity) / (2 * quantity);
            assert_eq!(row.get::<_, Money>(5)?.hundredths(), price, "{route}: {amount} for {quantity}");
            Ok((row.get(0)?, At::from(created_at), amount, quantity, row.get(4)?))
        })
        .unwrap();
    facts.sort();
    assert_same(&format!("{route}: orders"), &facts, &expected.facts);
    let users = test_query("SELECT user_id, external_id, signed_up_at FROM users ORDER BY user_id");
    let signed_up: Vec<(i64, i64, At)> = store
        .rows(users, &[], |row| {
            let own: String = row.get(1)?;
            Ok((row.get(0)?, own.parse().unwrap(), At::from(row.get::<_, NaiveDateTime>(2)?)))
        })
        .unwrap();
    let wanted: Vec<(i64, i64, At)> = expected.signed_up.iter().map(|(id, at)| (*id, *id, *at)).collect();
    assert_same(&format!("{route}: users"), &signed_up, &wanted);
}

/// A format of the file: writes lines to a name without an extension and returns the file's
/// name.
type Shape = fn(&Path, &str, &[Line]) -> String;

fn write_text(folder: &Path, name: String, text: &str) -> String {
    fs::write(folder.join(&name), text).unwrap();
    name
}

fn blanks(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let rows = lines
        .iter()
        .map(|line| format!(" {} {} {:>2} {:>7}\r\n", line.customer, line.date, line.quantity, line.amount));
    let text = format!(" customer_id  date number_of_cds  dollar_value\r\n{}", rows.collect::<String>());
    write_text(folder, format!("{stem}.txt"), &text)
}

fn csv(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let mut writer = csv::Writer::from_path(folder.join(format!("{stem}.csv"))).unwrap();
    writer.write_record(["customer_id", "date", "quantity", "amount"]).unwrap();
    for line in lines {
        writer.write_record([&line.customer, &line.iso_date(), &line.quantity, &line.amount]).unwrap();
    }
    writer.flush().unwrap();
    format!("{stem}.csv")
}

fn headless(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let rows = lines
        .iter()
        .map(|line| format!("{},{},{},{}\n", line.customer, line.date, line.quantity, line.amount));
    write_text(folder, format!("{stem}.csv"), &rows.collect::<String>())
}

/// As a spreadsheet in another locale writes it.
fn semicolons(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let rows = lines.iter().map(|line| {
        let (year, month, day) = (&line.date[..4], &line.date[4..6], &line.date[6..]);
        format!(
            "\"{}\";\"{day}.{month}.{year}\";\"{}\";\"${}\"\r\n",
            line.customer, line.quantity, line.amount
        )
    });
    let text = format!("\"고객번호\";\"주문일자\";\"수량\";\"결제금액\"\r\n{}", rows.collect::<String>());
    write_text(folder, format!("{stem}.csv"), &text)
}

fn json_line(line: &Line) -> String {
    let Line { customer, quantity, amount, .. } = line;
    format!(
        "{{\"customerId\": \"{customer}\", \"orderDate\": \"{}T00:00:00\", \"qty\": {quantity}, \"total\": {amount}}}",
        line.iso_date()
    )
}

fn json_lines(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let rows: String = lines.iter().map(|line| format!("{}\n", json_line(line))).collect();
    write_text(folder, format!("{stem}.jsonl"), &rows)
}

fn json_array(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let rows: Vec<String> = lines.iter().map(json_line).collect();
    write_text(folder, format!("{stem}.json"), &format!("[\n{}\n]\n", rows.join(",\n")))
}

/// The file as the engine writes it from the CSV of the same lines.
fn written_by_engine(
    folder: &Path,
    stem: &str,
    lines: &[Line],
    ending: &str,
    columns: &str,
    options: &str,
) -> String {
    let from = csv(folder, &format!("{stem}-source"), lines);
    let name = format!("{stem}.{ending}");
    let literal = |name: &str| quote_literal(folder.join(name).to_str().unwrap());
    let sql = format!(
        "COPY (SELECT {columns} FROM read_csv({}, header = true, all_varchar = true)) TO {} ({options})",
        literal(&from),
        literal(&name)
    );
    Store::in_memory(OpenOptions::default()).unwrap().execute_text("a test", &sql).unwrap();
    fs::remove_file(folder.join(from)).unwrap();
    name
}

fn gzipped_csv(folder: &Path, stem: &str, lines: &[Line]) -> String {
    written_by_engine(folder, stem, lines, "csv.gz", "*", "FORMAT csv, HEADER true, COMPRESSION gzip")
}

/// A name that does not tell the format.
fn gzipped_json_lines(folder: &Path, stem: &str, lines: &[Line]) -> String {
    written_by_engine(folder, stem, lines, "export", "*", "FORMAT json, COMPRESSION gzip")
}

fn parquet(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let columns = "customer_id, CAST(date AS DATE) AS order_date, CAST(quantity AS SMALLINT) AS quantity, \
        CAST(amount AS DECIMAL(9, 2)) AS amount";
    written_by_engine(folder, stem, lines, "parquet", columns, "FORMAT parquet")
}

/// As a data frame writes it: times to the nanosecond, ids and amounts as doubles.
fn parquet_of_doubles(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let columns = "CAST(customer_id AS DOUBLE) AS customer_id, CAST(date AS TIMESTAMP_NS) AS date, \
        CAST(quantity AS DOUBLE) AS quantity, CAST(amount AS DOUBLE) AS amount";
    written_by_engine(folder, stem, lines, "parquet", columns, "FORMAT parquet")
}

fn sqlite(folder: &Path, stem: &str, lines: &[Line]) -> String {
    let name = format!("{stem}.sqlite");
    let mut database = rusqlite::Connection::open(folder.join(&name)).unwrap();
    let transaction = database.transaction().unwrap();
    transaction
        .execute_batch(
            "CREATE TABLE customers (id TEXT);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id TEXT, date TEXT, quantity INTEGER, amount REAL)",
        )
        .unwrap();
    {
        let mut insert = transaction
            .prepare(
                "INSERT INTO orders (customer_id, date, quantity, amount) VALUES (?, ?, ?, CAST(? AS REAL))",
            )
            .unwrap();
        for line in lines {
            insert.execute([&line.customer, &line.iso_date(), &line.quantity, &line.amount]).unwrap();
        }
    }
    transaction.commit().unwrap();
    name
}

const NO_NAMES: [&str; 8] = [
    "--map",
    "customer=column1",
    "--map",
    "created_at=column2",
    "--map",
    "quantity=column3",
    "--map",
    "amount=column4",
];

/// The formats, and the arguments that each needs.
const SHAPES: &[(&str, Shape, &[&str])] = &[
    ("runs of blanks", blanks, &[]),
    ("CSV", csv, &[]),
    ("CSV without header", headless, &NO_NAMES),
    ("quoted, with semicolons", semicolons, &[]),
    ("gzipped CSV", gzipped_csv, &[]),
    ("Parquet", parquet, &[]),
    ("Parquet of doubles", parquet_of_doubles, &[]),
    ("JSON lines", json_lines, &[]),
    ("a JSON array", json_array, &[]),
    ("gzipped JSON lines", gzipped_json_lines, &[]),
    ("SQLite", sqlite, &[]),
];

#[test]
#[ignore = "wants cdnow_master.txt in the folder LIFECYCLE_TEST_DATA"]
fn every_shape_of_cdnow_is_the_same_shop() {
    let expected = expected();
    let mut checksums: Vec<(String, String)> = Vec::new();
    let mut route = |name: &str, arguments: &dyn Fn(&Path) -> Vec<String>| {
        let place = Place::new();
        let arguments = arguments(place.path());
        place.import(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        place.grade(&AS_OFS);
        place.cohorts();
        place.check(expected, name);
        checksums.push((name.to_owned(), place.checksums()));
    };
    let original = cdnow::file().to_str().unwrap().to_owned();
    route("the file itself", &|_| vec![original.clone()]);
    for (name, shape, told) in SHAPES {
        route(name, &|folder| {
            let mut arguments = vec![shape(folder, "orders", &expected.lines)];
            arguments.extend(told.iter().map(|argument| (*argument).to_owned()));
            arguments
        });
    }
    route("a header that is denied", &|folder| {
        let mut arguments = vec![headless(folder, "orders", &expected.lines), "--no-header".to_owned()];
        arguments.extend(NO_NAMES.map(str::to_owned));
        arguments
    });
    route("a query over SQLite", &|folder| {
        let query =
            "SELECT customer_id AS buyer, date, quantity AS units, amount AS paid FROM orders ORDER BY id";
        let file = sqlite(folder, "orders", &expected.lines);
        vec![file, "--table".to_owned(), query.to_owned(), "--map".to_owned(), "customer=buyer".to_owned()]
    });
    route("a file a month", &|folder| {
        for month in 0..18 {
            csv(folder, &format!("month-{month:02}"), &of_month(expected, month));
        }
        vec!["month-*.csv".to_owned()]
    });
    route("a file for some customers each", &|folder| {
        for part in 0..5 {
            let lines: Vec<Line> = expected
                .lines
                .iter()
                .filter(|line| line.customer.parse::<usize>().unwrap() / 5_000 == part)
                .cloned()
                .collect();
            json_lines(folder, &format!("part-{part}"), &lines);
        }
        vec!["part-[0-9].jsonl".to_owned()]
    });
    // The same rows, not only the same figures, except for ids that lost their leading zeros.
    let without = |name: &str| name == "Parquet of doubles";
    let (_, first) = &checksums[0];
    for (name, checksum) in checksums.iter().filter(|(name, _)| !without(name)) {
        assert_eq!(checksum, first, "{name}");
    }
}

fn of_month(expected: &Expected, month: usize) -> Vec<Line> {
    expected.lines.iter().filter(|line| line.month() == month).cloned().collect()
}

/// The first instant after a month.
fn after_month(month: usize) -> At {
    "1997-01-01".parse::<At>().unwrap().plus_months(month as i32 + 1)
}

#[test]
#[ignore = "wants cdnow_master.txt in the folder LIFECYCLE_TEST_DATA"]
fn cdnow_month_by_month_is_the_same_shop() {
    let expected = expected();
    let place = Place::new();
    let mut graded = 0;
    for month in 0..18 {
        // Each month in another format; `Parquet of doubles` has other ids.
        let shapes: Vec<_> = SHAPES.iter().filter(|(name, ..)| *name != "Parquet of doubles").collect();
        let (_, shape, told) = shapes[month % shapes.len()];
        let file = shape(place.path(), &format!("month-{month}"), &of_month(expected, month));
        let arguments: Vec<&str> = std::iter::once(file.as_str()).chain(told.iter().copied()).collect();
        let said = place.import(&arguments);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["stale_months"], 0, "month {month}");
        assert_eq!(said["orders_moved"], 0, "month {month}");
        // Update grades and cohorts as they fall due.
        while graded < AS_OFS.len() && AS_OFS[graded].parse::<At>().unwrap() <= after_month(month) {
            place.grade(&AS_OFS[graded..=graded]);
            graded += 1;
        }
        place.cohorts();
    }
    assert_eq!(graded, AS_OFS.len());
    place.check(expected, "month by month");
    let collected: Vec<At> = oracle::ltv_rows(&place.store()).into_iter().map(|(_, at)| at).collect();
    let due: Vec<At> = expected.rows.iter().map(|row| row.due_at).collect();
    // The clock after a month's import is the midnight after its last order, always the month's end.
    assert_same("collected_at", &collected, &due);
}

#[test]
#[ignore = "wants cdnow_master.txt in the folder LIFECYCLE_TEST_DATA"]
fn cdnow_in_a_shuffled_order_is_the_same_shop_once_rebuilt() {
    let expected = expected();
    let place = Place::new();
    let (mut stale, mut moved, mut latest) = (0, 0, 0);
    for month in SHUFFLED {
        let file = csv(place.path(), &format!("month-{month}"), &of_month(expected, month));
        let (code, out, err) = run(place.path(), &["import", "orders", "--format", "json", &file]);
        assert_eq!(code, 0, "{err}");
        let said: serde_json::Value = serde_json::from_str(&out).unwrap();
        let stale_now = said["stale_months"].as_i64().unwrap();
        assert_eq!(stale_now > 0, err.contains("`lifecycle cohort rebuild` repairs them"), "{err}");
        stale += stale_now;
        moved += said["orders_moved"].as_i64().unwrap();
        latest = latest.max(month);
        let clock = At::from(
            NaiveDateTime::parse_from_str(said["clock"].as_str().unwrap(), "%Y-%m-%dT%H:%M:%S").unwrap(),
        );
        assert_eq!(clock, after_month(latest), "the clock never moves back");
        place.cohorts();
    }
    assert!(stale > 0 && moved > 0, "{stale} {moved}");
    let (code, ..) = run(place.path(), &["cohort", "verify", "-q"]);
    assert_eq!(code, 3);
    done(place.path(), &["cohort", "rebuild", "--refreeze", "-q"]);
    place.grade(&AS_OFS);
    place.check(expected, "shuffled");
    done(place.path(), &["cohort", "verify", "-q"]);
}

/// Every month is complete, so that the clock after it is the month's end, and the total is the published one.
#[test]
#[ignore = "wants cdnow_master.txt in the folder LIFECYCLE_TEST_DATA"]
fn the_plain_reading_is_of_the_whole_file() {
    let expected = expected();
    let total: i64 = expected.lines.iter().map(Line::cents).sum();
    assert_eq!(total, 250_031_563);
    let days = |month: usize| {
        let mut dates: Vec<String> = of_month(expected, month).iter().map(Line::iso_date).collect();
        dates.sort();
        (dates.first().cloned().unwrap(), dates.last().cloned().unwrap())
    };
    for month in 0..18 {
        let (first, last) = days(month);
        let end = after_month(month);
        assert!(
            first.ends_with("-01") && At::from(end.naive() - Duration::days(1)).date() == last,
            "{first} {last}"
        );
    }
}
