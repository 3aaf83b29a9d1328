//! The customers and cohorts of a file as of an instant.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::history::Summary;
use super::spend::Spend;
use crate::domain::CohortKind;
use crate::money::Money;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// A customer who has ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    /// The customer.
    pub user_id: i64,
    /// The days with an order.
    pub summary: Summary,
    /// The mean amount of a day.
    pub spend: Spend,
    /// Days with an order in the span before the as-of, not counting the first day ever.
    pub recent_orders: u32,
    /// What they paid on those days.
    pub recent_revenue: f64,
    /// Days with an order in the span after the as-of, if one was requested.
    pub next_orders: u32,
    /// What they paid on those days.
    pub next_revenue: f64,
}

/// A frozen cohort whose window has closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Who its members are.
    pub kind: CohortKind,
    /// When it started.
    pub start_at: NaiveDateTime,
    /// The members who have ordered, as positions in the shop's customers.
    pub members: Vec<usize>,
    /// Members of a list who have never ordered.
    pub waiting: u32,
    /// What those ordered in the span after the as-of, if one was requested.
    pub newcomers: Newcomers,
    /// What the members have paid, by month.
    pub months: Vec<Money>,
    /// Recent revenue by day, counted back from the last observed day; without the members' first
    /// days.
    pub recent_days: Vec<(u32, f64)>,
}

impl Cohort {
    /// All that the members have paid since the start.
    pub fn known(&self) -> Money {
        self.months.iter().copied().fold(Money::ZERO, |sum, month| sum + month)
    }

    /// The plain guess for the next `days`: what the members paid in the last `days`, or, in a younger
    /// cohort, at the rate since it started.
    pub fn plain(&self, as_of: NaiveDateTime, days: f64) -> f64 {
        let age = days_between(self.start_at, as_of).max(1.0);
        // Acquired customers have no history before the cohort's start.
        let span = if self.kind == CohortKind::Acquired { days.min(age) } else { days };
        let revenue: f64 =
            self.recent_days.iter().filter(|day| f64::from(day.0) < span).map(|day| day.1).sum();
        if span > 0.0 { revenue.max(0.0) * days / span } else { 0.0 }
    }
}

/// Customers whose first order lies in the span after the as-of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Newcomers {
    /// The number of customers.
    pub customers: u32,
    /// Their days with an order.
    pub orders: u32,
    /// What they paid.
    pub revenue: f64,
}

/// The customers and cohorts of a file as of an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Shop {
    /// The instant.
    pub as_of: NaiveDateTime,
    /// All customers who have ordered, by number.
    pub customers: Vec<Customer>,
    /// The cohorts, by start.
    pub cohorts: Vec<Cohort>,
}

/// The time from one instant to another in days.
pub fn days_between(from: NaiveDateTime, to: NaiveDateTime) -> f64 {
    (to - from).num_microseconds().map_or(0.0, |micros| micros as f64 / 86_400e6)
}

/// The first day of a span before an instant, as long as the one from it to `until`.
fn span_start(as_of: NaiveDateTime, until: NaiveDateTime) -> NaiveDate {
    as_of.checked_sub_signed(until - as_of).unwrap_or(NaiveDateTime::MIN).date()
}

impl Shop {
    /// Reads what was known as of an instant, and what the customers did from then until `until`.
    pub fn read(store: &Store, as_of: NaiveDateTime, until: NaiveDateTime) -> Result<Self, StoreError> {
        let (customers, later) = read_customers(store, as_of, until)?;
        let mut cohorts = read_cohorts(store, as_of, &customers, &later)?;
        let mut position: BTreeMap<i64, usize> = BTreeMap::new();
        for (at, cohort) in cohorts.iter().enumerate() {
            position.insert(cohort.activity_id, at);
        }
        store.each(query!("predict/known_months.sql"), named! { "as_of": as_of }, |row| {
            let (activity_id, month, revenue): (i64, i32, Money) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if let (Some(at), Ok(month)) = (position.get(&activity_id), usize::try_from(month)) {
                let months = &mut cohorts[*at].months;
                if months.len() <= month {
                    months.resize(month + 1, Money::ZERO);
                }
                months[month] = revenue;
            }
            Ok(())
        })?;
        store.each(query!("predict/recent_days.sql"), named! { "as_of": as_of }, |row| {
            let activity_id: i64 = row.get(0)?;
            if let Some(at) = position.get(&activity_id) {
                cohorts[*at].recent_days.push((row.get(1)?, row.get(2)?));
            }
            Ok(())
        })?;
        Ok(Shop { as_of, customers, cohorts })
    }

    /// The cohorts of a kind.
    pub fn cohorts_of(&self, kind: CohortKind) -> Vec<&Cohort> {
        self.cohorts.iter().filter(|cohort| cohort.kind == kind).collect()
    }

