//! `lifecycle import`: a shop's own data.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use lifecycle::calendar::format_instant;
use lifecycle::config::Config;
use lifecycle::interchange::{
    Delimiter, ImportError, ImportOutcome, ImportPreview, MapArgument, MappedColumn, OrderImport,
    import_orders, preview_orders,
};
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Store};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::{AsOf, Context, parse_as_of};

/// Bring in a shop's own data
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    Orders(OrdersArgs),
}

/// Import orders from CSV or Parquet files
///
/// Columns are recognised by their common names (customer_id, order_date, total,
/// ...); --map gives any of ours as an SQL expression over the file's columns:
///
///   lifecycle import orders sales.csv --map amount='"Quantity" * "UnitPrice"'
///
/// Ours are order_id, customer, created_at, amount, quantity, status, product,
/// activity_id and unit_price; customer, created_at and amount are needed. Lines with
/// the same order id are one order. Customers who are not known yet are created, signed
/// up at their first order. Orders of a negative amount are kept as Refunded. If any
/// line cannot be used, nothing is imported.
///
/// Times are kept as they are written: an offset such as +09:00 behind a time is
/// dropped. Parquet's zoned timestamps hold no written time and are read as UTC.
#[derive(Debug, Args)]
struct OrdersArgs {
    /// CSV or Parquet files, or patterns such as 'orders-*.csv'
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Give one of our columns as an SQL expression over the file's
    #[arg(long, value_name = "COLUMN=EXPR", value_parser = parse_map)]
    map: Vec<MapArgument>,

    /// What separates a CSV file's columns: a character, `tab`, or `blanks` (runs of them) [default: found out]
    #[arg(long, value_name = "C", value_parser = parse_delimiter)]
    delimiter: Option<Delimiter>,

    /// How dates are written, such as '%d.%m.%Y %H:%M' [default: found out]
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,

    /// The file's clock afterwards [default: the midnight after the latest order]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    clock: Option<AsOf>,

    /// Show the mapping, five rows and every problem, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn parse_map(text: &str) -> Result<MapArgument, String> {
    text.parse().map_err(|error: ImportError| error.to_string())
}

fn parse_delimiter(text: &str) -> Result<Delimiter, String> {
    text.parse().map_err(|error: ImportError| error.to_string())
}

pub fn run(context: &Context<'_>, args: &ImportArgs) -> Result<(), CommandError> {
    let ImportCommand::Orders(args) = &args.command;
    let request = OrderImport {
        files: args.files.clone(),
        map: args.map.clone(),
        delimiter: args.delimiter,
        date_format: args.date_format.clone(),
        clock: args.clock.as_ref().map(AsOf::instant),
    };
    if args.dry_run { preview(context, &request) } else { import(context, &request) }
}

fn preview(context: &Context<'_>, request: &OrderImport) -> Result<(), CommandError> {
    let store = if context.db().exists() { context.open(Access::Read)? } else { context.open_in_memory()? };
    let config = context.config(Some(&store))?;
    let preview = preview_orders(&store, request)?;
    context.ui.report(&preview_report(&preview), &config.currency())
}

fn import(context: &Context<'_>, request: &OrderImport) -> Result<(), CommandError> {
    let was_there = context.db().exists();
    let store = context.open(Access::Create)?;
    let done = context.config(Some(&store)).and_then(|config| {
        let outcome = import_orders(&store, &config, request)?;
        Ok((config, outcome))
    });
    store.close()?;
    let (config, outcome) = match done {
        Ok(done) => done,
        Err(error) => {
            // A file that was made for an import that failed is not left behind.
            if !was_there {
                context.remove_db()?;
            }
            return Err(error);
        }
    };
    context.ui.report(&outcome_report(context, &config, &outcome), &config.currency())?;
    if outcome.in_frozen_windows {
        context.ui.warn(
            "some orders lie before the end of frozen cohorts' acquisition windows: `lifecycle cohort verify` says \
             whether their members are still right, `lifecycle cohort rebuild --refreeze` makes them so",
        );
    }
    if outcome.stale_months > 0 {
        context.ui.warn(&format!(
            "{} rows of closed cohort months do not know these orders: `lifecycle cohort rebuild` mends them",
            outcome.stale_months
        ));
    }
    Ok(())
}

