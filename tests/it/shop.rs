//! A shop as plain rows: made by a test or read from a file, written to a file.

use lifecycle::domain::OrderStatus;
use lifecycle::money::Money;
use lifecycle::named;
use lifecycle::store::{ActivityRow, CampaignRow, OpenOptions, OrderRow, Query, Store, UserRow};

use crate::instant::At;

/// A row of `users`, with the columns that grades and cohorts need.
#[derive(Clone, Debug)]
pub struct Customer {
    pub id: i64,
    pub grade: String,
    pub signed_up_at: At,
}

/// A row of `campaign_activities`; the budget in hundredths.
#[derive(Clone, Debug)]
pub struct Activity {
    pub id: i64,
    pub channel: String,
    /// The kind of its cohort: `acquired`, `touched` or `listed`.
    pub cohort: String,
    pub budget: Option<i64>,
    pub start_at: At,
    pub end_at: Option<At>,
}

/// A row of `orders`; the amount in hundredths.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: i64,
    pub user: i64,
    pub activity: Option<i64>,
    pub amount: i64,
    pub status: String,
    pub created_at: At,
}

/// The facts that grades and cohorts are computed from.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    pub customers: Vec<Customer>,
    pub activities: Vec<Activity>,
    /// The lists of listed activities: activity and customer.
    pub lists: Vec<(i64, i64)>,
    pub orders: Vec<Order>,
}

/// An empty file in memory, on one thread of the engine.
pub fn empty_store() -> Store {
    Store::in_memory(OpenOptions { threads: Some(1), ..OpenOptions::default() }).unwrap()
}

impl Shop {
    /// A file in memory that holds this shop.
    pub fn stored(&self) -> Store {
        let store = empty_store();
        self.write_people(&store);
        write_orders(&store, &self.orders);
        store
    }

    /// Writes customers and activities.
    pub fn write_people(&self, store: &Store) {
        let users: Vec<UserRow> = self.customers.iter().map(user_row).collect();
        store.append(&users).unwrap();
        store.append(&[CampaignRow { campaign_id: 1, name: "campaign".to_owned() }]).unwrap();
        let activities: Vec<ActivityRow> = self.activities.iter().map(activity_row).collect();
        store.append(&activities).unwrap();
        let cohort = test_query(
            "UPDATE campaign_activities SET cohort = CAST($cohort AS cohort_kind) WHERE activity_id = $id",
        );
        for activity in self.activities.iter().filter(|activity| activity.cohort != "acquired") {
            store.execute(cohort, named! { "cohort": activity.cohort, "id": activity.id }).unwrap();
        }
        let listed = test_query("INSERT INTO listed_customers VALUES ($activity, $user)");
        for (activity, user) in &self.lists {
            store.execute(listed, named! { "activity": *activity, "user": *user }).unwrap();
        }
    }

    /// Reads the shop that a file holds.
    pub fn read(store: &Store) -> Shop {
        Shop {
            customers: read_customers(store),
            activities: read_activities(store),
            lists: store
                .rows(
                    test_query("SELECT activity_id, user_id FROM listed_customers ORDER BY ALL"),
                    &[],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .unwrap(),
            orders: read_orders(store),
        }
    }
}

/// Appends orders in the order given.
pub fn write_orders(store: &Store, orders: &[Order]) {
    let rows: Vec<OrderRow> = orders
        .iter()
        .map(|order| OrderRow {
            order_id: order.id,
            external_id: None,
            user_id: order.user,
            product_id: None,
            activity_id: order.activity,
            quantity: 1,
            unit_price: Money::from_hundredths(order.amount),
            amount: Money::from_hundredths(order.amount),
            status: order.status.parse::<OrderStatus>().unwrap(),
            created_at: order.created_at.naive(),
        })
        .collect();
    store.append(&rows).unwrap();
}

fn user_row(customer: &Customer) -> UserRow {
    UserRow {
        user_id: customer.id,
        external_id: None,
        name: None,
        gender: None,
        birth_date: None,
        region: None,
        status: None,
        marketing_agree: None,
        grade: customer.grade.parse().unwrap(),
        signed_up_at: customer.signed_up_at.naive(),
    }
}

fn activity_row(activity: &Activity) -> ActivityRow {
    ActivityRow {
        activity_id: activity.id,
        campaign_id: 1,
        name: format!("activity {}", activity.id),
        channel: activity.channel.clone(),
        budget: activity.budget.map(Money::from_hundredths),
        start_at: activity.start_at.naive(),
        end_at: activity.end_at.map(At::naive),
    }
}

/// A query that only these tests use.
pub const fn test_query(sql: &'static str) -> Query {
    Query::new("(a test)", sql)
}

fn instant(naive: chrono::NaiveDateTime) -> At {
    At::from(naive)
}

/// The file's customers, by id.
pub fn read_customers(store: &Store) -> Vec<Customer> {
    let users = test_query("SELECT user_id, grade, signed_up_at FROM users ORDER BY user_id");
    store
        .rows(users, &[], |row| {
            Ok(Customer { id: row.get(0)?, grade: row.get(1)?, signed_up_at: instant(row.get(2)?) })
        })
        .unwrap()
}

fn read_activities(store: &Store) -> Vec<Activity> {
    let activities = test_query(
        "SELECT activity_id, channel, budget, start_at, end_at, cohort FROM campaign_activities ORDER BY activity_id",
    );
    store
        .rows(activities, &[], |row| {
            Ok(Activity {
                id: row.get(0)?,
                channel: row.get(1)?,
                cohort: row.get(5)?,
                budget: row.get::<_, Option<Money>>(2)?.map(Money::hundredths),
                start_at: instant(row.get(3)?),
                end_at: row.get::<_, Option<_>>(4)?.map(instant),
            })
        })
        .unwrap()
}

fn read_orders(store: &Store) -> Vec<Order> {
    let orders = test_query(
        "SELECT order_id, user_id, activity_id, amount, status, created_at FROM orders ORDER BY order_id",
    );
    store
        .rows(orders, &[], |row| {
            Ok(Order {
                id: row.get(0)?,
                user: row.get(1)?,
                activity: row.get(2)?,
                amount: row.get::<_, Money>(3)?.hundredths(),
                status: row.get(4)?,
                created_at: instant(row.get(5)?),
            })
        })
        .unwrap()
}
