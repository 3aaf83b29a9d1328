//! Predictions with returns, and for cohorts of existing customers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use lifecycle::cohort;
use lifecycle::config::CohortSettings;
use lifecycle::predict::{Model, PoolPrediction, PredictOptions, Span, predict};
use lifecycle::store::Store;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::instant::At;
use crate::shell::Shell;
use crate::shop::{Activity, Customer, Order, Shop};

const START: &str = "2024-01-01";
const AS_OF: &str = "2024-10-01";
/// The day on which the orders end, after all months of the cohorts have closed.
const END: f64 = 490.0;

fn at(text: &str) -> At {
    text.parse().unwrap()
}

/// A shop of customers whose orders are days counted from [`START`], with the activity they came through.
struct Days {
    shop: Shop,
    rng: ChaCha8Rng,
}

impl Days {
    fn new(seed: u64, cohort: &str) -> Self {
        let activities = (1..=3).map(|id| Activity {
            id,
            channel: "mail".to_owned(),
            cohort: cohort.to_owned(),
            budget: Some(1_000_000),
            start_at: at(["2024-01-01", "2024-03-01", "2024-05-01"][id as usize - 1]),
            end_at: Some(at(["2024-02-01", "2024-04-01", "2024-06-01"][id as usize - 1])),
        });
        Days {
            shop: Shop { activities: activities.collect(), ..Shop::default() },
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// A customer with an individual rate who first orders on day `first` and drops out after some order.
    fn customer(&mut self, user: i64, first: f64, activity: Option<i64>) {
        let rate = -0.03 * (1.0 - self.rng.random::<f64>()).ln();
        let mut day = first;
        let mut through = activity;
        while day < END {
            let amount = 2_000 + (self.rng.random::<f64>() * 6_000.0) as i64;
            self.order(user, day, through.take(), amount, "Success");
            if self.rng.random::<f64>() < 0.15 {
                break;
            }
            day += 1.0 - (1.0 - self.rng.random::<f64>()).ln() / rate;
        }
    }

    fn order(&mut self, user: i64, day: f64, activity: Option<i64>, amount: i64, status: &str) {
        let created_at = at(START).naive() + TimeDelta::seconds((day * 86_400.0) as i64);
        self.shop.orders.push(Order {
            id: 0,
            user,
            activity,
            amount,
            status: status.to_owned(),
            created_at: created_at.format("%Y-%m-%d %H:%M:%S").to_string().parse().unwrap(),
        });
    }

    /// The file, with the batch as of the end of all orders.
    fn stored(mut self) -> Store {
        self.shop.orders.sort_by_key(|order| (order.created_at, order.user));
        (1..).zip(&mut self.shop.orders).for_each(|(id, order)| order.id = id);
        let mut users: Vec<i64> = self.shop.orders.iter().map(|order| order.user).collect();
        users.extend(self.shop.lists.iter().map(|(_, user)| user));
        users.sort_unstable();
        users.dedup();
        self.shop.customers = users
            .into_iter()
            .map(|id| Customer { id, grade: "BRONZE".to_owned(), signed_up_at: at("2023-12-01") })
            .collect();
        let store = self.shop.stored();
        let clock = at("2025-05-05").naive();
        store.meta().advance_clock(clock).unwrap();
        cohort::run(&store, clock, CohortSettings::without_margin(12)).unwrap();
        store
    }
}

fn pools(store: &Store) -> BTreeMap<String, PoolPrediction> {
    let options = PredictOptions {
        as_of: at(AS_OF).naive(),
        model: Model::BgNbd,
        months: 12,
        holdout: Span::Months(3),
        cohort_months: 12,
    };
    let pools = predict(store, &options).unwrap().pools;
    pools.into_iter().map(|pool| (pool.run.pool.clone(), pool)).collect()
}

/// The revenue of a pool's cohorts by the end of their last month, divided by what was expected.
fn came_over_expected(store: &Store, pool: &PoolPrediction) -> f64 {
    let (mut came, mut expected) = (0.0, 0.0);
    for month in pool.months.iter().filter(|month| month.offset == 11) {
        let sql = format!(
            "SELECT CAST(ltv_cumulative AS DOUBLE) FROM ltv_batch WHERE activity_id = {} AND month_offset = 11",
            month.activity_id
        );
        let total: f64 = store.rows_text("test", &sql, |row| row.get(0)).unwrap()[0];
        came += total - month.known.to_f64();
        expected += month.expected - month.known.to_f64();
    }
    assert!(expected > 0.0, "the pool tests nothing");
    came / expected
}

/// Lists of 1,500: a third ordered before, the others make a first order at a constant rate, if ever.
fn listed() -> Days {
    let mut days = Days::new(3, "listed");
    for user in 1..=4_500 {
        let list = 1 + user % 3;
        let start = [0.0, 60.0, 121.0][list as usize - 1];
        days.shop.lists.push((list, user));
        let first = if user % 9 < 3 {
            start * days.rng.random::<f64>()
        } else {
            start - (1.0 - days.rng.random::<f64>()).ln() / 0.003
        };
        if first < END {
            days.customer(user, first, None);
        }
    }
    days
}

#[test]
fn listed_members_who_never_ordered_are_expected_to_begin_at_the_rate_of_the_others() {
    let store = listed().stored();
    let pool = &pools(&store)["listed"];
    let ratio = came_over_expected(&store, pool);
    assert!((0.85..1.15).contains(&ratio), "{ratio}");
    // Without first orders to come, far too little would be expected.
    let waiting = "SELECT count(*) FROM cohort_members AS members WHERE NOT EXISTS (
        FROM orders WHERE orders.user_id = members.user_id AND created_at < '2024-10-01')";
    let waiting: i64 = store.rows_text("test", waiting, |row| row.get(0)).unwrap()[0];
    assert!(waiting > 800, "{waiting}");
    // The hold-out counts customers who began in it, both in actual and in expected orders.
    let sql = "SELECT count(DISTINCT (orders.user_id, CAST(created_at AS DATE)))
        FROM cohort_members AS members JOIN orders USING (user_id)
        WHERE members.activity_id = 1 AND created_at >= '2024-07-01' AND created_at < '2024-10-01'";
    let came: i64 = store.rows_text("test", sql, |row| row.get(0)).unwrap()[0];
    let row = pool.checks.iter().find(|row| row.activity_id == Some(1)).unwrap();
    assert_eq!((row.customers, row.orders[0]), (1_500, came as f64));
    assert!((row.orders[1] / row.orders[0] - 1.0).abs() < 0.25, "{row:?}");
    assert!((row.buyers[0] / row.buyers[1] - 1.0).abs() < 0.25, "{row:?}");
}

#[test]
fn a_list_of_which_nobody_ever_ordered_is_left_out_and_disturbs_nothing() {
    let with_empty = |empty: bool| {
        let mut days = listed();
        let fourth = Activity { id: 4, start_at: at("2024-06-01"), ..days.shop.activities[0].clone() };
        days.shop.activities.push(fourth);
        if empty {
            days.shop.lists.extend((9_001..9_050).map(|user| (4, user)));
        }
        pools(&days.stored()).remove("listed").unwrap()
    };
    let pool = with_empty(true);
    let fourth: Vec<_> = pool.months.iter().filter(|month| month.activity_id == 4).collect();
    assert_eq!(fourth.len(), 8, "June is month 0; September, month 3, has closed");
    for month in fourth {
        assert!(
            month.expected > 0.0 && month.low < month.expected && month.expected < month.high,
            "{month:?}"
        );
        assert_eq!(month.known, lifecycle::money::Money::ZERO);
    }
    let without = with_empty(false);
    assert_eq!((pool.run.r, pool.run.alpha), (without.run.r, without.run.alpha));
}

#[test]
fn touched_cohorts_are_a_pool_of_their_own() {
    let mut days = Days::new(8, "touched");
    for user in 1..=3_000 {
        let first = days.rng.random::<f64>() * 150.0;
        days.customer(user, first, None);
    }
    // Any customer present in an activity's window may order through it.
    for activity in 1..=3 {
        for user in 1..=3_000 {
            let here = days.shop.orders.iter().any(|order| order.user == user);
            if here && days.rng.random::<f64>() < 0.2 {
                let day = [5.0, 65.0, 126.0][activity as usize - 1] + 20.0 * days.rng.random::<f64>();
                days.order(user, day, Some(activity), 3_000, "Success");
            }
        }
    }
    let store = days.stored();
    let pools = pools(&store);
    assert_eq!(pools.keys().collect::<Vec<_>>(), ["customers", "touched"]);
    let ratio = came_over_expected(&store, &pools["touched"]);
    assert!((0.8..1.2).contains(&ratio), "{ratio}");
    let in_several = pools["touched"].run.customers;
    let members: i64 =
        store.rows_text("test", "SELECT count(*) FROM cohort_members", |row| row.get(0)).unwrap()[0];
    assert!(in_several < members, "a customer in two cohorts is fitted once");
}

#[test]
fn money_that_goes_back_lowers_revenue_and_is_no_order() {
    let shop = |with_returns: bool| {
        let mut days = Days::new(5, "acquired");
        for user in 1..=900 {
            let activity = 1 + user % 3;
            let first = [0.0, 60.0, 121.0][activity as usize - 1] + 28.0 * days.rng.random::<f64>();
            days.customer(user, first, Some(activity));
        }
        if with_returns {
            for order in days.shop.orders.clone() {
                let day = (order.created_at.naive() - at(START).naive()).num_seconds() as f64 / 86_400.0;
                days.order(order.user, day + 3.0, None, -order.amount / 4, "Returned");
            }
        }
        days.stored()
    };
    let (plain, net) = (shop(false), shop(true));
    let (before, after) = (&pools(&plain)["acquired"], &pools(&net)["acquired"]);
    assert_eq!(before.run.log_likelihood, after.run.log_likelihood, "a return is no order");
    for (gross, net) in before.months.iter().zip(&after.months) {
        assert_eq!(gross.expected_orders, net.expected_orders);
        let ahead = (net.expected - net.known.to_f64()) / (gross.expected - gross.known.to_f64());
        assert!((ahead - 0.75).abs() < 0.02, "{ahead}");
        assert!(net.plain < gross.plain);
    }
    let ratio = came_over_expected(&net, after);
    assert!((0.85..1.15).contains(&ratio), "{ratio}");
}

#[test]
fn when_the_plain_guess_was_nearer_that_is_said_first() {
    let shell = Shell::new();
    let mut orders = "order_id,customer_id,created_at,amount\n".to_owned();
    // Everybody orders every week, so the plain guess is exact.
    let start = at("2024-01-01").naive();
    for customer in 0..40 {
        for week in 0..50 {
            let day = (start + TimeDelta::days(week * 7 + customer % 7)).date();
            orders += &format!("{},{customer},{day},100\n", customer * 100 + week);
        }
    }
    std::fs::write(shell.path("orders.csv"), orders).unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    shell.done(&["cohort", "calendar", "-q"]);
    shell.done(&["cohort", "run", "-q"]);
    let words = "In the hold-out the plain guess was closer than the model: customers";
    for command in [
        &["predict", "run", "--holdout", "84d"][..],
        &["predict", "check", "--pool", "customers"],
        &["predict", "cohorts"],
    ] {
        let said = shell.done(command);
        assert!(
            said.starts_with(words) || said.lines().next().unwrap().contains("in the hold-out:"),
            "{said}"
        );
    }
    let json = shell.done(&["predict", "run", "--holdout", "84d", "--format", "json"]);
    assert!(json.contains("\"plain_was_nearer\": \"customers"), "{json}");
}
