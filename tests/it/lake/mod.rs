//! The statements of `queries/lake` on DuckDB against the local batch and the local grade update: no cell differs,
//! and a slip in their translation does not go unseen.

mod command;
mod duck;

use chrono::NaiveDateTime;
use lifecycle::cohort::{self, RunOptions};
use lifecycle::config::{CohortSettings, GradeSettings, Margin};
use lifecycle::grades::{UpdateMode, update_all_grades};
use lifecycle::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::oracle::GRADE_RULES;
use crate::shop::Shop;
use crate::story::{Story, rules, story};
use crate::table::read_tables;
use duck::{Duck, Statements};

/// Every member, and every field of every row but the hash, which each engine has of its own.
const MEMBERS: &str =
    "SELECT CAST(COLUMNS(['activity_id', 'user_id', 'first_order_id', 'first_order_at']) AS VARCHAR)";
const ROWS: &str = "SELECT CAST(COLUMNS(['activity_id', 'month_offset', 'collected_at', 'cohort_start_date',
    'cohort_size', 'avg_cac', 'ltv_cumulative', 'ltv_cac_ratio', 'cumulative_profit', 'is_break_even',
    'monthly_revenue', 'monthly_orders', 'active_users', 'repeat_purchase_rate', 'avg_purchase_frequency',
    'avg_order_value', 'cumulative_orders', 'repeat_customers']) AS VARCHAR)";

/// All values of a result, row by row, as texts that tell different values apart.
fn texts(store: &Store, columns: usize, sql: &str) -> Vec<Vec<Option<String>>> {
    store.rows_text("a test's question", sql, |row| (0..columns).map(|at| row.get(at)).collect()).unwrap()
}

/// How many cells of rows and members differ between a lake and a file.
fn differing_cells(duck: &Duck, local: &Store) -> usize {
    let differing = |columns: usize, select: &str, ours: &str, theirs: &str, order: &str| {
        let read = |store, table| texts(store, columns, &format!("{select} FROM {table} ORDER BY {order}"));
        let (ours, theirs) = (read(&duck.store, ours), read(local, theirs));
        let cells = |row: &Vec<Option<String>>, other: &Vec<Option<String>>| {
            row.iter().zip(other).filter(|(cell, other)| cell != other).count()
        };
        let shared: usize = ours.iter().zip(&theirs).map(|(row, other)| cells(row, other)).sum();
        shared + columns * ours.len().abs_diff(theirs.len())
    };
    differing(18, ROWS, "written_rows", "ltv_batch", "activity_id, month_offset")
        + differing(4, MEMBERS, "members", "cohort_members", "activity_id, user_id")
}

/// Runs the batch at instants in both, and says how many cells differ.
fn batch_in_both(
    shop: &Shop,
    instants: &[NaiveDateTime],
    settings: CohortSettings,
    statements: &Statements,
) -> usize {
    let (local, mut duck) = (shop.stored(), Duck::over(shop.stored(), statements));
    let mut differing = 0;
    for as_of in instants {
        cohort::run(&local, *as_of, settings).unwrap();
        duck.cohort(*as_of, settings, 0);
        differing += differing_cells(&duck, &local);
    }
    differing
}

/// Updates the grades at instants in both, and says how many lines differ.
fn grades_in_both(
    shop: &Shop,
    instants: &[NaiveDateTime],
    settings: &GradeSettings,
    statements: &Statements,
) -> usize {
    let (local, mut duck) = (shop.stored(), Duck::over(shop.stored(), statements));
    for as_of in instants {
        update_all_grades(&local, *as_of, settings, UpdateMode::Record).unwrap();
        duck.grades(*as_of, settings);
    }
    let changes = "SELECT as_of || ' ' || user_id || from_grade || to_grade || amount || ' ' || orders";
    let counts =
        "SELECT concat_ws(' ', as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze)";
    let read = |store: &Store, select: &str, table: &str| {
        texts(store, 1, &format!("{select} FROM {table} ORDER BY 1"))
    };
    let differing = |ours: Vec<Vec<Option<String>>>, theirs: Vec<Vec<Option<String>>>| {
        ours.iter().filter(|line| !theirs.contains(line)).count()
            + theirs.iter().filter(|line| !ours.contains(line)).count()
    };
    differing(read(&duck.store, changes, "known_changes"), read(&local, changes, "grade_changes"))
        + differing(read(&duck.store, counts, "grade_runs"), read(&local, counts, "grade_runs"))
}

fn whole(months: u32) -> CohortSettings {
    CohortSettings { months, gross_margin: Margin::WHOLE }
}

