//! What the overview is made of.

use chrono::NaiveDate;

use super::{Period, percent};
use crate::money::Money;

/// A span of the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// The whole period.
    Period,
    /// As long, just before.
    Previous,
    /// The period's last thirty days.
    Last30Days,
    /// The thirty days before those.
    Previous30Days,
}

impl Span {
    /// The name programs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Span::Period => "period",
            Span::Previous => "previous",
            Span::Last30Days => "last_30_days",
            Span::Previous30Days => "previous_30_days",
        }
    }
}

/// What happened in a span; sums of any customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanFigures {
    /// Customers who had signed up by its end.
    pub customers: i64,
    /// Customers who ordered in it.
    pub buyers: i64,
    /// Those who ordered for the first time.
    pub first_time_buyers: i64,
    /// Buyers who had ordered twice or more by its end.
    pub repeat_buyers: i64,
    /// Qualifying orders.
    pub orders: i64,
    /// What they sum to.
    pub gross_revenue: Money,
    /// Returns, zero or below.
    pub returned: Money,
}

impl SpanFigures {
    /// Revenue, net of returns.
    pub fn net_revenue(&self) -> Money {
        self.gross_revenue + self.returned
    }

    /// Net revenue by order, half-up to a hundredth.
    pub fn average_order_value(&self) -> Option<Money> {
        self.net_revenue().divided_by(self.orders)
    }

    /// Repeat buyers in 100 buyers.
    pub fn repeat_rate(&self) -> Option<f64> {
        percent(self.repeat_buyers as f64, self.buyers as f64)
    }

    /// Adds the figures of other customers.
    pub fn add(&mut self, other: &SpanFigures) {
        self.customers += other.customers;
        self.buyers += other.buyers;
        self.first_time_buyers += other.first_time_buyers;
        self.repeat_buyers += other.repeat_buyers;
        self.orders += other.orders;
        self.gross_revenue += other.gross_revenue;
        self.returned += other.returned;
    }
}

/// What happened in a span, of the customers of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanTotals {
    /// Which span.
    pub span: Span,
    /// When it was.
    pub period: Period,
    /// Their channel; `None`: customers without an order.
    pub channel: Option<String>,
    /// Their start month; `None`: customers without an order.
    pub start_month: Option<String>,
    /// The sums.
    pub figures: SpanFigures,
}

/// A day's orders of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOrders {
    /// The day.
    pub day: NaiveDate,
    /// The customers' channel; `None`: customers without an order, to whom money was given back.
    pub channel: Option<String>,
    /// The customers' start month; `None` with the channel.
    pub start_month: Option<String>,
    /// Qualifying orders.
    pub orders: i64,
    /// What they sum to.
    pub gross_revenue: Money,
    /// Returns, zero or below.
    pub returned: Money,
}

/// An hour's orders of one age group and origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourOrders {
    /// The hour of the day, 0 to 23.
    pub hour: i64,
    /// The age group at the order; `None` where the birth date is unknown.
    pub age_group: Option<String>,
    /// The customers' channel.
    pub channel: String,
    /// The customers' start month.
    pub start_month: String,
    /// Qualifying orders.
    pub orders: i64,
}

/// How much the customers bring who spent most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcentrationPoint {
    /// The channel of the group; `None` for all.
    pub channel: Option<String>,
    /// The start month of the group; `None` for all.
    pub start_month: Option<String>,
    /// How many per cent of the group's customers.
    pub top_pct: i64,
    /// How many customers that is, rounded up.
    pub customers: i64,
    /// Their net revenue.
    pub revenue: Money,
    /// The group's customers.
    pub customers_in_all: i64,
    /// The group's net revenue.
    pub revenue_in_all: Money,
    /// How few customers bring half of it.
    pub customers_for_half: i64,
}

impl ConcentrationPoint {
    /// Their revenue in 100 of the group's.
    pub fn revenue_pct(&self) -> Option<f64> {
        percent(self.revenue.to_f64(), self.revenue_in_all.to_f64())
    }
}
