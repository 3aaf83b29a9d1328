//! Customers simulated one by one from the models.

use lifecycle::predict::{Dropout, Histories, Model, Orders, Summary, fit_orders, shifts};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

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

/// A customer's history up to `t`, and the number of orders in the `days` after it.
pub fn customer(rng: &mut impl Rng, orders: &Orders, t: u32, days: f64) -> (Summary, u32) {
    let rate = gamma(rng, orders.r) / orders.alpha;
    let leaves = orders.dropout.map_or(0.0, |Dropout { a, b, .. }| {
        let (leave, stay) = (gamma(rng, a), gamma(rng, b));
        leave / (leave + stay)
    });
    let (mut summary, mut ahead) = (Summary { x: 0, t_x: 0, t }, 0);
    let mut gone = orders.dropout.is_some_and(|dropout| dropout.after_first) && rng.random::<f64>() < leaves;
    let mut at = 0.0;
    while !gone {
        at -= (1.0 - rng.random::<f64>()).ln() / rate;
        if at < f64::from(t) {
            summary = Summary { x: summary.x + 1, t_x: at.ceil() as u32, t };
        } else if at < f64::from(t) + days {
            ahead += 1;
        } else {
            break;
        }
        gone = rng.random::<f64>() < leaves;
    }
    (summary, ahead)
}

/// The resolution of time, fine enough that two orders rarely coincide.
fn models() -> [(Model, Orders); 3] {
    let dropout = |after_first| Some(Dropout { a: 0.8, b: 2.5, after_first });
    [
        (Model::BgNbd, Orders { r: 0.4, alpha: 4_000.0, dropout: dropout(false) }),
        (Model::MbgNbd, Orders { r: 0.7, alpha: 5_000.0, dropout: dropout(true) }),
        (Model::Nbd, Orders { r: 0.5, alpha: 9_000.0, dropout: None }),
    ]
}

#[test]
fn what_is_expected_is_what_happens_on_average() {
    let (t, days) = (20_000, 9_000.0);
    for (number, (model, orders)) in (1..).zip(models()) {
        let mut rng = ChaCha8Rng::seed_from_u64(number);
        // By x: customers, later orders and their squares, expected orders; buyers and their probability.
        let mut by_x = [[0.0_f64; 6]; 12];
        for _ in 0..60_000 {
            let (summary, ahead) = customer(&mut rng, &orders, t, days);
            let sums = &mut by_x[summary.x.min(11) as usize];
            let expected = orders.expected_orders(summary, days);
            let seen = [
                1.0,
                f64::from(ahead),
                (f64::from(ahead) - expected).powi(2),
                expected,
                f64::from(u8::from(ahead > 0)),
                orders.p_buy(summary, days),
            ];
            sums.iter_mut().zip(seen).for_each(|(sum, seen)| *sum += seen);
        }
        for (x, [customers, actual, squares, expected, buyers, chance]) in by_x.into_iter().enumerate() {
            assert!(customers > 60.0, "{model} {x}: {customers}");
            let error = squares.sqrt();
            assert!((actual - expected).abs() < 4.0 * error, "{model} {x}: {actual} {expected} {error}");
            let error = (chance * (1.0 - chance / customers)).sqrt();
            assert!((buyers - chance).abs() < 4.0 * error, "{model} {x}: {buyers} {chance} {error}");
        }
    }
}

#[test]
fn a_fit_finds_the_parameters_that_the_customers_were_drawn_from() {
    for (number, (model, orders)) in (11..).zip(models()) {
        let mut rng = ChaCha8Rng::seed_from_u64(number);
        let summaries = (0..60_000).map(|n| customer(&mut rng, &orders, 10_000 + n % 7 * 3_000, 0.0).0);
        let fit = fit_orders(model, &Histories::of(summaries)).unwrap();
        assert_eq!(fit.edge, None);
        let near = |ours: f64, truth: f64, within: f64| {
            assert!((ours / truth - 1.0).abs() < within, "{model}: {ours} {truth}");
        };
        near(fit.orders.r, orders.r, 0.05);
        near(fit.orders.alpha, orders.alpha, 0.08);
        if let (Some(ours), Some(truth)) = (fit.orders.dropout, orders.dropout) {
            near(ours.a, truth.a, 0.15);
            near(ours.b, truth.b, 0.15);
        }
    }
}

