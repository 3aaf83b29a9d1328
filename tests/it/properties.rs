//! Properties on random shops whose orders crowd around the edges: thresholds,
//! window ends, month ends, ties.

use std::collections::BTreeSet;

use chrono::Duration;
use lifecycle::cohort::{self, CalendarStep, make_calendar};
use lifecycle::config::Config;
use lifecycle::grades::{Criteria, GradeError, UpdateMode, determine_grade, update_all_grades};
use lifecycle::money::Money;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::instant::At;
use crate::oracle::{self, GRADE_RULES, GradeRules};
use crate::shop::{Activity, Customer, Order, Shop, empty_store, test_query, write_orders};

/// A moment near an anchor of the shop: some months away, and nudged.
#[derive(Clone, Debug)]
struct Moment {
    anchor: Index,
    months: i32,
    nudge_micros: i64,
}

impl Moment {
    fn resolve(&self, anchors: &[At]) -> At {
        let moved = self.anchor.get(anchors).plus_months(self.months);
        At::from(moved.naive() + Duration::microseconds(self.nudge_micros))
    }
}

const DAY_MICROS: i64 = 86_400_000_000;

fn moment(months: std::ops::Range<i32>) -> impl Strategy<Value = Moment> {
    let nudge = prop_oneof![
        4 => Just(0i64),
        2 => Just(-1i64),
        1 => Just(1i64),
        4 => (0i64..40).prop_map(|days| days * DAY_MICROS),
        2 => 0i64..40 * DAY_MICROS,
    ];
    (any::<Index>(), months, nudge).prop_map(|(anchor, months, nudge_micros)| Moment {
        anchor,
        months,
        nudge_micros,
    })
}

/// Activities that start in 2023, often at a month's end, at any time of day.
fn activity() -> impl Strategy<Value = Activity> {
    let day = prop_oneof![1u32..=28, 28u32..=31];
    let time = prop_oneof![Just("00:00:00"), Just("10:30:00"), Just("23:59:59.999999")];
    let start = (1u32..=12, day, time).prop_map(|(month, day, time)| {
        // Moved from a long month, so that the day is clamped.
        let january: At = format!("2023-01-{day:02} {time}").parse().unwrap();
        january.plus_months(month as i32 - 1)
    });
    let window = prop_oneof![
        3 => Just(None),
        3 => (0i64..28).prop_map(Some),
        2 => (28i64..100).prop_map(Some),
        1 => (300i64..500).prop_map(Some),
    ];
    let budget = prop_oneof![
        2 => Just(None),
        1 => Just(Some(0)),
        4 => (1i64..1_000_000).prop_map(Some),
        1 => (1i64..100_000_000_000_000).prop_map(Some),
    ];
    let channel = prop_oneof![4 => Just("push"), 1 => Just("organic")];
    (start, window, budget, channel).prop_map(|(start_at, window_days, budget, channel)| Activity {
        id: 0,
        channel: channel.to_owned(),
        budget,
        start_at,
        end_at: window_days.map(|days| At::from(start_at.naive() + Duration::days(days))),
    })
}

