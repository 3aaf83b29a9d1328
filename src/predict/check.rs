//! The hold-out: what the model and the plain guess predicted for a span, and what came.

use super::complete::LEAST_ERROR;
use super::pool::{Future, Pool, PoolFit};
use super::shop::{Cohort, Customer, Shop};

/// From this frequency on, customers share one row.
const FREQUENT: u32 = 7;

/// How the customers of a hold-out are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckLevel {
    /// All of them.
    Total,
    /// By cohort.
    Cohort,
    /// By the number of repeats before the span.
    Frequency,
    /// By expected orders, the highest tenth first.
    Decile,
}

impl CheckLevel {
    /// Every level, in display order.
    pub const ALL: [CheckLevel; 4] =
        [CheckLevel::Total, CheckLevel::Cohort, CheckLevel::Frequency, CheckLevel::Decile];

    /// Its name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            CheckLevel::Total => "total",
            CheckLevel::Cohort => "cohort",
            CheckLevel::Frequency => "frequency",
            CheckLevel::Decile => "decile",
        }
    }
}

/// A group of customers in the held-out span.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// How the group was formed.
    pub level: CheckLevel,
    /// Its name or number at that level.
    pub label: String,
    /// The activity, for a cohort.
    pub activity_id: Option<i64>,
    /// The number of customers.
    pub customers: i64,
    /// Days with an order: actual, expected by the model, expected by the plain guess.
    pub orders: [f64; 3],
    /// Revenue: the same three.
    pub revenue: [f64; 3],
    /// The share of customers expected to order, and the share who did.
    pub buyers: [f64; 2],
    /// The relative standard deviation of the revenue under the model.
    pub(super) spread: f64,
}

/// A pool's hold-out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    pub rows: Vec<CheckRow>,
    /// The model's error over cohorts, beyond chance.
    pub error: f64,
}

/// What was expected of one customer, and what came.
struct Expected<'a> {
    customer: &'a Customer,
    orders: f64,
    revenue: f64,
    p_buy: f64,
}

/// Compares what a fit expects for the next `days` with what `shop` saw.
pub(super) fn check(pool: Pool, fit: &PoolFit, shop: &Shop, days: f64) -> Check {
    let model = &fit.orders.orders;
    let mut expected: Vec<Expected<'_>> = pool
        .customers(shop)
        .into_iter()
        .map(|customer| {
            let orders = model.expected_orders(customer.summary, days);
            Expected {
                customer,
                orders,
                revenue: orders * fit.spend.spending.expected_mean(customer.spend),
                p_buy: model.p_buy(customer.summary, days),
            }
        })
        .collect();
    let mut rows = vec![row(CheckLevel::Total, "all".to_owned(), expected.iter())];
    for (at, cohort) in pool.cohorts(shop).into_iter().enumerate() {
        let future = fit.future(at, shop, cohort, days);
        rows.push(cohort_row(shop, cohort, &future, fit, days));
    }
    for frequency in 0..=FREQUENT {
        let of = expected.iter().filter(|one| one.customer.summary.x.min(FREQUENT) == frequency);
        let label = if frequency == FREQUENT { format!("{FREQUENT}+") } else { frequency.to_string() };
        rows.push(row(CheckLevel::Frequency, label, of));
    }
    expected.sort_by(|a, b| b.orders.total_cmp(&a.orders).then(a.customer.user_id.cmp(&b.customer.user_id)));
    for decile in 0..10 {
        let (from, to) = (decile * expected.len() / 10, (decile + 1) * expected.len() / 10);
        rows.push(row(CheckLevel::Decile, (decile + 1).to_string(), expected[from..to].iter()));
    }
    rows.retain(|row| row.customers > 0);
    let error = missed(&rows);
    Check { rows, error }
}

fn row<'a>(level: CheckLevel, label: String, group: impl Iterator<Item = &'a Expected<'a>>) -> CheckRow {
    let mut row = CheckRow {
        level,
        label,
        activity_id: None,
        customers: 0,
        orders: [0.0; 3],
        revenue: [0.0; 3],
        buyers: [0.0; 2],
        spread: 0.0,
    };
    for one in group {
        let customer = one.customer;
        row.customers += 1;
        let orders = [f64::from(customer.next_orders), one.orders, f64::from(customer.recent_orders)];
        let revenue = [customer.next_revenue, one.revenue, customer.recent_revenue];
        row.orders.iter_mut().zip(orders).for_each(|(sum, part)| *sum += part);
        row.revenue.iter_mut().zip(revenue).for_each(|(sum, part)| *sum += part);
        row.buyers[0] += one.p_buy;
        row.buyers[1] += f64::from(u8::from(customer.next_orders > 0));
    }
    row.buyers = row.buyers.map(|buyers| if row.customers > 0 { buyers / row.customers as f64 } else { 0.0 });
    row
}

/// A cohort's row, with the cohort's own shift and the plain guess from its own history.
fn cohort_row(shop: &Shop, cohort: &Cohort, future: &Future, fit: &PoolFit, days: f64) -> CheckRow {
    let model = &fit.orders.orders;
    let members: Vec<Expected<'_>> = cohort
        .members
        .iter()
        .map(|at| {
            let customer = &shop.customers[*at];
            Expected { customer, orders: 0.0, revenue: 0.0, p_buy: model.p_buy(customer.summary, days) }
        })
        .collect();
    let mut row = row(CheckLevel::Cohort, cohort.name.clone(), members.iter());
    row.activity_id = Some(cohort.activity_id);
    row.orders[1] = future.orders;
    row.revenue[1] = future.revenue;
    row.revenue[2] = cohort.plain(shop.as_of, days);
    row.spread = future.relative_spread();
    // Listed members who had not ordered yet: their first orders are part of what is expected.
    let (had, waiting) = (row.customers as f64, f64::from(cohort.waiting));
    if cohort.waiting > 0 {
        let newcomers = cohort.newcomers;
        row.customers += i64::from(cohort.waiting);
        row.orders[0] += f64::from(newcomers.orders);
        row.revenue[0] += newcomers.revenue;
        let buying = waiting * fit.first_order_within(days);
        let bought = f64::from(newcomers.customers);
        row.buyers = [row.buyers[0] * had + buying, row.buyers[1] * had + bought]
            .map(|buyers| buyers / (had + waiting));
    }
    row
}

/// The standard deviation of the logarithm of actual over expected revenue of cohorts, less the
/// part that is chance among their members; small cohorts, where chance is large, weigh less.
fn missed(rows: &[CheckRow]) -> f64 {
    let (mut excess, mut weights) = (0.0, 0.0);
    for row in rows.iter().filter(|row| row.level == CheckLevel::Cohort) {
        let [actual, model, _] = row.revenue;
        if actual > 0.0 && model > 0.0 {
            let chance = libm::log1p(row.spread * row.spread);
            let weight = 1.0 / (chance + LEAST_ERROR * LEAST_ERROR);
            excess += weight * (libm::log(actual / model).powi(2) - chance);
            weights += weight;
        }
    }
    if weights > 0.0 { (excess / weights).max(LEAST_ERROR * LEAST_ERROR).sqrt() } else { LEAST_ERROR }
}
