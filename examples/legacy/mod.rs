//! The monthly batch as the reference describes its current state: for each
//! activity every offset again, each from the whole purchase history of the
//! cohort, found, deleted and saved one by one.
//!
//! Its two bugs are repaired, so that results can be compared: windows are
//! half-open, and a month counts once it has closed. It shares no statement with
//! `lifecycle::cohort`, and keeps its rows in a table in memory.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use lifecycle::calendar::add_months;
use lifecycle::domain::ORGANIC_CHANNEL;
use lifecycle::money::Money;
use lifecycle::named;
use lifecycle::store::{Query, Store, StoreError};

/// What a run did.
#[derive(Clone, Copy, Debug, Default)]
pub struct LegacyRun {
    /// Rows deleted and saved, or saved for the first time.
    pub saved: usize,
    /// Statements sent.
    pub statements: usize,
    /// Orders read into the program.
    pub orders_read: usize,
}

/// Makes the table, empty.
pub fn prepare(store: &Store) -> Result<(), StoreError> {
    const TABLE: Query = Query::new(
        "examples/legacy",
        "CREATE OR REPLACE TEMP TABLE legacy_batch AS SELECT * FROM ltv_batch LIMIT 0",
    );
    store.execute(TABLE, &[]).map(|_| ())
}

/// Every offset of these activities, as of an instant.
pub fn run(
    store: &Store,
    as_of: NaiveDateTime,
    months: u32,
    activities: &[i64],
) -> Result<LegacyRun, StoreError> {
    let mut done = LegacyRun::default();
    for activity_id in activities {
        run_activity(store, as_of, months, *activity_id, &mut done)?;
    }
    Ok(done)
}

struct Activity {
    activity_id: i64,
    channel: String,
    budget: Option<Money>,
    start_at: NaiveDateTime,
    end_at: Option<NaiveDateTime>,
}

struct Purchase {
    user_id: i64,
    amount: Money,
}

fn run_activity(
    store: &Store,
    as_of: NaiveDateTime,
    months: u32,
    activity_id: i64,
    done: &mut LegacyRun,
) -> Result<(), StoreError> {
    const FIND: Query = Query::new(
        "examples/legacy",
        "SELECT channel, budget, start_at, end_at FROM campaign_activities WHERE activity_id = $activity_id",
    );
    let activity = store.row(FIND, named! { "activity_id": activity_id }, |row| {
        Ok(Activity {
            activity_id,
            channel: row.get(0)?,
            budget: row.get(1)?,
            start_at: row.get(2)?,
            end_at: row.get(3)?,
        })
    })?;
    done.statements += 1;
    let window_end = activity.end_at.unwrap_or(add_months(activity.start_at, 1));
    if window_end > as_of {
        return Ok(());
    }
    let size = find_cohort(store, &activity, window_end)?;
    done.statements += 1;
    for offset in 0..months {
        let month = add_months(activity.start_at, offset)..add_months(activity.start_at, offset + 1);
        if size == 0 || month.end > as_of {
            break;
        }
        let bought = purchases(store, month.start, month.end)?;
        let history = purchases(store, activity.start_at, month.end)?;
        done.orders_read += bought.len() + history.len();
        save(store, &activity, offset, as_of, size, &bought, &history)?;
        done.statements += 5;
        done.saved += 1;
    }
    Ok(())
}

/// Finds the customers whose first purchase of all was the activity's, in its window.
fn find_cohort(store: &Store, activity: &Activity, window_end: NaiveDateTime) -> Result<i64, StoreError> {
    const COHORT: Query = Query::new(
        "examples/legacy",
        "CREATE OR REPLACE TEMP TABLE legacy_cohort AS
         SELECT user_id
         FROM (
             SELECT user_id, activity_id, created_at,
                 row_number() OVER (PARTITION BY user_id ORDER BY created_at, order_id) AS nth
             FROM orders
             WHERE status = 'Success' AND created_at < $window_end
               AND user_id IN (
                   SELECT user_id FROM orders
                   WHERE activity_id IS NOT DISTINCT FROM $activity_id AND status = 'Success'
                     AND created_at >= $start_at AND created_at < $window_end)
         )
         WHERE nth = 1 AND activity_id IS NOT DISTINCT FROM $activity_id AND created_at >= $start_at",
    );
    const COUNT: Query = Query::new("examples/legacy", "SELECT count(*) FROM legacy_cohort");
    let organic = activity.channel == ORGANIC_CHANNEL;
    let wanted = (!organic).then_some(activity.activity_id);
    store.execute(
        COHORT,
        named! { "activity_id": wanted, "start_at": activity.start_at, "window_end": window_end },
    )?;
    store.row(COUNT, &[], |row| row.get(0))
}

