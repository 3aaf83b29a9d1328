//! Reports on a segment of the customers: a segment of everyone gives the batch's figures, and any other a plain sum.

use chrono::NaiveDateTime;
use lifecycle::config::Config;
use lifecycle::money::Money;
use lifecycle::report::cohort::{GroupBy, Measure, PooledRow, ReportOptions, summary, triangle};
use lifecycle::report::grades::{grade_history, segment_mix};
use lifecycle::segment::Segment;
use lifecycle::store::{Access, Store};

use crate::shell::Shell;

/// A shop with a tier for two in three customers, and with returns.
fn shop() -> (Shell, Store, Config, NaiveDateTime) {
    let shell = Shell::with_shop("200");
    shell.done(&["cohort", "run"]);
    let store = shell.store(Access::Write);
    for statement in [
        "INSERT INTO user_attributes
         SELECT user_id, 'tier', CASE user_id % 3 WHEN 0 THEN 'gold' ELSE 'plain' END FROM users WHERE user_id % 3 < 2",
        "INSERT INTO orders
         SELECT (SELECT max(order_id) FROM orders) + row_number() OVER (ORDER BY user_id), * EXCLUDE (order_id)
             REPLACE (-amount / 2 AS amount, 'Returned' AS status, created_at + INTERVAL 3 DAY AS created_at)
         FROM orders WHERE order_id % 40 = 0 AND status = 'Success'",
    ] {
        store.execute_text("a test's rows", statement).unwrap();
    }
    let clock = store.meta().clock().unwrap().unwrap();
    let config = Config::default();
    let scope = lifecycle::cohort::RebuildScope::Stale;
    lifecycle::cohort::rebuild(&store, clock, config.cohort, None, scope, false).unwrap();
    (shell, store, config, clock)
}

fn rows(
    store: &Store,
    config: &Config,
    as_of: NaiveDateTime,
    segment: &Segment,
    group_by: GroupBy,
) -> Vec<PooledRow> {
    let segment = (!segment.is_everyone()).then(|| segment.stage(store, as_of).unwrap());
    let options = ReportOptions { segment, group_by, ..ReportOptions::as_of(as_of) };
    triangle(store, &config.cohort, &options, Measure::Ltv).unwrap().rows
}

fn by(filter: Option<&str>, label: Option<&str>) -> Segment {
    Segment { filter: filter.map(str::to_owned), label: label.map(str::to_owned) }
}

#[test]
fn a_segment_of_everyone_has_the_batchs_figures_and_its_parts_add_up_to_them() {
    let (_shell, store, config, as_of) = shop();
    let whole = rows(&store, &config, as_of, &Segment::default(), GroupBy::Activity);
    let everyone = rows(&store, &config, as_of, &by(Some("true"), None), GroupBy::Activity);
    let months = |row: &PooledRow| -> Vec<_> {
        // Profit includes the budget, and a segment has none.
        let sums = |pool: &lifecycle::report::cohort::Pool| {
            let sums = pool.sums;
            (pool.size, sums.revenue, sums.orders, sums.active, sums.ltv, sums.orders_so_far, sums.repeat)
        };
        row.pools.iter().map(|pool| pool.as_ref().map(sums)).collect()
    };
    let with_members: Vec<&PooledRow> =
        whole.iter().filter(|row| row.size.is_some_and(|size| size > 0)).collect();
    assert!(with_members.len() > 5 && with_members.iter().any(|row| row.pools.iter().flatten().count() > 3));
    assert_eq!(with_members.len(), everyone.len());
    for (whole, everyone) in with_members.iter().zip(&everyone) {
        assert_eq!((whole.activity_id, months(whole)), (everyone.activity_id, months(everyone)));
    }
    let parts = rows(&store, &config, as_of, &by(None, Some("tier")), GroupBy::Segment);
    let names: Vec<&str> = parts.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        {
            let mut names = names.clone();
            names.sort_unstable();
            names
        },
        ["gold", "plain", "unknown"]
    );
    for offset in 0..6 {
        let total = |rows: &[&PooledRow]| -> (i64, Money, i64) {
            rows.iter().filter_map(|row| row.pools[offset]).fold((0, Money::ZERO, 0), |sum, pool| {
                (sum.0 + pool.size, sum.1 + pool.sums.ltv, sum.2 + pool.sums.repeat)
            })
        };
        assert_eq!(total(&parts.iter().collect::<Vec<_>>()), total(&with_members), "{offset}");
    }
}

