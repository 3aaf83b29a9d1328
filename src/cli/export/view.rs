//! Reports' rows as an export takes them: what the reports print for programs, with types.

use clap::ValueEnum;

use lifecycle::export::ViewRows;
use lifecycle::render::{Align, Cell, Column, Report};
use lifecycle::store::{Datum, DatumType, Store};

use crate::cli::cohort::{self, View};
use crate::cli::error::CommandError;
use crate::cli::global::Context;
use crate::cli::grades;

/// A report whose rows can be exported.
#[derive(Clone, Copy, Debug)]
pub enum ReportView {
    /// `lifecycle cohort report`, with a --view or without.
    Cohort(Option<View>),
    /// `lifecycle grades report`: a row an update.
    GradeRuns,
    /// `lifecycle grades at-risk`.
    AtRisk,
}

impl ReportView {
    fn all() -> Vec<(String, ReportView)> {
        let triangles = View::value_variants().iter().filter_map(|view| {
            let name = view.to_possible_value()?;
            Some((format!("cohort:{}", name.get_name()), ReportView::Cohort(Some(*view))))
        });
        let mut all = vec![("cohort".to_owned(), ReportView::Cohort(None))];
        all.extend(triangles);
        all.push(("grades:report".to_owned(), ReportView::GradeRuns));
        all.push(("grades:at-risk".to_owned(), ReportView::AtRisk));
        all
    }

    /// The names of all.
    pub fn names() -> Vec<String> {
        ReportView::all().into_iter().map(|(name, _)| name).collect()
    }

    /// The view of a name.
    pub fn named(name: &str) -> Option<Self> {
        ReportView::all().into_iter().find(|(known, _)| known == name).map(|(_, view)| view)
    }

    fn name(self) -> String {
        match self {
            ReportView::Cohort(None) => "cohort".to_owned(),
            ReportView::Cohort(Some(view)) => {
                let name = view.to_possible_value().map(|value| value.get_name().to_owned());
                format!("cohort:{}", name.unwrap_or_default())
            }
            ReportView::GradeRuns => "grades:report".to_owned(),
            ReportView::AtRisk => "grades:at-risk".to_owned(),
        }
    }

    /// Its rows, made by the command that prints them.
    pub fn rows(self, context: &Context<'_>, store: &Store) -> Result<ViewRows, CommandError> {
        let config = context.config(Some(store))?;
        let report = match self {
            ReportView::Cohort(view) => cohort::whole_report(context, store, &config, view)?,
            ReportView::GradeRuns => grades::whole_report(context, store)?,
            ReportView::AtRisk => grades::whole_at_risk_report(context, store, &config)?,
        };
        Ok(rows_of(self.name(), &report))
    }
}

/// The rows that a report gives to programs.
fn rows_of(name: String, report: &Report) -> ViewRows {
    let Some(table) = report.named_tables().next() else {
        return ViewRows { name, columns: Vec::new(), rows: Vec::new() };
    };
    let rows: Vec<Vec<&Cell>> =
        table.rows.iter().map(|row| table.cells_for_programs(row).map(|(_, cell)| cell).collect()).collect();
    let columns: Vec<&Column> = table.for_programs().collect();
    let found: Vec<Option<DatumType>> =
        (0..columns.len()).map(|position| rows.iter().find_map(|row| type_of(row[position]))).collect();
    // The months of a triangle are of one type, though nothing is in the last ones yet.
    let dense = columns.iter().zip(&found).filter(|(column, _)| column.dense).find_map(|(_, found)| *found);
    let types = columns.iter().zip(&found).map(|(column, found)| {
        let of_others = dense.filter(|_| column.dense);
        found.or(of_others).unwrap_or(match column.align {
            Align::Left => DatumType::Text,
            Align::Right => DatumType::Double,
        })
    });
    let columns = columns.iter().zip(types).map(|(column, kind)| (column.key.clone(), kind)).collect();
    let rows = rows.into_iter().map(|row| row.into_iter().map(datum).collect()).collect();
    ViewRows { name, columns, rows }
}

fn type_of(cell: &Cell) -> Option<DatumType> {
    match cell {
        Cell::Empty => None,
        Cell::Text(_) => Some(DatumType::Text),
        Cell::Int(_) | Cell::Id(_) | Cell::Bytes(_) => Some(DatumType::Int),
        Cell::Money(_) => Some(DatumType::Money),
        Cell::Ratio(_) | Cell::Percent(_) | Cell::Seconds(_) => Some(DatumType::Double),
        Cell::Date(_) => Some(DatumType::Date),
        Cell::Timestamp(_) => Some(DatumType::Timestamp),
        Cell::Bool(_) => Some(DatumType::Bool),
        Cell::Exact { .. } | Cell::Plain(_) => Some(DatumType::Text),
    }
}

fn datum(cell: &Cell) -> Datum {
    if cell.is_missing() {
        return Datum::Null;
    }
    match cell {
        Cell::Empty => Datum::Null,
        Cell::Text(text) => Datum::Text(text.clone()),
        Cell::Int(number) | Cell::Id(number) => Datum::Int(*number),
        Cell::Bytes(bytes) => i64::try_from(*bytes).map_or(Datum::Null, Datum::Int),
        Cell::Money(amount) => Datum::Money(*amount),
        // Added to zero, as everywhere: a negative zero is none.
        Cell::Ratio(value) | Cell::Percent(value) | Cell::Seconds(value) => Datum::Double(0.0 + value),
        Cell::Date(day) => Datum::Date(*day),
        Cell::Timestamp(moment) => Datum::Timestamp(*moment),
        Cell::Bool(value) => Datum::Bool(*value),
        Cell::Exact { .. } | Cell::Plain(_) => Datum::Text(cell.shown(&Default::default())),
    }
}

#[cfg(test)]
mod tests {
    use lifecycle::money::Money;
    use lifecycle::render::{Audience, Table};

    use super::*;

    #[test]
    fn every_view_is_found_by_its_name() {
        for (name, view) in ReportView::all() {
            assert_eq!(ReportView::named(&name).map(ReportView::name), Some(name.clone()));
            assert_eq!(view.name(), name);
        }
        assert!(ReportView::named("cohort:").is_none() && ReportView::named("grades").is_none());
    }

    #[test]
    fn columns_take_the_type_of_their_cells_and_empty_months_that_of_the_others() {
        let table = Table::new("t")
            .columns([
                Column::text("name", "Name"),
                Column::text("curve", "Curve").only_for(Audience::People),
                Column::number("m0", "M0").dense(),
                Column::number("m1", "M1").dense(),
                Column::number("cac", "CAC"),
            ])
            .row([
                Cell::Empty,
                "x".into(),
                Cell::Money(Money::from_hundredths(150)),
                Cell::Empty,
                Cell::Ratio(f64::NAN),
            ])
            .total([Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty]);
        let rows = rows_of("v".to_owned(), &Report::from(table));
        let names: Vec<&str> = rows.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["name", "m0", "m1", "cac"]);
        let types: Vec<DatumType> = rows.columns.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(types, [DatumType::Text, DatumType::Money, DatumType::Money, DatumType::Double]);
        let money = Datum::Money(Money::from_hundredths(150));
        assert_eq!(rows.rows, [vec![Datum::Null, money, Datum::Null, Datum::Null]]);
    }
}
