//! Customers who are fitted together, and what the fit predicts for some of them.

use super::fit::{FitError, OrdersFit, fit_orders};
use super::history::{Histories, Summary};
use super::model::{Model, Orders};
use super::shift::{Shifts, shifts};
use super::shop::{Cohort, Customer, Shop, days_between};
use super::spend::{Spend, SpendFit, Spending, correlation, fit_spend};
use crate::domain::CohortKind;

/// The customers of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// Everybody who has ordered.
    Customers,
    /// The members of the cohorts of one kind.
    Cohorts(CohortKind),
}

impl Pool {
    /// Every pool, in the order of fitting.
    pub const ALL: [Pool; 4] = [
        Pool::Customers,
        Pool::Cohorts(CohortKind::Acquired),
        Pool::Cohorts(CohortKind::Touched),
        Pool::Cohorts(CohortKind::Listed),
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Pool::Customers => "customers",
            Pool::Cohorts(kind) => kind.as_str(),
        }
    }

    /// The cohorts in it.
    pub(super) fn cohorts(self, shop: &Shop) -> Vec<&Cohort> {
        match self {
            Pool::Customers => Vec::new(),
            Pool::Cohorts(kind) => shop.cohorts_of(kind),
        }
    }

    /// The customers in it.
    pub(super) fn customers(self, shop: &Shop) -> Vec<&Customer> {
        match self {
            Pool::Customers => shop.customers.iter().collect(),
            Pool::Cohorts(_) => shop.members_of(&self.cohorts(shop)),
        }
    }
}

/// The fits of a pool.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolFit {
    /// The model of orders.
    pub orders: OrdersFit,
    /// The model of spend.
    pub spend: SpendFit,
    /// The correlation of mean spend with frequency, which the model of spend assumes to be zero.
    pub correlation: Option<f64>,
    /// How the cohorts differ from the pool.
    pub shifts: Shifts,
    /// The rate of first orders, per day, of a listed member who has never ordered.
    pub first_orders: f64,
}

impl PoolFit {
    /// Fits a pool.
    pub fn of(pool: Pool, model: Model, shop: &Shop) -> Result<Self, FitError> {
        let customers = pool.customers(shop);
        let spends: Vec<Spend> = customers.iter().map(|customer| customer.spend).collect();
        let histories = Histories::of(customers.iter().map(|customer| customer.summary));
        let orders = fit_orders(model, &histories)?;
        let cohorts = pool.cohorts(shop);
        let members: Vec<Histories> = cohorts
            .iter()
            .map(|cohort| Histories::of(cohort.members.iter().map(|at| shop.customers[*at].summary)))
            .collect();
        Ok(PoolFit {
            orders,
            spend: fit_spend(&spends)?,
            correlation: correlation(&spends),
            shifts: shifts(&orders.orders, &members),
            first_orders: first_order_rate(shop, &cohorts),
        })
    }

    /// What the members of the pool's n-th cohort will order and spend within `days`.
    pub(super) fn future(&self, at: usize, shop: &Shop, cohort: &Cohort, days: f64) -> Future {
        let shift = self.shifts.shifts.get(at).copied().unwrap_or_default();
        let members = cohort.members.iter().map(|at| &shop.customers[*at]);
        let members = Members::of(members, &self.spend.spending);
        let moved = |by: [f64; 2]| {
            let orders = self.orders.orders.shifted(shift.log_alpha + by[0], shift.log_a + by[1]);
            let mut future = members.future(&orders, days);
            future.add(&self.first_orders_ahead(&orders, cohort.waiting, days));
            future
        };
        let mut future = moved([0.0; 2]);
        // The uncertainty of the cohort's own parameters, to first order.
        const STEP: f64 = 0.01;
        let slope = [[STEP, 0.0], [0.0, STEP]].map(|by| (moved(by).revenue - future.revenue) / STEP);
        for (row, by_row) in shift.covariance.iter().zip(slope) {
            for (covariance, by_column) in row.iter().zip(slope) {
                future.variance += by_row * covariance * by_column;
            }
        }
        future
    }

    /// The probability that a listed member who has never ordered does so within `days`.
    pub(super) fn first_order_within(&self, days: f64) -> f64 {
        -libm::expm1(-self.first_orders * days)
    }

