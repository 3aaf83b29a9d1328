//! Fitting BG/NBD, and a whole prediction of a million customers.
//!
//! Measures, each as the median of five rounds with the fastest and the slowest behind:
//! 1. the fit of CDNOW as of 1997-10-01 (23,570 customers, 8,685 distinct histories), where
//!    LIFECYCLE_TEST_DATA names a folder with `cdnow_master.txt`;
//! 2. the fit of a million customers (`-- --customers N` for others) who began at any time of two
//!    years, drawn from BG/NBD;
//! 3. of the same customers' orders in a file: reading, fitting twice (with the hold-out) and what
//!    follows from it, and then writing the expectations of all of them.
//!
//! With `-- --python PATH`, once or more often, the same histories are fitted by what that Python
//! has of lifetimes and pymc-marketing (`predict.py`), in the same run.
//!
//! Expected answers: CDNOW's log likelihood is the published one, in days; the million's
//! parameters are found again within 5 %; every customer's expectations are in the file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use lifecycle::calendar::parse_instant;
use lifecycle::domain::{Grade, OrderStatus};
use lifecycle::money::Money;
use lifecycle::predict::{
    Dropout, Histories, Model, Orders, OrdersFit, PredictOptions, Span, Summary, fit_orders, predict, write,
};
use lifecycle::store::{Access, OpenOptions, OrderRow, Query, Store, UserRow};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROUNDS: usize = 5;
const DAYS: u32 = 730;
/// So slow that two orders of one day, which the model does not know, are rare.
const TRUTH: Orders =
    Orders { r: 0.8, alpha: 90.0, dropout: Some(Dropout { a: 0.8, b: 4.0, after_first: false }) };

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |n: usize| arguments.get(n + 1).cloned().expect("a value");
    let at = |name: &str| (0..arguments.len()).filter(|n| arguments[*n] == name).collect::<Vec<_>>();
    let customers = at("--customers").first().map_or(1_000_000, |n| value(*n).parse().expect("a number"));
    let pythons: Vec<String> = at("--python").into_iter().map(value).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");

    if let Some(cdnow) = cdnow() {
        let fit = fitted("CDNOW", &cdnow, folder.path(), &pythons);
        assert!((fit.log_likelihood + 142_726.059).abs() < 1e-2, "{fit:?}");
    }
    let people = people(customers);
    let histories = Histories::of(people.iter().map(|days| summary(days, DAYS)));
    let fit = fitted(&format!("{customers} customers"), &histories, folder.path(), &pythons);
    if customers >= 1_000_000 {
        let (found, truth) = (fit.orders.dropout.expect("dropout"), TRUTH.dropout.expect("dropout"));
        for (ours, truth) in
            [(fit.orders.r, TRUTH.r), (fit.orders.alpha, TRUTH.alpha), (found.a, truth.a), (found.b, truth.b)]
        {
            assert!((ours / truth - 1.0).abs() < 0.05, "{ours} for {truth}");
        }
    }
    whole_prediction(&people, &folder.path().join("shop.duckdb"));
}

fn timed<T>(name: &str, mut work: impl FnMut() -> T) -> T {
    let mut last = None;
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            last = Some(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<44} {:.3} s ({:.3} to {:.3})", times[ROUNDS / 2], times[0], times[ROUNDS - 1]);
    last.expect("a round")
}

/// The fit of some histories, by us and by the others.
fn fitted(name: &str, histories: &Histories, folder: &Path, pythons: &[String]) -> OrdersFit {
    println!("{name}: {} distinct histories of {}", histories.tuples().len(), histories.customers());
    let fit = timed("  lifecycle: fit", || fit_orders(Model::BgNbd, histories).expect("a fit"));
    println!("  lifecycle: {:?}, log likelihood {:.3}", fit.orders, fit.log_likelihood);
    if !pythons.is_empty() {
        let path = folder.join("histories.csv");
        let mut text = "frequency,recency,T,customers\n".to_owned();
        for tuple in histories.tuples() {
            let Summary { x, t_x, t } = tuple.summary;
            text += &format!("{x},{t_x},{t},{}\n", tuple.customers);
        }
        std::fs::write(&path, text).expect("histories are written");
        for python in pythons {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/predict.py");
            let status = Command::new(python).arg(script).arg(&path).status().expect("python runs");
            assert!(status.success(), "{python} failed");
        }
    }
    fit
}

