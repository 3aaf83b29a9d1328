//! `lifecycle status`: what a file holds.

use clap::Args;

use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Origin};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::Context;

/// Show what the file contains
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Print a digest of each table, equal on any machine for equal contents
    ///
    /// SHA-256 over the rows in key order. When a row was written (collected_at) and the log of grade
    /// runs are left out.
    #[arg(long)]
    checksum: bool,
}

pub fn run(context: &Context<'_>, args: &StatusArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    if args.checksum {
        let rows = store.digests()?.into_iter().map(|digest| {
            vec![Cell::from(digest.table), Cell::Int(digest.rows as i64), Cell::from(digest.sha256)]
        });
        let table = Table::new("checksums")
            .column(Column::text("table", "Table"))
            .column(Column::number("rows", "Rows"))
            .column(Column::text("sha256", "SHA-256"))
            .rows(rows.collect::<Vec<_>>());
        return context.ui.report(&Report::from(table), &config.currency());
    }
    let meta = store.meta();
    let facts = store.facts()?;
    let count = |table: &str| {
        facts.rows.iter().find(|(name, _)| name == table).map_or(Cell::Empty, |(_, rows)| Cell::Int(*rows))
    };
    let mut record: Vec<Fact<'_>> = vec![
        ("file", "File", context.db().display().to_string().into()),
        ("size", "Size on disk", Cell::Bytes(facts.size)),
        (
            "schema_version",
            "Schema version",
            meta.get("schema_version")?.and_then(|v| v.parse::<i64>().ok()).into(),
        ),
        ("origin", "Origin", meta.origin()?.map(Origin::as_str).into()),
        ("clock", "Clock", meta.clock()?.into()),
        ("currency", "Currency", config.currency.clone().into()),
        ("seed", "Seed", meta.seed()?.map_or(Cell::Empty, |seed| Cell::Id(seed as i64))),
        ("sim_start", "Simulated from", meta.sim_start()?.into()),
        ("first_order_at", "First order", facts.first_order_at.into()),
        ("last_order_at", "Last order", facts.last_order_at.into()),
        ("counted_orders", "Qualifying orders", Cell::Int(facts.counted_orders)),
        ("revenue", "Revenue", Cell::Money(facts.revenue)),
        ("last_grade_run", "Last grade update", facts.last_grade_run.into()),
        ("last_cohort_run", "Last cohort run", facts.last_cohort_run.into()),
    ];
    record.extend(facts.rows.iter().map(|(table, _)| (table.as_str(), table.as_str(), count(table))));
    let shown = fact_table(context.ui, &config.currency(), "Fact", &record);
    context.ui.report(&fact_record(record).table(shown), &config.currency())
}