fn mapping_table(mapping: &[MappedColumn]) -> Table {
    let mut table = Table::new("mapping")
        .title("Where the columns come from")
        .column(Column::text("column", "Column"))
        .column(Column::text("expression", "From"))
        .column(Column::text("origin", "How"));
    for mapped in mapping {
        table.push(vec![
            Cell::from(mapped.column.name()),
            Cell::from(mapped.expression.clone()),
            Cell::from(mapped.origin.as_str()),
        ]);
        if !mapped.passed_over.is_empty() {
            table =
                table.note(format!("{}: also possible was {}", mapped.column, mapped.passed_over.join(", ")));
        }
    }
    table
}

fn preview_report(preview: &ImportPreview) -> Report {
    let rows = preview.rows.iter().map(|row| {
        vec![
            row.order_id.clone().into(),
            row.customer.clone().into(),
            row.created_at.into(),
            row.amount.into(),
            row.quantity.into(),
            row.unit_price.into(),
            row.status.clone().into(),
            row.product.clone().into(),
            row.activity_id.map_or(Cell::Empty, Cell::Id),
        ]
    });
    let first_rows = Table::new("first_rows")
        .title("The first rows, as they are understood")
        .column(Column::text("order_id", "Order"))
        .column(Column::text("customer", "Customer"))
        .column(Column::text("created_at", "Created at"))
        .column(Column::number("amount", "Amount"))
        .column(Column::number("quantity", "Quantity"))
        .column(Column::number("unit_price", "Unit price").rank(2))
        .column(Column::text("status", "Status"))
        .column(Column::text("product", "Product").rank(1))
        .column(Column::number("activity_id", "Activity").rank(3))
        .rows(rows.collect::<Vec<_>>());
    let problems = Table::new("problems")
        .title("Problems")
        .column(Column::text("reason", "Reason"))
        .column(Column::number("lines", "Lines"))
        .column(Column::text("first", "First"))
        .column(Column::text("example", "Example").rank(1))
        .rows(
            preview
                .problems
                .iter()
                .map(|problem| {
                    let first: Vec<String> = problem.first.iter().map(ToString::to_string).collect();
                    vec![
                        Cell::from(problem.reason.to_string()),
                        Cell::Int(problem.count),
                        Cell::from(first.join(", ")),
                        problem.example.clone().into(),
                    ]
                })
                .collect::<Vec<_>>(),
        );
    Report::object([
        ("lines", Cell::Int(preview.lines)),
        ("already_there", Cell::Int(preview.already_there)),
        ("bad_lines", Cell::Int(preview.problems.iter().map(|problem| problem.count).sum())),
    ])
    .text(format!(
        "{} lines read, nothing written; {} of their orders are in the file already",
        preview.lines, preview.already_there
    ))
    .table(mapping_table(&preview.mapping))
    .table(first_rows)
    .table(problems)
}

fn outcome_report(context: &Context<'_>, config: &Config, outcome: &ImportOutcome) -> Report {
    let record: Vec<Fact<'_>> = vec![
        ("lines", "Lines read", Cell::Int(outcome.lines)),
        ("orders", "Orders", Cell::Int(outcome.orders)),
        ("lines_merged", "Lines that joined another's order", Cell::Int(outcome.lines_merged)),
        ("customers_created", "New customers", Cell::Int(outcome.customers_created)),
        ("customers_known", "Known customers", Cell::Int(outcome.customers_known)),
        ("products_created", "New products", Cell::Int(outcome.products_created)),
        ("revenue", "Revenue", Cell::Money(outcome.revenue)),
        ("negative_refunded", "Negative, kept as Refunded", Cell::Int(outcome.negative_refunded)),
        ("first_order_at", "First order", Cell::Timestamp(outcome.first_order_at)),
        ("last_order_at", "Last order", Cell::Timestamp(outcome.last_order_at)),
        ("clock", "The file's clock", Cell::Timestamp(outcome.clock)),
        ("stale_months", "Cohort months to mend", Cell::Int(outcome.stale_months)),
    ];
    let shown = fact_table(context.ui, &config.currency(), "Imported", &record).title(format!(
        "Imported into {} (up to {})",
        context.db().display(),
        format_instant(outcome.last_order_at)
    ));
    fact_record(record).table(mapping_table(&outcome.mapping)).table(shown)
}

impl Context<'_> {
    /// A store that stands for a file which is not there.
    fn open_in_memory(&self) -> Result<Store, CommandError> {
        Ok(Store::in_memory(self.open_options())?)
    }
}
