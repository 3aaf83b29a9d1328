//! What a grade update writes and reports in edge cases.

use std::fs;

use lifecycle::config::{Config, Criterion, GradeSettings};
use lifecycle::domain::Grade;
use lifecycle::grades::{self, GapQuestion, UpdateMode, changes_of, log_lines, migration, update_all_grades};
use lifecycle::lang::Lang;
use lifecycle::money::Money;
use lifecycle::store::{Access, Store};

use crate::ledger::{at, change, empty_shop, number, order};
use crate::shell::Shell;

/// Two orders of one customer whose sum does not fit into `DECIMAL(18,2)`.
fn two_largest_orders() -> Store {
    let store = empty_shop(2);
    let most = Money::MAX.hundredths();
    let orders = [1, 2].map(|id| order(id, 1, None, most, &format!("2024-05-0{id}")));
    store.append(&orders).unwrap();
    store
}

/// Criteria that two orders meet.
fn two_orders_make_a_vip() -> GradeSettings {
    let vip = Criterion { min_amount: Money::MAX, min_orders: 2 };
    GradeSettings { vip, ..Config::default().grades }
}

#[test]
fn a_sum_beyond_amounts_is_graded_exactly_and_recorded_as_the_largest_amount() {
    let store = two_largest_orders();
    let settings = two_orders_make_a_vip();
    let as_of = at("2024-05-10");
    let risks = |store: &Store| grades::at_risk(store, as_of, &settings, 300, 10).unwrap();
    let gaps =
        grades::gaps(&store, as_of, &settings, GapQuestion { limit: 10, ..GapQuestion::default() }).unwrap();
    assert_eq!(gaps.iter().find(|gap| gap.user_id == 1).unwrap().amount, Money::MAX);
    let update = update_all_grades(&store, as_of, &settings, UpdateMode::Record).unwrap();
    assert_eq!((update.transitions.promoted(), update.changes[0].grade), (1, Grade::Vip));
    assert_eq!(changes_of(&store, 1).unwrap()[0].amount, Money::MAX);
    assert_eq!(risks(&store)[0].user_id, 1);
}

/// Criteria may be met by customers without orders; then everybody has a grade to lose, or none to earn.
#[test]
fn a_grade_that_takes_no_orders_is_everybodys() {
    let store = empty_shop(3);
    store.append(&[order(1, 1, None, 50_000, "2024-05-01")]).unwrap();
    let free = Criterion { min_amount: Money::ZERO, min_orders: 0 };
    let some = Criterion { min_amount: Money::from_hundredths(50_000), min_orders: 1 };
    let update = |gold, silver| {
        let settings = GradeSettings { gold, silver, ..Config::default().grades };
        let update = update_all_grades(&store, at("2024-05-10"), &settings, UpdateMode::Record).unwrap();
        update.changes.iter().map(|change| (change.user_id, change.grade)).collect::<Vec<_>>()
    };
    assert_eq!(update(some, free), [(1, Grade::Gold), (2, Grade::Silver), (3, Grade::Silver)]);
    assert_eq!(update(some, free), []);
    assert_eq!(update(free, free), [(2, Grade::Gold), (3, Grade::Gold)]);
    assert_eq!(update(some, some), [(2, Grade::Bronze), (3, Grade::Bronze)]);
    assert_eq!(changes_of(&store, 1).unwrap()[0].amount, Money::from_hundredths(50_000));
}

#[test]
fn an_update_bears_the_number_of_its_run() {
    let store = empty_shop(3);
    let settings = Config::default().grades;
    let update = |mode| update_all_grades(&store, at("2024-05-10"), &settings, mode).unwrap();
    for number in 1..=3 {
        assert_eq!(update(UpdateMode::DryRun).run_id, number, "the number that it would have");
        let update = update(UpdateMode::Record);
        assert_eq!(update.run_id, number);
        assert!(log_lines(&update, Lang::En).contains(&format!(" - grade update #{number} done - ")));
        assert!(log_lines(&update, Lang::Ko).contains(&format!("#{number} 완료")));
    }
    assert_eq!(number(&store, "SELECT max(run_id) FROM grade_runs"), 3);
}

/// Two runs as of one instant with different criteria change a customer twice.
#[test]
fn changes_of_one_instant_are_in_the_order_of_their_runs() {
    let store = two_largest_orders();
    let as_of = at("2024-05-10");
    let two_orders = two_orders_make_a_vip();
    let silver = GradeSettings { silver: two_orders.vip, ..Config::default().grades };
    update_all_grades(&store, as_of, &silver, UpdateMode::Record).unwrap();
    update_all_grades(&store, as_of, &two_orders, UpdateMode::Record).unwrap();
    // A file's rows may be stored in any order.
    change(&store, "CREATE TEMP TABLE moved AS SELECT * FROM grade_changes");
    change(&store, "DELETE FROM grade_changes");
    change(&store, "INSERT INTO grade_changes SELECT * FROM moved ORDER BY run_id DESC");
    let grades: Vec<_> =
        changes_of(&store, 1).unwrap().iter().map(|change| (change.from_grade, change.to_grade)).collect();
    assert_eq!(grades, [(Grade::Bronze, Grade::Silver), (Grade::Silver, Grade::Vip)]);
    let migration = migration(&store, at("2024-05-09"), at("2024-05-11"), None).unwrap();
    assert_eq!(migration.transitions.get(Grade::Bronze, Grade::Vip), 1);
}

#[test]
fn another_currency_than_the_files_is_refused() {
    let shell = Shell::new();
    fs::write(shell.path("orders.csv"), "order_id,customer,date,amount\nA,kim,2024-05-01,50000\n").unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    let dollars = "currency = \"USD\"\n[grades.SILVER]\nmin_amount = 30\nmin_orders = 1\n";
    fs::write(shell.path("dollars.toml"), dollars).unwrap();
    for command in [
        &["grades"][..],
        &["grades", "--dry-run", "--criteria", "VIP=90:1"],
        &["grades", "--one-step"],
        &["grades", "watch", "--once", "--interval", "1"],
        &["grades", "gap"],
        &["grades", "at-risk"],
    ] {
        let (code, out, said) = shell.run(&[&["--config", "dollars.toml"], command].concat());
        assert_ne!(code, 0, "{command:?}: {out}");
        assert!(said.contains("amounts are in KRW, and the configuration says USD"), "{command:?}: {said}");
    }
    let store = shell.store(Access::Read);
    assert_eq!(number(&store, "SELECT count(*) FROM grade_runs"), 0);
}
