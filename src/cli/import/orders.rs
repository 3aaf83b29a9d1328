//! `lifecycle import orders`: what a shop sold.

use clap::{Args, ValueEnum};

use lifecycle::calendar::format_instant;
use lifecycle::config::Config;
use lifecycle::import::{ImportOutcome, ImportPreview, Negative, OrderImport};
use lifecycle::money::Money;
use lifecycle::render::{Cell, Column, Report, Table};

use super::reading::{self, BadLineArgs, ConflictArg, ReadingArgs, outcome_report, warn_of_refusal};
use super::records;
use crate::cli::error::CommandError;
use crate::cli::facts::Fact;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Import orders
///
/// From CSV (any delimiter, gzipped or not, with or without a header line), JSON lines,
/// Parquet, or a table of a SQLite file. Columns are recognised by their common names
/// (customer_id, order_date, total, ...); --map gives any of ours as an SQL expression
/// over the file's columns:
///
///   lifecycle import orders sales.csv --map amount='"Quantity" * "UnitPrice"'
///
/// Ours are order_id, customer, created_at, amount, quantity, status, product,
/// activity_id and unit_price; customer, created_at and amount are needed. Lines with
/// the same order id are one order. Customers who are not known yet are created, signed
/// up at their first order.
///
/// Amounts are kept to the cent, half-up. Those of credit notes are negative: by default
/// such orders are Refunded and do not count; with --negative net they are Returned, and
/// lower revenue in the month they fall in without being orders. If a line cannot be used, nothing is imported;
/// --skip-bad leaves such lines out, and the orders that they are part of.
///
/// Orders may come late: the table stays sorted by time, so every order after the
/// earliest new one is written again, and cohort months that are stale then are named
/// with the command that repairs them.
///
/// Times are kept as they are written: an offset such as +09:00 behind a time is
/// dropped. Parquet's zoned timestamps hold no written time and are read as UTC.
#[derive(Debug, Args)]
pub struct OrdersArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    bad_lines: BadLineArgs,

    /// What to do with orders that have a negative amount
    #[arg(long, value_enum, default_value_t)]
    negative: NegativeArg,

    /// What to do with orders whose ids exist already
    #[arg(long, value_enum, default_value_t)]
    on_conflict: ConflictArg,

    /// Keep the articles of orders with one line per article
    #[arg(long)]
    keep_lines: bool,

    /// Set the file's clock [default: the midnight after the latest order]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    clock: Option<AsOf>,

    /// Show the mapping, five rows and all problems; write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum NegativeArg {
    /// Keep them as Refunded, which does not count.
    #[default]
    Refund,
    /// Keep them as Returned: money given back, which lowers revenue.
    Net,
    /// They cannot be used.
    Reject,
}

pub fn run(context: &Context<'_>, args: &OrdersArgs) -> Result<(), CommandError> {
    let request = OrderImport {
        reading: args.reading.reading(),
        bad_lines: args.bad_lines.bad_lines(),
        on_conflict: args.on_conflict.into(),
        negative: match args.negative {
            NegativeArg::Refund => Negative::Refund,
            NegativeArg::Net => Negative::Net,
            NegativeArg::Reject => Negative::Reject,
        },
        clock: args.clock.as_ref().map(AsOf::instant),
        keep_lines: args.keep_lines,
    };
    if args.dry_run { preview(context, &request) } else { import(context, &request) }
}

fn preview(context: &Context<'_>, request: &OrderImport) -> Result<(), CommandError> {
    let (config, preview) = records::look(context, |importer| importer.preview_orders(request))?;
    context.ui.report(&preview_report(&config, &preview), &config.currency())?;
    say_how_lines_are_orders(context, &preview.outcome);
    warn_of_refusal(context, preview.refused);
    Ok(())
}

/// Without an order id every line is an order, which a column might be meant to prevent.
fn say_how_lines_are_orders(context: &Context<'_>, outcome: &ImportOutcome) {
    if outcome.read.mapping.iter().any(|mapped| mapped.column == "order_id") {
        return;
    }
    let is_like_an_id = |name: &&String| {
        let name = name.to_lowercase();
        ["order", "invoice", "basket", "receipt", "transaction", "주문"]
            .iter()
            .any(|word| name.contains(word))
            || name.ends_with("id")
            || name.ends_with("no")
    };
    let candidates: Vec<&str> =
        outcome.read.unused.iter().filter(is_like_an_id).take(5).map(String::as_str).collect();
    let which = match candidates.as_slice() {
        [] => String::new(),
        some => format!(" (one of these? {})", some.join(", ")),
    };
    context.ui.note(&format!(
        "no column gives order ids, so every line is an order; give them with --map order_id=...{which}"
    ));
}

