//! The statements of `queries/lake` on DuckDB against the local batch and grade update: no cell differs, and mutations
//! of the statements are caught.

pub mod command;
mod duck;
mod push;

use chrono::NaiveDateTime;
use lifecycle::cohort::{self, RunOptions};
use lifecycle::config::{CohortSettings, GradeSettings, Margin};
use lifecycle::grades::{UpdateMode, update_all_grades};
use lifecycle::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::instant::At;
use crate::oracle::GRADE_RULES;
use crate::shop::{Activity, Customer, Order, Shop};
use crate::story::{Story, rules, story};
use crate::table::read_tables;
use duck::{Duck, Statements};

/// Every member, and every field of every row except the hash, which each engine computes its own way.
const MEMBERS: &str =
    "SELECT CAST(COLUMNS(['activity_id', 'user_id', 'first_order_id', 'first_order_at']) AS VARCHAR)";
const ROWS: &str = "SELECT CAST(COLUMNS(['activity_id', 'month_offset', 'collected_at', 'cohort_start_date',
    'cohort_size', 'avg_cac', 'ltv_cumulative', 'ltv_cac_ratio', 'cumulative_profit', 'is_break_even',
    'monthly_revenue', 'monthly_orders', 'active_users', 'repeat_purchase_rate', 'avg_purchase_frequency',
    'avg_order_value', 'cumulative_orders', 'repeat_customers']) AS VARCHAR)";

/// All values of a result, row by row, as texts that distinguish different values.
fn texts(store: &Store, columns: usize, sql: &str) -> Vec<Vec<Option<String>>> {
    store.rows_text("a test's question", sql, |row| (0..columns).map(|at| row.get(at)).collect()).unwrap()
}

/// The values of some relations of a store.
type Cells = Vec<Vec<Vec<Option<String>>>>;

/// Every cell of the rows and members that a store holds.
fn cohort_cells(store: &Store, rows: &str, members: &str) -> Cells {
    let rows = format!("{ROWS} FROM {rows} ORDER BY activity_id, month_offset");
    let members = format!("{MEMBERS} FROM {members} ORDER BY activity_id, user_id");
    vec![texts(store, 18, &rows), texts(store, 4, &members)]
}

fn cells_of_file(local: &Store) -> Cells {
    cohort_cells(local, "ltv_batch", "cohort_members")
}

fn cells_of_lake(duck: &Duck) -> Cells {
    cohort_cells(&duck.store, "written_rows", "members")
}

/// What the local batch holds after each of its runs.
fn local_batch(shop: &Shop, instants: &[NaiveDateTime], settings: CohortSettings) -> Vec<Cells> {
    let local = shop.stored();
    let run = |as_of: &NaiveDateTime| {
        cohort::run(&local, *as_of, settings).unwrap();
        cells_of_file(&local)
    };
    instants.iter().map(run).collect()
}

/// What the lake holds after each of its runs.
fn lake_batch(
    shop: &Shop,
    instants: &[NaiveDateTime],
    settings: CohortSettings,
    statements: &Statements,
) -> Vec<Cells> {
    let mut duck = Duck::over(shop.stored(), statements);
    let run = |as_of: &NaiveDateTime| {
        duck.cohort(*as_of, settings, 0);
        cells_of_lake(&duck)
    };
    instants.iter().map(run).collect()
}

/// Every recorded change of grade and every count of an update.
fn grade_cells(store: &Store, changes: &str) -> Cells {
    let changes = format!(
        "SELECT as_of || ' ' || user_id || from_grade || to_grade || amount || ' ' || orders FROM {changes} ORDER BY 1"
    );
    let counts = "SELECT concat_ws(' ', as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze)
         FROM grade_runs ORDER BY 1";
    vec![texts(store, 1, &changes), texts(store, 1, counts)]
}

