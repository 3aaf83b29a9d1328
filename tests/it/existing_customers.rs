//! Cohorts of existing customers, returns, and experiments.

use lifecycle::cohort::{self, RebuildScope};
use lifecycle::config::CohortSettings;
use lifecycle::experiment::{Bootstrap, ExperimentError, ExperimentOptions, Figure, Method, compare};
use lifecycle::report::cohort::{CohortState, GroupBy, Measure, ReportOptions, summary, triangle};
use lifecycle::store::Store;

use crate::instant::At;
use crate::oracle;
use crate::shop::{Activity, Customer, Order, Shop, test_query};

const SETTINGS: CohortSettings = CohortSettings::without_margin(12);

fn at(text: &str) -> At {
    text.parse().unwrap()
}

fn activity(id: i64, cohort: &str, budget: Option<i64>) -> Activity {
    Activity {
        id,
        channel: "mail".to_owned(),
        cohort: cohort.to_owned(),
        budget,
        start_at: at("2024-02-01"),
        end_at: Some(at("2024-03-01")),
    }
}

/// A hundred customers who bought in January; the even ones are on list 1, the odd ones on list 2, of whom
/// those divisible by three bought again, list 1's for more. Activity 3 touched them all and acquired one.
fn shop() -> Shop {
    let mut shop = Shop {
        activities: vec![activity(1, "listed", Some(500_000)), activity(2, "listed", None)],
        ..Shop::default()
    };
    shop.activities.push(activity(3, "acquired", Some(10_000)));
    let mut order = |id: i64, user: i64, activity: Option<i64>, amount: i64, status: &str, when: &str| {
        shop.orders.push(Order {
            id,
            user,
            activity,
            amount,
            status: status.to_owned(),
            created_at: at(when),
        });
    };
    for user in 1..=100 {
        order(1_000 + user, user, None, 5_000, "Success", "2024-01-10");
        if user % 3 == 0 {
            let amount = if user % 2 == 0 { 12_000 + user } else { 9_000 + user };
            order(2_000 + user, user, Some(3), amount, "Success", "2024-02-20");
        }
        if user % 10 == 0 {
            order(3_000 + user, user, None, -1_000, "Returned", "2024-03-05");
        }
    }
    order(4_101, 101, Some(3), 7_000, "Success", "2024-02-02");
    for user in 1..=101 {
        shop.customers.push(Customer {
            id: user,
            grade: "BRONZE".to_owned(),
            signed_up_at: at("2024-01-01"),
        });
        if user <= 100 {
            shop.lists.push((1 + user % 2, user));
        }
    }
    shop.orders.sort_by_key(|order| (order.created_at, order.id));
    shop
}

fn stored() -> Store {
    let store = shop().stored();
    let clock = at("2024-05-01");
    store.meta().advance_clock(clock.naive()).unwrap();
    cohort::run(&store, clock.naive(), SETTINGS).unwrap();
    oracle::check_cohorts(&store, &[clock], 12);
    store
}

fn run_sql(store: &Store, sql: &'static str) -> usize {
    store.execute(test_query(sql), &[]).unwrap()
}

#[test]
fn a_listed_cohort_is_a_plain_sum_over_its_list() {
    let store = stored();
    let plain: i64 = store
        .row(
            test_query(
                "SELECT CAST(sum(amount) * 100 AS BIGINT) FROM orders WHERE user_id % 2 = 0 AND user_id <= 100
                 AND created_at >= TIMESTAMP '2024-02-01' AND created_at < TIMESTAMP '2024-05-01'",
            ),
            &[],
            |row| row.get(0),
        )
        .unwrap();
    let summary = summary(&store, &SETTINGS, &ReportOptions::as_of(at("2024-05-01").naive())).unwrap();
    let of_list = &summary.rows[0];
    let figures = of_list.figures.as_ref().unwrap();
    assert_eq!((of_list.cohort_size, figures.ltv_cumulative.hundredths()), (Some(50), plain));
    // Ten members returned something in March.
    assert_eq!(figures.returned.hundredths(), -10 * 1_000);
    assert_eq!(summary.total.as_ref().unwrap().figures.returned.hundredths(), -10 * 1_000);
    assert!(cohort::verify(&store, at("2024-05-01").naive(), SETTINGS, None).unwrap().is_clean());
}