    /// The members of cohorts who have ordered, each listed once, by number.
    pub fn members_of(&self, cohorts: &[&Cohort]) -> Vec<&Customer> {
        let mut members: Vec<usize> =
            cohorts.iter().flat_map(|cohort| cohort.members.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        members.into_iter().map(|at| &self.customers[at]).collect()
    }

    /// When a customer first ordered.
    pub fn first_day(&self, customer: &Customer) -> NaiveDate {
        let last_seen = (self.as_of - TimeDelta::microseconds(1)).date();
        last_seen - chrono::Days::new(u64::from(customer.summary.t))
    }
}

/// The days with an order, and the revenue, of customers whose first order lies in the span after the as-of.
type Later = BTreeMap<i64, (u32, f64)>;

fn read_customers(
    store: &Store,
    as_of: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<(Vec<Customer>, Later), StoreError> {
    let since = span_start(as_of, until);
    let (mut customers, mut later) = (Vec::new(), Later::new());
    store.each(
        query!("predict/histories.sql"),
        named! { "as_of": as_of, "since": since, "until": until },
        |row| {
            // -1 for those who had not ordered yet.
            let Ok(x) = u32::try_from(row.get::<_, i64>(1)?) else {
                later.insert(row.get(0)?, (row.get(7)?, row.get(8)?));
                return Ok(());
            };
            let summary = Summary { x, t_x: row.get(2)?, t: row.get(3)? };
            let days = summary.x + 1;
            let revenue: f64 = row.get(4)?;
            customers.push(Customer {
                user_id: row.get(0)?,
                summary,
                spend: Spend { days, mean: revenue / f64::from(days) },
                recent_orders: row.get(5)?,
                recent_revenue: row.get(6)?,
                next_orders: row.get(7)?,
                next_revenue: row.get(8)?,
            });
            Ok(())
        },
    )?;
    Ok((customers, later))
}

fn read_cohorts(
    store: &Store,
    as_of: NaiveDateTime,
    customers: &[Customer],
    later: &Later,
) -> Result<Vec<Cohort>, StoreError> {
    let mut cohorts: Vec<Cohort> = Vec::new();
    store.each(query!("predict/cohorts.sql"), named! { "as_of": as_of }, |row| {
        let activity_id: i64 = row.get(0)?;
        if cohorts.last().is_none_or(|cohort| cohort.activity_id != activity_id) {
            cohorts.push(Cohort {
                activity_id,
                name: row.get(2)?,
                kind: row.get(1)?,
                start_at: row.get(3)?,
                members: Vec::new(),
                waiting: 0,
                newcomers: Newcomers::default(),
                months: Vec::new(),
                recent_days: Vec::new(),
            });
        }
        let user_id: i64 = row.get(4)?;
        if let Some(cohort) = cohorts.last_mut() {
            match customers.binary_search_by_key(&user_id, |customer| customer.user_id) {
                Ok(at) => cohort.members.push(at),
                Err(_) => {
                    cohort.waiting += 1;
                    if let Some((orders, revenue)) = later.get(&user_id) {
                        cohort.newcomers.customers += 1;
                        cohort.newcomers.orders += orders;
                        cohort.newcomers.revenue += revenue;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(cohorts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{OpenOptions, Query};

    /// Given a chance, the engine pairs every order with every activity by time before it looks at customers.
    #[test]
    fn orders_are_joined_by_customer_and_never_by_time() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        for statement in [
            "INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, start_at, frozen)
                SELECT n, 1, 'A' || n, 'search', TIMESTAMP '2023-01-01' + to_days(CAST(n * 3 AS INTEGER)), true
                FROM range(240) AS numbers (n)",
            "INSERT INTO orders (order_id, user_id, amount, status, created_at)
                SELECT n, n % 20000, 10, 'Success', TIMESTAMP '2023-01-01' + to_minutes(n * 10)
                FROM range(100000) AS numbers (n)",
            "INSERT INTO cohort_members (activity_id, user_id, first_order_id, first_order_at)
                SELECT n % 240, n, n, TIMESTAMP '2023-01-01' FROM range(5000) AS numbers (n)",
        ] {
            store.execute_text("a test's rows", statement).unwrap();
        }
        let as_of = crate::calendar::parse_instant("2025-01-01").unwrap();
        for explained in [
            Query::new(
                "known_months",
                concat!("EXPLAIN ", include_str!("../../queries/predict/known_months.sql")),
            ),
            Query::new(
                "recent_days",
                concat!("EXPLAIN ", include_str!("../../queries/predict/recent_days.sql")),
            ),
            Query::new("cohorts", concat!("EXPLAIN ", include_str!("../../queries/predict/cohorts.sql"))),
        ] {
            let plan =
                store.row(explained, named! { "as_of": as_of }, |row| row.get::<_, String>(1)).unwrap();
            assert!(plan.contains("HASH_JOIN"), "{}\n{plan}", explained.path());
            for join in ["MERGE_JOIN", "IE_JOIN", "NESTED_LOOP_JOIN", "CROSS_PRODUCT"] {
                assert!(!plan.contains(join), "{}: {join}\n{plan}", explained.path());
            }
        }
    }
}