/// What the local grade updates recorded.
fn local_grades(shop: &Shop, instants: &[NaiveDateTime], settings: &GradeSettings) -> Cells {
    let local = shop.stored();
    for as_of in instants {
        update_all_grades(&local, *as_of, settings, UpdateMode::Record).unwrap();
    }
    grade_cells(&local, "grade_changes")
}

/// What the lake's grade updates recorded.
fn lake_grades(
    shop: &Shop,
    instants: &[NaiveDateTime],
    settings: &GradeSettings,
    statements: &Statements,
) -> Cells {
    let mut duck = Duck::over(shop.stored(), statements);
    for as_of in instants {
        duck.grades(*as_of, settings);
    }
    grade_cells(&duck.store, "known_changes")
}

fn whole(months: u32) -> CohortSettings {
    CohortSettings { months, gross_margin: Margin::WHOLE }
}

fn naive(story: &Story) -> Vec<NaiveDateTime> {
    story.instants.iter().map(|as_of| as_of.naive()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Month by month and all at once, with any margin.
    #[test]
    fn the_lake_has_the_local_rows(
        story in story(), months in 1u32..=14, millionths in prop_oneof![Just(1_000_000), 1u32..1_000_000],
    ) {
        let settings = CohortSettings { months, gross_margin: Margin::from_millionths(millionths).unwrap() };
        let statements = Statements::read();
        let instants = naive(&story);
        for instants in [&instants[..], &instants[instants.len() - 1..]] {
            let lake = lake_batch(&story.shop, instants, settings, &statements);
            prop_assert_eq!(lake, local_batch(&story.shop, instants, settings));
        }
    }

    /// With any criteria, and with both ways of softening demotions.
    #[test]
    fn the_lake_has_the_local_grades(
        story in story(), rules in prop_oneof![Just(GRADE_RULES), rules()], one_step in any::<bool>(),
        grace in prop_oneof![Just(0u32), 1u32..40],
    ) {
        let settings = GradeSettings { one_step_demotion: one_step, demotion_grace_days: grace, ..rules.settings() };
        let lake = lake_grades(&story.shop, &naive(&story), &settings, &Statements::read());
        prop_assert_eq!(lake, local_grades(&story.shop, &naive(&story), &settings));
    }

    /// Orders that are refunded or arrive late in written months are found and restated alike.
    #[test]
    fn the_lake_looks_back_like_the_local_batch(story in story(), change in 0usize..1_000) {
        let id = story.shop.orders[change % story.shop.orders.len()].id;
        for after in looked_back(&story.shop, &naive(&story), id) {
            prop_assert_eq!(after.lake, after.local);
            prop_assert_eq!(after.differing, 0);
        }
    }
}

#[test]
fn every_case_has_the_local_rows() {
    let statements = Statements::read();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cases");
    let mut batches = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let tables = read_tables(&std::fs::read_to_string(&path).unwrap());
        let shop = crate::cases::read_shop(&tables);
        let instants: Vec<NaiveDateTime> = tables
            .iter()
            .filter_map(|table| table.title.strip_prefix("batch "))
            .map(|as_of| as_of.parse::<crate::instant::At>().unwrap().naive())
            .collect();
        let lake = lake_batch(&shop, &instants, whole(12), &statements);
        assert_eq!(lake, local_batch(&shop, &instants, whole(12)), "{}", path.display());
        batches += instants.len();
    }
    assert!(batches > 20);
}

/// The rows of both after a batch that looked back, and how many differ by the lake's own verification.
struct LookedBack {
    lake: Cells,
    local: Cells,
    differing: i64,
}

