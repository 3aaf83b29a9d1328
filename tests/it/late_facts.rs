//! Late facts: found at the first key they affect, and repaired there and nowhere else.

use lifecycle::config::CohortSettings;

use lifecycle::cohort::{self, MemberProblem, RebuildScope, RunOptions};
use lifecycle::store::{Access, OpenOptions, Store};

use crate::ledger::{
    CLOCK, assert_clean, at, change, empty_shop, fill, members, number, order, orders, rows, shop, verified,
    whole_rows,
};

fn rebuild(store: &Store, scope: RebuildScope) -> cohort::Rebuild {
    cohort::rebuild(store, at(CLOCK), CohortSettings::without_margin(12), None, scope, false).unwrap()
}

/// A file that was made with the orders as they are now, and its cohorts with them.
fn anew(store: &Store) -> Store {
    let fresh = empty_shop(50);
    let mut now = orders();
    let counted: Vec<(i64, String)> = store
        .rows(
            lifecycle::store::Query::new("(a test)", "SELECT order_id, CAST(status AS VARCHAR) FROM orders"),
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    for row in &mut now {
        let status = &counted.iter().find(|(id, _)| *id == row.order_id).unwrap().1;
        row.status = status.parse().unwrap();
    }
    fresh.append(&now).unwrap();
    cohort::run(&fresh, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    fresh
}

#[test]
fn a_refund_in_month_two_changes_that_cohort_from_there_on() {
    let store = shop();
    let before = whole_rows(&store);
    assert_eq!(change(&store, "UPDATE orders SET status = 'Refunded' WHERE order_id = 102"), 1);
    let found = verified(&store);
    assert_eq!((found.missing_rows, found.extra_rows, found.stale.len()), (0, 0, 1));
    let first = &found.first_rows[0];
    assert_eq!((first.activity_id, first.month_offset), (1, 2));
    assert_eq!(first.field.as_deref(), Some("monthly_revenue"));
    assert_eq!(found.stale[0].repaired_by(), RebuildScope::From(2));

    let dry = cohort::rebuild(
        &store,
        at(CLOCK),
        CohortSettings::without_margin(12),
        None,
        RebuildScope::Stale,
        true,
    )
    .unwrap();
    assert_eq!(whole_rows(&store), before, "a dry run writes nothing");
    let done = rebuild(&store, RebuildScope::Stale);
    assert_eq!(dry.repaired, done.repaired);
    assert!(!dry.recorded && done.recorded);
    // Only the verification reports the hash and the time of collection.
    assert_eq!(done.repaired.cells_changed() as i64, found.differing_cells);
    assert_eq!(rows(&store), rows(&anew(&store)));
    let untouched = |line: &&String| !line.contains("'activity_id': 1,");
    let after = whole_rows(&store);
    assert!(before.iter().filter(untouched).eq(after.iter().filter(untouched)));
    assert_eq!(before[..2], after[..2], "months 0 and 1 stay as they were");
    assert_clean(&store);
}

#[test]
fn a_late_order_in_month_zero_changes_everything_after_it() {
    let store = shop();
    store.append(&[order(9_001, 10, Some(2), 5_000, "2023-02-09 10:00")]).unwrap();
    let found = verified(&store);
    assert_eq!((found.first_rows[0].activity_id, found.first_rows[0].month_offset), (1, 0));
    assert!(found.stale.iter().all(|stale| stale.activity_id == 1 && !stale.of_membership));
    rebuild(&store, RebuildScope::Stale);
    assert_clean(&store);
    assert_eq!(
        number(&store, "SELECT repeat_customers FROM ltv_batch WHERE activity_id = 1 AND month_offset = 0"),
        1
    );
}

#[test]
fn a_moved_first_order_is_told_as_a_member_and_only_refreezing_follows_it() {
    let store = shop();
    let before = members(&store);
    // Customer 1 came through activity 1; now a first order came earlier, through none.
    store.append(&[order(9_001, 1, None, 5_000, "2023-01-05 10:00")]).unwrap();
    let found = verified(&store);
    assert_eq!((found.differing_cells, found.differing_members), (0, 1), "{found:#?}");
    let first = &found.first_members[0];
    assert_eq!((first.activity_id, first.user_id, first.problem), (1, 1, MemberProblem::Left));
    assert_eq!(found.stale[0].repaired_by(), RebuildScope::Refreeze);

    rebuild(&store, RebuildScope::Stale);
    rebuild(&store, RebuildScope::From(0));
    assert_eq!(members(&store), before, "members stay frozen");
    let done = rebuild(&store, RebuildScope::Refreeze);
    assert_eq!((done.members.joined, done.members.departed), (0, 1));
    assert_eq!(
        number(&store, "SELECT cohort_size FROM ltv_batch WHERE activity_id = 1 AND month_offset = 0"),
        9
    );
    assert_clean(&store);
}

/// The order that acquired a member is refunded: the member stays, and becomes a repeat customer
/// one order later.
#[test]
fn a_refunded_first_order_keeps_its_member() {
    let store = shop();
    assert_eq!(change(&store, "UPDATE orders SET status = 'Refunded' WHERE order_id = 200"), 1);
    let found = verified(&store);
    assert_eq!((found.first_rows[0].activity_id, found.first_rows[0].month_offset), (1, 0));
    assert_eq!(found.first_members[0].problem, MemberProblem::Left);
    rebuild(&store, RebuildScope::Stale);
    let found = verified(&store);
    // No member of activity 1 by the orders as they are, but of the organic cohort of the next order.
    let problems: Vec<_> =
        found.first_members.iter().map(|member| (member.activity_id, member.problem)).collect();
    assert_eq!(problems, [(1, MemberProblem::Left), (3, MemberProblem::Joined)]);
    assert_eq!(found.differing_cells, 0);
    assert_eq!(number(&store, "SELECT repeat_offset FROM cohort_members WHERE user_id = 2"), 4);
    rebuild(&store, RebuildScope::Refreeze);
    assert_eq!(rows(&store), rows(&anew(&store)));
    assert_clean(&store);
}

/// An order is refunded after its cohort is frozen and before its month closes.
#[test]
fn a_refund_in_an_open_month_is_no_late_fact() {
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    cohort::run(&store, at("2023-02-20"), CohortSettings::without_margin(12)).unwrap();
    assert_eq!(change(&store, "UPDATE orders SET status = 'Refunded' WHERE order_id = 1200"), 1);
    cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    let found = verified(&store);
    assert_eq!((found.differing_cells, found.differing_members), (0, 1), "{found:#?}");
    assert_eq!(found.first_members[0].problem, MemberProblem::Left);
}

#[test]
fn a_look_back_restates_what_it_reaches() {
    let store = shop();
    let look_back = |months| {
        let options = RunOptions { lookback: months, ..RunOptions::default() };
        cohort::run_with(&store, at(CLOCK), CohortSettings::without_margin(12), options).unwrap()
    };
    let before = whole_rows(&store);
    let idle = look_back(3);
    assert_eq!((idle.checked, idle.restated, idle.restated_activities), (12, 0, 0));
    assert_eq!(whole_rows(&store), before);

    // Month 10 of activity 1, with the same sum and count: only the hash shows it.
    assert_eq!(change(&store, "UPDATE orders SET amount = amount + 1 WHERE order_id = 110"), 1);
    assert_eq!(change(&store, "UPDATE orders SET amount = amount - 1 WHERE order_id = 210"), 1);
    assert_eq!(look_back(1).restated, 0, "month 10 is out of reach");
    let found = look_back(2);
    assert_eq!(found.restated_activities, 1);
    assert_clean(&store);

    assert_eq!(change(&store, "UPDATE orders SET status = 'Cancelled' WHERE order_id = 109"), 1);
    let found = look_back(3);
    assert_eq!((found.restated_activities, found.restated), (1, 3));
    assert_eq!(rows(&store).len(), 48);
    assert_clean(&store);
}

#[test]
fn the_last_row_alone_is_enough_to_go_on_from() {
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    cohort::run(&store, at("2023-07-01"), CohortSettings::without_margin(12)).unwrap();
    let done = cohort::rebuild(
        &store,
        at("2023-07-01"),
        CohortSettings::without_margin(12),
        None,
        RebuildScope::KeepLast,
        false,
    )
    .unwrap();
    assert!(done.unverified.is_empty());
    assert_eq!(number(&store, "SELECT count(*) FROM ltv_batch"), 4);
    assert!(
        cohort::verify(&store, at("2023-07-01"), CohortSettings::without_margin(12), None)
            .unwrap()
            .is_clean()
    );
    cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    assert_clean(&store);
    let whole = rows(&shop());
    assert!(rows(&store).iter().all(|row| whole.contains(row)));

    // A wrong last row is either recomputed from the start or reported.
    change(&store, "UPDATE ltv_batch SET ltv_cumulative = 1 WHERE activity_id = 1 AND month_offset = 11");
    let kept = cohort::rebuild(
        &store,
        at(CLOCK),
        CohortSettings::without_margin(12),
        Some(1),
        RebuildScope::KeepLast,
        true,
    )
    .unwrap();
    assert_eq!(kept.unverified.iter().map(|kept| kept.activity_id).collect::<Vec<_>>(), [1]);
    rebuild(&store, RebuildScope::From(0));
    assert_eq!(rows(&store), whole);
    assert_clean(&store);
}

#[test]
fn the_command_exits_with_three_and_names_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    let lifecycle = |arguments: &[&str]| {
        let mut command = crate::shell::lifecycle(folder.path());
        command.arg("--db").arg(&path).args(arguments).output().unwrap()
    };
    let made = lifecycle(&["generate", "--days", "150", "--users", "3000", "--seed", "7", "-q"]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(lifecycle(&["cohort", "verify"]).status.code(), Some(0));
    let store = Store::open(&path, Access::Write, OpenOptions::default()).unwrap();
    assert!(
        change(&store, "UPDATE ltv_batch SET active_users = active_users + 1 WHERE month_offset = 1") > 1
    );
    store.close().unwrap();

    let found = lifecycle(&["cohort", "verify", "--format", "json"]);
    assert_eq!(found.status.code(), Some(3));
    let said: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(said["differences"][0]["field"], "active_users");
    let hints = String::from_utf8(found.stderr).unwrap();
    assert!(hints.contains("--from-offset 1`"), "{hints}");

    let dry = lifecycle(&["cohort", "rebuild", "--dry-run"]);
    assert!(dry.status.success());
    assert_eq!(lifecycle(&["cohort", "verify"]).status.code(), Some(3));
    assert!(lifecycle(&["cohort", "rebuild"]).status.success());
    assert_eq!(lifecycle(&["cohort", "verify"]).status.code(), Some(0));
    assert_eq!(lifecycle(&["cohort", "verify", "--activity", "99999"]).status.code(), Some(1));
}

/// A row uses one budget for its CAC, ratio and profit; rows written with an earlier budget are stale.
#[test]
fn a_budget_that_changes_shows_in_whole_rows_and_makes_the_earlier_ones_stale() {
    let store = empty_shop(50);
    store.append(&orders()).unwrap();
    cohort::run(&store, at("2023-07-15"), CohortSettings::without_margin(12)).unwrap();
    assert_eq!(change(&store, "UPDATE campaign_activities SET budget = 7777.77 WHERE activity_id = 1"), 1);
    cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
    let of_one_budget = number(
        &store,
        "SELECT count(*) FROM ltv_batch WHERE activity_id = 1 AND month_offset > 5 AND avg_cac = 777.78
         AND ltv_cac_ratio = ltv_cumulative::DOUBLE / 7777.77 AND cumulative_profit = ltv_cumulative - 7777.77",
    );
    assert_eq!(of_one_budget, 6);

    let found = verified(&store);
    let fields: std::collections::BTreeSet<_> =
        found.first_rows.iter().map(|row| (row.month_offset <= 5, row.field.clone().unwrap())).collect();
    assert!(fields.contains(&(true, "avg_cac".to_owned())), "{fields:?}");
    assert!(fields.iter().all(|(earlier, _)| *earlier), "{fields:?}");
    assert_eq!((found.stale.len(), found.stale[0].from_offset), (1, Some(0)));
    rebuild(&store, RebuildScope::Stale);
    assert_clean(&store);
}

/// A month's checksum, computed independently: the low 30 bits of each number, two products.
#[test]
fn the_checksum_of_a_month_is_the_documented_one() {
    let store = shop();
    let low = |number: i64| number & ((1 << 30) - 1);
    let sum = |id: i64, user: i64, hundredths: i64| -> i64 {
        (low(id) + 668_265_263) * (low(hundredths ^ (low(user) * 374_761_393)) + 461_845_907)
    };
    let expected = orders()
        .iter()
        .filter(|order| (1..=10).contains(&order.user_id) && order.order_id % 100 == 3)
        .fold(0, |all, order| all ^ sum(order.order_id, order.user_id, order.amount.hundredths()));
    let kept = "SELECT slice_hash::BIGINT FROM ltv_batch WHERE activity_id = 1 AND month_offset = 3";
    assert_eq!(number(&store, kept), expected);
}

/// A file of an earlier version holds the engine's own hashes: they are discarded, and nothing
/// else in it counts as stale.
#[test]
fn an_earlier_files_hashes_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    let open = || Store::open(&path, Access::Create, OpenOptions::default()).unwrap();
    {
        let store = open();
        fill(&store, 50);
        store.append(&orders()).unwrap();
        cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap();
        change(&store, "UPDATE ltv_batch SET slice_hash = 42");
        change(&store, "ALTER TABLE grade_changes DROP COLUMN run_id");
        change(
            &store,
            "INSERT INTO grade_changes SELECT TIMESTAMP '2024-01-01', 1, g, t, 1, 1
             FROM (VALUES (1, 'BRONZE', 'VIP'), (2, 'VIP', 'GOLD')) AS two (n, g, t) ORDER BY n",
        );
        for without_predictions in [
            "DROP TABLE predict_runs",
            "DROP TABLE ltv_predicted",
            "DROP TABLE customer_predictions",
            "DROP TABLE predict_checks",
        ] {
            change(&store, without_predictions);
        }
        change(&store, "UPDATE meta SET value = '4' WHERE key = 'schema_version'");
        store.close().unwrap();
    }
    Store::migrate_file(&path, OpenOptions::default()).unwrap().expect("an older file");
    let store = open();
    assert_eq!(number(&store, "SELECT count(slice_hash) FROM ltv_batch"), 0);
    assert_clean(&store);
    let changes = lifecycle::grades::changes_of(&store, 1).unwrap();
    assert_eq!(changes.iter().map(|change| change.to_grade.as_str()).collect::<Vec<_>>(), ["VIP", "GOLD"]);
    let looked = cohort::run_with(
        &store,
        at(CLOCK),
        CohortSettings::without_margin(12),
        RunOptions { lookback: 12, ..RunOptions::default() },
    );
    assert_eq!(looked.unwrap().restated, 0);
    // Once rewritten, the hashes are ours again.
    assert_eq!(rebuild(&store, RebuildScope::From(0)).repaired.changes, []);
    assert_eq!(number(&store, "SELECT count(slice_hash) FROM ltv_batch"), 48);
    assert_clean(&store);
}

#[test]
fn revenue_beyond_amounts_is_refused_in_words() {
    let store = empty_shop(50);
    let most = lifecycle::money::Money::MAX.hundredths();
    store.append(&[1, 2].map(|id| order(id, 1, Some(1), most, &format!("2023-01-1{id}")))).unwrap();
    let refused = cohort::run(&store, at(CLOCK), CohortSettings::without_margin(12)).unwrap_err().to_string();
    assert!(refused.contains("activity 1") && refused.contains("19999999999999999.98"), "{refused}");

    // With late orders the verification reports that the sum does not fit.
    let store = shop();
    store.append(&[1, 2].map(|id| order(id, 1, Some(1), most, &format!("2023-02-1{id}")))).unwrap();
    assert!(!verified(&store).is_clean());
}