/// Loads the cohort's purchases of a period.
fn purchases(store: &Store, from: NaiveDateTime, until: NaiveDateTime) -> Result<Vec<Purchase>, StoreError> {
    const PURCHASES: Query = Query::new(
        "examples/legacy",
        "SELECT user_id, amount
         FROM orders
         WHERE status = 'Success' AND created_at >= $from AND created_at < $until
           AND user_id IN (SELECT user_id FROM legacy_cohort)",
    );
    store.rows(PURCHASES, named! { "from": from, "until": until }, |row| {
        Ok(Purchase { user_id: row.get(0)?, amount: row.get(1)? })
    })
}

/// Calculates a row in the program, deletes the old one and saves it.
fn save(
    store: &Store,
    activity: &Activity,
    offset: u32,
    as_of: NaiveDateTime,
    size: i64,
    bought: &[Purchase],
    history: &[Purchase],
) -> Result<(), StoreError> {
    const FIND: Query = Query::new(
        "examples/legacy",
        "SELECT count(*) FROM legacy_batch WHERE activity_id = $activity_id AND month_offset = $month_offset",
    );
    const DELETE: Query = Query::new(
        "examples/legacy",
        "DELETE FROM legacy_batch WHERE activity_id = $activity_id AND month_offset = $month_offset",
    );
    const SAVE: Query = Query::new(
        "examples/legacy",
        "INSERT INTO legacy_batch (
             activity_id, month_offset, collected_at, cohort_start_date, cohort_size, avg_cac,
             ltv_cumulative, ltv_cac_ratio, cumulative_profit, is_break_even,
             monthly_revenue, monthly_orders, active_users,
             repeat_purchase_rate, avg_purchase_frequency, avg_order_value,
             cumulative_orders, repeat_customers)
         VALUES (
             $activity_id, $month_offset, $collected_at, $cohort_start_date, $cohort_size, $avg_cac,
             $ltv_cumulative, $ltv_cac_ratio, $cumulative_profit, $is_break_even,
             $monthly_revenue, $monthly_orders, $active_users,
             $repeat_purchase_rate, $avg_purchase_frequency, $avg_order_value,
             $cumulative_orders, $repeat_customers)",
    );
    let revenue: Money = bought.iter().map(|purchase| purchase.amount).sum();
    let ltv: Money = history.iter().map(|purchase| purchase.amount).sum();
    let active = by_customer(bought).len() as i64;
    let repeat = by_customer(history).values().filter(|count| **count >= 2).count() as i64;
    let orders = history.len() as i64;
    let budget = activity.budget.unwrap_or(Money::ZERO);
    let ratio = (budget != Money::ZERO).then(|| ltv.to_f64() / budget.to_f64());
    let key = named! { "activity_id": activity.activity_id, "month_offset": offset };
    if store.row(FIND, key, |row| row.get::<_, i64>(0))? > 0 {
        store.execute(DELETE, key)?;
    }
    store.execute(
        SAVE,
        named! {
            "activity_id": activity.activity_id,
            "month_offset": offset,
            "collected_at": as_of,
            "cohort_start_date": activity.start_at.date(),
            "cohort_size": size,
            "avg_cac": activity.budget.and_then(|budget| budget.divided_by(size)),
            "ltv_cumulative": ltv,
            "ltv_cac_ratio": ratio,
            "cumulative_profit": ltv - budget,
            "is_break_even": ltv >= budget,
            "monthly_revenue": revenue,
            "monthly_orders": bought.len() as i64,
            "active_users": active,
            "repeat_purchase_rate": repeat as f64 * 100.0 / size as f64,
            "avg_purchase_frequency": orders as f64 / size as f64,
            "avg_order_value": ltv.divided_by(orders),
            "cumulative_orders": orders,
            "repeat_customers": repeat,
        },
    )?;
    Ok(())
}

fn by_customer(purchases: &[Purchase]) -> HashMap<i64, u32> {
    let mut counts = HashMap::new();
    for purchase in purchases {
        *counts.entry(purchase.user_id).or_default() += 1;
    }
    counts
}

/// How many rows of these activities one of the two has and the other has not,
/// or with another value; when they were written is not compared.
pub fn differences(store: &Store, activities: &[i64]) -> Result<i64, StoreError> {
    const DIFFERENCES: Query = Query::new(
        "examples/legacy",
        "WITH ours AS (
             SELECT * EXCLUDE (collected_at, slice_hash) FROM ltv_batch
             WHERE activity_id >= $first AND activity_id <= $last
         ),
         theirs AS (
             SELECT * EXCLUDE (collected_at, slice_hash) FROM legacy_batch
         )
         SELECT (SELECT count(*) FROM (SELECT * FROM ours EXCEPT SELECT * FROM theirs))
              + (SELECT count(*) FROM (SELECT * FROM theirs EXCEPT SELECT * FROM ours))",
    );
    let first = activities.iter().min().copied().unwrap_or_default();
    let last = activities.iter().max().copied().unwrap_or_default();
    store.row(DIFFERENCES, named! { "first": first, "last": last }, |row| row.get(0))
}
