//! `lifecycle cohort rebuild`: repairing rows from the orders.

use clap::Args;

use lifecycle::cohort::{self, Change, ChangeKind, Rebuild, RebuildScope};
use lifecycle::config::MOST_MONTHS;
use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Format, Phrase, Report, Table};
use lifecycle::report::cohort::activity_months;
use lifecycle::store::Access;

use super::{CommandError, Context, no_activity};
use crate::cli::facts::{Fact, fact_record, fact_table};

/// How many changes people are shown; programs get all.
const MOST_SHOWN: usize = 40;

/// Repair rows from the orders
///
/// By default each activity is repaired from the first month that `cohort verify`
/// finds differing. Rows that come out equal are not touched, and
/// cohorts stay frozen unless --refreeze.
#[derive(Debug, Args)]
pub struct RebuildArgs {
    /// Only this activity
    #[arg(long, value_name = "ID")]
    activity: Option<i64>,

    /// Rebuild from this month on; 0 is everything [default: the first stale month of each activity]
    #[arg(long, value_name = "N", conflicts_with_all = ["refreeze", "keep_last"],
          value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_MONTHS)))]
    from_offset: Option<u32>,

    /// Determine the members from the orders again, and rebuild from the start
    #[arg(long, conflicts_with = "keep_last")]
    refreeze: bool,

    /// Delete all but each activity's last row, from which the next month continues
    #[arg(long)]
    keep_last: bool,

    /// Show what would change; write nothing
    #[arg(long)]
    dry_run: bool,
}

impl RebuildArgs {
    fn scope(&self) -> RebuildScope {
        match self.from_offset {
            Some(from) => RebuildScope::From(from),
            None if self.refreeze => RebuildScope::Refreeze,
            None if self.keep_last => RebuildScope::KeepLast,
            None => RebuildScope::Stale,
        }
    }
}

pub fn run(context: &Context<'_>, args: &RebuildArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, None)?;
    if let Some(activity_id) = args.activity {
        activity_months(&store, activity_id)?.ok_or_else(|| no_activity(activity_id))?;
    }
    let rebuilt = cohort::rebuild(&store, as_of, config.cohort, args.activity, args.scope(), args.dry_run)?;
    for kept in &rebuilt.unverified {
        context.ui.warn(&format!(
            "activity {}, month {}: the kept row is not what the orders give; `lifecycle cohort rebuild --activity {} --from-offset 0` rewrites it",
            kept.activity_id, kept.month_offset, kept.activity_id
        ));
    }
    let printed = context.ui.report(&report(context, &rebuilt), &config.currency());
    if !rebuilt.recorded {
        context.wrote_nothing();
        context.ui.note("nothing was written: this was a dry run");
    }
    let due = cohort::months_due(&store, as_of, config.cohort.months)?;
    if rebuilt.recorded && !due.is_nothing() {
        context.ui.note("months are due: `lifecycle cohort run` writes them");
    }
    printed
}

fn report(context: &Context<'_>, rebuilt: &Rebuild) -> Report {
    let repaired = &rebuilt.repaired;
    let count = |kind| repaired.changes.iter().filter(|change| change.kind == kind).count();
    let record: Vec<Fact<'_>> = vec![
        ("as_of", "As of", rebuilt.as_of.into()),
        ("recorded", "Recorded", Cell::Bool(rebuilt.recorded)),
        ("activities", "Activities rebuilt", Cell::Int(repaired.activities)),
        ("rows_changed", "Rows changed", repaired.rows_changed().into()),
        ("cells_changed", "Cells changed", repaired.cells_changed().into()),
        ("rows_added", "Rows added", count(ChangeKind::Added).into()),
        ("rows_removed", "Rows removed", count(ChangeKind::Removed).into()),
        ("members_joined", "Members joined", Cell::Int(rebuilt.members.joined)),
        ("members_departed", "Members departed", Cell::Int(rebuilt.members.departed)),
    ];
    let shown = fact_table(context.ui, &Currency::default(), "Rebuild", &record);
    let for_programs = matches!(context.ui.format(), Format::Csv | Format::Json);
    let most = if for_programs { usize::MAX } else { MOST_SHOWN };
    let report = fact_record(record).table(shown);
    if repaired.changes.is_empty() && !for_programs {
        return report;
    }
    report.table(change_table(&repaired.changes, most))
}

fn change_table(changes: &[Change], most: usize) -> Table {
    let mut table = Table::new("changes")
        .title("Changes")
        .column(Column::number("activity_id", "Activity"))
        .column(Column::number("month_offset", "Month"))
        .column(Column::text("change", "Change"))
        .column(Column::text("field", "Field"))
        .column(Column::number("before", "From"))
        .column(Column::number("after", "To"))
        .rows(changes.iter().take(most).map(|change| {
            vec![
                Cell::Int(change.activity_id),
                Cell::Int(change.month_offset),
                match change.kind {
                    ChangeKind::Cell => "cell",
                    ChangeKind::Added => "row added",
                    ChangeKind::Removed => "row removed",
                }
                .into(),
                change.field.clone().into(),
                change.before.clone().into(),
                change.after.clone().into(),
            ]
        }));
    if changes.len() > most {
        table = table.note(
            Phrase::new("{count} more changes: --format json lists all.").with("count", changes.len() - most),
        );
    }
    table
}
