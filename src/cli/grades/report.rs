//! `lifecycle grades report`: the mix over time, and who went where.

use chrono::NaiveDateTime;
use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::render::{Block, Report, Table};
use lifecycle::report::grades::{grade_history, segment_mix, segment_mix_table};
use lifecycle::store::{Access, Store};

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};
use crate::cli::segment::SegmentArgs;

/// Show the mix at each update over time, and the migration between two instants
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Updates from this instant on; the migration starts there [default: the first update]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    from: Option<AsOf>,

    /// Updates up to this instant; the migration ends there [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    to: Option<AsOf>,

    /// The mix at --to by what is known of customers: region, gender, age_group, a column that was kept, or any
    /// expression over them
    #[arg(long, value_name = "WHAT")]
    by: Option<String>,

    #[command(flatten)]
    segment: SegmentArgs,
}

pub fn run(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    context.ui.report(&report(context, &store, args)?, &config.currency())
}

fn report(context: &Context<'_>, store: &Store, args: &ReportArgs) -> Result<Report, CommandError> {
    let to = context.as_of(store, args.to.as_ref())?;
    let from = args.from.as_ref().map(AsOf::instant);
    let shown = |from: Option<NaiveDateTime>| from.map(format_instant).unwrap_or_default();
    if from.is_some_and(|from| from >= to) {
        let span = format!("the span from {} to {} is empty", shown(from), format_instant(to));
        return Err(CommandError::usage(span).hint("--to is the file's clock if it is not given"));
    }
    let segment = args.segment.stage(store, args.by.as_deref(), to)?;
    if let (Some(segment), true) = (segment, args.by.is_some()) {
        let table = segment_mix_table(to, &segment_mix(store, to, segment)?);
        return Ok(Report::from(args.segment.note(segment).into_iter().fold(table, Table::note)));
    }
    let history = grade_history(store, from, to, segment)?;
    let mut report = history.report();
    if let (Some(segment), Some(Block::Table(runs))) = (segment, report.blocks.first_mut()) {
        runs.notes.extend(args.segment.note(segment));
    }
    if let (true, Some(Block::Table(runs))) = (history.runs.is_empty(), report.blocks.first_mut()) {
        runs.notes.push("No update in this span. `lifecycle grades` runs one.".into());
    }
    Ok(report)
}
