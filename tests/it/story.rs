//! Random shops whose orders cluster around the edges: thresholds, window ends,
//! month ends, ties.

use chrono::Duration;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::instant::At;
use crate::oracle::GradeRules;
use crate::shop::{Activity, Customer, Order, Shop};

/// A moment near an anchor of the shop: some months away, with a small nudge.
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

/// Activities that start in 2023 or 2024, often at a month's end or on a leap day, at any time of day.
fn activity() -> impl Strategy<Value = Activity> {
    let day = prop_oneof![1u32..=28, 28u32..=31];
    let time =
        prop_oneof![Just("00:00:00"), Just("10:30:00"), Just("23:59:59.999999"), Just("00:00:00.000001")];
    let month = prop_oneof![4 => 0i32..12, 1 => 12i32..24, 1 => Just(13)];
    let start = (month, day, time).prop_map(|(month, day, time)| {
        // Moved from a long month, so that the day is clamped.
        let january: At = format!("2023-01-{day:02} {time}").parse().unwrap();
        january.plus_months(month)
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
    let kind = prop_oneof![
        4 => Just(("push", "acquired")),
        1 => Just(("organic", "acquired")),
        2 => Just(("push", "touched")),
        2 => Just(("push", "listed")),
    ];
    (start, window, budget, kind).prop_map(|(start_at, window_days, budget, (channel, cohort))| Activity {
        id: 0,
        channel: channel.to_owned(),
        cohort: cohort.to_owned(),
        budget,
        start_at,
        end_at: window_days.map(|days| At::from(start_at.naive() + Duration::days(days))),
    })
}

/// Amounts of which three, eight or ten just reach a grade, or just miss it.
const THRESHOLD_AMOUNTS: &[i64] = &[10_000_000, 9_999_999, 12_500_000, 20_000_000, 19_999_999, 25_000_000];

/// The facts of an order: activity, amount, status, and how often it is repeated.
type Ordered = (Option<i64>, i64, &'static str, u32);

fn ordered() -> impl Strategy<Value = Ordered> {
    let activity = prop_oneof![2 => Just(None), 1 => (1i64..=4).prop_map(Some)];
    let amount = prop_oneof![
        1 => Just(0i64),
        4 => 1i64..10_000,
        4 => prop::sample::select(THRESHOLD_AMOUNTS.to_vec()),
        1 => 1i64..100_000_000_000_000,
    ];
    let status = prop_oneof![
        8 => Just("Success"),
        1 => Just("Failed"),
        1 => Just("Cancelled"),
        1 => Just("Refunded"),
        2 => Just("Returned"),
    ];
    let times = prop_oneof![8 => Just(1u32), 1 => 2u32..=10];
    // Returns are at most 0.
    (activity, amount, status, times).prop_map(|(activity, amount, status, times)| {
        (activity, if status == "Returned" { -amount } else { amount }, status, times)
    })
}

/// A customer whose events have no place in time yet.
#[derive(Clone, Debug)]
struct Life {
    grade: &'static str,
    signed_up: Moment,
    /// The activity whose window the first order seeks, how far into it, and
    /// whether the order says that it belongs to it.
    acquired: (Index, i64, bool),
    first: Ordered,
    /// Further orders: near the first, or near any other anchor.
    further: Vec<(Ordered, bool, Moment)>,
}

fn life() -> impl Strategy<Value = Life> {
    let nudge = prop_oneof![1 => Just(-1i64), 3 => Just(0i64), 8 => 0i64..35 * DAY_MICROS];
    let acquired = (any::<Index>(), nudge, prop::bool::weighted(0.8));
    let further = (ordered(), prop::bool::weighted(0.8), moment(0..13));
    let grade = prop::sample::select(vec!["BRONZE", "SILVER", "GOLD", "VIP"]);
    (grade, moment(0..8), acquired, ordered(), prop::collection::vec(further, 0..7)).prop_map(
        |(grade, signed_up, acquired, first, further)| Life { grade, signed_up, acquired, first, further },
    )
}

/// A shop, and as-ofs in order of time.
#[derive(Clone, Debug)]
pub struct Story {
    pub shop: Shop,
    pub instants: Vec<At>,
}

/// Random shops.
pub fn story() -> impl Strategy<Value = Story> {
    (
        prop::collection::vec(activity(), 1..5),
        prop::collection::vec(life(), 1..25),
        prop::collection::vec(moment(0..15), 1..9),
        any::<bool>(),
    )
        .prop_map(|(activities, lives, instants, mirrored)| {
            let instants = resolved(&instants, &anchors(&activities));
            Story { shop: tell(activities, &lives, &instants, mirrored), instants }
        })
}

/// Several random shops in one file, each with customers and activities of its own. They share the as-ofs, which lie
/// around the edges of all of them; the orders of each cluster around them.
#[allow(dead_code, reason = "of the long proofs alone")]
pub fn shops_of_one_file(shops: usize) -> impl Strategy<Value = Story> {
    let shop = (prop::collection::vec(activity(), 1..5), prop::collection::vec(life(), 1..25), any::<bool>());
    (prop::collection::vec(shop, 1..=shops), prop::collection::vec(moment(0..15), 1..9)).prop_map(
        |(shops, instants)| {
            let edges: Vec<At> = shops.iter().flat_map(|(activities, ..)| anchors(activities)).collect();
            let instants = resolved(&instants, &edges);
            let shops = shops
                .into_iter()
                .map(|(activities, lives, mirrored)| tell(activities, &lives, &instants, mirrored));
            Story { shop: side_by_side(shops), instants }
        },
    )
}

/// The index of the shop that a customer belongs to.
#[allow(dead_code, reason = "of the long proofs alone")]
pub fn shop_of(user: i64) -> i64 {
    user / USERS_OF_A_SHOP
}

/// The range of customer and activity numbers of each shop in a file.
const USERS_OF_A_SHOP: i64 = 100;
const ACTIVITIES_OF_A_SHOP: i64 = 10;

fn side_by_side(shops: impl Iterator<Item = Shop>) -> Shop {
    let mut all = Shop::default();
    for (shop, number) in shops.zip(0..) {
        let (users, activities) = (number * USERS_OF_A_SHOP, number * ACTIVITIES_OF_A_SHOP);
        let orders = all.orders.len() as i64;
        all.customers.extend(shop.customers.into_iter().map(|mut customer| {
            customer.id += users;
            customer
        }));
        all.activities.extend(shop.activities.into_iter().map(|mut activity| {
            activity.id += activities;
            activity
        }));
        all.lists.extend(shop.lists.iter().map(|(activity, user)| (activity + activities, user + users)));
        all.orders.extend(shop.orders.into_iter().map(|order| Order {
            id: order.id + orders,
            user: order.user + users,
            activity: order.activity.map(|activity| activity + activities),
            ..order
        }));
    }
    all.orders.sort_by_key(|order| order.created_at);
    all
}

/// Where the activities begin and end.
fn anchors(activities: &[Activity]) -> Vec<At> {
    let mut anchors: Vec<At> = activities.iter().map(|activity| activity.start_at).collect();
    anchors.extend(activities.iter().filter_map(|activity| activity.end_at));
    anchors
}

/// The moments, in the order of time.
fn resolved(moments: &[Moment], anchors: &[At]) -> Vec<At> {
    let mut instants: Vec<At> = moments.iter().map(|moment| moment.resolve(anchors)).collect();
    instants.sort();
    instants
}

/// Resolves the moments of lives and numbers the rows.
fn tell(mut activities: Vec<Activity>, lives: &[Life], instants: &[At], mirrored: bool) -> Shop {
    for (activity, id) in activities.iter_mut().zip(1..) {
        activity.id = id;
    }
    let anchors = anchors(&activities);
    // Orders also cluster around the as-ofs and the starts of their windows.
    let mut order_anchors = anchors.clone();
    order_anchors.extend(instants.iter().flat_map(|at| [*at, at.plus_months(-6)]));
    let mut shop = Shop { activities, ..Shop::default() };
    for (life, id) in lives.iter().zip(1..) {
        shop.customers.push(Customer {
            id,
            grade: life.grade.to_owned(),
            signed_up_at: life.signed_up.resolve(&anchors),
        });
        let (activity, nudge_micros, belongs) = &life.acquired;
        let activity = activity.get(&shop.activities).clone();
        // Two in three customers of a listed activity are on its list, whether they buy or not.
        if activity.cohort == "listed" && id % 3 != 0 {
            shop.lists.push((activity.id, id));
        }
        let (first_activity, amount, status, times) = life.first;
        let first_activity = if *belongs { Some(activity.id) } else { first_activity };
        let near = [activity.start_at];
        let first_at = At::from(near[0].naive() + Duration::microseconds(*nudge_micros));
        push_orders(&mut shop.orders, id, (first_activity, amount, status, times), first_at);
        for (ordered, is_near, moment) in &life.further {
            let at = moment.resolve(if *is_near { &near } else { &order_anchors });
            push_orders(&mut shop.orders, id, *ordered, at);
        }
    }
    // A stable sort: orders of the same instant are not sorted by number.
    shop.orders.sort_by_key(|order| order.created_at);
    if mirrored {
        let last = shop.orders.len() as i64 + 1;
        shop.orders.iter_mut().for_each(|order| order.id = last - order.id);
    }
    shop
}

fn push_orders(orders: &mut Vec<Order>, user: i64, ordered: Ordered, created_at: At) {
    let (activity, amount, status, times) = ordered;
    for _ in 0..times {
        let id = orders.len() as i64 + 1;
        orders.push(Order { id, user, activity, amount, status: status.to_owned(), created_at });
    }
}

/// Criteria that never fall from SILVER to VIP.
pub fn rules() -> impl Strategy<Value = GradeRules> {
    let criterion = (0i64..20_000_000, 0i64..4);
    (1u32..=12, criterion.clone(), criterion.clone(), criterion).prop_map(|(months, silver, gold, vip)| {
        let gold = (silver.0 + gold.0, silver.1 + gold.1);
        GradeRules { window_months: months, silver, gold, vip: (gold.0 + vip.0, gold.1 + vip.1) }
    })
}