#[test]
fn a_part_is_a_plain_sum_over_its_orders() {
    let (_shell, store, config, as_of) = shop();
    let filter = "tier = 'gold' AND age_group IN ('20s', '30s')";
    let found = rows(&store, &config, as_of, &by(Some(filter), Some("gender")), GroupBy::Segment);
    let mut compared = 0;
    for row in &found {
        for (offset, pool) in row.pools.iter().enumerate() {
            let Some(pool) = pool else { continue };
            let plain = format!(
                "WITH part AS (
                     SELECT user_id FROM users
                     WHERE user_id % 3 = 0 AND CAST(gender AS VARCHAR) = '{}'
                       AND date_sub('year', birth_date, CAST(TIMESTAMP '{as_of}' AS DATE)) BETWEEN 20 AND 39
                 ),
                 members AS (
                     SELECT activities.start_at, members.user_id
                     FROM cohort_members AS members
                     JOIN campaign_activities AS activities USING (activity_id)
                     JOIN ltv_batch AS months ON months.activity_id = members.activity_id AND month_offset = {offset}
                     WHERE members.user_id IN (FROM part)
                 )
                 SELECT (SELECT count(*) FROM members),
                     coalesce((SELECT sum(amount) FROM members JOIN orders USING (user_id)
                      WHERE status IN ('Success', 'Returned') AND created_at >= start_at
                        AND created_at < start_at + INTERVAL {months} MONTH), 0)::DECIMAL(18, 2),
                     (SELECT count(*) FROM members JOIN orders USING (user_id)
                      WHERE status = 'Success' AND created_at >= start_at
                        AND created_at < start_at + INTERVAL {months} MONTH)",
                row.name,
                months = offset + 1
            );
            let plain: Vec<(i64, Money, i64)> = store
                .rows_text("a plain sum", &plain, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .unwrap();
            assert_eq!(
                plain[0],
                (pool.size, pool.sums.ltv, pool.sums.orders_so_far),
                "{} {offset}",
                row.name
            );
            compared += 1;
        }
    }
    assert!(compared > 8, "{compared}");
    // The summary of a segment has no budgets.
    let segment = by(Some(filter), None).stage(&store, as_of).unwrap();
    let options = ReportOptions { segment: Some(segment), ..ReportOptions::as_of(as_of) };
    let summary = summary(&store, &config.cohort, &options).unwrap();
    assert!(summary.rows.iter().all(|row| row.budget.is_none() && row.avg_cac.is_none()));
    let mut figures = summary.rows.iter().filter_map(|row| row.figures.as_ref());
    assert!(figures.any(|figures| figures.returned < Money::ZERO));
}

#[test]
fn the_grades_of_everyone_as_a_segment_are_the_recorded_ones() {
    let (_shell, store, _, as_of) = shop();
    let recorded = grade_history(&store, None, as_of, None).unwrap();
    let everyone = by(Some("true"), None).stage(&store, as_of).unwrap();
    assert_eq!(grade_history(&store, None, as_of, Some(everyone)).unwrap(), recorded);
    assert!(recorded.runs.len() > 20 && recorded.runs.iter().any(|run| run.demoted > 0));
    let labels = by(None, Some("tier")).stage(&store, as_of).unwrap();
    let last = recorded.runs.last().unwrap();
    let mixes = segment_mix(&store, last.as_of, labels).unwrap();
    assert_eq!(mixes.iter().map(|mix| mix.holding[3]).sum::<i64>(), last.vip);
    assert_eq!(mixes.iter().map(|mix| mix.holding[0]).sum::<i64>(), last.bronze);
    for mix in &mixes {
        let tier = if mix.label == "unknown" {
            "user_id % 3 = 2"
        } else if mix.label == "gold" {
            "user_id % 3 = 0"
        } else {
            "user_id % 3 = 1"
        };
        let plain = format!(
            "SELECT count(*) FILTER (WHERE grade = 'SILVER') FROM users WHERE {tier} AND signed_up_at < TIMESTAMP '{}'",
            last.as_of
        );
        let plain: Vec<i64> = store.rows_text("a plain count", &plain, |row| row.get(0)).unwrap();
        assert_eq!(plain, [mix.holding[1]], "{}", mix.label);
    }
}

#[test]
fn the_command_takes_expressions_and_says_what_is_wrong_with_one() {
    let (shell, store, ..) = shop();
    drop(store);
    let shown = shell.done(&["cohort", "report", "--view", "ltv", "--by", "tier", "--where", "gender = 'F'"]);
    assert!(shown.contains("gold") && shown.contains("unknown"), "{shown}");
    assert!(shown.contains("customers for whom gender = 'F'") && shown.contains("before budgets"), "{shown}");
    let csv = shell.done(&["cohort", "report", "--view", "retention", "--by", "region", "--format", "csv"]);
    assert!(csv.starts_with("segment,activities,cohort_size"), "{csv}");
    let said = shell.fails(2, &["cohort", "report", "--where", "tear = 'gold'"]);
    assert!(said.contains("tear") && said.contains("age_group, tier"), "{said}");
    let said = shell.fails(1, &["cohort", "report", "--where", "tier = 'GOLD'"]);
    assert!(said.contains("no customer matches"), "{said}");
    shell.fails(2, &["cohort", "report", "--activity", "1", "--where", "true"]);
    let mix = shell.done(&["grades", "report", "--by", "tier"]);
    assert!(mix.contains("Grades of each segment") && mix.contains("gold"), "{mix}");
    let runs = shell.done(&["grades", "report", "--where", "tier = 'gold'"]);
    assert!(runs.contains("customers for whom tier = 'gold'"), "{runs}");
}