fn import(context: &Context<'_>, request: &OrderImport) -> Result<(), CommandError> {
    let (config, outcome) = records::import(context, |importer| importer.orders(request))?;
    let printed = context.ui.report(&told(context, &config, &outcome), &config.currency());
    say_how_lines_are_orders(context, &outcome);
    if outcome.orders_alike > 0 {
        context.ui.warn(&format!(
            "{} of the {} orders have the customer, time and amount of ones that were there, and count besides those: \
             without order ids nothing tells whether they are the same",
            outcome.orders_alike, outcome.orders
        ));
    }
    if outcome.in_frozen_windows {
        context.ui.warn(
            "some orders lie before the end of frozen cohorts' acquisition windows: `lifecycle cohort verify` says \
             whether their members are still right, `lifecycle cohort rebuild --refreeze` makes them so",
        );
    }
    if outcome.stale_months > 0 {
        context.ui.warn(&format!(
            "{} rows of closed cohort months do not know these orders: `lifecycle cohort rebuild` repairs them",
            outcome.stale_months
        ));
    }
    printed
}

fn preview_report(config: &Config, preview: &ImportPreview) -> Report {
    let rows = preview.rows.iter().map(|row| {
        vec![
            row.order_id.clone().into(),
            row.customer.clone().into(),
            row.created_at.into(),
            row.amount.map_or(Cell::Empty, exact),
            row.quantity.into(),
            row.unit_price.map_or(Cell::Empty, exact),
            row.status.clone().into(),
            row.product.clone().into(),
            row.activity.clone().into(),
        ]
    });
    let first_rows = Table::new("first_rows")
        .column(Column::text("order_id", "Order"))
        .column(Column::text("customer", "Customer"))
        .column(Column::text("created_at", "Created at"))
        .column(Column::number("amount", "Amount"))
        .column(Column::number("quantity", "Quantity"))
        .column(Column::number("unit_price", "Unit price").rank(2))
        .column(Column::text("status", "Status"))
        .column(Column::text("product", "Product").rank(1))
        .column(Column::text("activity", "Activity").rank(3))
        .rows(rows.collect::<Vec<_>>());
    let outcome = &preview.outcome;
    let read = &outcome.read;
    let mut text = format!(
        "{} lines read, nothing written; {} of their orders are in the file already",
        read.lines, preview.already_there
    );
    if let (Some(first), Some(last)) = (outcome.first_order_at, outcome.last_order_at) {
        text.push_str(&format!(
            "\n{} orders would be written, from {} to {}: {} of {} new and {} known customers, {} of them negative",
            outcome.orders,
            format_instant(first),
            format_instant(last),
            config.currency().format(outcome.revenue),
            outcome.customers_created,
            outcome.customers_known,
            outcome.negative,
        ));
    }
    let report = Report::object([
        ("lines", Cell::Int(read.lines)),
        ("already_there", Cell::Int(preview.already_there)),
        ("bad_lines", Cell::Int(read.bad_lines)),
        ("orders", Cell::Int(outcome.orders)),
        ("customers_created", Cell::Int(outcome.customers_created)),
        ("customers_known", Cell::Int(outcome.customers_known)),
        ("products_created", Cell::Int(outcome.products_created)),
        ("revenue", Cell::Money(outcome.revenue)),
        ("negative", Cell::Int(outcome.negative)),
        ("first_order_at", outcome.first_order_at.into()),
        ("last_order_at", outcome.last_order_at.into()),
    ])
    .text(text);
    reading::preview_report(report, read, first_rows)
}

/// An amount as it will be kept, to the cent, whatever the currency shows.
fn exact(amount: Money) -> Cell {
    Cell::Exact { digits: amount.hundredths().into(), scale: 2 }
}

fn told(context: &Context<'_>, config: &Config, outcome: &ImportOutcome) -> Report {
    let did: Vec<Fact<'static>> = vec![
        ("orders", "Orders", Cell::Int(outcome.orders)),
        ("lines_merged", "Lines that joined another's order", Cell::Int(outcome.lines_merged)),
        ("orders_skipped", "Orders that were there, skipped", Cell::Int(outcome.orders_skipped)),
        ("orders_replaced", "Orders that were there, replaced", Cell::Int(outcome.orders_replaced)),
        ("orders_alike", "Orders like ones that were there", Cell::Int(outcome.orders_alike)),
        ("customers_created", "New customers", Cell::Int(outcome.customers_created)),
        ("customers_known", "Known customers", Cell::Int(outcome.customers_known)),
        ("products_created", "New products", Cell::Int(outcome.products_created)),
        ("revenue", "Revenue", Cell::Money(outcome.revenue)),
        ("negative", "Of a negative amount", Cell::Int(outcome.negative)),
        ("order_lines", "Articles of orders, kept", Cell::Int(outcome.order_lines)),
        ("first_order_at", "First order", outcome.first_order_at.into()),
        ("last_order_at", "Last order", outcome.last_order_at.into()),
        ("clock", "The file's clock", outcome.clock.into()),
        ("orders_moved", "Later orders written again", Cell::Int(outcome.orders_moved)),
        ("stale_months", "Stale cohort months", Cell::Int(outcome.stale_months)),
    ];
    let title = match outcome.last_order_at {
        Some(last) => format!("Imported into {} (up to {})", context.db().display(), format_instant(last)),
        None => format!("Nothing new for {}", context.db().display()),
    };
    let kept = ["orders", "customers_created", "revenue"];
    outcome_report(context, config, title, &outcome.read, did, &kept)
}
