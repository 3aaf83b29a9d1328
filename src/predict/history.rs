//! Customers' histories as three whole numbers, and how many customers share each.

/// A customer's orders up to an instant. A day with an order is one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Summary {
    /// Days with an order, less the first.
    pub x: u32,
    /// Days from the first order to the last.
    pub t_x: u32,
    /// Days from the first order to the last observed day.
    pub t: u32,
}

/// A history and the number of customers who have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuple {
    /// The history.
    pub summary: Summary,
    /// How many customers have it.
    pub customers: u32,
}

/// The distinct histories of a set of customers, ascending, with their counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histories {
    tuples: Vec<Tuple>,
    customers: u64,
    repeat_customers: u64,
    /// The number of customers with each x.
    by_x: Vec<u64>,
    last_day: u32,
}

impl Histories {
    /// Counts histories, in any order.
    pub fn of(summaries: impl IntoIterator<Item = Summary>) -> Self {
        let mut sorted: Vec<Summary> = summaries.into_iter().collect();
        sorted.sort_unstable();
        Self::from_tuples(sorted.chunk_by(|a, b| a == b).map(|alike| Tuple {
            summary: alike[0],
            // No shop has four billion customers with one history.
            customers: u32::try_from(alike.len()).unwrap_or(u32::MAX),
        }))
    }

    /// Distinct histories in ascending order.
    pub(super) fn from_tuples(tuples: impl IntoIterator<Item = Tuple>) -> Self {
        let tuples: Vec<Tuple> = tuples.into_iter().collect();
        let mut all = Histories { tuples, ..Histories::default() };
        for Tuple { summary, customers } in &all.tuples {
            debug_assert!(summary.t_x <= summary.t && summary.x <= summary.t_x);
            let (x, customers) = (summary.x as usize, u64::from(*customers));
            if all.by_x.len() <= x {
                all.by_x.resize(x + 1, 0);
            }
            all.by_x[x] += customers;
            all.customers += customers;
            all.repeat_customers += if x > 0 { customers } else { 0 };
            all.last_day = all.last_day.max(summary.t);
        }
        all
    }

    /// The distinct histories, ascending.
    pub fn tuples(&self) -> &[Tuple] {
        &self.tuples
    }

    /// The number of customers.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// The number of customers with orders on two days or more.
    pub fn repeat_customers(&self) -> u64 {
        self.repeat_customers
    }

    /// The repeats of all customers.
    pub fn repeats(&self) -> u64 {
        self.by_x.iter().zip(0..).map(|(customers, x)| customers * x).sum()
    }

    /// The number of customers with each x, from 0 on.
    pub(super) fn by_x(&self) -> &[u64] {
        &self.by_x
    }

    /// The longest time since a first order.
    pub(super) fn last_day(&self) -> u32 {
        self.last_day
    }

    /// The days since the first order, over all customers.
    pub(super) fn exposure(&self) -> f64 {
        self.tuples.iter().map(|tuple| f64::from(tuple.summary.t) * f64::from(tuple.customers)).sum()
    }

    /// Every n-th of the distinct histories: enough to locate an optimum roughly.
    pub(super) fn thinned(&self, at_most: usize) -> Option<Histories> {
        let step = self.tuples.len().div_ceil(at_most);
        (step > 1).then(|| Self::from_tuples(self.tuples.iter().skip(step / 2).step_by(step).copied()))
    }
}
