//! `lifecycle import users`: what a shop knows of its customers.

use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::import::{MappedUser, UserImport, UserOutcome};
use lifecycle::render::{Cell, Column, Table};

use super::records::{RecordArgs, RecordHeadings, import, outcome_report, preview};
use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Import customers
///
/// From the same kinds of files as orders. Columns are recognised by their common names
/// (customer_id, sex, birthday, signup_date, ...); --map gives any of ours as an SQL
/// expression over the file's columns. Ours are customer (the id that orders have too;
/// needed), name, gender, birth_date, region, status, marketing_agree, grade and
/// signed_up_at. An empty value is unknown.
///
/// Gender is F or M, female or male, 여 or 남, ...; what is neither ("other", "n/a") is
/// unknown. Of a birth year alone the 1 July is kept. Status is ACTIVE or DORMANT (inactive,
/// 휴면, ...), marketing_agree yes or no, true or false, 동의, ... A grade is one of VIP,
/// GOLD, SILVER and BRONZE, to start from; --map grade=NULL leaves it out, as it does any
/// column.
///
/// Customers whom the file knows from orders alone are filled in. Of those that it has
/// been told of before, --on-conflict replace replaces the columns that the source gives,
/// by empty values too, but never a grade that `lifecycle grades` has found here.
///
/// Nobody signs up after the first order: such times are moved back to it. A new customer
/// of whom no time is told counts as signed up a day before the file's clock, or at an
/// earlier order once that is imported. The clock moves on to see the latest sign-up.
#[derive(Debug, Args)]
pub struct UsersArgs {
    #[command(flatten)]
    records: RecordArgs,

    /// Also keep these columns of the file, to group and filter customers by
    #[arg(long = "keep-column", value_name = "NAME", value_delimiter = ',')]
    keep_columns: Vec<String>,

    /// Set the file's clock [default: its own, or the midnight after a later sign-up]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    clock: Option<AsOf>,
}

const HEADINGS: RecordHeadings = RecordHeadings {
    rows: "customers",
    created: "New customers",
    filled: "Known from orders, completed",
    replaced: "Customers that were there, replaced",
    skipped: "Customers that were there, skipped",
};

pub fn run(context: &Context<'_>, args: &UsersArgs) -> Result<(), CommandError> {
    let request = UserImport {
        records: args.records.request(),
        keep_columns: args.keep_columns.clone(),
        clock: args.clock.as_ref().map(AsOf::instant),
    };
    if args.records.dry_run {
        return preview(context, HEADINGS, |importer| importer.preview_users(&request), first_rows);
    }
    let (config, outcome) = import(context, |importer| importer.users(&request))?;
    let more = vec![
        ("sign_ups_moved", "Sign-ups moved back to the first order", Cell::Int(outcome.sign_ups_moved)),
        ("sign_ups_untold", "Sign-ups that nothing tells", Cell::Int(outcome.sign_ups_untold)),
        ("grades_kept", "Grades that stay as updates found them", Cell::Int(outcome.grades_kept)),
        ("attributes", "Values of kept columns", Cell::Int(outcome.attributes)),
        ("clock", "The file's clock", outcome.clock.into()),
    ];
    let report = outcome_report(context, &config, HEADINGS, &outcome.read, &outcome.counts, more);
    let printed = context.ui.report(&report, &config.currency());
    warn(context, &outcome);
    printed
}

fn warn(context: &Context<'_>, outcome: &UserOutcome) {
    if let (Some(before), Some(now)) = (outcome.clock_before, outcome.clock)
        && before < now
    {
        context.ui.warn(&format!(
            "the file's clock moved on from {} to {}: `--as-of` is that from now on where none is given",
            format_instant(before),
            format_instant(now)
        ));
    }
}

fn first_rows(rows: &[MappedUser]) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            row.customer.clone().into(),
            row.name.clone().into(),
            row.gender.clone().into(),
            row.birth_date.into(),
            row.region.clone().into(),
            row.status.clone().into(),
            row.marketing_agree.map_or(Cell::Empty, Cell::Bool),
            row.grade.clone().into(),
            row.signed_up_at.into(),
        ]
    });
    Table::new("first_rows")
        .column(Column::text("customer", "Customer"))
        .column(Column::text("name", "Name").rank(1))
        .column(Column::text("gender", "Gender"))
        .column(Column::text("birth_date", "Born"))
        .column(Column::text("region", "Region").rank(2))
        .column(Column::text("status", "Status"))
        .column(Column::text("marketing_agree", "Agreed"))
        .column(Column::text("grade", "Grade"))
        .column(Column::text("signed_up_at", "Signed up at"))
        .rows(cells.collect::<Vec<_>>())
}
