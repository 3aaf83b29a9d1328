//! The monthly batch on its reference's scenario: the old way, a rebuild, one month.
//!
//! Measures: (a) the old way, `examples/legacy`, for the last month, on 20
//! activities, times 50: an extrapolation, marked as one; (b) a rebuild: all rows
//! of all activities in one run on an empty `ltv_batch`, with the cohorts kept, and
//! once with freezing them too; (c) one incremental month, the last one; (d) the
//! bare scan-and-group that (c) cannot do without: the month's orders joined to
//! the members on the customer, summed by activity and customer; (e) one month at
//! offset 3 and one at offset 11; (f) the same as (c) in a file with five years of
//! other customers' orders before; (c) to (f) in turn, round by round. All into files on disk,
//! commits included; medians, with the fastest and the slowest behind.
//!
//! Input: 1,000 activities of 500 members that start on the same day, 500 orders
//! an activity and month (the first month's are the members' first orders; later
//! ones go more often to some members than to others): 3 million orders in 6
//! months, 6 million in 12, and 5 million of other customers in (f).
//!
//! Expected answer: a month is 1,000 rows, whose orders, revenue and buyers sum to
//! those of (d); the rows written month by month equal those of the rebuild in
//! every column, and those of the old way for its 20 activities.

use lifecycle::config::CohortSettings;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDateTime;
use lifecycle::calendar::{add_months, parse_instant};
use lifecycle::cohort;
use lifecycle::money::Money;
use lifecycle::named;
use lifecycle::store::{Access, OpenOptions, Query, Store};

#[path = "../examples/legacy/mod.rs"]
mod legacy;

const ACTIVITIES: i64 = 1_000;
const MEMBERS: i64 = 500;
const ORDERS_A_MONTH: i64 = 500;
const OLDER_ORDERS: i64 = 5_000_000;
const LEGACY_ACTIVITIES: i64 = 20;
const OFFSETS: u32 = 12;
const ROUNDS: usize = 7;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("{ACTIVITIES} activities of {MEMBERS} members");
    six_months(&folder.path().join("6.duckdb"));
    let store = open(&folder.path().join("12.duckdb"), 12, 0);
    let older = open(&folder.path().join("older.duckdb"), 12, OLDER_ORDERS);
    twelve_months(&store, &older);
}

fn six_months(path: &Path) {
    let store = open(path, 6, 0);
    println!("3 million orders in 6 months");
    let rebuild = rebuilds(&store, 6);
    let seconds = (0..ROUNDS).map(|_| {
        undo_from(&store, 1);
        month(&store, 5)
    });
    let month = Times::new(seconds.collect());
    assert_eq!(differing(&store), 0, "rows that differ from the rebuilt ones");
    old_way(&store, 6, &rebuild, &month);
    print_times("one incremental month", &month, Some(("of the rebuild", &rebuild)));
}

fn twelve_months(store: &Store, older: &Store) {
    println!("6 million orders in 12 months");
    let rebuild = rebuilds(store, 12);
    let (mut early, mut late, mut after_years, mut scan) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        undo_from(store, 1);
        early.push(month(store, 3));
        late.push(month(store, 11));
        scan.push(timed(|| bare_sums(store, 11)).0);
        undo_from(older, 1);
        after_years.push(month(older, 11));
    }
    assert_eq!(differing(store), 0, "rows that differ from the rebuilt ones");
    let [early, late, after_years, scan] = [early, late, after_years, scan].map(Times::new);
    old_way(store, 12, &rebuild, &late);
    print_times("one incremental month", &late, Some(("of the rebuild", &rebuild)));
    print_times("bare scan-and-group", &scan, None);
    print_times("one incremental month", &late, Some(("of the bare scan", &scan)));
    print_times("month at offset 3", &early, None);
    print_times("month at offset 11", &late, Some(("of offset 3", &early)));
    print_times("the same, 5 years of others", &after_years, Some(("of without", &late)));
}

/// Seconds, sorted.
#[derive(Clone)]
struct Times(Vec<f64>);

impl Times {
    fn new(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Times(seconds)
    }

    fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }
}

