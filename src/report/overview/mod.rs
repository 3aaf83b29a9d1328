//! The shop at a glance: what happened in a period, by day, by hour, and who brought the revenue.
//!
//! Every customer with an order comes from somewhere (its *origin*): the activity of the first qualifying order, whose channel
//! and month of start are the customer's for good, or `organic` and that order's own month. Origins part the customers, so
//! counts of customers by origin add up, too, and a cohort and its customers are found under the same names.

mod cohorts;
mod grades;
mod rows;
mod tables;

use chrono::{Days, NaiveDateTime};

use crate::calendar::midnight;
use crate::money::Money;
use crate::store::{Datum, DatumType, Store, StoreError};
use crate::{named, query};

pub use cohorts::{cohort_months_table, start_month};
pub use grades::{GradeCounts, GradeMix, GradeMoves, GradeOutlook, NEAR_DISTANCE, RISK_DAYS};
pub use rows::{ConcentrationPoint, DayOrders, HourOrders, Span, SpanFigures, SpanTotals};
pub use tables::{
    concentration_by_origin, concentration_table, days_by_origin, days_table, figures_table, hours_by_origin,
    hours_table, mix_by_origin, mix_table, moves_by_origin, moves_table, outlook_by_origin, outlook_table,
    spans_by_origin,
};

/// A half-open span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first instant in it.
    pub from: NaiveDateTime,
    /// The first instant after it.
    pub to: NaiveDateTime,
}

impl Period {
    /// The span of the same length that ends where this begins.
    fn before(self) -> Self {
        Period { from: self.from - (self.to - self.from), to: self.from }
    }

    /// Its last `days` days, also where it is shorter.
    fn last(self, days: u64) -> Self {
        Period { from: self.to.checked_sub_days(Days::new(days)).unwrap_or(NaiveDateTime::MIN), to: self.to }
    }
}

/// Which customers are wanted, by where they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginFilter {
    /// Those of this channel; all if there is none.
    pub channel: Option<String>,
    /// Those of cohorts that started in this month (`2024-03`); all if there is none.
    pub start_month: Option<String>,
}

/// How many days the figures look back beside the whole period.
const RECENT_DAYS: u64 = 30;

/// Reads the figures of a period as of an instant.
#[derive(Debug)]
pub struct Overview<'a> {
    store: &'a Store,
    period: Period,
    origin: OriginFilter,
    first_order_at: Option<NaiveDateTime>,
    /// The first order, or a return before it.
    begins_at: Option<NaiveDateTime>,
}