fn naive(story: &Story) -> Vec<NaiveDateTime> {
    story.instants.iter().map(|as_of| as_of.naive()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Month by month and at once, over any margin.
    #[test]
    fn the_lake_has_the_local_rows(
        story in story(), months in 1u32..=14, millionths in prop_oneof![Just(1_000_000), 1u32..1_000_000],
    ) {
        let settings = CohortSettings { months, gross_margin: Margin::from_millionths(millionths).unwrap() };
        let statements = Statements::read();
        let instants = naive(&story);
        prop_assert_eq!(batch_in_both(&story.shop, &instants, settings, &statements), 0);
        prop_assert_eq!(batch_in_both(&story.shop, &instants[instants.len() - 1..], settings, &statements), 0);
    }

    /// With any criteria, and with demotions softened in both ways.
    #[test]
    fn the_lake_has_the_local_grades(
        story in story(), rules in prop_oneof![Just(GRADE_RULES), rules()], one_step in any::<bool>(),
        grace in prop_oneof![Just(0u32), 1u32..40],
    ) {
        let settings = GradeSettings { one_step_demotion: one_step, demotion_grace_days: grace, ..rules.settings() };
        prop_assert_eq!(grades_in_both(&story.shop, &naive(&story), &settings, &Statements::read()), 0);
    }

    /// Orders that are refunded or come late in months that are written: found and restated alike.
    #[test]
    fn the_lake_looks_back_like_the_local_batch(story in story(), change in 0usize..1_000) {
        let statements = Statements::read();
        let (local, mut duck) = (story.shop.stored(), Duck::over(story.shop.stored(), &statements));
        for as_of in naive(&story) {
            cohort::run_with(&local, as_of, whole(12), RunOptions { lookback: 12, ..RunOptions::default() }).unwrap();
            duck.cohort(as_of, whole(12), 12);
            prop_assert_eq!(differing_cells(&duck, &local), 0);
            prop_assert_eq!(duck.differences(as_of, whole(12)).0, 0);
            let id = story.shop.orders[change % story.shop.orders.len()].id;
            for (store, table) in [(&local, "orders"), (&duck.store, "main.orders")] {
                let refund = format!("UPDATE {table} SET status = 'Refunded' WHERE order_id = {id}");
                store.execute_text("a refund", &refund).unwrap();
            }
            duck.push_orders();
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
        assert_eq!(batch_in_both(&shop, &instants, whole(12), &statements), 0, "{}", path.display());
        batches += instants.len();
    }
    assert!(batches > 20);
}

/// Nothing of DuckDB's own where both engines read the same text.
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

/// A slip of the translation: the statement, what it says, what it might have said.
const SLIPS_OF_THE_BATCH: &[(&str, &str, &str)] = &[
    // add_months returns a date.
    (
        "macros.duckdb",
        "at + to_months(CAST(n AS INTEGER))",
        "CAST(at + to_months(CAST(n AS INTEGER)) AS DATE)",
    ),
    // A month is not thirty days.
    ("macros.duckdb", "at + to_months(CAST(n AS INTEGER))", "at + to_days(CAST(30 * n AS INTEGER))"),
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
    (
        "member_slices",
        "orders.created_at < due_members.until_at",
        "orders.created_at <= due_members.until_at",
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
    ("earned_grades", "amount >= $silver_amount", "amount > $silver_amount"),
    ("earned_grades", "orders >= $silver_orders", "orders > $silver_orders"),
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
fn same_stories() -> Vec<Story> {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..40).map(|_| story().new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn slips_in_the_batch_are_caught() {
    let stories = same_stories();
    let settings = CohortSettings { months: 12, gross_margin: Margin::from_millionths(333_333).unwrap() };
    for (file, says, slips) in SLIPS_OF_THE_BATCH {
        let slipped = Statements::read().with(file, says, slips);
        let caught =
            stories.iter().any(|story| batch_in_both(&story.shop, &naive(story), settings, &slipped) > 0);
        assert!(caught, "nobody notices that {file}.sql says `{slips}`");
    }
}

#[test]
fn slips_in_the_grades_are_caught() {
    let stories = same_stories();
    let settings =
        GradeSettings { one_step_demotion: true, demotion_grace_days: 20, ..GRADE_RULES.settings() };
    for (file, says, slips) in SLIPS_OF_THE_GRADES {
        let slipped = Statements::read().with(file, says, slips);
        let caught =
            stories.iter().any(|story| grades_in_both(&story.shop, &naive(story), &settings, &slipped) > 0);
        assert!(caught, "nobody notices that {file}.sql says `{slips}`");
    }
}