    /// What listed members who have never ordered will order and spend: their first orders come at the
    /// rate observed on the lists so far, and after one they count as new customers.
    fn first_orders_ahead(&self, orders: &Orders, waiting: u32, days: f64) -> Future {
        if waiting == 0 || self.first_orders <= 0.0 {
            return Future::default();
        }
        const STEPS: u32 = 64;
        let step = days / f64::from(STEPS);
        let middle = |n: u32| {
            let at = (f64::from(n) + 0.5) * step;
            let first = self.first_orders * libm::exp(-self.first_orders * at) * step;
            first * (1.0 + orders.expected_repeats(days - at))
        };
        let expected = f64::from(waiting) * (0..STEPS).map(middle).sum::<f64>();
        let mean = self.spend.spending.prior_mean();
        let (of_days, of_own) = self.spend.spending.relative_variances(0);
        Future {
            orders: expected,
            revenue: expected * mean,
            variance: expected * mean * mean * (1.0 + of_days + of_own),
            log_none: -f64::from(waiting) * self.first_orders * days,
        }
    }
}

/// First orders per day, over the days on which listed members had not ordered yet.
fn first_order_rate(shop: &Shop, cohorts: &[&Cohort]) -> f64 {
    let (mut firsts, mut days) = (0.0, 0.0);
    for cohort in cohorts {
        if cohort.kind != CohortKind::Listed {
            return 0.0;
        }
        let start = cohort.start_at.date();
        days += f64::from(cohort.waiting) * days_between(cohort.start_at, shop.as_of);
        for at in &cohort.members {
            let first_day = shop.first_day(&shop.customers[*at]);
            if first_day >= start {
                firsts += 1.0;
                days += (first_day - start).num_days() as f64;
            }
        }
    }
    if days > 0.0 { firsts / days } else { 0.0 }
}

/// What a group of customers will order and spend.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Future {
    /// Days with an order.
    pub orders: f64,
    /// Their revenue.
    pub revenue: f64,
    /// The variance of the revenue under the models.
    pub variance: f64,
    /// The logarithm of the probability that nobody orders.
    pub log_none: f64,
}

impl Future {
    pub fn add(&mut self, other: &Future) {
        self.orders += other.orders;
        self.revenue += other.revenue;
        self.variance += other.variance;
        self.log_none += other.log_none;
    }

    /// The relative standard deviation of the revenue.
    pub fn relative_spread(&self) -> f64 {
        if self.revenue > 0.0 { self.variance.sqrt() / self.revenue } else { 0.0 }
    }
}

/// Customers grouped by history: those who share one differ only in what they pay.
pub(super) struct Members {
    groups: Vec<Group>,
}

struct Group {
    summary: Summary,
    customers: f64,
    /// Sums over the customers of the expected mean spend, and of its square.
    means: f64,
    squares: f64,
    /// The relative variances of a day's amount and of the customer's own mean.
    of_days: f64,
    of_own: f64,
}

impl Members {
    pub fn of<'a>(customers: impl Iterator<Item = &'a Customer>, spending: &Spending) -> Self {
        let mut sorted: Vec<&Customer> = customers.collect();
        sorted.sort_by_key(|customer| (customer.summary, customer.user_id));
        let groups = sorted.chunk_by(|a, b| a.summary == b.summary).map(|alike| {
            let means = alike.iter().map(|customer| spending.expected_mean(customer.spend));
            let (sum, squares) =
                means.fold((0.0, 0.0), |(sum, squares), mean| (sum + mean, squares + mean * mean));
            let (of_days, of_own) = spending.relative_variances(alike[0].spend.days);
            Group {
                summary: alike[0].summary,
                customers: alike.len() as f64,
                means: sum,
                squares,
                of_days,
                of_own,
            }
        });
        Members { groups: groups.collect() }
    }

    pub fn future(&self, orders: &Orders, days: f64) -> Future {
        let mut future = Future::default();
        for group in &self.groups {
            let expected = orders.expected_orders(group.summary, days);
            let variance = orders.orders_variance(group.summary, expected);
            let of_revenue =
                variance + expected * group.of_days + (variance + expected * expected) * group.of_own;
            future.add(&Future {
                orders: group.customers * expected,
                revenue: group.means * expected,
                variance: group.squares * of_revenue,
                log_none: group.customers * libm::log1p(-orders.p_buy(group.summary, days)),
            });
        }
        future
    }
}
