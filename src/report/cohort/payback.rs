//! When each row had recovered its budget.

use chrono::NaiveDate;

use super::expected::ExpectedMonths;
use super::options::{GroupBy, ReportOptions};
use super::pool::{Measure, Pool, Value};
use super::rows::{IN_SEVERAL, PooledRow, UNEVEN, group_columns, read_rows};
use super::series::activity_series;
use crate::calendar::add_months;
use crate::config::CohortSettings;
use crate::money::Money;
use crate::render::{Audience, Cell, Column, Kind, Phrase, Table, sparkline};
use crate::store::{Store, StoreError};

/// When each row broke even, and its profit month by month; with `expected`, also when rows that have not broken
/// even yet are expected to.
pub fn paybacks(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
    expected: Option<&ExpectedMonths>,
) -> Result<Table, StoreError> {
    let series = activity_series(store, settings, options)?;
    let mut rows = read_rows(store, &series, options, settings.months as usize)?;
    let by_activity = options.group_by == GroupBy::Activity;
    let uneven = !by_activity && rows.iter().any(PooledRow::is_uneven);
    let budgeted: Vec<&PooledRow> =
        rows.iter().filter(|row| row.budget.is_some() && row.latest.is_some()).collect();
    let known = budgeted.len();
    let even = budgeted.iter().filter(|row| row.payback().is_some()).count();
    let cut = options.arrange(&mut rows);

    let from = Column::new(Kind::Date, "payback_from", "Since").rank(1).only_for(if by_activity {
        Audience::Everyone
    } else {
        Audience::Programs
    });
    let mut table = Table::new("paybacks")
        .title("Payback: the month that covered the budget")
        .columns(group_columns(options.group_by, &rows))
        .column(Column::new(Kind::Money, "budget", "Budget"))
        .column(Column::new(Kind::Money, "avg_cac", "CAC").rank(2))
        .column(Column::new(Kind::Count, "payback_month", "Payback").unit("month offset"))
        .column(from)
        .column(Column::new(Kind::Money, "cumulative_profit", "Profit now"))
        .column(
            Column::new(Kind::Text, "profit_curve", "Profit by month").only_for(Audience::People).rank(2),
        );
    if expected.is_some() {
        table = table
            .column(
                Column::new(Kind::Count, "expected_payback_month", "Expected payback").unit("month offset"),
            )
            .column(Column::new(Kind::Ratio, "expected_ltv_cac_ratio", "Expected LTV:CAC"));
    }
    for row in &rows {
        let mut cells = payback_cells(row, options.group_by);
        if let Some(expected) = expected {
            let month = expected.payback(row, settings.gross_margin);
            cells.extend([month.into(), expected.ratio(row).into()]);
        }
        table.push(cells);
    }
    if known > 0 {
        table = table
            .note(
                Phrase::new("{even} of {known} rows with a budget and a closed month broke even.")
                    .with("even", even)
                    .with("known", known),
            )
            .note("Payback: the offset of the month, 0 for the first, and the day it began; - not yet, or no budget.");
    }
    if let Some(expected) = expected {
        table = table
            .note("Expected payback: the first open month by whose end the expected revenue covers the budget. Expected LTV:CAC: at the end of the last month.")
            .note(expected.note());
    }
    if uneven {
        table = table.note(UNEVEN);
    }
    if rows.iter().any(|row| row.in_several > 0) {
        table = table.note(IN_SEVERAL);
    }
    Ok(cut.note(table))
}

fn payback_cells(row: &PooledRow, group_by: GroupBy) -> Vec<Cell> {
    let payback = row.payback();
    let from = payback.filter(|_| group_by == GroupBy::Activity).map(|offset| month_start(row, offset));
    let profit =
        |pool: Option<Pool>| pool.and_then(|pool| pool.value(Measure::Profit)).and_then(Value::money);
    let last = row.pools.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let curve: Vec<f64> =
        row.pools[..last].iter().map(|pool| profit(*pool).map_or(f64::NAN, Money::to_f64)).collect();
    let mut cells = row.group_cells(group_by);
    cells.extend([
        row.budget.into(),
        row.cac().into(),
        payback.into(),
        from.into(),
        profit(row.latest).into(),
        sparkline(&curve).into(),
    ]);
    cells
}

/// The start of the month at an offset.
fn month_start(row: &PooledRow, offset: usize) -> NaiveDate {
    add_months(row.start_at, u32::try_from(offset).unwrap_or(u32::MAX)).date()
}

#[cfg(test)]
mod tests {
    use super::super::rows::pooled_rows;
    use super::super::rows::test::{MONTHS, series, three, won};
    use super::*;

    #[test]
    fn rows_pay_back_by_what_their_activities_with_a_budget_earn() {
        let paybacks =
            |by| pooled_rows(&three(), by, MONTHS).iter().map(PooledRow::payback).collect::<Vec<_>>();
        assert_eq!(paybacks(GroupBy::Activity), [Some(1), None, None]);
        // Activity 3 has no budget, and its revenue pays for no other's.
        assert_eq!(paybacks(GroupBy::Channel), [Some(1), None]);
        assert_eq!(paybacks(GroupBy::Month), [None, None]);
        let mut kept_last = series(1, "2024-03-05", 10, Some(500), &[(400, 10, 10, 1), (700, 5, 4, 3)]);
        kept_last.months[0] = None;
        assert_eq!(pooled_rows(&[kept_last], GroupBy::Activity, MONTHS)[0].payback(), None);
    }

    #[test]
    fn a_payback_is_its_month_and_the_curve_of_profits() {
        let month = (10_000_000, 100, 100, 100);
        let whole = series(1, "2024-01-31", 100, Some(35_000_000), &[month; 12]);
        let opened = series(2, "2024-01-31", 100, Some(35_000_000), &[]);
        let rows = pooled_rows(&[whole, opened], GroupBy::Activity, 12);
        let day = |text: &str| Cell::Date(crate::calendar::parse_date(text).unwrap());
        let cells = payback_cells(&rows[0], GroupBy::Activity);
        // 10 million a month against 35: in the fourth month, from the clamped end of April.
        assert_eq!(cells[7..10], [Cell::Int(3), day("2024-04-30"), won(85_000_000).into()]);
        assert_eq!(cells[10], Cell::from("▁▂▂▃▄▄▅▅▆▇▇█"));
        let unwritten = payback_cells(&rows[1], GroupBy::Activity);
        assert_eq!(unwritten[7..], [Cell::Empty, Cell::Empty, Cell::Empty, "".into()]);
    }
}
