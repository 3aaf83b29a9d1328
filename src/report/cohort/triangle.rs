//! Triangles: one figure, rows down, months across.

use super::options::{Cut, GroupBy, ReportOptions};
use super::pool::{Measure, Value};
use super::rows::{IN_SEVERAL, PooledRow, UNEVEN, group_columns, mean, read_rows};
use super::series::activity_series;
use crate::config::CohortSettings;
use crate::render::{Cell, Chart, Column, Curve, Heat, Kind, Table};
use crate::store::{Store, StoreError};

/// The rank of what goes before the months.
const BEFORE_MONTHS: u8 = u8::MAX;

/// One figure of every row and month.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangle {
    /// The figure.
    pub measure: Measure,
    /// The grouping of rows.
    pub group_by: GroupBy,
    /// How many offsets there are.
    pub months: usize,
    /// The rows, in the order that was asked for.
    pub rows: Vec<PooledRow>,
    /// By offset, the mean over all rows, also those beyond the limit.
    pub means: Vec<Option<Value>>,
    /// Members of all rows.
    pub size: i64,
    /// Whether a pooled row's months are of different activities.
    pub uneven: bool,
    pub(super) cut: Cut,
}

/// Reads a triangle.
pub fn triangle(
    store: &Store,
    settings: &CohortSettings,
    options: &ReportOptions,
    measure: Measure,
) -> Result<Triangle, StoreError> {
    let series = activity_series(store, settings, options)?;
    let months = settings.months as usize;
    let rows = read_rows(store, &series, options, months)?;
    Ok(triangle_of(rows, options, measure, months))
}

pub(super) fn triangle_of(
    mut rows: Vec<PooledRow>,
    options: &ReportOptions,
    measure: Measure,
    months: usize,
) -> Triangle {
    let group_by = options.group_by;
    let means = (0..months).map(|offset| mean(&rows, measure, offset)).collect();
    let size = rows.iter().filter_map(|row| row.size).sum();
    let uneven = group_by != GroupBy::Activity && rows.iter().any(PooledRow::is_uneven);
    let cut = options.arrange(&mut rows);
    Triangle { measure, group_by, months, rows, means, size, uneven, cut }
}

impl Triangle {
    /// The triangle as a table: a column a month, and the row of means.
    pub fn table(&self) -> Table {
        let mut table = Table::new("triangle")
            .title(title(self.measure))
            .columns(group_columns(self.group_by, &self.rows))
            .heat(heat(self.measure));
        for offset in 0..self.months {
            // The highest offset goes first on a narrow terminal.
            let rank = u8::try_from(offset + 1).unwrap_or(BEFORE_MONTHS - 1);
            let column = Column::new(kind(self.measure), format!("offset_{offset}"), format!("M{offset}"));
            table = table.column(column.dense().rank(rank));
        }
        for row in &self.rows {
            let mut cells = row.group_cells(self.group_by);
            cells.extend(
                row.pools.iter().map(|pool| pool.and_then(|pool| pool.value(self.measure)).map(cell).into()),
            );
            table.push(cells);
        }
        if !self.rows.is_empty() {
            table = table.total(self.mean_cells()).note(mean_note(self.measure));
        }
        if self.uneven {
            table = table.note(UNEVEN);
        }
        if self.rows.iter().any(|row| row.in_several > 0) {
            table = table.note(IN_SEVERAL);
        }
        self.cut.note(table)
    }

    /// The triangle as curves: the mean among the rows.
    pub fn chart(&self) -> Chart {
        let curve = |name: &str, values: Vec<Option<Value>>| Curve {
            name: name.to_owned(),
            values: values.into_iter().map(|value| value.map(Value::to_f64)).collect(),
        };
        let of = |row: &PooledRow| {
            row.pools.iter().map(|pool| pool.and_then(|pool| pool.value(self.measure))).collect()
        };
        Chart {
            title: title(self.measure).into(),
            bold: curve("Mean", self.means.clone()),
            curves: self.rows.iter().map(|row| curve(&row.name, of(row))).collect(),
            ticks: (0..self.months).map(|offset| format!("M{offset}")).collect(),
            kind: kind(self.measure),
        }
    }

    pub(super) fn mean_cells(&self) -> Vec<Cell> {
        let mut cells = match self.group_by {
            GroupBy::Activity => {
                vec![Cell::Empty, "Mean".into(), Cell::Empty, Cell::Empty, Cell::Int(self.size)]
            }
            _ => vec!["Mean".into(), Cell::Empty, Cell::Int(self.size), Cell::Empty],
        };
        cells.extend(self.means.iter().map(|mean| Cell::from(mean.map(cell))));
        cells
    }
}

fn title(measure: Measure) -> &'static str {
    match measure {
        Measure::Ltv => "LTV per customer: revenue so far ÷ members",
        Measure::Revenue => "Revenue per customer: the month's revenue ÷ members",
        Measure::Retention => "Retention: members who bought in the month",
        Measure::Orders => "Orders per customer: the month's orders ÷ members",
        Measure::Repeat => "Repeat: members with two or more orders so far",
        Measure::Ratio => "LTV:CAC: revenue so far ÷ budget",
        Measure::Profit => "Profit: revenue so far less budget",
    }
}

fn mean_note(measure: Measure) -> &'static str {
    match measure {
        Measure::Ratio => {
            "Mean: all revenue ÷ all budgets of the activities that have the month and a budget."
        }
        Measure::Profit => "Mean: of the rows that have the month, weighted by size.",
        _ => "Mean: of all activities that have the month, weighted by size.",
    }
}