impl<'a> Overview<'a> {
    /// Finds out where each customer comes from, by the orders before the as-of, and settles the period: from the day of the
    /// first qualifying order or return if no `from` is given, up to the as-of if no `to` is given or a later one.
    pub fn new(
        store: &'a Store,
        as_of: NaiveDateTime,
        from: Option<NaiveDateTime>,
        to: Option<NaiveDateTime>,
        origin: OriginFilter,
    ) -> Result<Self, StoreError> {
        store.execute(query!("report/stage_first_purchases.sql"), named! { "as_of": as_of })?;
        store.execute(query!("report/stage_origin_labels.sql"), &[])?;
        store.execute(query!("report/stage_origins.sql"), &[])?;
        let asked = named! { "as_of": as_of };
        let (first_order_at, begins_at): (Option<NaiveDateTime>, Option<NaiveDateTime>) =
            store.row(query!("report/begins_at.sql"), asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let to = to.map_or(as_of, |to| to.min(as_of));
        let from = from.or_else(|| begins_at.map(|first| midnight(first.date()))).unwrap_or(to);
        let overview = Overview { store, period: Period { from, to }, origin, first_order_at, begins_at };
        overview.stage_spans()?;
        Ok(overview)
    }

    /// Stages the spans, and what each customer bought in each.
    fn stage_spans(&self) -> Result<(), StoreError> {
        let spans = self.spans();
        let columns =
            [("position", DatumType::Int), ("since", DatumType::Timestamp), ("until", DatumType::Timestamp)]
                .map(|(name, kind)| (name.to_owned(), kind));
        let staged: Vec<Vec<Datum>> = spans
            .iter()
            .enumerate()
            .map(|(position, (_, period))| {
                vec![Datum::Int(position as i64), Datum::Timestamp(period.from), Datum::Timestamp(period.to)]
            })
            .collect();
        self.store.fill_temporary("spans", &columns, &staged)?;
        self.store.execute(query!("report/stage_spent.sql"), &[])?;
        for (position, (_, period)) in spans.iter().enumerate() {
            let span = named! { "position": position as i64, "since": period.from, "until": period.to };
            self.store.execute(query!("report/add_spent.sql"), span)?;
        }
        Ok(())
    }

    /// The period.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Whether any customer has ordered before the as-of.
    pub fn has_orders(&self) -> bool {
        self.first_order_at.is_some()
    }

    /// The channels and start months that customers come from, in order.
    pub fn origins(&self) -> Result<(Vec<String>, Vec<String>), StoreError> {
        let pairs: Vec<(String, String)> =
            self.store.rows(query!("report/origins.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let distinct = |mut words: Vec<String>| {
            words.sort_unstable();
            words.dedup();
            words
        };
        let (channels, months) = pairs.into_iter().unzip();
        Ok((distinct(channels), distinct(months)))
    }

    /// The spans that the figures are of: the period, the one before, the last thirty days and the thirty before. Those that
    /// begin before the file's first order are left out: what was before is unknown, not nothing.
    pub fn spans(&self) -> Vec<(Span, Period)> {
        let recent = self.period.last(RECENT_DAYS);
        let spans = [
            (Span::Period, self.period),
            (Span::Previous, self.period.before()),
            (Span::Last30Days, recent),
            (Span::Previous30Days, recent.before()),
        ];
        let begins = self.begins_at.map_or(self.period.from, |first| midnight(first.date()));
        spans.into_iter().filter(|(span, period)| *span == Span::Period || period.from >= begins).collect()
    }

    /// What happened in each span, by origin.
    pub fn span_totals(&self) -> Result<Vec<SpanTotals>, StoreError> {
        let spans = self.spans();
        let asked = named! { "channel": self.origin.channel, "start_month": self.origin.start_month };
        self.store.rows(query!("report/spans.sql"), asked, |row| {
            let position: i64 = row.get("position")?;
            let (span, period) = spans[position as usize];
            Ok(SpanTotals {
                span,
                period,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                figures: SpanFigures {
                    customers: row.get("customers")?,
                    buyers: row.get("buyers")?,
                    first_time_buyers: row.get("first_time_buyers")?,
                    repeat_buyers: row.get("repeat_buyers")?,
                    orders: row.get("orders")?,
                    gross_revenue: row.get("gross_revenue")?,
                    returned: row.get("returned")?,
                },
            })
        })
    }

    /// The period's orders and revenue by day and origin; days without orders have no row.
    pub fn days(&self) -> Result<Vec<DayOrders>, StoreError> {
        let Period { from, to } = self.period;
        let asked = named! {
            "from": from, "to": to, "channel": self.origin.channel, "start_month": self.origin.start_month,
        };
        self.store.rows(query!("report/days.sql"), asked, |row| {
            Ok(DayOrders {
                day: row.get("day")?,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                orders: row.get("orders")?,
                gross_revenue: row.get("gross_revenue")?,
                returned: row.get("returned")?,
            })
        })
    }

    /// The period's orders by hour of the day, age group and origin.
    pub fn hours(&self) -> Result<Vec<HourOrders>, StoreError> {
        let Period { from, to } = self.period;
        let asked = named! {
            "from": from, "to": to, "channel": self.origin.channel, "start_month": self.origin.start_month,
        };
        self.store.rows(query!("report/hours.sql"), asked, |row| {
            Ok(HourOrders {
                hour: row.get("hour")?,
                age_group: row.get("age_group")?,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                orders: row.get("orders")?,
            })
        })
    }

    /// How much of the period's revenue the customers bring who spent most: of all, of each channel, of each start month, and
    /// of each channel in each start month.
    pub fn concentration(&self) -> Result<Vec<ConcentrationPoint>, StoreError> {
        self.store.rows(query!("report/concentration.sql"), &[], |row| {
            Ok(ConcentrationPoint {
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                top_pct: row.get("top_pct")?,
                customers: row.get("customers")?,
                revenue: row.get("revenue")?,
                customers_in_all: row.get("customers_in_all")?,
                revenue_in_all: row.get("revenue_in_all")?,
                customers_for_half: row.get("customers_for_half")?,
            })
        })
    }

    /// Of [`Overview::concentration`], the points of the wanted origin.
    pub fn concentration_of_origin(&self) -> Result<Vec<ConcentrationPoint>, StoreError> {
        let wanted = |point: &ConcentrationPoint| {
            point.channel == self.origin.channel && point.start_month == self.origin.start_month
        };
        Ok(self.concentration()?.into_iter().filter(wanted).collect())
    }

    /// The wanted customers.
    pub fn origin(&self) -> &OriginFilter {
        &self.origin
    }
}

/// A part of a whole in per cent; `None` of nothing.
fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part * 100.0 / whole)
}

/// By how many per cent an amount changed.
fn change(now: Money, before: Money) -> Option<f64> {
    percent((now - before).to_f64(), before.to_f64().abs())
}

#[cfg(test)]
mod tests;
