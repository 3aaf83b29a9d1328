//! `lifecycle import activities`: what brought a shop's customers, and what it cost.

use clap::Args;

use lifecycle::import::{ActivityImport, ActivityOutcome, MappedActivity};
use lifecycle::render::{Cell, Column, Table};

use super::records::{RecordArgs, RecordHeadings, import, outcome_report, preview};
use crate::cli::error::CommandError;
use crate::cli::global::Context;

/// Import campaign activities
///
/// From the same kinds of files as orders. Columns are recognised by their common names
/// (activity, campaign, channel, cost, start_date, ...); --map gives any of ours as an SQL
/// expression over the file's columns. Ours are activity_id (the shop's own id), name,
/// campaign_id, campaign, channel, budget, start_at, end_at and cohort; start_at is needed, and
/// activity_id or name. A campaign that is not known is created.
///
/// An activity acquires customers from start_at until end_at, for a month where there is
/// no end. end_at is the first instant after it; where the file has its last day, say
/// --end-inclusive.
///
/// The customers that an activity is measured by are its cohort: those it `acquired` (the
/// default), those it `touched` (with an order through it, new or not), or those `listed`
/// with `lifecycle import members`:
///
///   lifecycle import activities winback.csv --map cohort="'listed'"
///
/// Import activities before the orders that name them: orders that are in the file are not
/// linked afterwards. To link them, import them again with --on-conflict replace.
///
/// --on-conflict replace replaces the columns that the source gives: an empty budget or end
/// too, but not a name, a campaign or a channel by nothing. Rows of the cohort batch that do
/// not know a new budget, start or end are reported with the command that repairs them.
#[derive(Debug, Args)]
pub struct ActivitiesArgs {
    #[command(flatten)]
    records: RecordArgs,

    /// End dates are inclusive: the last day, minute or second of the activity
    #[arg(long)]
    end_inclusive: bool,
}

const HEADINGS: RecordHeadings = RecordHeadings {
    rows: "activities",
    created: "New activities",
    filled: "Known from orders, completed",
    replaced: "Existing activities replaced",
    skipped: "Existing activities skipped",
};

pub fn run(context: &Context<'_>, args: &ActivitiesArgs) -> Result<(), CommandError> {
    let request = ActivityImport { records: args.records.request(), end_inclusive: args.end_inclusive };
    if args.records.dry_run {
        return preview(context, HEADINGS, |importer| importer.preview_activities(&request), first_rows);
    }
    let (config, outcome) = import(context, |importer| importer.activities(&request))?;
    let more = vec![
        ("campaigns_created", "New campaigns", Cell::Int(outcome.campaigns_created)),
        ("stale_months", "Stale cohort months", Cell::Int(outcome.stale_months)),
        ("frozen_windows", "Frozen cohorts with another window", Cell::Int(outcome.frozen_windows)),
    ];
    let report = outcome_report(context, &config, HEADINGS, &outcome.read, &outcome.counts, more);
    let printed = context.ui.report(&report, &config.currency());
    warn(context, args, &outcome);
    printed
}

fn warn(context: &Context<'_>, args: &ActivitiesArgs, outcome: &ActivityOutcome) {
    if !args.end_inclusive && outcome.ends > 0 && outcome.ends == outcome.ends_of_days {
        context.ui.note(
            "every end is at the beginning or in the last minute of a day: if that day belongs to its activity, import them \
             again with --end-inclusive --on-conflict replace",
        );
    }
    if outcome.organic > 0 {
        context.ui.warn(&format!(
            "activities of the reserved channel `organic`: {}. Their cohorts are the customers whose first order came \
             through no activity; give them another channel with --map channel=... if that is not meant",
            outcome.organic
        ));
    }
    if outcome.frozen_windows > 0 {
        context.ui.warn(&format!(
            "frozen cohorts whose acquisition window was another: {}. `lifecycle cohort verify` says whether their \
             members are still right, `lifecycle cohort rebuild --refreeze` makes them so",
            outcome.frozen_windows
        ));
    }
    if outcome.stale_months > 0 {
        context.ui.warn(&format!(
            "rows of closed cohort months that do not know the new starts and budgets: {}. `lifecycle cohort rebuild` \
             repairs them",
            outcome.stale_months
        ));
    }
}

fn first_rows(rows: &[MappedActivity]) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            row.activity_id.clone().into(),
            row.name.clone().into(),
            row.campaign.clone().into(),
            row.channel.clone().into(),
            row.budget.into(),
            row.start_at.into(),
            row.end_at.into(),
            row.cohort.clone().into(),
        ]
    });
    Table::new("first_rows")
        .column(Column::text("activity_id", "Activity"))
        .column(Column::text("name", "Name"))
        .column(Column::text("campaign", "Campaign").rank(1))
        .column(Column::text("channel", "Channel"))
        .column(Column::number("budget", "Budget"))
        .column(Column::text("start_at", "Start"))
        .column(Column::text("end_at", "End"))
        .column(Column::text("cohort", "Cohort").rank(2))
        .rows(cells.collect::<Vec<_>>())
}
