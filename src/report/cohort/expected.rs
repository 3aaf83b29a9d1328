//! Triangles and paybacks, with open months filled in as expected.
//!
//! People see both in one table, with expected values marked `~`; programs get known and expected
//! figures in separate columns, each empty where the other has a value.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::options::ReportOptions;
use super::pool::{Measure, Value};
use super::rows::{PooledRow, group_columns};
use super::triangle::{Triangle, triangle};
use crate::calendar::format_instant;
use crate::config::{CohortSettings, Margin};
use crate::money::Money;
use crate::predict::CohortMonth;
use crate::render::{Audience, Cell, Column, Heat, Kind, Phrase, Table};
use crate::store::{Store, StoreError};

/// Expected cumulative revenue at the end of open months.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedMonths {
    as_of: NaiveDateTime,
    by_activity: BTreeMap<i64, BTreeMap<usize, Money>>,
}

impl ExpectedMonths {
    /// The expectations of the runs as of an instant.
    pub fn of(as_of: NaiveDateTime, months: &[CohortMonth]) -> Self {
        let mut by_activity: BTreeMap<i64, BTreeMap<usize, Money>> = BTreeMap::new();
        for month in months {
            if let Ok(offset) = usize::try_from(month.month_offset) {
                by_activity.entry(month.activity_id).or_default().insert(offset, month.expected);
            }
        }
        ExpectedMonths { as_of, by_activity }
    }

    /// The expected revenue of a row's month; `None` once the month is known.
    fn revenue(&self, row: &PooledRow, offset: usize) -> Option<Money> {
        let is_open = row.pools.get(offset).is_none_or(Option::is_none);
        let months = self.by_activity.get(&row.activity_id?)?;
        months.get(&offset).copied().filter(|_| is_open)
    }

    fn ltv(&self, row: &PooledRow, offset: usize) -> Option<Money> {
        self.revenue(row, offset)?.divided_by(row.size?)
    }

    /// The first open month by whose end a row is expected to cover its budget; `None` if it already has.
    pub(super) fn payback(&self, row: &PooledRow, margin: Margin) -> Option<usize> {
        let budget = row.budget?;
        let earned = |offset: &usize| self.revenue(row, *offset).is_some_and(|sum| margin.of(sum) >= budget);
        row.payback().is_none().then(|| (0..row.pools.len()).find(earned)).flatten()
    }

    /// Expected revenue over budget at the end of a row's last month, where that is open.
    pub(super) fn ratio(&self, row: &PooledRow) -> Option<f64> {
        let budget = row.budget.filter(|budget| *budget > Money::ZERO)?;
        let revenue = self.revenue(row, row.pools.len().checked_sub(1)?)?;
        Some(revenue.to_f64() / budget.to_f64())
    }

    /// The remark that says when this was expected.
    pub(super) fn note(&self) -> Phrase {
        Phrase::new("Expected as of {as_of}: `lifecycle predict cohorts` shows the intervals, `predict check` how accurate the model was.")
            .with("as_of", format_instant(self.as_of))
    }
}

/// LTV per customer by month: known where the month has closed, expected where it is open.
pub fn expected_ltv(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
    expected: &ExpectedMonths,
) -> Result<Table, StoreError> {
    Ok(expected_table(&triangle(store, settings, options, Measure::Ltv)?, expected))
}

