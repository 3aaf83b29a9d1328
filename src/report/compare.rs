//! Two cohorts side by side.

use crate::experiment::{Experiment, FigureComparison};
use crate::money::Money;
use crate::render::{Cell, Column, Kind, Phrase, Report, Table};

/// The comparison as a report: the two cohorts, and a row per month and figure.
pub fn comparison_report(experiment: &Experiment) -> Report {
    let (a, b) = (&experiment.a, &experiment.b);
    let profit = experiment.profit_per_member;
    Report::object([
        ("a_activity_id", Cell::Id(a.activity_id)),
        ("a_name", a.name.clone().into()),
        ("a_cohort", a.cohort.clone().into()),
        ("a_size", Cell::Int(a.size)),
        ("a_budget", a.budget.into()),
        ("a_profit_per_member", profit.0.into()),
        ("b_activity_id", Cell::Id(b.activity_id)),
        ("b_name", b.name.clone().into()),
        ("b_cohort", b.cohort.clone().into()),
        ("b_size", Cell::Int(b.size)),
        ("b_budget", b.budget.into()),
        ("b_profit_per_member", profit.1.into()),
        ("in_both", Cell::Int(experiment.in_both)),
        ("months", Cell::Int(experiment.months.into())),
        ("method", experiment.method.as_str().into()),
    ])
    .table(arms_table(experiment))
    .table(figures_table(experiment))
}

/// A row per arm; for people, who see no record.
fn arms_table(experiment: &Experiment) -> Table {
    let row = |name: &str, arm: &crate::experiment::Arm, profit: Option<Money>| {
        vec![
            Cell::from(name),
            Cell::Id(arm.activity_id),
            arm.name.clone().into(),
            arm.cohort.clone().into(),
            Cell::Int(arm.size),
            arm.budget.into(),
            profit.into(),
        ]
    };
    let (of_a, of_b) = experiment.profit_per_member;
    let mut table = Table::new("")
        .title("Compared")
        .column(Column::new(Kind::Text, "arm", "Arm"))
        .column(Column::new(Kind::Id, "activity_id", "ID"))
        .column(Column::new(Kind::Text, "name", "Activity").least(10))
        .column(Column::new(Kind::Text, "cohort", "Cohort").rank(2))
        .column(Column::new(Kind::Count, "cohort_size", "Size").unit("customers"))
        .column(Column::new(Kind::Money, "budget", "Budget").rank(1))
        .column(Column::new(Kind::Money, "profit_per_member", "Profit/member"))
        .row(row("A", &experiment.a, of_a))
        .row(row("B", &experiment.b, of_b));
    if experiment.in_both > 0 {
        table = table.note(
            Phrase::new(
                "{customers} customers are in both cohorts: the intervals treat the two as independent.",
            )
            .with("customers", experiment.in_both),
        );
    }
    table
}

fn figures_table(experiment: &Experiment) -> Table {
    Table::new("figures")
        .title(
            Phrase::new("A minus B per member, with its 95 % interval ({method})")
                .with("method", experiment.method.as_str()),
        )
        .column(Column::new(Kind::Text, "figure", "Figure"))
        .column(Column::new(Kind::Count, "month_offset", "Month").unit("month offset"))
        .column(Column::new(Kind::Ratio, "a", "A"))
        .column(Column::new(Kind::Ratio, "b", "B"))
        .column(Column::new(Kind::Ratio, "difference", "A - B"))
        .column(Column::new(Kind::Ratio, "low", "From"))
        .column(Column::new(Kind::Ratio, "high", "To"))
        .column(Column::new(Kind::Percent, "uplift_pct", "Uplift").rank(1))
        .column(Column::new(Kind::YesNo, "is_significant", "Beyond 0").rank(2))
        .rows(by_figure(&experiment.figures).map(cells))
        .note("Per member, counting those who bought nothing; buyers are a share of the members. Month -: all months together. Beyond 0: the interval excludes 0.")
}

/// A figure's months, then the next figure's.
fn by_figure(figures: &[FigureComparison]) -> impl Iterator<Item = &FigureComparison> {
    crate::experiment::Figure::ALL
        .iter()
        .flat_map(move |figure| figures.iter().filter(move |compared| compared.figure == *figure))
}

fn cells(compared: &FigureComparison) -> Vec<Cell> {
    let comparison = &compared.comparison;
    let interval = comparison.interval;
    vec![
        compared.figure.as_str().into(),
        compared.offset.map(|offset| Cell::Int(offset.into())).into(),
        Cell::Ratio(comparison.a),
        Cell::Ratio(comparison.b),
        Cell::Ratio(comparison.difference()),
        interval.map(|interval| Cell::Ratio(interval.low)).into(),
        interval.map(|interval| Cell::Ratio(interval.high)).into(),
        comparison.uplift_pct().map(Cell::Percent).into(),
        interval.map(|interval| Cell::Bool(interval.excludes_zero())).into(),
    ]
}
