//! Grades and cohort rows recomputed from the orders alone, twice: by plain
//! loops and by a second engine. The library must agree on every cell.

mod actual;
mod loops;
mod sqlite;

use std::fmt;

use lifecycle::grades::{self, GradeUpdate, UpdateMode};
use lifecycle::store::Store;

use crate::instant::At;
use crate::shop::Shop;

/// A double that is compared by its bits.
#[derive(Clone, Copy)]
pub struct Exact(pub f64);

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A customer's grade and the reason for it; the amount in hundredths.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded {
    pub user: i64,
    pub grade: String,
    pub amount: i128,
    pub orders: i64,
}

/// A row of `cohort_members`.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub activity: i64,
    pub user: i64,
    pub first_order: Option<i64>,
    pub first_order_at: Option<At>,
}

/// A row of `ltv_batch`; amounts in hundredths.
#[derive(Clone, Debug, PartialEq)]
pub struct LtvRow {
    pub activity: i64,
    pub offset: i64,
    pub cohort_start_date: String,
    pub cohort_size: i64,
    pub avg_cac: Option<i64>,
    pub ltv_cumulative: i64,
    pub ltv_cac_ratio: Option<Exact>,
    pub cumulative_profit: i64,
    pub is_break_even: bool,
    pub monthly_revenue: i64,
    pub monthly_orders: i64,
    pub active_users: i64,
    pub repeat_purchase_rate: Exact,
    pub avg_purchase_frequency: Exact,
    pub avg_order_value: Option<i64>,
    pub cumulative_orders: i64,
    pub repeat_customers: i64,
    /// The first instant at which a run writes the row.
    pub due_at: At,
}

/// The criteria of each grade, in hundredths and orders.
#[derive(Clone, Copy, Debug)]
pub struct GradeRules {
    pub window_months: u32,
    pub vip: (i64, i64),
    pub gold: (i64, i64),
    pub silver: (i64, i64),
}

/// The rules of the specification.
pub const GRADE_RULES: GradeRules =
    GradeRules { window_months: 6, vip: (200_000_000, 10), gold: (100_000_000, 8), silver: (30_000_000, 3) };

impl GradeRules {
    /// The same as settings of the library.
    pub fn settings(&self) -> lifecycle::config::GradeSettings {
        let criterion = |(amount, orders)| lifecycle::config::Criterion {
            min_amount: lifecycle::money::Money::from_hundredths(amount),
            min_orders: orders,
        };
        lifecycle::config::GradeSettings {
            window_months: self.window_months,
            refresh_interval_secs: 600,
            simulated_interval_days: 7,
            one_step_demotion: false,
            demotion_grace_days: 0,
            vip: criterion(self.vip),
            gold: criterion(self.gold),
            silver: criterion(self.silver),
        }
    }
}

/// Asserts that two lists are equal, naming the first row that differs.
pub fn assert_same<T: PartialEq + fmt::Debug>(what: &str, left: &[T], right: &[T]) {
    for (position, (one, other)) in left.iter().zip(right).enumerate() {
        assert!(one == other, "{what}, row {position}:\n   {one:?}\nis not\n   {other:?}");
    }
    let (shorter, longer) = if left.len() < right.len() { (left, right) } else { (right, left) };
    if let Some(extra) = longer.get(shorter.len()) {
        panic!(
            "{what}: {} rows on the left, {} on the right; first extra {extra:?}",
            left.len(),
            right.len()
        );
    }
}

/// The facts of a shop, ready for both recomputations.
pub struct Oracle<'a> {
    shop: &'a Shop,
    sqlite: sqlite::Facts,
}

impl<'a> Oracle<'a> {
    /// Of a shop.
    pub fn new(shop: &'a Shop) -> Self {
        Oracle { shop, sqlite: sqlite::Facts::load(shop) }
    }

    /// The graded customers as of an instant, by id; both recomputations agree.
    pub fn grades(&self, as_of: At, rules: &GradeRules) -> Vec<Graded> {
        let expected = loops::grades(self.shop, as_of, rules);
        assert_same("grades: loops and SQLite", &expected, &self.sqlite.grades(as_of, rules));
        expected
    }

