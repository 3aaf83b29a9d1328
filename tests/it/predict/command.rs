//! `lifecycle predict` through the command.

use lifecycle::store::Access;

use crate::shell::Shell;

/// The digests of the tables of predictions.
fn digests(shell: &Shell) -> Vec<String> {
    let tables = ["predict_runs", "ltv_predicted", "customer_predictions", "predict_checks", "ltv_batch"];
    let digests = shell.store(Access::Read).digests().unwrap();
    digests
        .into_iter()
        .filter(|digest| tables.contains(&digest.table))
        .map(|digest| format!("{} {} {}", digest.table, digest.rows, digest.sha256))
        .collect()
}

#[test]
fn a_run_can_be_repeated_and_threads_do_not_matter() {
    let shell = Shell::with_shop("240");
    shell.fails(1, &["predict", "cohorts"]);
    let first = shell.done(&["predict", "run", "--threads", "1"]);
    assert!(first.contains("acquired") && first.contains("customers predicted"), "{first}");
    let written = digests(&shell);
    assert!(written.iter().all(|digest| !digest.contains(" 0 ")), "{written:?}");
    assert_eq!(shell.done(&["predict", "run", "--threads", "2"]), first);
    assert_eq!(digests(&shell), written);
    // A run as of another instant keeps the months of the first; customers are those of the last run.
    shell.done(&["predict", "run", "--as-of", "2024-08-15"]);
    shell.done(&["predict", "run"]);
    let earlier = shell.done(&["predict", "cohorts", "--format", "csv", "--as-of", "2024-08-15"]);
    let latest = shell.done(&["predict", "cohorts", "--format", "csv"]);
    assert_eq!(earlier.lines().next(), latest.lines().next());
    assert_ne!(earlier, latest);
}

#[test]
fn figures_are_finite_and_in_their_bounds() {
    let shell = Shell::with_shop("240");
    for model in ["bg", "mbg", "nbd"] {
        shell.done(&["predict", "run", "--model", model, "--holdout", "45d"]);
        let store = shell.store(Access::Read);
        let wrong = "SELECT count(*) FROM customer_predictions
            WHERE NOT (p_alive BETWEEN 0 AND 1 AND p_buy BETWEEN 0 AND p_alive AND isfinite(expected_orders)
                AND expected_orders >= p_buy * (1 - 1e-9) AND expected_revenue >= 0)";
        let months = "SELECT count(*) FROM ltv_predicted WHERE NOT (known <= low AND low <= expected AND expected <= high)";
        for statement in [wrong, months] {
            let rows = store.rows_text("test", statement, |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(rows, [0], "{model}");
        }
    }
    let json = shell.done(&["predict", "customers", "--top", "3", "--format", "json"]);
    assert!(json.contains("\"p_alive\": 1") && !json.contains("NaN"), "{json}");
    shell.done(&["predict", "check", "--lang", "ko"]);
    shell.done(&["predict", "cohorts", "--all-months", "--format", "markdown"]);
}

#[test]
fn what_cannot_be_predicted_is_said() {
    let shell = Shell::new();
    std::fs::write(
        shell.path("orders.csv"),
        "order_id,customer_id,created_at,amount\n1,7,2024-01-05,10\n2,8,2024-01-06,20\n",
    )
    .unwrap();
    shell.done(&["import", "orders", "orders.csv"]);
    let said = shell.done(&["predict", "run"]);
    assert!(said.contains("0 of 2 customers ordered on two days or more"), "{said}");
    let none = shell.fails(1, &["predict", "run", "--as-of", "2023-01-01"]);
    assert!(none.contains("nobody has ordered before 2023-01-01"), "{none}");
    assert!(shell.fails(2, &["predict", "run", "--holdout", "3y"]).contains("3m"));
    assert!(shell.fails(2, &["predict", "check", "--pool", "nobody"]).contains("customers"));
}
