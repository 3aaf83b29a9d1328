//! `lifecycle migrate`: a file of an older version, brought up to date.

use clap::Args;

use lifecycle::money::Currency;
use lifecycle::render::Cell;
use lifecycle::store::{SCHEMA_VERSION, Store};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::Context;

/// Bring a file of an older version up to date
///
/// Other commands reject such a file. A copy of the old file is kept beside it:
/// shop.duckdb of schema 3 as shop.schema-3.duckdb.
#[derive(Debug, Args)]
pub struct MigrateArgs {}

pub fn run(context: &Context<'_>, _: &MigrateArgs) -> Result<(), CommandError> {
    let migration = Store::migrate_file(context.db(), context.open_options())?;
    if migration.is_none() {
        context.ui.note(&format!("{} is up to date", context.db().display()));
    }
    let (from, copy) = match migration {
        Some(migration) => (migration.from, Some(migration.copy.display().to_string())),
        None => (SCHEMA_VERSION, None),
    };
    let facts: Vec<Fact<'_>> = vec![
        ("from", "Schema version before", Cell::Int(from.into())),
        ("to", "Schema version now", Cell::Int(SCHEMA_VERSION.into())),
        ("copy", "Copy of the old file", copy.into()),
    ];
    let shown = fact_table(context.ui, &Currency::default(), "Migrated", &facts);
    context.ui.report(&fact_record(facts).table(shown), &Currency::default())
}
