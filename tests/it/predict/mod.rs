//! The mathematics of predictions, against other programs and against simulated customers.
//!
//! `reference.csv` was written by `reference.py` with mpmath and scipy.

mod cdnow;
mod command;
mod lists;
mod simulated;

use lifecycle::predict::{Dropout, Histories, Orders, Summary, log_likelihood};

/// A row of `reference.csv`.
struct Case {
    orders: Orders,
    summary: Summary,
    days: f64,
    /// Log likelihood, P(alive), P(buys), expected orders.
    expected: [f64; 4],
}

fn cases() -> Vec<Case> {
    let lines = include_str!("reference.csv").lines().skip(1);
    let case = |line: &str| {
        let (model, rest) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = rest.split(',').map(|number| number.parse().unwrap()).collect();
        let [r, alpha, a, b, x, t_x, t, days, expected @ ..] = &numbers[..] else { panic!("{line}") };
        let dropout = Dropout { a: *a, b: *b, after_first: model == "MBG/NBD" };
        Case {
            orders: Orders { r: *r, alpha: *alpha, dropout: Some(dropout) },
            summary: Summary { x: *x as u32, t_x: *t_x as u32, t: *t as u32 },
            days: *days,
            expected: expected.try_into().unwrap(),
        }
    };
    lines.map(case).collect()
}

#[test]
fn four_hundred_wild_cases_agree_with_mpmath() {
    let cases = cases();
    assert_eq!(cases.len(), 400);
    for case in cases {
        let Case { orders, summary, days, expected } = case;
        let what = format!("{orders:?} {summary:?} {days}");
        let [likelihood, others @ ..] = expected;
        let ours = log_likelihood(&Histories::of([summary]), &orders);
        assert!((ours - likelihood).abs() < 1e-11 * (1.0 + likelihood.abs()), "{ours} {likelihood} {what}");
        let ours =
            [orders.p_alive(summary), orders.p_buy(summary, days), orders.expected_orders(summary, days)];
        for (ours, theirs) in ours.into_iter().zip(others) {
            // A value this small has to be small as well, not relatively close.
            let error = if theirs.abs() < 1e-60 { ours.abs() } else { (ours / theirs - 1.0).abs() };
            assert!(error < 2e-12, "{ours} is not {theirs}: {what}");
        }
    }
}
