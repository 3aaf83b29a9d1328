//! Reports' rows as an export takes them: what the reports give to programs, by the columns' declared types.

use lifecycle::export::ViewRows;
use lifecycle::render::{Cell, Kind, Table};
use lifecycle::report::ReportView;
use lifecycle::store::{Datum, DatumType, Store};

use crate::cli::error::CommandError;
use crate::cli::global::Context;

/// A report's rows as of the file's clock.
pub fn rows(view: ReportView, context: &Context<'_>, store: &Store) -> Result<ViewRows, CommandError> {
    let config = context.config(Some(store))?;
    let as_of = context.as_of(store, None)?;
    Ok(rows_of(view.name(), &view.table(store, &config, as_of)?))
}

/// The rows that a table gives to programs.
fn rows_of(name: &str, table: &Table) -> ViewRows {
    let columns = table.for_programs().map(|column| (column.key.clone(), type_of(column.kind))).collect();
    let rows =
        table.rows.iter().map(|row| table.cells_for_programs(row).map(|(_, cell)| datum(cell)).collect());
    ViewRows { name: name.to_owned(), columns, rows: rows.collect() }
}

fn type_of(kind: Kind) -> DatumType {
    match kind {
        Kind::Text | Kind::Any => DatumType::Text,
        Kind::Id | Kind::Count => DatumType::Int,
        Kind::Money => DatumType::Money,
        Kind::Ratio | Kind::Percent => DatumType::Double,
        Kind::Date => DatumType::Date,
        Kind::Instant => DatumType::Timestamp,
        Kind::YesNo => DatumType::Bool,
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
        Cell::Money(amount) | Cell::Expected(amount) => Datum::Money(*amount),
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
    use lifecycle::render::{Audience, Column};

    use super::*;

    #[test]
    fn columns_have_their_declared_types_whatever_their_rows_hold() {
        let table = Table::new("t")
            .columns([
                Column::new(Kind::Text, "name", "Name"),
                Column::new(Kind::Text, "curve", "Curve").only_for(Audience::People),
                Column::new(Kind::Money, "m0", "M0").dense(),
                Column::new(Kind::Money, "m1", "M1").dense(),
                Column::new(Kind::Ratio, "cac", "CAC"),
            ])
            .row([
                Cell::Empty,
                "x".into(),
                Cell::Money(Money::from_hundredths(150)),
                Cell::Empty,
                Cell::Ratio(f64::NAN),
            ])
            .total([Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty]);
        let rows = rows_of("v", &table);
        let names: Vec<&str> = rows.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["name", "m0", "m1", "cac"]);
        let types: Vec<DatumType> = rows.columns.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(types, [DatumType::Text, DatumType::Money, DatumType::Money, DatumType::Double]);
        let money = Datum::Money(Money::from_hundredths(150));
        assert_eq!(rows.rows, [vec![Datum::Null, money, Datum::Null, Datum::Null]]);
    }
}