fn expected_table(triangle: &Triangle, expected: &ExpectedMonths) -> Table {
    let mut table = Table::new("triangle")
        .title("LTV per customer: revenue so far ÷ members; ~ is expected")
        .columns(group_columns(triangle.group_by, &triangle.rows))
        .heat(Heat::Rising);
    for offset in 0..triangle.months {
        let rank = u8::try_from(offset + 1).unwrap_or(u8::MAX);
        let shown = Column::new(Kind::Money, format!("offset_{offset}_shown"), format!("M{offset}"));
        table = table.column(shown.dense().rank(rank).only_for(Audience::People));
    }
    for prefix in ["offset", "expected_offset"] {
        for offset in 0..triangle.months {
            let column = Column::new(Kind::Money, format!("{prefix}_{offset}"), format!("M{offset}"));
            table = table.column(column.only_for(Audience::Programs));
        }
    }
    for row in &triangle.rows {
        let known = |offset: usize| {
            row.pools[offset].and_then(|pool| pool.value(Measure::Ltv)).and_then(Value::money)
        };
        let shown = |offset| match (known(offset), expected.ltv(row, offset)) {
            (Some(known), _) => Cell::Money(known),
            (None, ahead) => ahead.map(Cell::Expected).unwrap_or_default(),
        };
        let mut cells = row.group_cells(triangle.group_by);
        cells.extend((0..triangle.months).map(shown));
        cells.extend((0..triangle.months).map(|offset| Cell::from(known(offset))));
        cells.extend((0..triangle.months).map(|offset| Cell::from(expected.ltv(row, offset))));
        table.push(cells);
    }
    if !triangle.rows.is_empty() {
        let mut means = triangle.mean_cells();
        means.extend(vec![Cell::Empty; 2 * triangle.months]);
        table = table
            .total(means)
            .note("Mean: of closed months, over all activities that have them, weighted by size.");
    }
    triangle.cut.note(table.note(expected.note()))
}

#[cfg(test)]
mod tests {
    use super::super::options::GroupBy;
    use super::super::rows::pooled_rows;
    use super::super::rows::test::{series, won};
    use super::*;
    use crate::calendar::parse_instant;
    use crate::render::{Format, Report, Style, render};

    /// Ten members, a budget of 1,000; 400 and 300 in the months that are known.
    fn row(months: usize) -> PooledRow {
        let one = series(1, "2024-03-05", 10, Some(1_000), &[(400, 10, 10, 1), (300, 5, 4, 3)]);
        pooled_rows(&[one], GroupBy::Activity, months).remove(0)
    }

    fn expected(months: &[(usize, i64)]) -> ExpectedMonths {
        let months = months.iter().map(|(offset, revenue)| (*offset, won(*revenue))).collect();
        let as_of = parse_instant("2024-05-10").unwrap();
        ExpectedMonths { as_of, by_activity: BTreeMap::from([(1, months)]) }
    }

    #[test]
    fn a_budget_is_expected_to_be_earned_in_the_first_open_month_that_covers_it() {
        let ahead = expected(&[(1, 5_000), (2, 999), (3, 1_000), (4, 1_200)]);
        assert_eq!(ahead.payback(&row(5), Margin::WHOLE), Some(3), "month 1 is known and did not");
        let half = Margin::from_millionths(500_000).unwrap();
        assert_eq!(ahead.payback(&row(5), half), None);
        assert_eq!(ahead.ratio(&row(5)), Some(1.2));
        assert_eq!(ahead.ratio(&row(2)), None, "the last month is known");
        let done = series(1, "2024-03-05", 10, Some(500), &[(400, 10, 10, 1), (300, 5, 4, 3)]);
        let done = pooled_rows(&[done], GroupBy::Activity, 5).remove(0);
        assert_eq!(ahead.payback(&done, Margin::WHOLE), None, "it is earned already");
    }

    #[test]
    fn known_and_expected_are_marked_for_people_and_apart_for_programs() {
        let options = ReportOptions::as_of(parse_instant("2024-05-10").unwrap());
        let triangle = super::super::triangle::triangle_of(vec![row(4)], &options, Measure::Ltv, 4);
        let table = expected_table(&triangle, &expected(&[(1, 900), (2, 850), (3, 1_000)]));
        let shown = |format| {
            let mut out = Vec::new();
            render(&Report::from(table.clone()), format, &Style::default(), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let people = shown(Format::Table);
        assert!(people.contains("40  70  ~85  ~100"), "{people}");
        let programs = shown(Format::Csv);
        assert!(programs.contains(",offset_3,expected_offset_0,"), "{programs}");
        assert!(programs.contains(",10,40.00,70.00,,,,,85.00,100.00"), "{programs}");
    }
}
