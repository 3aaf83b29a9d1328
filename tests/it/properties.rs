//! Properties on random shops.

use std::collections::BTreeSet;

use lifecycle::cohort::{self, CalendarStep, make_calendar};
use lifecycle::config::{CohortSettings, Config};
use lifecycle::grades::{Criteria, GradeError, UpdateMode, determine_grade, update_all_grades};
use lifecycle::money::Money;
use proptest::prelude::*;

use crate::instant::At;
use crate::oracle::{self, GRADE_RULES};
use crate::shop::{Shop, empty_store, test_query, write_orders};
use crate::story::{rules, story};

proptest! {
    // A few cases here; `torture worlds` runs thousands.
    #![proptest_config(ProptestConfig::with_cases(10))]

    /// A batch every month and one at the end give the same rows, and those of the recomputation.
    #[test]
    fn batch_by_batch_equals_one_batch_equals_recomputed(story in story(), months in 1u32..=14) {
        let at_once = story.shop.stored();
        let last = *story.instants.last().unwrap();
        cohort::run(&at_once, last.naive(), CohortSettings::without_margin(months)).unwrap();
        oracle::check_cohorts(&at_once, &[last], months);

        let stepwise = story.shop.stored();
        for (position, as_of) in story.instants.iter().enumerate() {
            cohort::run(&stepwise, as_of.naive(), CohortSettings::without_margin(months)).unwrap();
            oracle::check_cohorts(&stepwise, &story.instants[..=position], months);
            let again = cohort::run(&stepwise, as_of.naive(), CohortSettings::without_margin(months)).unwrap();
            prop_assert_eq!((again.frozen, again.members, again.rows, again.activities), (0, 0, 0, 0));
        }
    }

    /// Orders from after a batch's instant may arrive after the batch.
    #[test]
    fn orders_may_arrive_as_time_passes(story in story()) {
        let store = empty_store();
        story.shop.write_people(&store);
        let mut arrived = 0;
        for (position, as_of) in story.instants.iter().enumerate() {
            let until = story.shop.orders.partition_point(|order| order.created_at < *as_of);
            write_orders(&store, &story.shop.orders[arrived..until]);
            arrived = until;
            let due = cohort::months_due(&store, as_of.naive(), 12).unwrap();
            let run = cohort::run(&store, as_of.naive(), CohortSettings::without_margin(12)).unwrap();
            prop_assert_eq!(due.to_freeze, run.frozen);
            oracle::check_cohorts(&store, &story.instants[..=position], 12);
        }
    }

    /// A calendar creates a cohort for every period with organic first orders, once, and the batch
    /// treats it like any other.
    #[test]
    fn calendars_cover_every_organic_first_order(story in story(), quarters in any::<bool>()) {
        let (step, period) =
            if quarters { (CalendarStep::Quarter, 3) } else { (CalendarStep::Month, 1) };
        let mut shop = story.shop;
        shop.activities.retain(|activity| activity.channel != "organic");
        let store = shop.stored();
        for (position, as_of) in story.instants.iter().enumerate() {
            make_calendar(&store, step, as_of.naive()).unwrap();
            prop_assert_eq!(make_calendar(&store, step, as_of.naive()).unwrap().added, 0);
            cohort::run(&store, as_of.naive(), CohortSettings::without_margin(12)).unwrap();
            oracle::check_cohorts(&store, &story.instants[..=position], 12);
        }
        let last = *story.instants.last().unwrap();
        let starts: Vec<At> = Shop::read(&store)
            .activities
            .iter()
            .filter(|activity| activity.channel == "organic")
            .inspect(|activity| assert_eq!(activity.end_at, Some(activity.start_at.plus_months(period))))
            .map(|activity| activity.start_at)
            .collect();
        let distinct: BTreeSet<At> = starts.iter().copied().collect();
        prop_assert_eq!(distinct.len(), starts.len());
        prop_assert_eq!(distinct, organic_periods(&shop, last, period));
    }

    /// Grades agree with both recomputations at every instant, with any criteria; a second
    /// update changes nobody; a dry run reports the same and writes nothing.
    #[test]
    fn grades_equal_recomputed(story in story(), rules in prop_oneof![Just(GRADE_RULES), rules()]) {
        let store = story.shop.stored();
        let settings = rules.settings();
        let criteria = Criteria::from(&settings);
        let oracle = oracle::Oracle::new(&story.shop);
        for as_of in &story.instants {
            let before = store_state(&store);
            let dry = update_all_grades(&store, as_of.naive(), &settings, UpdateMode::DryRun).unwrap();
            prop_assert_eq!(before, store_state(&store));
            let update = oracle::check_grade_update(&store, *as_of, &rules);
            prop_assert_eq!(dry.transitions, update.transitions);
            let moves = update.transitions;
            prop_assert_eq!(moves.promoted() + moves.demoted() + moves.kept(), moves.customers());
            let again = oracle::check_grade_update(&store, *as_of, &rules).transitions;
            prop_assert_eq!((again.promoted(), again.demoted()), (0, 0));
            for graded in oracle.grades(*as_of, &rules) {
                let amount = Money::from_hundredths(i64::try_from(graded.amount).unwrap());
                let determined = determine_grade(&criteria, amount, graded.orders);
                prop_assert_eq!(determined.as_str(), graded.grade.as_str());
            }
        }
    }
}

/// The starts of the periods in which a customer's first qualifying order belongs to no activity.
fn organic_periods(shop: &Shop, as_of: At, period_months: i32) -> BTreeSet<At> {
    let mut periods = BTreeSet::new();
    for customer in &shop.customers {
        let first = shop
            .orders
            .iter()
            .filter(|order| order.user == customer.id && order.status == "Success")
            .min_by_key(|order| (order.created_at, order.id));
        if let Some(first) = first.filter(|first| first.activity.is_none() && first.created_at < as_of) {
            let date = first.created_at.date();
            let month: i32 = date[5..7].parse().unwrap();
            let january: At = format!("{}-01-01", &date[..4]).parse().unwrap();
            periods.insert(january.plus_months((month - 1) / period_months * period_months));
        }
    }
    periods
}

/// Everything that a grade update may write, as text.
fn store_state(store: &lifecycle::store::Store) -> Vec<String> {
    let state = test_query(
        "SELECT CAST(users AS VARCHAR) AS line FROM users
         UNION ALL SELECT CAST(grade_changes AS VARCHAR) FROM grade_changes
         UNION ALL SELECT CAST(grade_runs AS VARCHAR) FROM grade_runs
         ORDER BY line",
    );
    store.rows(state, &[], |row| row.get(0)).unwrap()
}

#[test]
fn an_update_before_the_last_run_is_refused_but_may_be_tried() {
    let store = empty_store();
    let settings = Config::default().grades;
    let at = |text: &str| text.parse::<At>().unwrap().naive();
    update_all_grades(&store, at("2025-01-15"), &settings, UpdateMode::Record).unwrap();
    let before = store_state(&store);
    let earlier = at("2025-01-14 23:59:59.999999");
    let refused = update_all_grades(&store, earlier, &settings, UpdateMode::Record).unwrap_err();
    assert!(matches!(refused, GradeError::BeforeLastRun { .. }), "{refused}");
    assert!(!update_all_grades(&store, earlier, &settings, UpdateMode::DryRun).unwrap().recorded);
    assert_eq!(store_state(&store), before);
}

#[test]
fn the_embedded_settings_are_the_rules_of_the_specification() {
    assert_eq!(Config::default().grades, GRADE_RULES.settings());
    assert_eq!(Config::default().cohort.months, 12);
}