/// Batches that look back over everything, with an order refunded after each.
fn looked_back(shop: &Shop, instants: &[NaiveDateTime], refunded: i64) -> Vec<LookedBack> {
    let statements = Statements::read();
    let (local, mut duck) = (shop.stored(), Duck::over(shop.stored(), &statements));
    let options = RunOptions { lookback: 12, ..RunOptions::default() };
    let run = |as_of: &NaiveDateTime| {
        cohort::run_with(&local, *as_of, whole(12), options).unwrap();
        duck.cohort(*as_of, whole(12), 12);
        let after = LookedBack {
            lake: cells_of_lake(&duck),
            local: cells_of_file(&local),
            differing: duck.differences(*as_of, whole(12)).0,
        };
        for (store, table) in [(&local, "orders"), (&duck.store, "main.orders")] {
            let refund = format!("UPDATE {table} SET status = 'Refunded' WHERE order_id = {refunded}");
            store.execute_text("a refund", &refund).unwrap();
        }
        duck.push_orders();
        after
    };
    instants.iter().map(run).collect()
}

/// The slice has changed but no figure has: the row keeps the time at which it was collected.
#[test]
fn a_refund_of_nothing_restates_no_row() {
    let mut shop = first_order_at_the_end();
    let nothing = Order { id: 9, amount: 0, status: "Returned".to_owned(), ..shop.orders[0].clone() };
    shop.orders.push(nothing);
    let instants = [at("2024-04-01").naive(), at("2024-05-01").naive()];
    let after = looked_back(&shop, &instants, 9);
    for (run, after) in after.iter().enumerate() {
        assert_eq!(after.lake, after.local, "run {run}");
    }
    let collected_at = |run: usize| after[run].lake[0][0][2].clone();
    assert_eq!(collected_at(0), Some("2024-04-01 00:00:00".to_owned()));
    assert_eq!(collected_at(1), collected_at(0));
}

/// No syntax specific to DuckDB in statements that both engines run.
#[test]
fn every_statement_says_what_it_computes_and_nothing_of_one_engine() {
    let statements = Statements::read();
    for name in statements.names().filter(|name| !name.starts_with("macros")) {
        let text = statements.text(name);
        for head in ["-- what: ", "-- grain: ", "-- parameters: ", "-- reads: "] {
            assert!(text.contains(head), "{name}.sql has no `{head}`");
        }
        for word in [
            "date_diff",
            "to_months",
            "arg_min",
            "QUALIFY",
            "add_months",
            "bround",
            " // ",
            " div ",
            "NOT IN",
        ] {
            assert!(!text.contains(word), "{name}.sql says {word}");
        }
    }
}

/// A mutation: the statement, a passage of it, and a plausible mistake in its place.
const SLIPS_OF_THE_BATCH: &[(&str, &str, &str)] = &[
    // add_months returns a date.
    (
        "macros.duckdb",
        "instant + to_months(CAST(n AS INTEGER))",
        "CAST(instant + to_months(CAST(n AS INTEGER)) AS DATE)",
    ),
    // A month is not thirty days.
    (
        "macros.duckdb",
        "instant + to_months(CAST(n AS INTEGER))",
        "instant + to_days(CAST(30 * n AS INTEGER))",
    ),
    // Truncated, or rounded half to even.
    ("macros.duckdb", "whole_quotient(2 * hundredths + n, 2 * n)", "whole_quotient(hundredths, n)"),
    (
        "macros.duckdb",
        "whole_quotient(2 * hundredths + n, 2 * n)",
        "CAST(round_even(CAST(hundredths AS DOUBLE) / n, 0) AS BIGINT)",
    ),
    ("closed_windows", "windows.window_end <= $as_of", "windows.window_end < $as_of"),
    (
        "closed_windows",
        "coalesce(end_at, months_after(start_at, 1))",
        "coalesce(end_at, months_after(start_at, 2))",
    ),
    ("new_first_orders", "ORDER BY created_at, order_id", "ORDER BY created_at, order_id DESC"),
    ("new_first_orders", "month <= $last_month", "month < $last_month"),
    ("new_first_orders", "status = 'Success'", "status <> 'Failed'"),
    ("acquired_members", "firsts.created_at < windows.window_end", "firsts.created_at <= windows.window_end"),
    ("acquired_members", "firsts.created_at >= windows.start_at", "firsts.created_at > windows.start_at"),
    ("acquired_members", "THEN -1 ELSE windows.activity_id END", "THEN 0 ELSE windows.activity_id END"),
    ("due_months", "numbers.n + 1) <= $as_of", "numbers.n + 1) < $as_of"),
    // Boundaries of months instead of whole months.
    ("member_slices", "THEN 1 ELSE 0 END AS INTEGER", "THEN 0 ELSE 0 END AS INTEGER"),
    (
        "member_slices",
        "months_after(start_at, boundaries) > created_at",
        "months_after(start_at, boundaries) >= created_at",
    ),
    ("member_slices", "IN ('Success', 'Returned')", "IN ('Success', 'Returned', 'Refunded')"),
    ("member_states", "bought.orders_of_first_month >= 2", "bought.orders_of_first_month >= 3"),
    ("member_states", "place = 2 THEN", "place = 1 THEN"),
    ("known_states", "ORDER BY run DESC", "ORDER BY run"),
    (
        "cohort_rows",
        "previous.month_offset = months.from_offset - 1",
        "previous.month_offset = months.from_offset - 2",
    ),
    ("cohort_rows", "CAST($gross_margin AS DECIMAL(7, 6))", "CAST($gross_margin AS DECIMAL(7, 2))"),
    ("cohort_rows", "WHEN budget <> 0 THEN", "WHEN budget IS NOT NULL THEN"),
    ("cohort_rows", "CASE WHEN orders > 0 THEN 1 ELSE 0 END", "orders"),
];