fn print_times(what: &str, times: &Times, against: Option<(&str, &Times)>) {
    let ratio = against
        .map(|(whose, other)| {
            let (median, fastest) = (times.median() / other.median(), times.0[0] / other.0[0]);
            format!("   {median:.2} {whose} (fastest rounds: {fastest:.2})")
        })
        .unwrap_or_default();
    println!(
        "  {what:<30} {:>10.1} ms   ({:.1} to {:.1}){ratio}",
        1e3 * times.median(),
        1e3 * times.0[0],
        1e3 * times.0[times.0.len() - 1],
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let done = work();
    (started.elapsed().as_secs_f64(), done)
}

fn start() -> NaiveDateTime {
    parse_instant("2024-01-01").expect("a date")
}

/// A run of the batch as of the end of so many months; the rows it wrote.
fn run_until(store: &Store, months: u32) -> usize {
    cohort::run(store, add_months(start(), months), CohortSettings::without_margin(OFFSETS))
        .expect("a run")
        .rows
}

/// Rebuilds everything, with and without freezing; the rows stay.
fn rebuilds(store: &Store, months: u32) -> Times {
    let rows = ACTIVITIES as usize * months as usize;
    let (with_freezing, written) = timed(|| run_until(store, months));
    assert_eq!(written, rows);
    let seconds = (0..ROUNDS).map(|_| {
        undo_from(store, 0);
        let (seconds, written) = timed(|| run_until(store, months));
        assert_eq!(written, rows);
        seconds
    });
    let times = Times::new(seconds.collect());
    print_times("rebuild", &times, None);
    println!("  rebuild, cohorts frozen too    {:>10.1} ms", 1e3 * with_freezing);
    sql(
        store,
        "CREATE OR REPLACE TEMP TABLE rebuilt AS SELECT * EXCLUDE (collected_at, slice_hash) FROM ltv_batch",
    );
    times
}

/// The month at an offset, after those before it; the rows stay.
fn month(store: &Store, offset: u32) -> f64 {
    run_until(store, offset);
    checkpoint(store);
    let (seconds, rows) = timed(|| run_until(store, offset + 1));
    assert_eq!(rows, ACTIVITIES as usize, "rows at offset {offset}");
    assert_eq!(month_sums(store, offset), bare_sums(store, offset), "sums at offset {offset}");
    seconds
}

fn old_way(store: &Store, months: u32, rebuild: &Times, month: &Times) {
    let activities: Vec<i64> = (1..=LEGACY_ACTIVITIES).collect();
    legacy::prepare(store).expect("a table");
    let as_of = add_months(start(), months);
    // The month before has saved its rows, which are found and deleted now.
    legacy::run(store, as_of, months - 1, &activities).expect("a run");
    let (seconds, run) = timed(|| legacy::run(store, as_of, OFFSETS, &activities).expect("a run"));
    assert_eq!(run.saved, activities.len() * months as usize);
    assert_eq!(legacy::differences(store, &activities).expect("a comparison"), 0, "old rows that differ");
    let scale = ACTIVITIES as f64 / LEGACY_ACTIVITIES as f64;
    println!(
        "  old way                        {:>10.1} s    scaled up from {LEGACY_ACTIVITIES} activities in {seconds:.2} s: {:.0} x the rebuild, {:.0} x the month",
        seconds * scale,
        seconds * scale / rebuild.median(),
        seconds * scale / month.median(),
    );
}

type Sums = (i64, i64, Money);

/// The last month's buyers, orders and revenue by scanning and grouping.
fn bare_sums(store: &Store, offset: u32) -> Sums {
    const BARE: Query = Query::new(
        "benches/cohort_month.rs",
        "SELECT count(*), CAST(sum(orders) AS BIGINT), sum(revenue)
         FROM (
             SELECT members.activity_id, orders.user_id, sum(orders.amount) AS revenue, count(*) AS orders
             FROM orders
             JOIN cohort_members AS members ON members.user_id = orders.user_id
             WHERE orders.status = 'Success'
               AND orders.created_at >= $from AND orders.created_at < $until
             GROUP BY members.activity_id, orders.user_id)",
    );
    let (from, until) = (add_months(start(), offset), add_months(start(), offset + 1));
    store
        .row(BARE, named! { "from": from, "until": until }, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("sums")
}

/// The same as the batch has written them.
fn month_sums(store: &Store, offset: u32) -> Sums {
    const WRITTEN: Query = Query::new(
        "benches/cohort_month.rs",
        "SELECT CAST(sum(active_users) AS BIGINT), CAST(sum(monthly_orders) AS BIGINT), sum(monthly_revenue)
         FROM ltv_batch
         WHERE month_offset = $month_offset",
    );
    store
        .row(WRITTEN, named! { "month_offset": offset }, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("sums")
}

/// Forgets the months from an offset on, with what members did in them.
fn undo_from(store: &Store, offset: u32) {
    for undo in [
        "DELETE FROM ltv_batch WHERE month_offset >= $month_offset",
        "UPDATE cohort_members SET repeat_offset = NULL WHERE repeat_offset >= $month_offset",
    ] {
        let undo = Query::new("benches/cohort_month.rs", undo);
        store.execute(undo, named! { "month_offset": offset }).expect("rows to go");
    }
    checkpoint(store);
}

fn checkpoint(store: &Store) {
    sql(store, "CHECKPOINT");
}

fn sql(store: &Store, text: &'static str) -> usize {
    store.execute(Query::new("benches/cohort_month.rs", text), &[]).expect(text)
}

fn differing(store: &Store) -> i64 {
    const DIFFERING: Query = Query::new(
        "benches/cohort_month.rs",
        "WITH written AS (SELECT * EXCLUDE (collected_at, slice_hash) FROM ltv_batch)
         SELECT (SELECT count(*) FROM (SELECT * FROM written EXCEPT SELECT * FROM rebuilt))
              + (SELECT count(*) FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM written))",
    );
    store.row(DIFFERING, &[], |row| row.get(0)).expect("a count")
}

/// A file with the activities, the older orders, and so many months of orders.
fn open(path: &Path, months: u32, older: i64) -> Store {
    const CAMPAIGN: &str = "INSERT INTO campaigns VALUES (1, 'Benchmark')";
    const ACTIVITY: Query = Query::new(
        "benches/cohort_month.rs",
        "INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, budget, start_at)
         SELECT n, 1, 'Activity ' || n, 'email', 10_000_000 + n * 100_000, CAST($start AS TIMESTAMP)
         FROM range(1, $activities + 1) AS numbers (n)",
    );
    const OLDER: Query = Query::new(
        "benches/cohort_month.rs",
        "INSERT INTO orders (order_id, user_id, quantity, unit_price, amount, status, created_at)
         SELECT -n, 10_000_000 + (n * 2_654_435_761) % 400_000, 1, 50_000, 50_000, 'Success',
             CAST($start AS TIMESTAMP) - INTERVAL 5 YEAR + to_microseconds(n * (157_766_400_000_000 // $older))
         FROM range($older) AS numbers (n)",
    );
    // A month after the other, each in created_at order; activities alternate.
    const MONTH: Query = Query::new(
        "benches/cohort_month.rs",
        "INSERT INTO orders (order_id, user_id, activity_id, quantity, unit_price, amount, status, created_at)
         WITH numbered AS (
             SELECT n, n % $activities + 1 AS activity_id, n // $activities AS nth,
                 (($month * 1_000_003 + n) * 2_654_435_761 % 4_294_967_296) / 4_294_967_296 AS luck
             FROM range($activities * $orders) AS numbers (n)
         )
         SELECT
             $month * $activities * $orders + n + 1,
             (activity_id - 1) * $members + 1
                 + CASE WHEN $month = 0 THEN nth ELSE CAST(floor(luck * luck * $members) AS BIGINT) END,
             CASE WHEN $month = 0 OR n % 2 = 0 THEN activity_id END,
             1,
             1_000 * (1 + CAST(floor(luck * 200) AS BIGINT)),
             1_000 * (1 + CAST(floor(luck * 200) AS BIGINT)),
             'Success',
             CAST($from AS TIMESTAMP)
                 + to_microseconds(n * date_diff('microsecond', CAST($from AS TIMESTAMP), CAST($until AS TIMESTAMP)) // ($activities * $orders))
         FROM numbered
         ORDER BY n",
    );
    let store = Store::open(path, Access::Create, OpenOptions::default()).expect("a file");
    sql(&store, CAMPAIGN);
    store.execute(ACTIVITY, named! { "activities": ACTIVITIES, "start": start() }).expect("activities");
    if older > 0 {
        store.execute(OLDER, named! { "older": older, "start": start() }).expect("older orders");
    }
    for month in 0..months {
        store
            .execute(
                MONTH,
                named! {
                    "activities": ACTIVITIES,
                    "members": MEMBERS,
                    "orders": ORDERS_A_MONTH,
                    "month": month,
                    "from": add_months(start(), month),
                    "until": add_months(start(), month + 1),
                },
            )
            .expect("orders");
    }
    checkpoint(&store);
    store
}
