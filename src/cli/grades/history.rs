//! `lifecycle grades history`: one customer's changes.

use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::customers;
use lifecycle::grades::{changes_of, grade_at};
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::Access;

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Show all changes of a customer's grade and what caused them
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The customer: the shop's own id, or the number in the file
    #[arg(long, value_name = "ID")]
    user: String,

    /// Also show the grade held at this instant [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &HistoryArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let customer = customers::require_customer(&store, &args.user)?;
    let changes = changes_of(&store, customer.user_id)?;
    let signed_up = customer.signed_up_at < as_of;
    let held = signed_up.then(|| grade_at(&changes, customer.grade, as_of));
    let rows = changes.iter().map(|change| {
        vec![
            Cell::Timestamp(change.as_of),
            Cell::from(change.from_grade.as_str()),
            Cell::from(change.to_grade.as_str()),
            Cell::Money(change.amount),
            Cell::Int(change.orders),
        ]
    });
    let name = customer.name.as_deref().or(customer.external_id.as_deref()).unwrap_or("");
    let table = Table::new("changes")
        .title(format!("Customer {} {name}", customer.user_id))
        .column(Column::text("as_of", "As of"))
        .column(Column::text("from_grade", "From"))
        .column(Column::text("to_grade", "To"))
        .column(Column::number("amount", "Amount"))
        .column(Column::number("orders", "Orders"))
        .rows(rows.collect::<Vec<_>>())
        .note(match held {
            Some(grade) => format!("{grade} at {}", format_instant(as_of)),
            None => format!("not signed up yet at {}", format_instant(as_of)),
        });
    let report = Report::object([
        ("user_id", Cell::Id(customer.user_id)),
        ("external_id", customer.external_id.clone().into()),
        ("as_of", Cell::Timestamp(as_of)),
        ("grade", held.map(|grade| grade.as_str()).into()),
    ])
    .table(table);
    context.ui.report(&report, &config.currency())
}
