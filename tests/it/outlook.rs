//! The outlook on grades (gaps, customers at risk), against plain loops over the orders, and
//! against what actually happens when the as-of moves on.

use std::collections::BTreeMap;

use chrono::{Duration, Months, NaiveDateTime};
use lifecycle::calendar::{add_days, midnight};
use lifecycle::config::{Config, GradeSettings, Layer};
use lifecycle::domain::Grade;
use lifecycle::grades::{
    Criteria, GapQuestion, UpdateMode, at_risk, changes_of, determine_grade, gaps, grade_at, migration,
    update_all_grades,
};
use lifecycle::money::Money;
use lifecycle::simulate::Engine;
use lifecycle::store::{OpenOptions, Query, Store};

/// A small shop whose customers order often enough for every grade.
const SHOP: &str = "
[simulation]
users = 1200
[cache]
users = 250
products = 100
candidates = 60
";

/// The day of the outlook: four days after the last update.
const DAYS: u64 = 200;

fn shop() -> (Store, Config, NaiveDateTime) {
    let config = Config::from_layers(&[Layer::from_toml("test", SHOP).unwrap()]).unwrap();
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    let clock = midnight(add_days(config.simulation.start, DAYS));
    Engine::begin(&store, &config).unwrap().run_until(clock, |_| true).unwrap();
    (store, config, clock)
}

struct Order {
    user_id: i64,
    amount: Money,
    at: NaiveDateTime,
}

fn counted_orders(store: &Store) -> Vec<Order> {
    let query = Query::new("test", "SELECT user_id, amount, created_at FROM orders WHERE status = 'Success'");
    store
        .rows(query, &[], |row| Ok(Order { user_id: row.get(0)?, amount: row.get(1)?, at: row.get(2)? }))
        .unwrap()
}