#[test]
fn an_activity_that_touched_many_and_acquired_few_is_named_and_can_be_made_touched() {
    let store = stored();
    let options = ReportOptions::as_of(at("2024-05-01").naive());
    let before = summary(&store, &SETTINGS, &options).unwrap();
    let few = &before.few_acquired[..];
    assert_eq!((few.len(), few[0].activity_id, few[0].acquired, few[0].touched), (1, 3, 1, 34));
    assert_eq!(before.in_several, 0);

    run_sql(&store, "UPDATE campaign_activities SET cohort = 'touched' WHERE activity_id = 3");
    assert!(!cohort::verify(&store, at("2024-05-01").naive(), SETTINGS, None).unwrap().is_clean());
    let clock = at("2024-05-01").naive();
    cohort::rebuild(&store, clock, SETTINGS, Some(3), RebuildScope::Refreeze, false).unwrap();
    oracle::check_cohorts(&store, &[at("2024-05-01")], 12);
    assert!(cohort::verify(&store, clock, SETTINGS, None).unwrap().is_clean());
    let after = summary(&store, &SETTINGS, &options).unwrap();
    assert_eq!((after.rows[2].cohort_size, after.few_acquired.len()), (Some(34), 0));
    // 33 of them are also on a list.
    assert_eq!(after.in_several, 33);
    let by_channel = ReportOptions { group_by: GroupBy::Channel, ..options };
    let pooled = triangle(&store, &SETTINGS, &by_channel, Measure::Ltv).unwrap();
    assert_eq!((pooled.rows.len(), pooled.rows[0].in_several), (1, 33));
}

/// A list that grows before any month is written is frozen again; afterwards that takes a refreeze.
#[test]
fn a_list_is_frozen_with_its_first_month() {
    let mut shop = shop();
    shop.lists.retain(|(activity, _)| *activity == 1);
    let store = shop.stored();
    let run = |when: &str| cohort::run(&store, at(when).naive(), SETTINGS).unwrap();
    let first = run("2024-02-10");
    assert_eq!((first.frozen, first.members, first.rows), (1, 50, 0));
    assert_eq!(run("2024-02-10").frozen, 0);
    run_sql(&store, "INSERT INTO listed_customers VALUES (1, 1)");
    assert_eq!((run("2024-02-11").members, run("2024-02-11").members), (51, 0));
    assert_eq!(run("2024-03-01").rows, 2, "of activities 1 and 3");
    run_sql(&store, "INSERT INTO listed_customers VALUES (1, 3)");
    assert_eq!(run("2024-03-02").frozen, 0);
    let options = ReportOptions::as_of(at("2024-03-02").naive());
    let states = summary(&store, &SETTINGS, &options).unwrap();
    assert_eq!(states.rows[1].state, CohortState::Open, "its list has not been brought");
    let rebuilt =
        cohort::rebuild(&store, at("2024-03-02").naive(), SETTINGS, Some(1), RebuildScope::Refreeze, false);
    assert_eq!(rebuilt.unwrap().members.joined, 1);
}

#[test]
fn two_arms_are_compared_member_by_member() {
    let store = stored();
    let options =
        |method| ExperimentOptions { as_of: at("2024-05-01").naive(), method, allow_overlap: false };
    let by_welch = compare(&store, &SETTINGS, "1", "activity 2", options(Method::Welch)).unwrap();
    assert_eq!((by_welch.a.size, by_welch.b.size, by_welch.months, by_welch.in_both), (50, 50, 3, 0));
    let revenue = |experiment: &lifecycle::experiment::Experiment, offset| {
        let found = |compared: &&lifecycle::experiment::FigureComparison| {
            compared.figure == Figure::Revenue && compared.offset == offset
        };
        experiment.figures.iter().find(found).unwrap().comparison
    };
    let first = revenue(&by_welch, Some(0));
    // By hand: the sums of 16 even and 17 odd multiples of three, over 50 members each.
    let sums = |even: bool, base: i64| -> f64 {
        let users = (1..=100).filter(|user| user % 3 == 0 && (user % 2 == 0) == even);
        users.map(|user| (base + user) as f64 / 100.0).sum::<f64>() / 50.0
    };
    assert!((first.a - sums(true, 12_000)).abs() < 1e-9 && (first.b - sums(false, 9_000)).abs() < 1e-9);
    let interval = first.interval.unwrap();
    assert!(interval.low < first.difference() && first.difference() < interval.high);
    let month_of_returns = revenue(&by_welch, Some(1));
    assert_eq!((month_of_returns.a, month_of_returns.b), (-2.0, 0.0));
    assert_eq!(revenue(&by_welch, Some(2)).interval.unwrap().high, 0.0, "nothing happened");

    let by_bootstrap =
        compare(&store, &SETTINGS, "1", "2", options(Method::Bootstrap(Bootstrap::default()))).unwrap();
    let near = revenue(&by_bootstrap, Some(0)).interval.unwrap();
    let width = interval.high - interval.low;
    assert!(((near.high - near.low) / width - 1.0).abs() < 0.1, "{near:?} {interval:?}");
    // A: its revenue less 5,000.00 over 50; B has no budget.
    let profit = by_welch.profit_per_member;
    assert_eq!(profit.1.unwrap().hundredths(), (100.0 * revenue(&by_welch, None).b).round() as i64);
    assert_eq!(profit.0.unwrap().hundredths(), (100.0 * (revenue(&by_welch, None).a - 100.0)).round() as i64);
}