#[test]
fn customers_who_never_leave_show_no_dropout() {
    let [.., (_, orders)] = models();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let summaries: Vec<Summary> =
        (0..20_000).map(|n| customer(&mut rng, &orders, 10_000 + n % 5 * 3_000, 0.0).0).collect();
    let histories = Histories::of(summaries);
    let (bg, nbd) =
        (fit_orders(Model::BgNbd, &histories).unwrap(), fit_orders(Model::Nbd, &histories).unwrap());
    // Dropout gains nothing, or next to nothing.
    let leaving = bg.orders.mean_dropout().unwrap_or_default();
    assert!(leaving < 0.01 && bg.log_likelihood - nbd.log_likelihood < 3.0, "{bg:?} {nbd:?}");
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let [(_, orders), ..] = models();
    let mut rng = ChaCha8Rng::seed_from_u64(77);
    let histories = Histories::of((0..30_000).map(|n| customer(&mut rng, &orders, 15_000 + n % 997, 0.0).0));
    assert!(histories.tuples().len() > 10_000, "several chunks are needed to prove anything");
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fit = pool.install(|| fit_orders(Model::BgNbd, &histories)).unwrap();
        let Dropout { a, b, .. } = fit.orders.dropout.unwrap();
        [fit.orders.r, fit.orders.alpha, a, b, fit.log_likelihood].map(f64::to_bits)
    };
    assert_eq!(fit(1), fit(2));
    assert_eq!(fit(1), fit(5));
}

#[test]
fn cohorts_that_differ_are_told_apart_and_small_ones_lean_on_the_pool() {
    let [(model, orders), ..] = models();
    let mut rng = ChaCha8Rng::seed_from_u64(41);
    let steps = [-0.6, -0.3, 0.0, 0.3, 0.6, 0.6];
    let cohorts: Vec<Vec<Summary>> = (0..)
        .zip(steps)
        .map(|(n, step)| {
            let own = orders.shifted(step, 0.0);
            let members = if n == 5 { 30 } else { 4_000 };
            (0..members).map(|_| customer(&mut rng, &own, 8_000 + 2_000 * n, 0.0).0).collect()
        })
        .collect();
    let pool = fit_orders(model, &Histories::of(cohorts.concat())).unwrap().orders;
    let found = shifts(&pool, &cohorts.into_iter().map(Histories::of).collect::<Vec<_>>());
    assert!((0.25..0.75).contains(&found.spread[0]), "{found:?}");
    let alphas: Vec<f64> = found.shifts.iter().map(|shift| shift.log_alpha).collect();
    assert!(alphas[..5].is_sorted(), "{found:?}");
    assert!((alphas[4] - alphas[0] - 1.2).abs() < 0.3, "{found:?}");
    assert!(alphas[5].abs() < alphas[4].abs(), "{found:?}");
}

#[test]
fn cohorts_of_one_making_are_hardly_shifted() {
    let [(model, orders), ..] = models();
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let cohorts: Vec<Vec<Summary>> = (0..8)
        .map(|n| (0..2_000).map(|_| customer(&mut rng, &orders, 8_000 + 2_000 * n, 0.0).0).collect())
        .collect();
    let pool = fit_orders(model, &Histories::of(cohorts.concat())).unwrap().orders;
    let found = shifts(&pool, &cohorts.into_iter().map(Histories::of).collect::<Vec<_>>());
    assert!(found.shifts.iter().all(|shift| shift.log_alpha.abs() < 0.1), "{found:?}");
}
