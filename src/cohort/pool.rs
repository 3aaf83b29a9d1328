//! Sums over activities, and the figures made of them.

use super::tracks::{MonthSums, Track};
use crate::money::Money;

/// What a triangle shows of each month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Revenue so far by member.
    Ltv,
    /// The month's revenue by member.
    Revenue,
    /// Members who bought in the month, in 100 members.
    Retention,
    /// The month's orders by member.
    Orders,
    /// Members with two or more orders so far, in 100 members.
    Repeat,
    /// Revenue so far over budget, of activities with one.
    Ratio,
    /// Revenue so far less budget.
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

/// Sums over activities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// How many activities are in it.
    pub activities: i64,
    /// Their members.
    pub size: i64,
    /// Their sums.
    pub sums: MonthSums,
    /// Budgets of those that have one above zero.
    pub budget: Money,
    /// Revenue so far of the same.
    pub budgeted_ltv: Money,
    /// Profit of those with a known budget, zero too; `None` when there are none.
    pub budgeted_profit: Option<Money>,
}

impl Pool {
    /// One activity's month.
    pub(super) fn of(track: &Track, month: &MonthSums) -> Self {
        let priced = track.budget.filter(|budget| *budget > Money::ZERO);
        Pool {
            activities: 1,
            size: track.size.unwrap_or_default(),
            sums: *month,
            budget: priced.unwrap_or_default(),
            budgeted_ltv: priced.map(|_| month.ltv).unwrap_or_default(),
            budgeted_profit: track.budget.map(|_| month.profit),
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
        self.sums.repeat += other.sums.repeat;
        self.budget += other.budget;
        self.budgeted_ltv += other.budgeted_ltv;
        if let Some(profit) = other.budgeted_profit {
            self.budgeted_profit = Some(self.budgeted_profit.unwrap_or_default() + profit);
        }
    }

    /// The pool's value of a measure; `None` where it has none.
    pub fn value(&self, measure: Measure) -> Option<Value> {
        let percent =
            |part: i64| (self.size > 0).then(|| Value::Percent(part as f64 * 100.0 / self.size as f64));
        match measure {
            Measure::Ltv => self.sums.ltv.divided_by(self.size).map(Value::Money),
            Measure::Revenue => self.sums.revenue.divided_by(self.size).map(Value::Money),
            Measure::Retention => percent(self.sums.active),
            Measure::Orders => {
                (self.size > 0).then(|| Value::Ratio(self.sums.orders as f64 / self.size as f64))
            }
            Measure::Repeat => percent(self.sums.repeat),
            Measure::Ratio => (self.budget > Money::ZERO)
                .then(|| Value::Ratio(self.budgeted_ltv.to_f64() / self.budget.to_f64())),
            Measure::Profit => Some(Value::Money(self.sums.profit)),
        }
    }
}
