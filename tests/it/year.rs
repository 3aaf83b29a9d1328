//! The default year, simulated once: it must resemble the shop of its calibration.

use std::collections::HashMap;
use std::sync::OnceLock;

use lifecycle::calendar::{add_days, midnight};
use lifecycle::config::Config;
use lifecycle::domain::Grade;
use lifecycle::grades::{UpdateMode, update_all_grades};
use lifecycle::report::cohort::{ReportOptions, summary};
use lifecycle::simulate::Engine;
use lifecycle::store::{OpenOptions, Store};

use crate::oracle::{self, LtvRow};
use crate::shop::{Shop, test_query};

/// The figures that the tests check.
struct Year {
    customers: i64,
    /// VIP, GOLD, SILVER and BRONZE as of 2025-01-15.
    mix: [i64; 4],
    /// Qualifying orders by age group (10s, 20s, 30s, 40s, 50+) and hour.
    hours: Vec<[i64; 24]>,
    /// Counted revenue by buyer, in hundredths.
    revenue: Vec<i64>,
    ltv: Vec<LtvRow>,
    /// The payback month of each activity with a budget and members.
    paybacks: Vec<Option<usize>>,
}

/// Simulates the default year in memory.
fn simulated_year(feedback: bool) -> Store {
    let config = Config::default();
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    let mut engine = Engine::begin(&store, &config).unwrap();
    engine.set_feedback(feedback);
    let end = midnight(add_days(config.simulation.start, 365));
    engine.run_until(end, |_| true).unwrap();
    engine.run_cohort_batch().unwrap();
    store
}

/// The mix as of 2025-01-15, VIP first.
fn grade_mix(store: &Store) -> [i64; 4] {
    let settings = Config::default().grades;
    let moves = update_all_grades(store, year_end(), &settings, UpdateMode::Record).unwrap().transitions;
    [Grade::Vip, Grade::Gold, Grade::Silver, Grade::Bronze].map(|grade| moves.after(grade))
}

/// The year with the feedback loop, simulated once for all tests.
fn year() -> &'static Year {
    static YEAR: OnceLock<Year> = OnceLock::new();
    YEAR.get_or_init(|| {
        let store = simulated_year(true);
        let shop = Shop::read(&store);
        // The year's facts agree with the recomputations, as a small shop's do.
        crate::simulation::check_recorded_grades(&store, &shop, 52);
        let end = year_end();
        oracle::check_cohorts(&store, &crate::simulation::batch_instants(end), 12);
        let mut revenue: HashMap<i64, i64> = HashMap::new();
        for order in shop.orders.iter().filter(|order| order.status == "Success") {
            *revenue.entry(order.user).or_default() += order.amount;
        }
        let summary = summary(&store, &Config::default().cohort, &ReportOptions::as_of(end)).unwrap();
        Year {
            customers: shop.customers.len() as i64,
            hours: hours_by_age(&store),
            revenue: revenue.into_values().collect(),
            ltv: oracle::ltv_rows(&store).into_iter().map(|(row, _)| row).collect(),
            paybacks: summary
                .rows
                .iter()
                .filter(|row| row.budget.is_some() && row.months > 0)
                .map(|row| row.payback_offset)
                .collect(),
            mix: grade_mix(&store),
        }
    })
}

/// The midnight after 365 days from 2024-01-16: the year holds a 29 February.
fn year_end() -> chrono::NaiveDateTime {
    "2025-01-15".parse::<crate::instant::At>().unwrap().naive()
}

fn hours_by_age(store: &Store) -> Vec<[i64; 24]> {
    let by_age = test_query(
        "SELECT
             least(greatest(date_sub('year', birth_date, CAST(created_at AS DATE)) // 10, 1), 5) - 1
                 AS age_group,
             hour(created_at) AS hour,
             count(*) AS orders
         FROM orders JOIN users USING (user_id)
         WHERE orders.status = 'Success'
         GROUP BY ALL",
    );
    let mut hours = vec![[0; 24]; 5];
    for (age_group, hour, orders) in store
        .rows(by_age, &[], |row| {
            Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize, row.get(2)?))
        })
        .unwrap()
    {
        hours[age_group][hour] = orders;
    }
    hours
}

#[test]
fn the_mix_of_grades_is_near_the_reference_log() {
    let year = year();
    let near = |actual: i64, reference: i64, within_pct: i64| {
        let off = (actual - reference).abs() * 100;
        assert!(off <= reference * within_pct, "{actual} is not within {within_pct} % of {reference}");
    };
    near(year.customers, 44_583, 2);
    near(year.mix.iter().sum(), 44_583, 2);
    for (actual, reference) in year.mix.into_iter().zip([89, 456, 2_345]) {
        near(actual, reference, 35);
    }
}

#[test]
fn the_feedback_loop_makes_vips() {
    let without = grade_mix(&simulated_year(false));
    let with = year().mix;
    assert!(with[0] >= 2 * without[0], "{} VIPs with feedback, {} without", with[0], without[0]);
    assert!(without[0] > 0);
}

#[test]
fn each_age_group_has_its_hours() {
    let busiest: Vec<usize> =
        year().hours.iter().map(|hours| (0..24).max_by_key(|hour| hours[*hour]).unwrap()).collect();
    assert!((20..=22).contains(&busiest[0]), "10s: {busiest:?}");
    assert!((20..=22).contains(&busiest[1]), "20s: {busiest:?}");
    assert!((10..=12).contains(&busiest[4]), "50+: {busiest:?}");
    for hours in &year().hours {
        assert!(hours[3] * 4 < *hours.iter().max().unwrap(), "people sleep: {hours:?}");
    }
}

#[test]
fn a_fifth_of_the_buyers_brings_most_of_the_revenue() {
    let mut revenue = year().revenue.clone();
    revenue.sort_unstable_by_key(|amount| std::cmp::Reverse(*amount));
    let top: i64 = revenue[..revenue.len() / 5].iter().sum();
    let all: i64 = revenue.iter().sum();
    let share = top as f64 / all as f64;
    assert!((0.55..=0.80).contains(&share), "the top fifth brings {share:.3}");
}

#[test]
fn cohorts_fade() {
    let pooled = |offset: i64| {
        let rows = || year().ltv.iter().filter(move |row| row.offset == offset);
        let members: i64 = rows().map(|row| row.cohort_size).sum();
        let active: i64 = rows().map(|row| row.active_users).sum();
        (members, active as f64 / members as f64)
    };
    let (members, first) = pooled(1);
    assert!(members > 500, "{members} members");
    assert!((0.12..=0.35).contains(&first), "month 1: {first:.3} of the members buy");
    for offset in 2..12 {
        let (members, active) = pooled(offset);
        if members > 300 {
            assert!(active < first, "month {offset}: {active:.3}, month 1: {first:.3}");
        }
    }
    assert!(pooled(6).1 < pooled(2).1);
}

#[test]
fn some_activities_pay_back_and_some_never_do() {
    let paybacks = &year().paybacks;
    let distinct: std::collections::BTreeSet<usize> = paybacks.iter().flatten().copied().collect();
    assert!(distinct.len() >= 3, "{paybacks:?}");
    assert!(paybacks.iter().any(Option::is_none), "{paybacks:?}");
}
