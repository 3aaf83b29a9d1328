//! `lifecycle import members`: the customers on the lists of activities.

use clap::Args;

use lifecycle::import::{MappedMember, MemberImport};
use lifecycle::render::{Cell, Column, Table};

use super::records::{RecordArgs, RecordHeadings, import, outcome_report, preview};
use crate::cli::error::CommandError;
use crate::cli::global::Context;

/// Import the members of listed cohorts
///
/// A campaign's targets, the arms of an experiment, a segment: exactly these customers are
/// the cohort of an activity of the kind `listed`, whether they buy or not. From the same
/// kinds of files as orders, with the columns activity_id and customer, by the shop's own
/// ids; --map gives either as an SQL expression over the file's columns:
///
///   lifecycle import members targets.csv --map activity_id="'winback-2024'"
///
/// The activities and the customers must be in the file. A customer may be on several lists.
/// New members of a cohort whose months are written are refused unless asked for with
/// --refreeze.
#[derive(Debug, Args)]
pub struct MembersArgs {
    #[command(flatten)]
    records: RecordArgs,

    /// List new members of cohorts with written months too
    #[arg(long)]
    refreeze: bool,
}

const HEADINGS: RecordHeadings = RecordHeadings {
    rows: "members",
    created: "New members",
    filled: "Filled in",
    replaced: "Replaced",
    skipped: "Members that were listed already",
};

pub fn run(context: &Context<'_>, args: &MembersArgs) -> Result<(), CommandError> {
    let request = MemberImport { records: args.records.request(), refreeze: args.refreeze };
    if args.records.dry_run {
        return preview(context, HEADINGS, |importer| importer.preview_members(&request), first_rows);
    }
    let (config, outcome) = import(context, |importer| importer.members(&request))?;
    let more = vec![("activities", "Lists", Cell::Int(outcome.activities))];
    let report = outcome_report(context, &config, HEADINGS, &outcome.read, &outcome.counts, more);
    let printed = context.ui.report(&report, &config.currency());
    if let Some(activities) = &outcome.stale_activities {
        context.ui.warn(&format!(
            "written months of cohorts do not know their new members ({activities}): `lifecycle cohort rebuild \
             --refreeze` computes them anew"
        ));
    }
    printed
}

fn first_rows(rows: &[MappedMember]) -> Table {
    let cells = rows.iter().map(|row| vec![row.activity_id.clone().into(), row.customer.clone().into()]);
    Table::new("first_rows")
        .column(Column::text("activity_id", "Activity"))
        .column(Column::text("customer", "Customer"))
        .rows(cells.collect::<Vec<_>>())
}
