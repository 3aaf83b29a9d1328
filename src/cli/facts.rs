//! What a command did, as one record: a table of two columns for people, one
//! object for programs.

use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Report, Table};

use super::ui::Ui;

/// A fact: its key, its heading, its value.
pub type Fact<'a> = (&'a str, &'a str, Cell);

/// The table for people: `what` heads the facts.
pub fn fact_table(ui: &Ui, currency: &Currency, what: &str, facts: &[Fact<'_>]) -> Table {
    let rows = facts
        .iter()
        .map(|(_, heading, cell)| vec![ui.lang().heading(heading).into(), cell.shown(currency).into()]);
    Table::new("")
        .column(Column::text("fact", what))
        .column(Column::number("value", "Value"))
        .rows(rows.collect::<Vec<_>>())
}

/// The object for programs.
pub fn fact_record(facts: Vec<Fact<'_>>) -> Report {
    Report::object(facts.into_iter().map(|(key, _, cell)| (key, cell)))
}
