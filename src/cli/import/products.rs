//! `lifecycle import products`: a shop's catalogue.

use clap::Args;

use lifecycle::import::MappedProduct;
use lifecycle::render::{Column, Table};

use super::records::{RecordArgs, RecordHeadings, import, outcome_report, preview};
use crate::cli::error::CommandError;
use crate::cli::global::Context;

/// Import products
///
/// From the same kinds of files as orders. Columns are recognised by their common names
/// (sku, product_name, category, price, ...); --map gives any of ours as an SQL expression
/// over the file's columns. Ours are product_id (the shop's own id), name, category and
/// price; product_id or name is needed. An empty value is unknown.
///
/// Products that the file knows from orders alone are filled in, whether the orders called
/// them by id or by name. Of those that it has been told of before, --on-conflict replace
/// replaces the columns that the source gives, by empty values too (a name stays).
#[derive(Debug, Args)]
pub struct ProductsArgs {
    #[command(flatten)]
    records: RecordArgs,
}

const HEADINGS: RecordHeadings = RecordHeadings {
    rows: "products",
    created: "New products",
    filled: "Known from orders, completed",
    replaced: "Products that were there, replaced",
    skipped: "Products that were there, skipped",
};

pub fn run(context: &Context<'_>, args: &ProductsArgs) -> Result<(), CommandError> {
    let request = args.records.request();
    if args.records.dry_run {
        return preview(context, HEADINGS, |importer| importer.preview_products(&request), first_rows);
    }
    let (config, outcome) = import(context, |importer| importer.products(&request))?;
    let report = outcome_report(context, &config, HEADINGS, &outcome.read, &outcome.counts, Vec::new());
    context.ui.report(&report, &config.currency())
}

fn first_rows(rows: &[MappedProduct]) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            row.product_id.clone().into(),
            row.name.clone().into(),
            row.category.clone().into(),
            row.price.into(),
        ]
    });
    Table::new("first_rows")
        .column(Column::text("product_id", "Product"))
        .column(Column::text("name", "Name"))
        .column(Column::text("category", "Category"))
        .column(Column::number("price", "Price"))
        .rows(cells.collect::<Vec<_>>())
}
