//! What the library wrote, as the oracle's plain rows.

use lifecycle::money::Money;
use lifecycle::store::Store;

use super::{Exact, Graded, LtvRow, Member};
use crate::instant::At;
use crate::shop::test_query;

fn at(naive: chrono::NaiveDateTime) -> At {
    At::from(naive)
}

/// Every recorded change: the run's instant, the old grade, the new and its cause.
pub fn grade_changes(store: &Store) -> Vec<(At, String, Graded)> {
    let changes = test_query(
        "SELECT as_of, user_id, from_grade, to_grade, amount, orders
         FROM grade_changes ORDER BY as_of, user_id",
    );
    store
        .rows(changes, &[], |row| {
            let amount: Money = row.get(4)?;
            let graded = Graded {
                user: row.get(1)?,
                grade: row.get(3)?,
                amount: i128::from(amount.hundredths()),
                orders: row.get(5)?,
            };
            Ok((at(row.get(0)?), row.get(2)?, graded))
        })
        .unwrap()
}

/// The last run: instant, customers, and promoted, demoted, kept, VIP, GOLD, SILVER, BRONZE.
pub fn last_grade_run(store: &Store) -> (At, i64, [i64; 7]) {
    let run = test_query(
        "SELECT as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze
         FROM grade_runs ORDER BY run_id DESC LIMIT 1",
    );
    store
        .row(run, &[], |row| {
            let mut counts = [0; 7];
            for (position, count) in counts.iter_mut().enumerate() {
                *count = row.get(position + 2)?;
            }
            Ok((at(row.get(0)?), row.get(1)?, counts))
        })
        .unwrap()
}

/// The frozen members, by activity and customer.
pub fn members(store: &Store) -> Vec<Member> {
    let members = test_query(
        "SELECT activity_id, user_id, first_order_id, first_order_at
         FROM cohort_members ORDER BY activity_id, user_id",
    );
    store
        .rows(members, &[], |row| {
            Ok(Member {
                activity: row.get(0)?,
                user: row.get(1)?,
                first_order: row.get(2)?,
                first_order_at: row.get::<_, Option<_>>(3)?.map(at),
            })
        })
        .unwrap()
}

/// The batch's rows by activity and offset, with the run that wrote each.
pub fn ltv_rows(store: &Store) -> Vec<(LtvRow, At)> {
    let rows = test_query(
        "SELECT *, CAST(cohort_start_date AS VARCHAR) AS start_date
         FROM ltv_batch ORDER BY activity_id, month_offset",
    );
    store
        .rows(rows, &[], |row| {
            let collected_at = at(row.get("collected_at")?);
            let cac: Option<Money> = row.get("avg_cac")?;
            let order_value: Option<Money> = row.get("avg_order_value")?;
            let ltv_row = LtvRow {
                activity: row.get("activity_id")?,
                offset: row.get("month_offset")?,
                cohort_start_date: row.get("start_date")?,
                cohort_size: row.get("cohort_size")?,
                avg_cac: cac.map(Money::hundredths),
                ltv_cumulative: row.get::<_, Money>("ltv_cumulative")?.hundredths(),
                ltv_cac_ratio: row.get::<_, Option<f64>>("ltv_cac_ratio")?.map(Exact),
                cumulative_profit: row.get::<_, Money>("cumulative_profit")?.hundredths(),
                is_break_even: row.get("is_break_even")?,
                monthly_revenue: row.get::<_, Money>("monthly_revenue")?.hundredths(),
                monthly_orders: row.get("monthly_orders")?,
                active_users: row.get("active_users")?,
                repeat_purchase_rate: Exact(row.get("repeat_purchase_rate")?),
                avg_purchase_frequency: Exact(row.get("avg_purchase_frequency")?),
                avg_order_value: order_value.map(Money::hundredths),
                cumulative_orders: row.get("cumulative_orders")?,
                repeat_customers: row.get("repeat_customers")?,
                due_at: collected_at,
            };
            Ok((ltv_row, collected_at))
        })
        .unwrap()
}