    /// Members and rows as of an instant; both recomputations agree.
    pub fn cohorts(&self, as_of: At, months: u32) -> (Vec<Member>, Vec<LtvRow>) {
        let (members, rows) = loops::cohorts(self.shop, as_of, months);
        let (members_again, rows_again) = self.sqlite.cohorts(as_of, months);
        assert_same("members: loops and SQLite", &members, &members_again);
        assert_same("LTV rows: loops and SQLite", &rows, &rows_again);
        (members, rows)
    }
}

/// Updates the grades of a file and checks every customer, every recorded
/// change and the counts against the recomputation.
pub fn check_grade_update(store: &Store, as_of: At, rules: &GradeRules) -> GradeUpdate {
    let before = Shop::read(store);
    let changes_before = actual::grade_changes(store).len();
    let update =
        grades::update_all_grades(store, as_of.naive(), &rules.settings(), UpdateMode::Record).unwrap();
    let expected = Oracle::new(&before).grades(as_of, rules);
    let mut changes = Vec::new();
    let mut counts = [0i64; 7]; // promoted, demoted, kept, VIP, GOLD, SILVER, BRONZE
    let rank = |grade: &str| ["VIP", "GOLD", "SILVER", "BRONZE"].iter().position(|g| *g == grade).unwrap();
    for graded in &expected {
        let position = before.customers.binary_search_by_key(&graded.user, |customer| customer.id).unwrap();
        let from = &before.customers[position].grade;
        counts[3 + rank(&graded.grade)] += 1;
        match rank(&graded.grade).cmp(&rank(from)) {
            std::cmp::Ordering::Less => counts[0] += 1,
            std::cmp::Ordering::Greater => counts[1] += 1,
            std::cmp::Ordering::Equal => counts[2] += 1,
        }
        if *from != graded.grade {
            changes.push((as_of, from.clone(), graded.clone()));
        }
    }
    assert_same("grade_changes", &actual::grade_changes(store)[changes_before..], &changes);
    let after: Vec<(i64, String)> =
        crate::shop::read_customers(store).into_iter().map(|user| (user.id, user.grade)).collect();
    let mut expected_after: Vec<(i64, String)> = before
        .customers
        .iter()
        .map(|customer| match expected.binary_search_by_key(&customer.id, |graded| graded.user) {
            Ok(position) => (customer.id, expected[position].grade.clone()),
            Err(_) => (customer.id, customer.grade.clone()),
        })
        .collect();
    expected_after.sort();
    assert_same("users.grade", &after, &expected_after);
    let run = actual::last_grade_run(store);
    assert_eq!(run, (as_of, expected.len() as i64, counts), "the run at {as_of}");
    assert_eq!(counts[0] + counts[1] + counts[2], expected.len() as i64);
    let moves = &update.transitions;
    let told = [moves.customers(), moves.promoted(), moves.demoted(), moves.kept()];
    assert_eq!(told, [run.1, counts[0], counts[1], counts[2]], "moves at {as_of}");
    update
}

/// Checks a file's members and rows against the recomputation as of the last
/// of the instants at which the batch ran, which are in order of time.
pub fn check_cohorts(store: &Store, runs: &[At], months: u32) {
    let shop = Shop::read(store);
    let (members, rows) = Oracle::new(&shop).cohorts(*runs.last().unwrap(), months);
    assert_same("cohort_members", &actual::members(store), &members);
    let actual = actual::ltv_rows(store);
    let collected: Vec<At> = actual.iter().map(|(_, collected_at)| *collected_at).collect();
    // The file does not say when a row fell due, but which run wrote it.
    let mut actual: Vec<LtvRow> = actual.into_iter().map(|(row, _)| row).collect();
    for (row, expected) in actual.iter_mut().zip(&rows) {
        row.due_at = expected.due_at;
    }
    assert_same("ltv_batch", &actual, &rows);
    for (row, collected_at) in rows.iter().zip(collected) {
        let first_run = runs.iter().find(|run| **run >= row.due_at);
        assert_eq!(Some(&collected_at), first_run, "collected_at of {}/{}", row.activity, row.offset);
    }
}

pub use actual::{grade_changes, ltv_rows, members};
