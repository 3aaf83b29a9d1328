//! `lifecycle cohort run`: the batch.

use clap::Args;

use lifecycle::cohort::{self, OrdersRead, RunOptions};
use lifecycle::render::Cell;
use lifecycle::store::Access;

use super::{AsOf, CommandError, Context, parse_as_of};
use crate::cli::facts::{Fact, fact_record, fact_table};

/// Freeze the cohorts whose windows have closed, and write every month that is due
///
/// Running again writes nothing: only closed months of frozen cohorts are
/// written, each once.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The instant to run as of: a date (its 00:00), a date and time, or `now` [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    /// First check the last N written months of each activity for late orders, and restate from the first
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true,
          value_parser = clap::value_parser!(u32).range(0..=120))]
    lookback: u32,
}

pub fn run(context: &Context<'_>, args: &RunArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    context.check_not_ahead(&store, as_of)?;
    let options = RunOptions { lookback: args.lookback, count_reads: context.ui.is_verbose() };
    let run = cohort::run_with(&store, as_of, config.cohort, options)?;
    if let Some(read) = run.orders_read {
        context.ui.detail(&what_was_read(&read));
    }
    let mut record: Vec<Fact<'_>> = vec![
        ("as_of", "As of", run.as_of.into()),
        ("frozen", "Cohorts frozen", Cell::Int(run.frozen)),
        ("members", "Their members", Cell::Int(run.members as i64)),
        ("activities", "Activities with new months", Cell::Int(run.activities)),
        ("rows", "Rows written", Cell::Int(run.rows as i64)),
    ];
    if args.lookback > 0 {
        record.extend([
            ("checked", "Written months checked", Cell::Int(run.checked)),
            ("restated_activities", "Activities with late facts", Cell::Int(run.restated_activities)),
            ("restated", "Rows restated", Cell::Int(run.restated as i64)),
        ]);
    }
    let shown = fact_table(context.ui, &config.currency(), "Cohort run", &record);
    context.ui.report(&fact_record(record).table(shown), &config.currency())
}

fn what_was_read(read: &OrdersRead) -> String {
    let rows = |rows: u64| indicatif::HumanCount(rows);
    format!(
        "orders: {} rows read for the months' slices, {} of {} row groups skipped; {} rows read to find first \
         orders, {} to check and restate written months",
        rows(read.slices),
        rows(read.skipped.unsigned_abs()),
        rows(read.row_groups.unsigned_abs()),
        rows(read.first_orders),
        rows(read.checking),
    )
}
