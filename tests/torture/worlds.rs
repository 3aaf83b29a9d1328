//! Random shops, crowded around the edges, against two recomputations: plain loops and SQLite.
//!
//! A world is a few shops in one file, criteria and a schedule: most of what a run costs is its statements and not
//! its rows. At each instant of the schedule the grades
//! are updated, or the cohort batch runs, or both, or new orders arrive first. Every grade, change, count,
//! member and cell must be what both recomputations say.

use std::collections::BTreeSet;

use lifecycle::cohort::{self, CalendarStep, make_calendar};
use lifecycle::config::CohortSettings;
use lifecycle::store::Store;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::oracle::{self, GRADE_RULES, GradeRules};
use crate::shop::{Shop, empty_store, write_orders};
use crate::story::{Story, rules, shop_of, shops_of_one_file};
use crate::worker::Case;

/// What happens at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Grades,
    Batch,
    Both,
    BatchTwice,
}

/// How many shops a file holds at most.
const SHOPS: usize = 15;

/// Shops with what is done to them.
#[derive(Clone, Debug)]
struct World {
    story: Story,
    rules: GradeRules,
    months: u32,
    /// For each instant of the story, in turn.
    steps: Vec<Step>,
    /// Whether orders come in as time passes, or are all there from the beginning.
    arriving: bool,
    calendar: Option<CalendarStep>,
}

fn world() -> impl Strategy<Value = World> {
    let step = prop_oneof![
        2 => Just(Step::Grades),
        2 => Just(Step::Batch),
        3 => Just(Step::Both),
        1 => Just(Step::BatchTwice),
    ];
    let calendar = prop_oneof![
        4 => Just(None),
        1 => Just(Some(CalendarStep::Month)),
        1 => Just(Some(CalendarStep::Quarter)),
    ];
    let months = prop_oneof![3 => Just(12u32), 1 => 1u32..=14];
    (
        shops_of_one_file(SHOPS),
        prop_oneof![Just(GRADE_RULES), rules()],
        months,
        prop::collection::vec(step, 8),
        any::<bool>(),
        calendar,
    )
        .prop_map(|(story, rules, months, steps, arriving, calendar)| World {
            story,
            rules,
            months,
            steps,
            arriving,
            calendar,
        })
}

/// Runs a world; shrinks it to the smallest that fails.
pub fn run(case: Case<'_>) {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&case.key);
    let config = Config {
        cases: 1,
        max_shrink_iters: 200,
        max_shrink_time: 30_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let lived = runner.run(&world(), |world| {
        live(&case, world);
        Ok(())
    });
    if let Err(TestError::Fail(reason, world)) = lived {
        panic!("{reason}\n{world:#?}");
    }
}

fn live(case: &Case<'_>, world: World) {
    let World { mut story, rules, months, steps, arriving, calendar } = world;
    if calendar.is_some() {
        // A calendar makes these.
        story.shop.activities.retain(|activity| activity.channel != "organic");
    }
    // Many small worlds find more than few long ones.
    story.instants.truncate(5);
    // Orders of activities that there are not would break an audit.
    let known: Vec<i64> = story.shop.activities.iter().map(|activity| activity.id).collect();
    for order in &mut story.shop.orders {
        order.activity = order.activity.filter(|id| known.contains(id));
    }
    let store = if arriving { empty_store() } else { story.shop.stored() };
    if arriving {
        story.shop.write_people(&store);
    }
    let (mut arrived, mut batches) = (0, Vec::new());
    for (as_of, step) in story.instants.iter().zip(steps.iter().cycle()) {
        if arriving {
            let until = story.shop.orders.partition_point(|order| order.created_at < *as_of);
            write_orders(&store, &story.shop.orders[arrived..until]);
            arrived = until;
        }
        if *step != Step::Batch && *step != Step::BatchTwice {
            oracle::check_grade_update(&store, *as_of, &rules);
            case.count("grade updates");
        }
        if *step == Step::Grades {
            continue;
        }
        if let Some(calendar) = calendar {
            make_calendar(&store, calendar, as_of.naive()).unwrap();
        }
        batches.push(*as_of);
        let due = cohort::months_due(&store, as_of.naive(), months).unwrap();
        let run = cohort::run(&store, as_of.naive(), CohortSettings::without_margin(months)).unwrap();
        assert_eq!(due.to_freeze, run.frozen);
        oracle::check_cohorts(&store, &batches, months);
        case.count("cohort batches");
        if *step == Step::BatchTwice {
            let again = cohort::run(&store, as_of.naive(), CohortSettings::without_margin(months)).unwrap();
            assert_eq!((again.frozen, again.members, again.rows), (0, 0, 0));
        }
    }
    count_shops(case, &story.shop, &store);
    if let Some(last) = batches.last() {
        let verified =
            cohort::verify(&store, last.naive(), CohortSettings::without_margin(months), None).unwrap();
        assert!(verified.is_clean(), "{verified:?}");
    }
}

/// Tells how many shops there were, and whether they hold enough to prove anything.
fn count_shops(case: &Case<'_>, shop: &Shop, store: &Store) {
    let count = |what: &str, users: &mut dyn Iterator<Item = i64>| {
        users.map(shop_of).collect::<BTreeSet<i64>>().iter().for_each(|_| case.count(what));
    };
    count("shops", &mut shop.customers.iter().map(|customer| customer.id));
    count("shops with members of cohorts", &mut oracle::members(store).iter().map(|member| member.user));
    let changes = oracle::grade_changes(store);
    count("shops with changes of grade", &mut changes.iter().map(|(_, _, graded)| graded.user));
}