fn heat(measure: Measure) -> Heat {
    match measure {
        Measure::Ratio => Heat::Around(1.0),
        Measure::Profit => Heat::Around(0.0),
        _ => Heat::Rising,
    }
}

fn kind(measure: Measure) -> Kind {
    match measure {
        Measure::Ltv | Measure::Revenue | Measure::Profit => Kind::Money,
        Measure::Retention | Measure::Repeat => Kind::Percent,
        Measure::Orders | Measure::Ratio => Kind::Ratio,
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Money(amount) => Cell::Money(amount),
        Value::Percent(percent) => Cell::Percent(percent),
        Value::Ratio(ratio) => Cell::Ratio(ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::pooled_rows;
    use super::super::rows::test::series;
    use super::*;
    use crate::calendar::parse_instant;
    use crate::render::{Format, Report, Style, render};
    use crate::report::cohort::ActivitySeries;

    /// An activity of `size` members, each of whom brings 100,000 a month.
    fn named(id: i64, name: &str, size: i64, budget: i64, months: usize) -> ActivitySeries {
        let months = vec![(100_000 * size, size, size, size); months];
        let series = series(id, "2024-01-31", size, Some(budget), &months);
        ActivitySeries { name: name.to_owned(), channel: "email".to_owned(), ..series }
    }

    fn three() -> Vec<ActivitySeries> {
        vec![
            named(1, "New year's greetings by mail, first wave", 100, 35_000_000, 12),
            named(2, "봄 인플루언서 협업 2차", 50, 12_500_000, 4),
            named(12, "Opened", 1_234, 40_000_000, 0),
        ]
    }

    fn shown(measure: Measure, format: Format, style: &Style<'_>) -> String {
        let options = ReportOptions::as_of(parse_instant("2025-03-01").unwrap());
        let rows = pooled_rows(&three(), GroupBy::Activity, 12);
        let table = triangle_of(rows, &options, measure, 12).table();
        let mut out = Vec::new();
        render(&Report::from(table), format, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn twelve_months_fit_120_columns() {
        let style = Style { width: Some(120), ..Style::default() };
        let expected = "\
Profit: revenue so far less budget
ID  Activity                   Size      M0      M1     M2    M3     M4     M5     M6     M7     M8     M9    M10    M11
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 1  New year's greetings by…    100  -25.0M  -15.0M  -5.0M  5.0M  15.0M  25.0M  35.0M  45.0M  55.0M  65.0M  75.0M  85.0M
 2  봄 인플루언서 협업 2차       50   -7.5M   -2.5M   2.5M  7.5M
12  Opened                    1,234
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 -  Mean                      1,384  -19.2M  -10.8M  -2.5M  5.8M  15.0M  25.0M  35.0M  45.0M  55.0M  65.0M  75.0M  85.0M
Mean: of the rows that have the month, weighted by size.
";
        assert_eq!(shown(Measure::Profit, Format::Table, &style), expected);
    }

    #[test]
    fn at_80_columns_names_are_cut_and_the_last_months_go() {
        let style = Style { width: Some(80), ..Style::default() };
        let expected = "\
Profit: revenue so far less budget
ID  Activity       Size      M0      M1     M2    M3     M4     M5     M6     M7
────────────────────────────────────────────────────────────────────────────────
 1  New year's…     100  -25.0M  -15.0M  -5.0M  5.0M  15.0M  25.0M  35.0M  45.0M
 2  봄 인플루언…     50   -7.5M   -2.5M   2.5M  7.5M
12  Opened        1,234
────────────────────────────────────────────────────────────────────────────────
 -  Mean          1,384  -19.2M  -10.8M  -2.5M  5.8M  15.0M  25.0M  35.0M  45.0M
4 columns not shown at 80 columns wide: M8, M9, M10, M11 (a wider terminal or
another format shows all)
Mean: of the rows that have the month, weighted by size.
";
        assert_eq!(shown(Measure::Profit, Format::Table, &style), expected);
    }

    #[test]
    fn programs_get_exact_values_and_null_where_a_month_is_open() {
        let json = shown(Measure::Profit, Format::Json, &Style::default());
        let row = json.split('{').nth(2).expect("a second row");
        assert!(row.contains("\"start_date\": \"2024-01-31\""), "{row}");
        assert!(row.contains("\"offset_3\": 7500000,\n    \"offset_4\": null"), "{row}");
        assert!(!json.contains("Mean"), "{json}");
        let csv = shown(Measure::Ratio, Format::Csv, &Style { color: true, ..Style::default() });
        assert!(csv.contains(",email,2024-01-31,50,0.4,0.8,1.2,1.6,,,,,,,,\r\n"), "{csv}");
    }

    #[test]
    fn colours_are_for_terminals_only() {
        let style = Style { color: true, ..Style::default() };
        // Red below zero, green from it on, blank months without a tint.
        let table = shown(Measure::Profit, Format::Table, &style);
        let row = table.lines().nth(4).expect("the second activity");
        let tint = |code: &str| row.find(code).unwrap_or_else(|| panic!("{code} in {row:?}"));
        assert!(tint("[48;5;210m") < tint("[48;5;194m"), "{row:?}");
        assert_eq!(row.matches("[48;5;").count(), 4, "{row:?}");
        for format in [Format::Csv, Format::Json, Format::Markdown] {
            assert!(!shown(Measure::Profit, format, &style).contains('\u{1b}'), "{format}");
        }
    }
}
