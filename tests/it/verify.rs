//! Verification finds what is wrong, and nothing else; a rebuild repairs it.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use lifecycle::cohort::{self, Audit, RebuildScope, RowProblem, RunOptions};
use lifecycle::config::{CohortSettings, Margin};
use lifecycle::domain::OrderStatus;
use lifecycle::store::{OrderRow, Query, Store, StoreError};
use proptest::prelude::*;

use crate::ledger::{
    CLOCK, assert_clean, at, change, empty_shop, members, number, order, orders, rows, shop, verified,
    whole_rows,
};

/// Rolls a transaction back.
struct Dropped;

impl From<StoreError> for Dropped {
    fn from(error: StoreError) -> Self {
        panic!("{error}")
    }
}

/// Does some work and rolls it back.
fn in_vain(store: &Store, work: impl FnOnce(&Store)) {
    let _: Result<(), Dropped> = store.transaction(|store| {
        work(store);
        Err(Dropped)
    });
}

#[test]
fn a_right_file_is_clean() {
    let store = shop();
    let found = verified(&store);
    assert!(found.is_clean(), "{found:#?}");
    assert_eq!((found.activities, found.rows, found.cells), (4, 48, 48 * 17));
    assert_eq!(found.members, 40);
    assert_eq!(found.audits.len(), Audit::ALL.len());
    let one = cohort::verify(&store, at(CLOCK), CohortSettings::without_margin(12), Some(2)).unwrap();
    assert_eq!((one.activities, one.rows, one.members), (1, 12, 10));
    assert!(one.is_clean());
}

#[test]
fn every_audit_has_a_file_and_every_file_an_audit() {
    let files: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/audit"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = Audit::ALL.iter().map(|audit| audit.name.to_owned()).collect();
    assert_eq!(files, known);
}

/// Which of a month's two rows is compared with the orders does not depend on which was stored first.
#[test]
fn a_doubled_row_is_told_alike_whichever_was_stored_first() {
    let store = shop();
    let month = "activity_id = 1 AND month_offset = 3";
    for (name, change) in [("sound", ""), ("altered", "REPLACE (monthly_revenue + 1 AS monthly_revenue)")] {
        store
            .execute_text(
                "test",
                &format!("CREATE TEMP TABLE {name} AS SELECT * {change} FROM ltv_batch WHERE {month}"),
            )
            .unwrap();
    }
    let mut told = Vec::new();
    for order in [["sound", "altered"], ["altered", "sound"]] {
        store.execute_text("test", &format!("DELETE FROM ltv_batch WHERE {month}")).unwrap();
        for name in order {
            store.execute_text("test", &format!("INSERT INTO ltv_batch FROM {name}")).unwrap();
        }
        let found = verified(&store);
        assert!(!found.is_clean());
        told.push((found.differing_cells, format!("{:?}", found.first_rows)));
    }
    assert_eq!(told[0], told[1]);
}