#[test]
fn arms_that_cannot_be_compared_are_refused() {
    let store = stored();
    let options =
        ExperimentOptions { as_of: at("2024-05-01").naive(), method: Method::Welch, allow_overlap: false };
    let refused = |a: &str, b: &str| compare(&store, &SETTINGS, a, b, options).unwrap_err();
    assert!(matches!(refused("1", "1"), ExperimentError::Same { .. }));
    assert!(matches!(refused("1", "spring"), ExperimentError::NoActivity { .. }));
    run_sql(&store, "UPDATE campaign_activities SET cohort = 'touched' WHERE activity_id = 3");
    cohort::rebuild(&store, options.as_of, SETTINGS, Some(3), RebuildScope::Refreeze, false).unwrap();
    let ExperimentError::Overlap { customers, first } = refused("1", "3") else { panic!("they overlap") };
    assert_eq!((customers, first), (16, vec![6, 12, 18, 24, 30]));
    let allowed = ExperimentOptions { allow_overlap: true, ..options };
    assert_eq!(compare(&store, &SETTINGS, "1", "3", allowed).unwrap().in_both, 16);
    let early = ExperimentOptions { as_of: at("2024-02-29").naive(), ..options };
    assert!(matches!(
        compare(&store, &SETTINGS, "1", "2", early).unwrap_err(),
        ExperimentError::NoClosedMonth { .. }
    ));
    run_sql(&store, "UPDATE campaign_activities SET name = 'one name' WHERE activity_id < 3");
    assert!(matches!(refused("one name", "3"), ExperimentError::Ambiguous { ids, .. } if ids == [1, 2]));
}

/// Customer 1 first buys product 1 and comes back for 2, customer 2 first buys both in one order of two
/// articles, customer 3 buys 2 and returns it.
#[test]
fn products_know_who_began_with_them() {
    let order = |id: i64, user: i64, amount: i64, status: &str, when: &str| Order {
        id,
        user,
        activity: None,
        amount,
        status: status.to_owned(),
        created_at: at(when),
    };
    let customers = 1..=3;
    let shop = Shop {
        customers: customers
            .map(|id| Customer { id, grade: "BRONZE".to_owned(), signed_up_at: at("2024-01-01") })
            .collect(),
        orders: vec![
            order(1, 1, 10_000, "Success", "2024-01-02"),
            order(2, 2, 9_000, "Success", "2024-01-03"),
            order(3, 3, 5_000, "Success", "2024-01-04"),
            order(4, 1, 6_000, "Success", "2024-02-01"),
            order(5, 3, -5_000, "Returned", "2024-02-02"),
            order(6, 1, 99_000, "Success", "2024-03-01"),
        ],
        ..Shop::default()
    };
    let store = shop.stored();
    run_sql(&store, "UPDATE orders SET product_id = CASE WHEN order_id IN (1, 2) THEN 1 ELSE 2 END");
    run_sql(&store, "INSERT INTO order_lines VALUES (2, 1, 1, 1, 40.00), (2, 2, 2, 3, 50.00)");
    run_sql(&store, "INSERT INTO products (product_id, name) VALUES (1, 'Mug'), (2, 'Tea')");
    let sales = lifecycle::report::products::product_sales(&store, at("2024-03-01").naive(), 10).unwrap();
    let found: Vec<_> = sales
        .iter()
        .map(|sales| {
            let counts = [sales.orders, sales.quantity, sales.buyers, sales.first_buyers, sales.first_repeat];
            (sales.name.as_deref().unwrap(), sales.revenue.hundredths(), counts)
        })
        .collect();
    // Mug: 100 and 40; Tea: 50 of the order of two articles, 50, 60, less the 50 returned.
    assert_eq!(found, [("Mug", 14_000, [2, 2, 2, 2, 1]), ("Tea", 11_000, [3, 5, 3, 2, 0])]);
    assert_eq!((sales[0].first_order_share(), sales[0].repeat_rate()), (Some(100.0), Some(50.0)));
}