const SLIPS_OF_THE_GRADES: &[(&str, &str, &str)] = &[
    ("earned_grades", "created_at >= $window_start", "created_at > $window_start"),
    ("earned_grades", "created_at < $as_of", "created_at <= $as_of"),
    ("macros.duckdb", "amount >= silver_amount", "amount > silver_amount"),
    ("macros.duckdb", "orders >= silver_orders", "orders > silver_orders"),
    ("earned_grades", "month <= $last_month", "month < $last_month"),
    ("held_grades", "users.signed_up_at < $as_of", "users.signed_up_at <= $as_of"),
    ("held_grades", "ORDER BY as_of DESC", "ORDER BY as_of"),
    (
        "graced_grades",
        "bought.created_at < grace_days.window_end",
        "bought.created_at <= grace_days.window_end",
    ),
    ("graded", "earned < held - $steps_down", "earned < held - 2 * $steps_down"),
];

/// The same random shops on every machine.
fn same_shops() -> impl Iterator<Item = Shop> {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..40).map(move |_| story().new_tree(&mut runner).unwrap().current().shop)
}

/// Whether mutated statements are caught, and a function that tries them all.
type Caught<'a> = &'a dyn Fn(&Statements) -> bool;
type TryAll<'a> = &'a mut dyn FnMut(Caught<'_>);

/// The mutations that none of the shops has caught.
fn uncaught(
    slips: &[(&str, &str, &str)],
    mut catches: impl FnMut(&Shop, TryAll<'_>),
    shops: impl Iterator<Item = Shop>,
) -> Vec<String> {
    let slipped = |(file, says, slip): &(&str, &str, &str)| {
        (format!("{file}.sql: {slip}"), Statements::read().with(file, says, slip))
    };
    let mut left: Vec<(String, Statements)> = slips.iter().map(slipped).collect();
    for shop in shops {
        if left.is_empty() {
            break;
        }
        catches(&shop, &mut |caught| left.retain(|(_, statements)| !caught(statements)));
    }
    left.into_iter().map(|(name, _)| name).collect()
}

/// Orders at the very ends of the batch's windows and months, to the microsecond.
fn ends(shop: &Shop) -> Vec<NaiveDateTime> {
    let of = |activity: &Activity| {
        let months = [1, 2, 5].map(|months| activity.start_at.plus_months(months));
        activity.end_at.into_iter().chain(months)
    };
    let mut ends: Vec<NaiveDateTime> = shop.activities.iter().flat_map(of).map(|at| at.naive()).collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// A customer whose first order is placed when the window of its activity closes: too late.
fn first_order_at_the_end() -> Shop {
    let activity = |id, start_at| Activity {
        id,
        channel: "email".to_owned(),
        cohort: "acquired".to_owned(),
        budget: None,
        start_at: at(start_at),
        end_at: None,
    };
    let order = |user, created_at| Order {
        id: user,
        user,
        activity: Some(1),
        amount: 100,
        status: "Success".to_owned(),
        created_at: at(created_at),
    };
    let customer = |id| Customer { id, grade: "BRONZE".to_owned(), signed_up_at: at("2024-01-01") };
    Shop {
        customers: vec![customer(1), customer(2)],
        activities: vec![activity(1, "2024-01-01"), activity(2, "2024-01-15")],
        orders: vec![order(1, "2024-01-05"), order(2, "2024-02-01")],
        ..Shop::default()
    }
}

#[test]
fn slips_in_the_batch_are_caught() {
    let settings = CohortSettings { months: 12, gross_margin: Margin::from_millionths(333_333).unwrap() };
    let catches = |shop: &Shop, try_all: TryAll<'_>| {
        let ends = ends(shop);
        for instants in [&ends[..], &ends[ends.len().saturating_sub(1)..]] {
            let local = local_batch(shop, instants, settings);
            try_all(&|statements| lake_batch(shop, instants, settings, statements) != local);
        }
    };
    let left =
        uncaught(SLIPS_OF_THE_BATCH, catches, std::iter::once(first_order_at_the_end()).chain(same_shops()));
    assert!(left.is_empty(), "nobody notices {left:#?}");
}

fn at(day: &str) -> At {
    format!("{day} 00:00:00").parse().unwrap()
}

/// One customer who meets SILVER exactly, and one who would keep it only if an order at the very end of a day of the
/// grace period counted together with those at its beginning.
fn silver_to_the_cent() -> Shop {
    let (amount, orders) = GRADE_RULES.silver;
    let customer = |id, grade: &str| Customer { id, grade: grade.to_owned(), signed_up_at: at("2024-01-01") };
    let order = |id, user, created_at| Order {
        id,
        user,
        activity: None,
        amount: amount / orders,
        status: "Success".to_owned(),
        created_at: at(created_at),
    };
    let mut shop = Shop { customers: vec![customer(1, "BRONZE"), customer(2, "SILVER")], ..Shop::default() };
    for id in 1..=orders {
        shop.orders.push(order(id, 1, "2024-01-10"));
        shop.orders.push(order(orders + id, 2, if id == 1 { "2024-08-01" } else { "2024-02-01" }));
    }
    shop
}

#[test]
fn slips_in_the_grades_are_caught() {
    let settings =
        GradeSettings { one_step_demotion: true, demotion_grace_days: 20, ..GRADE_RULES.settings() };
    let catches = |shop: &Shop, try_all: TryAll<'_>| {
        let half_a_year_later = |order: &Order| order.created_at.plus_months(6).naive();
        let mut instants = vec![at("2024-02-01").naive(), at("2024-08-21").naive()];
        instants.extend(shop.orders.iter().map(|order| order.created_at.naive()).step_by(9));
        instants.extend(shop.orders.iter().map(half_a_year_later).step_by(9));
        instants.extend(shop.customers.iter().map(|customer| customer.signed_up_at.naive()).step_by(5));
        instants.sort_unstable();
        instants.dedup();
        // The first update starts from the customers' imported grades, each later one from the update before.
        for instants in [&[at("2024-08-21").naive()], &instants[..]] {
            let local = local_grades(shop, instants, &settings);
            try_all(&|statements| lake_grades(shop, instants, &settings, statements) != local);
        }
    };
    let shops = std::iter::once(silver_to_the_cent()).chain(same_shops());
    let left = uncaught(SLIPS_OF_THE_GRADES, catches, shops);
    assert!(left.is_empty(), "nobody notices {left:#?}");
}
