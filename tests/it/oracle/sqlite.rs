//! The recomputation by a second engine: money as whole hundredths, instants
//! as text, and statements written independently.

use rusqlite::{Connection, Row, named_params, params};

use super::{Exact, GradeRules, Graded, LtvRow, Member};
use crate::instant::At;
use crate::shop::Shop;

/// A database in memory that holds the facts of a shop.
pub struct Facts {
    connection: Connection,
}

impl Facts {
    /// Loads a shop.
    pub fn load(shop: &Shop) -> Facts {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("tables.sqlite.sql")).unwrap();
        let transaction = connection.transaction().unwrap();
        {
            let mut insert = transaction.prepare("INSERT INTO users VALUES (?, ?)").unwrap();
            for user in &shop.customers {
                insert.execute(params![user.id, user.signed_up_at.to_string()]).unwrap();
            }
            let mut insert = transaction.prepare("INSERT INTO activities VALUES (?, ?, ?, ?, ?, ?)").unwrap();
            for activity in &shop.activities {
                let (start, end) =
                    (activity.start_at.to_string(), activity.end_at.map(|end| end.to_string()));
                let (id, channel, cohort) = (activity.id, &activity.channel, &activity.cohort);
                insert.execute(params![id, channel, activity.budget, start, end, cohort]).unwrap();
            }
            let mut insert = transaction.prepare("INSERT INTO lists VALUES (?, ?)").unwrap();
            for (activity, user) in &shop.lists {
                insert.execute(params![activity, user]).unwrap();
            }
            let mut insert = transaction.prepare("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)").unwrap();
            for order in &shop.orders {
                let created_at = order.created_at.to_string();
                insert
                    .execute(params![
                        order.id,
                        order.user,
                        order.activity,
                        order.amount,
                        order.status,
                        created_at
                    ])
                    .unwrap();
            }
        }
        transaction.commit().unwrap();
        Facts { connection }
    }

    /// The grades as of an instant, by customer.
    pub fn grades(&self, as_of: At, rules: &GradeRules) -> Vec<Graded> {
        let connection = &self.connection;
        let mut statement = connection.prepare(include_str!("grades.sqlite.sql")).unwrap();
        let named = named_params! {
            ":as_of": as_of.to_string(),
            ":window": format!("-{} months", rules.window_months),
            ":vip_amount": rules.vip.0,
            ":vip_orders": rules.vip.1,
            ":gold_amount": rules.gold.0,
            ":gold_orders": rules.gold.1,
            ":silver_amount": rules.silver.0,
            ":silver_orders": rules.silver.1,
        };
        let graded = statement.query_map(named, |row| {
            let amount: i64 = row.get(2)?;
            Ok(Graded { user: row.get(0)?, grade: row.get(1)?, amount: amount.into(), orders: row.get(3)? })
        });
        graded.unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// The members of closed cohorts and the rows of closed months as of an instant.
    pub fn cohorts(&self, as_of: At, months: u32) -> (Vec<Member>, Vec<LtvRow>) {
        let connection = &self.connection;
        let as_of = as_of.to_string();
        connection.execute("DELETE FROM members", []).unwrap();
        connection.execute(include_str!("members.sqlite.sql"), named_params! { ":as_of": as_of }).unwrap();
        let mut statement = connection
            .prepare("SELECT activity_id, user_id, order_id, created_at FROM members ORDER BY 1, 2")
            .unwrap();
        let members = statement.query_map([], |row| {
            Ok(Member {
                activity: row.get(0)?,
                user: row.get(1)?,
                first_order: row.get(2)?,
                first_order_at: row.get::<_, Option<String>>(3)?.map(|text| text.parse().unwrap()),
            })
        });
        let members = members.unwrap().collect::<Result<_, _>>().unwrap();
        let mut statement = connection.prepare(include_str!("ltv.sqlite.sql")).unwrap();
        let rows = statement.query_map(named_params! { ":as_of": as_of, ":months": months }, ltv_row);
        (members, rows.unwrap().collect::<Result<_, _>>().unwrap())
    }
}

fn ltv_row(row: &Row<'_>) -> rusqlite::Result<LtvRow> {
    Ok(LtvRow {
        activity: row.get("activity_id")?,
        offset: row.get("n")?,
        cohort_start_date: row.get("cohort_start_date")?,
        cohort_size: row.get("cohort_size")?,
        avg_cac: row.get("avg_cac")?,
        ltv_cumulative: row.get("ltv_cumulative")?,
        ltv_cac_ratio: row.get::<_, Option<f64>>("ltv_cac_ratio")?.map(Exact),
        cumulative_profit: row.get("cumulative_profit")?,
        is_break_even: row.get("is_break_even")?,
        monthly_revenue: row.get("monthly_revenue")?,
        monthly_orders: row.get("monthly_orders")?,
        active_users: row.get("active_users")?,
        repeat_purchase_rate: Exact(row.get("repeat_purchase_rate")?),
        avg_purchase_frequency: Exact(row.get("avg_purchase_frequency")?),
        avg_order_value: row.get("avg_order_value")?,
        cumulative_orders: row.get("cumulative_orders")?,
        repeat_customers: row.get("repeat_customers")?,
        due_at: row.get::<_, String>("due_at")?.parse().unwrap(),
    })
}
