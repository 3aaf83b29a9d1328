//! All predicted cohorts together, month by month: closed months as known, open ones as expected.

use std::collections::HashMap;

use super::cohort::ActivitySeries;
use crate::money::Money;
use crate::predict::CohortMonth;
use crate::render::{Cell, Chart, Column, Curve, Kind, Table};

/// A month of all cohorts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedMonth {
    /// The month's offset.
    pub month_offset: usize,
    /// Cohorts in it.
    pub cohorts: i64,
    /// Those for which it is still open.
    pub open: i64,
    /// Members.
    pub size: i64,
    /// Cumulative revenue: actual where the month is closed, expected where it is open.
    pub expected: Money,
    /// The same with the lower ends of the open months' intervals, as if all errors went the same way.
    pub low: Money,
    /// The same with the upper ends.
    pub high: Money,
}

/// The months of the cohorts that have a prediction or nothing left to predict. A month that was open when the prediction was
/// made stays a predicted one, so that it can be compared with what came later; a month that some cohort lacks is left out.
pub fn expected_months(series: &[ActivitySeries], open: &[CohortMonth], months: usize) -> Vec<ExpectedMonth> {
    let mut predicted: HashMap<i64, HashMap<i64, &CohortMonth>> = HashMap::new();
    for month in open {
        predicted.entry(month.activity_id).or_default().insert(month.month_offset, month);
    }
    let members = |series: &ActivitySeries| series.size.unwrap_or_default();
    let included: Vec<&ActivitySeries> = series
        .iter()
        .filter(|series| members(series) > 0)
        .filter(|series| predicted.contains_key(&series.activity_id) || series.months.len() >= months)
        .collect();
    let mut all = Vec::new();
    for offset in 0..months {
        let mut sum = ExpectedMonth {
            month_offset: offset,
            cohorts: included.len() as i64,
            open: 0,
            size: included.iter().copied().map(members).sum(),
            expected: Money::ZERO,
            low: Money::ZERO,
            high: Money::ZERO,
        };
        let known = included.iter().all(|series| {
            let open = predicted.get(&series.activity_id).and_then(|months| months.get(&(offset as i64)));
            match (open, series.months.get(offset).copied().flatten()) {
                (Some(month), _) => sum.add_open(month),
                (None, Some(month)) => sum.add_closed(month.ltv),
                (None, None) => return false,
            }
            true
        });
        if known && sum.size > 0 && !predicted.is_empty() {
            all.push(sum);
        }
    }
    all
}

impl ExpectedMonth {
    fn add_open(&mut self, month: &CohortMonth) {
        self.open += 1;
        self.expected += month.expected;
        self.low += month.low;
        self.high += month.high;
    }

    fn add_closed(&mut self, revenue: Money) {
        self.expected += revenue;
        self.low += revenue;
        self.high += revenue;
    }

    /// The three per member.
    fn by_member(&self) -> [Option<Money>; 3] {
        [self.expected, self.low, self.high].map(|amount| amount.divided_by(self.size))
    }
}

/// One row per month.
pub fn expected_table(months: &[ExpectedMonth]) -> Table {
    Table::new("expected_months")
        .title("All cohorts together: cumulative revenue per member")
        .column(Column::new(Kind::Count, "month_offset", "Month"))
        .column(Column::new(Kind::Count, "cohorts", "Cohorts"))
        .column(Column::new(Kind::Count, "open_cohorts", "Open"))
        .column(Column::new(Kind::Count, "cohort_size", "Size"))
        .column(Column::new(Kind::Money, "expected_ltv", "Expected"))
        .column(Column::new(Kind::Money, "low_ltv", "Low"))
        .column(Column::new(Kind::Money, "high_ltv", "High"))
        .rows(months.iter().map(|month| {
            let mut row = vec![
                Cell::Int(month.month_offset as i64),
                Cell::Int(month.cohorts),
                Cell::Int(month.open),
                Cell::Int(month.size),
            ];
            row.extend(month.by_member().map(Cell::from));
            row
        }))
        .note("Closed months are actual. Low and high add up the cohorts' 80 % intervals, as if all errors went the same way.")
}

/// The expected mean with its interval.
pub fn expected_chart(months: &[ExpectedMonth]) -> Chart {
    let curve = |name: &str, at: usize| Curve {
        name: name.to_owned(),
        values: months.iter().map(|month| month.by_member()[at].map(Money::to_f64)).collect(),
    };
    Chart {
        title: "All cohorts together: cumulative revenue per member".into(),
        bold: curve("Expected", 0),
        curves: vec![curve("Low", 1), curve("High", 2)],
        ticks: months.iter().map(|month| format!("M{}", month.month_offset)).collect(),
        kind: Kind::Money,
    }
}