/// Days with an order of CDNOW's customers before 1997-10-01, as histories.
fn cdnow() -> Option<Histories> {
    let folder = std::env::var_os("LIFECYCLE_TEST_DATA")?;
    let text = std::fs::read_to_string(Path::new(&folder).join("cdnow_master.txt")).ok()?;
    let mut days: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let start = parse_instant("1997-01-01").expect("a day");
    let end = 273;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(customer), Some(day)) = (words.next(), words.next()) else { continue };
        if day.len() != 8 || day.parse::<u32>().is_err() {
            continue;
        }
        let day = parse_instant(&format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..])).expect("a day");
        let number = (day - start).num_days() as u32;
        if number < end {
            days.entry(customer.to_owned()).or_default().push(number);
        }
    }
    Some(Histories::of(days.values_mut().map(|days| {
        days.sort_unstable();
        days.dedup();
        summary(days, end)
    })))
}

/// The history of ascending days before `end`.
fn summary(days: &[u32], end: u32) -> Summary {
    Summary { x: days.len() as u32 - 1, t_x: days[days.len() - 1] - days[0], t: end - 1 - days[0] }
}

/// Days with an order of customers drawn from [`TRUTH`].
fn people(customers: usize) -> Vec<Vec<u32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let dropout = TRUTH.dropout.expect("dropout");
    (0..customers)
        .map(|_| {
            let first = rng.random_range(0..DAYS);
            let rate = gamma(&mut rng, TRUTH.r) / TRUTH.alpha;
            let (leave, stay) = (gamma(&mut rng, dropout.a), gamma(&mut rng, dropout.b));
            let leaves = leave / (leave + stay);
            let (mut days, mut at) = (vec![first], f64::from(first));
            loop {
                at -= (1.0 - rng.random::<f64>()).ln() / rate;
                if at >= f64::from(DAYS) {
                    break;
                }
                days.push(at as u32);
                if rng.random::<f64>() < leaves {
                    break;
                }
            }
            days.dedup();
            days
        })
        .collect()
}

/// A Gamma(shape, 1) draw (Marsaglia and Tsang 2000).
fn gamma(rng: &mut impl Rng, shape: f64) -> f64 {
    if shape < 1.0 {
        return gamma(rng, shape + 1.0) * rng.random::<f64>().powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    loop {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        let cube = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
        if cube > 0.0
            && (1.0 - rng.random::<f64>()).ln() < 0.5 * normal * normal + d - d * cube + d * cube.ln()
        {
            return d * cube;
        }
    }
}

/// A file with the customers' orders: predicted, and the expectations written.
fn whole_prediction(people: &[Vec<u32>], path: &Path) {
    let store = Store::open(path, Access::Create, OpenOptions::default()).expect("a file");
    let start = parse_instant("2023-01-01").expect("a day");
    let users: Vec<UserRow> = (1..=people.len() as i64).map(|user_id| user(user_id, start)).collect();
    store.append(&users).expect("users");
    let mut orders: Vec<(u32, i64)> =
        (1..).zip(people).flat_map(|(user, days)| days.iter().map(move |day| (*day, user))).collect();
    orders.sort_unstable();
    let rows: Vec<OrderRow> = (1..)
        .zip(&orders)
        .map(|(order_id, (day, user_id))| {
            let amount = Money::from_hundredths(100_000 + (order_id * 7_919) % 5_000_000);
            OrderRow {
                order_id,
                external_id: None,
                user_id: *user_id,
                product_id: None,
                activity_id: None,
                quantity: 1,
                unit_price: amount,
                amount,
                status: OrderStatus::Success,
                created_at: start + chrono::TimeDelta::days(i64::from(*day)),
            }
        })
        .collect();
    store.append(&rows).expect("orders");
    println!("{} orders in a file", rows.len());
    let options = PredictOptions {
        as_of: start + chrono::TimeDelta::days(i64::from(DAYS)),
        model: Model::BgNbd,
        months: 12,
        holdout: Span::Months(3),
        cohort_months: 12,
    };
    let prediction = timed("  read, fitted, held out", || predict(&store, &options).expect("a prediction"));
    let written = timed("  all customers' expectations written", || {
        write(&store, &options, &prediction).expect("rows are written")
    });
    assert_eq!(written.customers, people.len());
    let count = Query::new("bench", "SELECT count(*) FROM customer_predictions WHERE expected_orders > 0");
    let rows: i64 = store.row(count, &[], |row| row.get(0)).expect("a count");
    assert_eq!(rows as usize, people.len());
}

fn user(user_id: i64, start: chrono::NaiveDateTime) -> UserRow {
    UserRow {
        user_id,
        external_id: None,
        name: None,
        gender: None,
        birth_date: None,
        region: None,
        status: None,
        marketing_agree: None,
        grade: Grade::Bronze,
        signed_up_at: start,
    }
}
