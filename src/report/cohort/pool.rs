//! Sums over cohorts, and the figures made of them.

use super::series::{ActivitySeries, MonthSums};
use crate::money::Money;

/// The measure of a triangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Cumulative revenue per member.
    Ltv,
    /// The month's revenue per member.
    Revenue,
    /// Percentage of members who bought in the month.
    Retention,
    /// The month's orders per member.
    Orders,
    /// Percentage of members with two or more orders so far.
    Repeat,
    /// Cumulative revenue over budget, for activities with a budget.
    Ratio,
    /// Cumulative revenue less budget.
    Profit,
}

/// A cell's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// An amount.
    Money(Money),
    /// A percentage, times 100.
    Percent(f64),
    /// A plain number.
    Ratio(f64),
}

impl Value {
    /// The value on an axis: for charts, not for sums.
    pub fn to_f64(self) -> f64 {
        match self {
            Value::Money(amount) => amount.to_f64(),
            Value::Percent(value) | Value::Ratio(value) => value,
        }
    }

    /// The amount, if it is one.
    pub fn money(self) -> Option<Money> {
        match self {
            Value::Money(amount) => Some(amount),
            Value::Percent(_) | Value::Ratio(_) => None,
        }
    }
}

/// Sums over the cohorts that have a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// The number of activities.
    pub activities: i64,
    /// Their members.
    pub size: i64,
    /// Their sums.
    pub sums: MonthSums,
    /// Sum of the budgets above zero.
    pub budget: Money,
    /// Members of the activities with such a budget.
    pub budgeted_size: i64,
    /// Cumulative revenue of the activities with such a budget.
    pub budgeted_ltv: Money,
    /// Profit of those with a known budget, zero too; `None` when there are none.
    pub budgeted_profit: Option<Money>,
    /// Activities with a known budget that have no earlier month though it is not their first: what they
    /// had earned before was given up.
    pub late_starts: i64,
}

impl Pool {
    /// One activity's month; `is_late` if it is the first that is known and not the first there was.
    pub(super) fn of(series: &ActivitySeries, month: &MonthSums, is_late: bool) -> Self {
        let priced = series.budget.filter(|budget| *budget > Money::ZERO);
        let size = series.size.unwrap_or_default();
        Pool {
            activities: 1,
            size,
            sums: *month,
            budget: priced.unwrap_or_default(),
            budgeted_size: priced.map_or(0, |_| size),
            budgeted_ltv: priced.map(|_| month.ltv).unwrap_or_default(),
            budgeted_profit: series.budget.map(|_| month.profit),
            late_starts: i64::from(is_late && series.budget.is_some()),
        }
    }

    pub(super) fn add(&mut self, other: &Pool) {
        self.activities += other.activities;
        self.size += other.size;
        self.sums.revenue += other.sums.revenue;
        self.sums.orders += other.sums.orders;
        self.sums.active += other.sums.active;
        self.sums.ltv += other.sums.ltv;
        self.sums.profit += other.sums.profit;
        self.sums.orders_so_far += other.sums.orders_so_far;
        self.sums.repeat += other.sums.repeat;
        self.budget += other.budget;
        self.budgeted_size += other.budgeted_size;
        self.budgeted_ltv += other.budgeted_ltv;
        if let Some(profit) = other.budgeted_profit {
            self.budgeted_profit = Some(self.budgeted_profit.unwrap_or_default() + profit);
        }
        self.late_starts += other.late_starts;
    }

    /// The pool's value of a measure, if it has one.
    pub fn value(&self, measure: Measure) -> Option<Value> {
        match measure {
            Measure::Ltv => self.sums.ltv.divided_by(self.size).map(Value::Money),
            Measure::Revenue => self.sums.revenue.divided_by(self.size).map(Value::Money),
            Measure::Retention => self.percent(self.sums.active).map(Value::Percent),
            Measure::Orders => self.per_member(self.sums.orders).map(Value::Ratio),
            Measure::Repeat => self.percent(self.sums.repeat).map(Value::Percent),
            Measure::Ratio => self.ltv_cac_ratio().map(Value::Ratio),
            Measure::Profit => Some(Value::Money(self.sums.profit)),
        }
    }

    /// Budget per member of the activities with a budget, half-up to 0.01.
    pub fn cac(&self) -> Option<Money> {
        self.budget.divided_by(self.budgeted_size).filter(|_| self.budget > Money::ZERO)
    }

    /// Cumulative revenue over budget, of the activities with a budget.
    pub fn ltv_cac_ratio(&self) -> Option<f64> {
        (self.budget > Money::ZERO).then(|| self.budgeted_ltv.to_f64() / self.budget.to_f64())
    }

    /// A count as a percentage of the members.
    pub fn percent(&self, count: i64) -> Option<f64> {
        (self.size > 0).then(|| count as f64 * 100.0 / self.size as f64)
    }

    /// A count per member.
    pub fn per_member(&self, count: i64) -> Option<f64> {
        (self.size > 0).then(|| count as f64 / self.size as f64)
    }
}

/// The offset at whose end a row's budgets were recovered: the first with a profit of zero or more.
///
/// `pools` are the row's months by offset. `None` while the budgets are not recovered, without a budget,
/// and where earlier months were given up: one of those may have been the month.
pub fn payback_offset(pools: &[Option<Pool>]) -> Option<usize> {
    let has_earned = |pool: &Option<Pool>| {
        pool.and_then(|pool| pool.budgeted_profit).is_some_and(|profit| profit >= Money::ZERO)
    };
    let offset = pools.iter().position(has_earned)?;
    let given_up_before = pools[offset].is_some_and(|pool| pool.late_starts > 0);
    (!given_up_before).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::super::rows::test::won;
    use super::*;

    fn pool(profit: i64) -> Option<Pool> {
        Some(Pool { budgeted_profit: Some(won(profit)), ..Pool::default() })
    }

    #[test]
    fn a_budget_is_earned_when_profit_reaches_zero() {
        assert_eq!(payback_offset(&[pool(-1), pool(0), pool(5)]), Some(1));
        let a_hundredth_short =
            Some(Pool { budgeted_profit: Some(Money::from_hundredths(-1)), ..Pool::default() });
        assert_eq!(payback_offset(&[a_hundredth_short, pool(1)]), Some(1));
        assert_eq!(payback_offset(&[pool(0)]), Some(0));
        assert_eq!(payback_offset(&[pool(-2), pool(-1)]), None);
        assert_eq!(payback_offset(&[Some(Pool::default()), None]), None, "no budget is never earned");
        assert_eq!(payback_offset(&[]), None);
    }

    #[test]
    fn a_payback_in_months_that_were_given_up_is_unknown() {
        let late = |profit| pool(profit).map(|pool| Pool { late_starts: 1, ..pool });
        assert_eq!(payback_offset(&[None, None, late(3), pool(4)]), None);
        assert_eq!(payback_offset(&[None, None, late(-3), pool(4)]), Some(3), "it was not earned yet");
        // In a pool too, where another activity has its first months.
        assert_eq!(payback_offset(&[pool(-5), pool(-4), late(3), pool(4)]), None);
    }
}