/// Any cell of the first, a middle and the last row of a cohort.
#[test]
fn tampering_with_any_cell_is_found_and_mended() {
    let store = shop();
    let columns: Vec<(String, String)> = store
        .rows(
            Query::new(
                "(a test)",
                "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'ltv_batch' ORDER BY column_index",
            ),
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(columns.len(), 19);
    let right = rows(&store);
    for (column, data_type) in &columns {
        let other = match data_type.as_str() {
            "BOOLEAN" => format!("NOT {column}"),
            "DATE" => format!("{column} + 1"),
            "TIMESTAMP" => format!("{column} - INTERVAL 3 YEAR"),
            "UBIGINT" => format!("xor({column}, 1)"),
            "DOUBLE" => format!("coalesce({column}, 0) + 0.0000001"),
            "DECIMAL(18,2)" => format!("coalesce({column}, 0) + 0.01"),
            _ => format!("{column} + 100"),
        };
        for month in [0, 5, 11] {
            let sql = format!(
                "UPDATE ltv_batch SET {column} = {other} WHERE activity_id = 1 AND month_offset = {month}"
            );
            in_vain(&store, |store| {
                assert_eq!(change(store, sql.leak()), 1);
                let found = verified(store);
                // A last row moved to another key is an extra row there; its own month is due again.
                let key = match (column.as_str(), month) {
                    ("activity_id", 11) => (101, 11),
                    ("month_offset", 11) => (1, 111),
                    _ => (1, month),
                };
                let first = &found.first_rows[0];
                assert_eq!((first.activity_id, first.month_offset), key, "{column}: {found:#?}");
                assert_eq!(found.stale[0].from_offset, Some(key.1), "{column}: {found:#?}");
                if !matches!(column.as_str(), "activity_id" | "month_offset") {
                    assert_eq!(first.field.as_deref(), Some(column.as_str()));
                }
                cohort::rebuild(
                    store,
                    at(CLOCK),
                    CohortSettings::without_margin(12),
                    None,
                    RebuildScope::Stale,
                    false,
                )
                .unwrap();
                if key.0 != 1 {
                    cohort::run(store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
                }
                assert_eq!(rows(store), right, "{column} of month {month}");
                assert_clean(store);
            });
        }
    }
}

#[test]
fn rows_that_are_missing_twice_there_or_too_early_are_found() {
    let store = shop();
    let right = rows(&store);
    let cases = [
        ("DELETE FROM ltv_batch WHERE activity_id = 2 AND month_offset = 4", RowProblem::Missing, 4),
        (
            "INSERT INTO ltv_batch SELECT * FROM ltv_batch WHERE activity_id = 2 AND month_offset = 3",
            RowProblem::Extra,
            3,
        ),
        (
            "INSERT INTO ltv_batch SELECT * REPLACE (40 AS month_offset) FROM ltv_batch WHERE activity_id = 2 AND month_offset = 3",
            RowProblem::Extra,
            40,
        ),
    ];
    for (sql, problem, month) in cases {
        in_vain(&store, |store| {
            assert_eq!(change(store, sql), 1);
            let found = verified(store);
            assert_eq!((found.first_rows[0].problem, found.first_rows[0].month_offset), (problem, month));
            assert_eq!(found.stale[0].from_offset, Some(month));
            cohort::rebuild(
                store,
                at(CLOCK),
                CohortSettings::without_margin(12),
                None,
                RebuildScope::Stale,
                false,
            )
            .unwrap();
            assert_eq!(rows(store), right);
            assert_clean(store);
        });
    }
}

/// The state that lets the batch ignore the history: that of members, and the last rows.
#[test]
fn tampering_with_the_members_state_is_found_and_mended() {
    let store = shop();
    let (right, state) = (whole_rows(&store), members(&store));
    for sql in [
        "UPDATE cohort_members SET repeat_offset = 9 WHERE user_id = 3",
        "UPDATE cohort_members SET repeat_offset = NULL WHERE user_id = 3",
        "UPDATE cohort_members SET first_offset = 1 WHERE user_id = 3",
    ] {
        in_vain(&store, |store| {
            assert_eq!(change(store, sql), 1);
            let found = verified(store);
            assert_eq!((found.differing_cells, found.differing_members), (0, 1), "{sql}");
            assert_eq!(found.stale[0].repaired_by(), RebuildScope::Stale);
            cohort::rebuild(
                store,
                at(CLOCK),
                CohortSettings::without_margin(12),
                None,
                RebuildScope::Stale,
                false,
            )
            .unwrap();
            assert_eq!((whole_rows(store), members(store)), (right.clone(), state.clone()));
        });
    }
    in_vain(&store, |store| {
        change(store, "DELETE FROM ltv_batch WHERE month_offset >= 1");
        assert!(!verified(store).is_clean(), "the members remember months that are gone");
        cohort::rebuild(
            store,
            at(CLOCK),
            CohortSettings::without_margin(12),
            None,
            RebuildScope::Stale,
            false,
        )
        .unwrap();
        cohort::run(store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        assert_eq!(rows(store), rows(&shop()));
    });
}

/// Each rule is broken by one statement.
#[test]
fn every_audit_finds_what_breaks_its_rule() {
    let store = shop();
    let cases = [
        (
            "cumulative_is_sum_of_months",
            "UPDATE ltv_batch SET ltv_cumulative = 1 WHERE activity_id = 1 AND month_offset = 3",
        ),
        ("no_gap_in_offsets", "DELETE FROM ltv_batch WHERE activity_id = 1 AND month_offset = 0"),
        (
            "active_within_size",
            "UPDATE ltv_batch SET cohort_size = 1 WHERE activity_id = 1 AND month_offset = 0",
        ),
        (
            "active_within_orders",
            "UPDATE ltv_batch SET monthly_orders = 1 WHERE activity_id = 1 AND month_offset = 0",
        ),
        ("members_unique", "UPDATE cohort_members SET activity_id = 2, user_id = 1 WHERE user_id = 11"),
        ("first_orders_own", "UPDATE cohort_members SET first_order_id = 200 WHERE user_id = 1"),
        (
            "no_row_of_an_open_month",
            "UPDATE campaign_activities SET start_at = start_at + INTERVAL 1 YEAR WHERE activity_id = 1",
        ),
        ("orphan_rows", "UPDATE ltv_batch SET activity_id = 77 WHERE activity_id = 1 AND month_offset = 0"),
        ("orphan_members", "DELETE FROM users WHERE user_id = 1"),
        ("orphan_orders", "DELETE FROM users WHERE user_id = 1"),
        (
            "duplicate_rows",
            "UPDATE ltv_batch SET month_offset = 3 WHERE activity_id = 1 AND month_offset = 4",
        ),
        ("duplicate_orders", "UPDATE orders SET order_id = 100 WHERE order_id = 200"),
        // With wide gaps between them numbers are counted another way.
        (
            "duplicate_orders",
            "UPDATE orders SET order_id = CASE order_id WHEN 100 THEN 200 WHEN 200 THEN 200 ELSE order_id * 1000000000 END",
        ),
        ("duplicate_users", "UPDATE users SET user_id = 49 WHERE user_id = 50"),
        ("negative_amounts", "UPDATE orders SET amount = -1 WHERE order_id = 100"),
        ("positive_returns", "UPDATE orders SET status = 'Returned' WHERE order_id = 100"),
    ];
    let broken: BTreeSet<&str> = cases.iter().map(|(name, _)| *name).collect();
    for audit in Audit::ALL {
        assert!(broken.contains(audit.name), "no case breaks the rule of `{}`", audit.name);
    }
    for (name, sql) in cases {
        in_vain(&store, |store| {
            assert!(change(store, sql) > 0, "{name}");
            let found = verified(store);
            let audit = found.audits.iter().find(|audit| audit.name == name).unwrap();
            assert!(audit.broken > 0 && !audit.findings.is_empty(), "{name}");
            assert!(!found.is_clean());
        });
    }
}

/// The first month, one in the middle, the twelfth, none after it, and none that has not closed.
#[test]
fn months_are_written_when_they_close_and_never_a_thirteenth() {
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    let last = |store: &Store| {
        number(store, "SELECT coalesce(max(month_offset), -1) FROM ltv_batch WHERE activity_id = 1")
    };
    for (as_of, offset) in [
        ("2023-02-10 09:29:59", -1),
        ("2023-02-10 09:30", 0),
        ("2023-06-15", 4),
        ("2024-01-10 09:29:59", 10),
        ("2024-01-10 09:30", 11),
        ("2024-06-01", 11),
    ] {
        cohort::run(&store, at(as_of), CohortSettings::without_margin(12)).unwrap();
        assert_eq!(last(&store), offset, "{as_of}");
        let found = cohort::verify(&store, at(as_of), CohortSettings::without_margin(12), None).unwrap();
        assert!(found.is_clean(), "{as_of}: {found:#?}");
    }
}

#[test]
fn profit_counts_the_margin_and_the_ratio_does_not() {
    let settings = CohortSettings { months: 12, gross_margin: Margin::from_millionths(333_333).unwrap() };
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    cohort::run(&store, at(CLOCK), settings).unwrap();
    assert!(cohort::verify(&store, at(CLOCK), settings, None).unwrap().is_clean());
    let with_all = shop();
    let ratios = "SELECT CAST(sum(ltv_cac_ratio) * 1000000 AS BIGINT) FROM ltv_batch";
    assert_eq!(number(&store, ratios), number(&with_all, ratios));
    let exact = "SELECT count(*) FROM ltv_batch JOIN campaign_activities USING (activity_id)
         WHERE CAST((cumulative_profit + coalesce(budget, 0)) * 100 AS HUGEINT)
            <> (CAST(ltv_cumulative * 100 AS HUGEINT) * 333333 + 500000) // 1000000
            OR is_break_even <> (cumulative_profit >= 0)";
    assert_eq!(number(&store, exact), 0);
    let other = cohort::verify(&store, at(CLOCK), CohortSettings::without_margin(12), None).unwrap();
    assert_eq!(other.first_rows[0].field.as_deref(), Some("cumulative_profit"));
}

#[test]
fn what_a_run_read_is_what_the_engine_counted() {
    let store = empty_shop(50);
    let many: Vec<OrderRow> = (0..400_000)
        .map(|id| {
            let mut row = order(1_000_000 + id, 50, None, 100, "2020-01-01");
            row.created_at += chrono::Duration::minutes(3 * id);
            row
        })
        .collect();
    store.append(&many).unwrap();
    store.append(&orders()).unwrap();
    let counting = RunOptions { count_reads: true, ..RunOptions::default() };
    let run = cohort::run_with(&store, at(CLOCK), CohortSettings::without_margin(12), counting).unwrap();
    let read = run.orders_read.unwrap();
    assert_eq!(run.rows, 48);
    assert!(read.row_groups >= 4 && read.skipped >= 2 && read.skipped < read.row_groups, "{read:?}");
    assert!(read.slices > 0 && read.slices < 300_000, "{read:?}");
    let again = cohort::run_with(&store, at(CLOCK), CohortSettings::without_margin(12), counting)
        .unwrap()
        .orders_read
        .unwrap();
    assert_eq!((again.slices, again.first_orders, again.skipped), (0, 0, again.row_groups));
}

/// An event in the life of a shop.
#[derive(Clone, Debug)]
enum Event {
    Order { user: i64, activity: Option<i64>, hundredths: i64, counted: bool },
    Run,
    KilledRun,
}

fn event() -> impl Strategy<Value = Event> {
    let order = (1..=12_i64, prop::option::of(1..=4_i64), 0..100_000_i64, prop::bool::weighted(0.85))
        .prop_map(|(user, activity, hundredths, counted)| Event::Order {
            user,
            activity: activity.filter(|id| *id != 3),
            hundredths,
            counted,
        });
    prop_oneof![8 => order, 1 => Just(Event::Run), 1 => Just(Event::KilledRun)]
}

fn stories() -> impl Strategy<Value = Vec<(NaiveDateTime, Event)>> {
    // Minutes from 2023-01-01, most of them early, when cohorts are acquired.
    let minute = prop_oneof![0..130_000_i64, 0..740_000_i64];
    prop::collection::vec((minute, event()), 1..120).prop_map(|mut events| {
        events.sort_by_key(|(minute, _)| *minute);
        events
            .into_iter()
            .map(|(minute, event)| (at("2023-01-01") + chrono::Duration::minutes(minute), event))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Orders arrive in time order, batches run or are killed: the rows and the
    /// members' state are those of one batch at the end, and of the recomputation.
    #[test]
    fn runs_and_kills_in_any_order_give_the_rows_of_one(story in stories(), lookback in 0..3_u32) {
        let store = empty_shop(12);
        let mut arrived = Vec::new();
        for (id, (when, event)) in (1..).zip(&story) {
            match event {
                Event::Order { user, activity, hundredths, counted } => {
                    let mut row = order(id, *user, *activity, *hundredths, CLOCK);
                    row.created_at = *when;
                    row.status = if *counted { OrderStatus::Success } else { OrderStatus::Cancelled };
                    store.append(std::slice::from_ref(&row)).unwrap();
                    arrived.push(row);
                }
                Event::Run => {
                    let options = RunOptions { lookback, ..RunOptions::default() };
                    let run = cohort::run_with(&store, *when, CohortSettings::without_margin(12), options).unwrap();
                    prop_assert_eq!(run.restated, 0, "nothing was late");
                }
                Event::KilledRun => in_vain(&store, |store| {
                    cohort::run(store, *when, CohortSettings::without_margin(12)).unwrap();
                }),
            }
        }
        cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        let at_once = empty_shop(12);
        at_once.append(&arrived).unwrap();
        cohort::run(&at_once, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        prop_assert_eq!(rows(&store), rows(&at_once));
        prop_assert_eq!(members(&store), members(&at_once));
        let found = verified(&store);
        prop_assert!(found.is_clean(), "{:#?}", found);
    }

    /// Whatever happens to the orders afterwards, a rebuild gives what the verification expects,
    /// and refreezing gives what a new file would hold.
    #[test]
    fn rebuilding_mends_whatever_befell_the_orders(
        story in stories(),
        fates in prop::collection::vec((0..120_usize, 0..4_u8, 0..740_000_i64), 1..6),
    ) {
        let store = empty_shop(12);
        let mut arrived: Vec<OrderRow> = Vec::new();
        for (id, (when, event)) in (1..).zip(&story) {
            if let Event::Order { user, activity, hundredths, counted } = event {
                let mut row = order(id, *user, *activity, *hundredths, CLOCK);
                row.created_at = *when;
                row.status = if *counted { OrderStatus::Success } else { OrderStatus::Cancelled };
                arrived.push(row);
            }
        }
        store.append(&arrived).unwrap();
        cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        for (which, fate, minute) in fates {
            let count = arrived.len().max(1);
            let Some(row) = arrived.get_mut(which % count) else { continue };
            match fate {
                0 => row.status = OrderStatus::Refunded,
                1 => row.status = OrderStatus::Success,
                2 => row.created_at = at("2023-01-01") + chrono::Duration::minutes(minute),
                _ => row.amount = lifecycle::money::Money::from_hundredths(minute),
            }
        }
        change(&store, "DELETE FROM orders");
        store.append(&arrived).unwrap();
        cohort::rebuild(&store, at(CLOCK), CohortSettings::without_margin(12), None, RebuildScope::Stale, false).unwrap();
        let found = verified(&store);
        prop_assert_eq!(
            (found.differing_cells, found.missing_rows, found.extra_rows), (0, 0, 0), "{:#?}", found
        );
        prop_assert!(found.first_members.iter().all(|member| member.problem != cohort::MemberProblem::State));

        cohort::rebuild(&store, at(CLOCK), CohortSettings::without_margin(12), None, RebuildScope::Refreeze, false).unwrap();
        cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        let anew = empty_shop(12);
        anew.append(&arrived).unwrap();
        cohort::run(&anew, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        prop_assert_eq!(rows(&store), rows(&anew));
        let found = verified(&store);
        prop_assert!(found.is_clean(), "{:#?}", found);
    }
}