/// An order before its moment and its number are known.
type RawOrder = (i64, Option<i64>, i64, &'static str, Moment);

fn raw_order() -> impl Strategy<Value = RawOrder> {
    let activity = prop_oneof![2 => Just(None), 4 => (1i64..=4).prop_map(Some)];
    let amount = prop_oneof![
        1 => Just(0i64),
        4 => 1i64..10_000,
        4 => prop::sample::select(vec![10_000_000i64, 9_999_999, 12_500_000, 20_000_000, 19_999_999, 25_000_000]),
        1 => 1i64..100_000_000_000_000,
    ];
    let status = prop_oneof![
        8 => Just("Success"),
        1 => Just("Failed"),
        1 => Just("Cancelled"),
        1 => Just("Refunded"),
    ];
    (1i64..=7, activity, amount, status, moment(0..13))
}

/// A shop and instants in the order of time at which to look at it.
#[derive(Clone, Debug)]
struct Story {
    shop: Shop,
    instants: Vec<At>,
}

fn story() -> impl Strategy<Value = Story> {
    (
        prop::collection::vec(activity(), 0..4),
        prop::collection::vec(
            (prop::sample::select(vec!["BRONZE", "SILVER", "GOLD", "VIP"]), moment(0..8)),
            7,
        ),
        prop::collection::vec(raw_order(), 0..80),
        prop::collection::vec(moment(0..15), 1..9),
        any::<u64>(),
    )
        .prop_map(|(activities, customers, orders, instants, shuffle)| {
            tell(activities, &customers, orders, &instants, shuffle)
        })
}

/// Resolves the moments and numbers the rows.
fn tell(
    mut activities: Vec<Activity>,
    customers: &[(&str, Moment)],
    orders: Vec<RawOrder>,
    instants: &[Moment],
    shuffle: u64,
) -> Story {
    let mut anchors: Vec<At> = vec!["2023-05-31".parse().unwrap()];
    for (position, activity) in activities.iter_mut().enumerate() {
        activity.id = position as i64 + 1;
        anchors.push(activity.start_at);
        anchors.extend(activity.end_at);
    }
    let mut instants: Vec<At> = instants.iter().map(|moment| moment.resolve(&anchors)).collect();
    instants.sort();
    // Orders also crowd around the as-ofs and the starts of their windows.
    let mut order_anchors = anchors.clone();
    order_anchors.extend(instants.iter().flat_map(|at| [at.plus_months(-6), at.plus_months(-12)]));
    let count = orders.len() as u64;
    let mut orders: Vec<Order> = orders
        .into_iter()
        .zip(0u64..)
        .map(|((user, activity, amount, status, moment), position)| Order {
            // Numbers in no order of time, without repeats: a rotation, mirrored at times.
            id: (if shuffle % 2 == 0 { position } else { count - position } + shuffle % 97) as i64,
            user,
            activity,
            amount,
            status: status.to_owned(),
            created_at: moment.resolve(&order_anchors),
        })
        .collect();
    // Stable: orders of the same instant stay in no order of their numbers.
    orders.sort_by_key(|order| order.created_at);
    let customers = customers
        .iter()
        .zip(1i64..)
        .map(|((grade, moment), id)| Customer {
            id,
            grade: (*grade).to_owned(),
            signed_up_at: moment.resolve(&anchors),
        })
        .collect();
    Story { shop: Shop { customers, activities, orders }, instants }
}

/// Criteria that never fall from SILVER to VIP.
fn rules() -> impl Strategy<Value = GradeRules> {
    let criterion = (0i64..20_000_000, 0i64..4);
    (1u32..=12, criterion.clone(), criterion.clone(), criterion).prop_map(|(months, silver, gold, vip)| {
        let gold = (silver.0 + gold.0, silver.1 + gold.1);
        GradeRules { window_months: months, silver, gold, vip: (gold.0 + vip.0, gold.1 + vip.1) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Run month by month or once at the end: the same rows, and those of the recomputation.
    #[test]
    fn batch_by_batch_equals_one_batch_equals_recomputed(story in story(), months in 1u32..=14) {
        let at_once = story.shop.stored();
        let last = *story.instants.last().unwrap();
        cohort::run(&at_once, last.naive(), months).unwrap();
        oracle::check_cohorts(&at_once, &[last], months);

        let stepwise = story.shop.stored();
        for (position, as_of) in story.instants.iter().enumerate() {
            cohort::run(&stepwise, as_of.naive(), months).unwrap();
            oracle::check_cohorts(&stepwise, &story.instants[..=position], months);
            let again = cohort::run(&stepwise, as_of.naive(), months).unwrap();
            prop_assert_eq!((again.frozen, again.members, again.rows, again.activities), (0, 0, 0, 0));
        }
    }

    /// Orders that are not there yet at a batch's instant may arrive after it.
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
            let run = cohort::run(&store, as_of.naive(), 12).unwrap();
            prop_assert_eq!(due.to_freeze, run.frozen);
            oracle::check_cohorts(&store, &story.instants[..=position], 12);
        }
    }

    /// A calendar makes a cohort of every period with organic first orders, once, and
    /// the batch treats it as any other.
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
            cohort::run(&store, as_of.naive(), 12).unwrap();
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
    /// update changes nobody; a dry run tells the same and writes nothing.
    #[test]
    fn grades_equal_recomputed(story in story(), rules in prop_oneof![Just(GRADE_RULES), rules()]) {
        let store = story.shop.stored();
        let settings = rules.settings();
        let criteria = Criteria::from(&settings);
        for as_of in &story.instants {
            let before = store_state(&store);
            let dry = update_all_grades(&store, as_of.naive(), &settings, UpdateMode::DryRun).unwrap();
            prop_assert_eq!(before, store_state(&store));
            let update = oracle::check_grade_update(&store, *as_of, &rules);
            prop_assert_eq!(dry.moves, update.moves);
            let moves = update.moves;
            prop_assert_eq!(moves.promoted() + moves.demoted() + moves.kept(), moves.customers());
            let again = oracle::check_grade_update(&store, *as_of, &rules).moves;
            prop_assert_eq!((again.promoted(), again.demoted()), (0, 0));
            for graded in oracle::expected_grades(&story.shop, *as_of, &rules) {
                let amount = Money::from_hundredths(i64::try_from(graded.amount).unwrap());
                let determined = determine_grade(&criteria, amount, graded.orders);
                prop_assert_eq!(determined.as_str(), graded.grade.as_str());
            }
        }
    }
}

/// The starts of the periods that hold a customer's first counted order of no activity.
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
