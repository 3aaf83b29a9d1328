//! `lifecycle grades`: the update, and what people who run grades ask for next.

mod history;
mod outlook;
mod report;
mod update;
mod watch;

use clap::{Args, Subcommand};

use super::error::CommandError;
use super::global::Context;

/// Update every customer's grade
///
/// A grade needs its amount and its orders, both in the six months before the
/// as-of; only orders with status Success count. Prints the log lines, the
/// distribution, and who moved.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GradesArgs {
    #[command(flatten)]
    update: update::UpdateArgs,

    #[command(subcommand)]
    command: Option<GradesCommand>,
}

#[derive(Debug, Subcommand)]
enum GradesCommand {
    Watch(watch::WatchArgs),
    Report(report::ReportArgs),
    History(history::HistoryArgs),
    Gap(outlook::GapArgs),
    AtRisk(outlook::AtRiskArgs),
}

pub fn run(context: &Context<'_>, args: &GradesArgs) -> Result<(), CommandError> {
    match &args.command {
        None => update::run(context, &args.update),
        Some(GradesCommand::Watch(args)) => watch::run(context, args),
        Some(GradesCommand::Report(args)) => report::run(context, args),
        Some(GradesCommand::History(args)) => history::run(context, args),
        Some(GradesCommand::Gap(args)) => outlook::gap(context, args),
        Some(GradesCommand::AtRisk(args)) => outlook::at_risk(context, args),
    }
}