fn held(store: &Store) -> BTreeMap<i64, Grade> {
    let query = Query::new("test", "SELECT user_id, grade FROM users");
    store.rows(query, &[], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().into_iter().collect()
}

/// Each customer's sum and count in the six months before an instant.
fn totals(orders: &[Order], as_of: NaiveDateTime) -> BTreeMap<i64, (Money, i64)> {
    let start = as_of - Months::new(6);
    let mut totals: BTreeMap<i64, (Money, i64)> = BTreeMap::new();
    for order in orders.iter().filter(|order| start <= order.at && order.at < as_of) {
        let entry = totals.entry(order.user_id).or_default();
        *entry = (entry.0 + order.amount, entry.1 + 1);
    }
    totals
}

fn earned(orders: &[Order], as_of: NaiveDateTime, settings: &GradeSettings, user_id: i64) -> Grade {
    let (amount, count) = totals(orders, as_of).get(&user_id).copied().unwrap_or_default();
    determine_grade(&Criteria::from(settings), amount, count)
}

#[test]
fn whoever_is_at_risk_falls_on_the_day_that_was_said() {
    let (store, config, clock) = shop();
    let risks = at_risk(&store, clock, &config.grades, 30, i64::MAX).unwrap();
    let mut falls: BTreeMap<i64, (NaiveDateTime, Grade)> = BTreeMap::new();
    for day in 0..=30 {
        let at = clock + Duration::days(day);
        let update = update_all_grades(&store, at, &config.grades, UpdateMode::DryRun).unwrap();
        let held = held(&store);
        for change in update.changes {
            if change.grade < held[&change.user_id] {
                falls.entry(change.user_id).or_insert((at, change.grade));
            }
        }
    }
    let said: BTreeMap<i64, (NaiveDateTime, Grade)> =
        risks.iter().map(|risk| (risk.user_id, (risk.falls_at, risk.falls_to))).collect();
    assert!(
        said.len() > 20 && said.values().any(|(at, _)| *at > clock),
        "too few at risk to tell: {}",
        said.len()
    );
    assert_eq!(said, falls);
    assert!(risks.is_sorted_by_key(|risk| risk.falls_at));
}

#[test]
fn gaps_are_what_plain_loops_find_missing() {
    let (store, config, clock) = shop();
    let (totals, held) = (totals(&counted_orders(&store), clock), held(&store));
    let question = GapQuestion { to_grade: Some(Grade::Vip), limit: i64::MAX, ..GapQuestion::default() };
    let found = gaps(&store, clock, &config.grades, question).unwrap();
    assert_eq!(found.len(), held.values().filter(|grade| **grade < Grade::Vip).count());
    let vip = config.grades.vip;
    for gap in &found {
        let (amount, orders) = totals.get(&gap.user_id).copied().unwrap_or_default();
        assert_eq!((gap.amount, gap.orders), (amount, orders));
        assert_eq!(gap.lacks_amount, (vip.min_amount - amount).max(Money::ZERO));
        assert_eq!(gap.lacks_orders, (vip.min_orders - orders).max(0));
        assert_eq!(gap.grade, held[&gap.user_id]);
    }
    assert!(found.is_sorted_by(|a, b| a.distance <= b.distance));
    assert!(found[0].distance < found[found.len() - 1].distance);

    let next =
        gaps(&store, clock, &config.grades, GapQuestion { limit: 50, ..GapQuestion::default() }).unwrap();
    assert_eq!(next.len(), 50);
    assert!(next.iter().all(|gap| gap.to_grade.index() == gap.grade.index() + 1));
}

#[test]
fn history_and_migration_are_replayed_changes() {
    let (store, config, clock) = shop();
    let query = Query::new("test", "SELECT user_id, as_of, to_grade FROM grade_changes ORDER BY rowid");
    let changes: Vec<(i64, NaiveDateTime, Grade)> =
        store.rows(query, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let signed_up: BTreeMap<i64, NaiveDateTime> = store
        .rows(Query::new("test", "SELECT user_id, signed_up_at FROM users"), &[], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap()
        .into_iter()
        .collect();
    let replayed = |at: NaiveDateTime| {
        let mut grades: BTreeMap<i64, Grade> =
            signed_up.keys().map(|user_id| (*user_id, Grade::Bronze)).collect();
        for (user_id, _, to) in changes.iter().filter(|(_, as_of, _)| *as_of <= at) {
            grades.insert(*user_id, *to);
        }
        grades
    };
    let start = midnight(config.simulation.start);
    let held = held(&store);
    for step in 0..10 {
        let at = start + Duration::days(7) * step * 3;
        let then = replayed(at);
        for user_id in signed_up.keys().filter(|user_id| **user_id % 17 == 0) {
            let changes = changes_of(&store, *user_id).unwrap();
            assert_eq!(grade_at(&changes, held[user_id], at), then[user_id], "{user_id} at {at}");
        }
        let now = replayed(clock);
        let found = migration(&store, at, clock, None).unwrap();
        for from in Grade::ALL {
            for to in Grade::ALL {
                let counted = signed_up
                    .iter()
                    .filter(|(user_id, since)| **since < at && then[user_id] == *from && now[user_id] == *to)
                    .count();
                assert_eq!(found.transitions.get(*from, *to), counted as i64, "{from} to {to} since {at}");
            }
            let new = signed_up
                .iter()
                .filter(|(id, since)| **since >= at && **since < clock && now[id] == *from)
                .count();
            assert_eq!(found.newcomers[from.index()], new as i64);
        }
    }
}

#[test]
fn what_if_is_what_those_criteria_do() {
    let (store, config, clock) = shop();
    let proposal = "[grades.VIP]\nmin_amount = 1_500_000\nmin_orders = 8\n[grades.GOLD]\nmin_orders = 5";
    let layers = [SHOP, proposal].map(|toml| Layer::from_toml("test", toml).unwrap());
    let proposed = Config::from_layers(&layers).unwrap();
    let would = update_all_grades(&store, clock, &proposed.grades, UpdateMode::DryRun).unwrap();
    let (copy, _, _) = shop();
    let did = update_all_grades(&copy, clock, &proposed.grades, UpdateMode::Record).unwrap();
    assert_eq!(would.transitions, did.transitions);
    let current = update_all_grades(&store, clock, &config.grades, UpdateMode::DryRun).unwrap();
    assert!(current.transitions.after(Grade::Vip) < would.transitions.after(Grade::Vip));
}

#[test]
fn one_step_demotion_takes_nobody_down_two() {
    let (store, config, clock) = shop();
    let later = clock + Duration::days(120);
    let plain = update_all_grades(&store, later, &config.grades, UpdateMode::DryRun).unwrap().transitions;
    assert!(
        plain.get(Grade::Vip, Grade::Bronze) + plain.get(Grade::Gold, Grade::Bronze) > 0,
        "nobody falls two steps"
    );
    let settings = GradeSettings { one_step_demotion: true, ..config.grades };
    let soft = update_all_grades(&store, later, &settings, UpdateMode::DryRun).unwrap().transitions;
    assert_eq!(soft.demoted(), plain.demoted());
    assert_eq!(soft.promoted(), plain.promoted());
    for (from, to) in [(Grade::Vip, Grade::Silver), (Grade::Vip, Grade::Bronze), (Grade::Gold, Grade::Bronze)]
    {
        assert_eq!(soft.get(from, to), 0, "{from} to {to}");
    }
}

#[test]
fn a_grace_keeps_what_was_earned_on_any_of_its_days() {
    let (store, config, clock) = shop();
    let at = clock + Duration::days(25);
    let grace = 14;
    let (orders, held) = (counted_orders(&store), held(&store));
    let staged = |settings: &GradeSettings| -> BTreeMap<i64, Grade> {
        let update = update_all_grades(&store, at, settings, UpdateMode::DryRun).unwrap();
        update.changes.into_iter().map(|change| (change.user_id, change.grade)).collect()
    };
    let plain = staged(&config.grades);
    let softened = staged(&GradeSettings { demotion_grace_days: grace, ..config.grades });
    let demoted: Vec<i64> = plain.iter().filter(|(id, to)| **to < held[id]).map(|(id, _)| *id).collect();
    assert!(demoted.len() > 10, "too few demotions to tell: {}", demoted.len());
    for user_id in &demoted {
        let days = (0..=i64::from(grace)).map(|day| at - Duration::days(day));
        let best = days.map(|day| earned(&orders, day, &config.grades, *user_id)).max().unwrap();
        let kept = best.min(held[user_id]);
        assert_eq!(softened.get(user_id).copied().unwrap_or(held[user_id]), kept, "customer {user_id}");
    }
    assert!(demoted.iter().any(|user_id| !softened.contains_key(user_id)), "the grace kept nobody");
    assert!(softened.len() < plain.len());
}
