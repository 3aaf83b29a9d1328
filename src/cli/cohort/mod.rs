//! `lifecycle cohort`: the LTV batch and its reports.

mod calendar;
mod compare;
mod rebuild;
mod report;
mod run;
mod verify;

use clap::{Args, Subcommand};

use super::error::CommandError;
use super::global::{AsOf, Context, parse_as_of};

/// Compute and show the LTV of cohorts
#[derive(Debug, Args)]
pub struct CohortArgs {
    #[command(subcommand)]
    command: CohortCommand,
}

#[derive(Debug, Subcommand)]
enum CohortCommand {
    Run(run::RunArgs),
    Report(report::ReportArgs),
    Calendar(calendar::CalendarArgs),
    Compare(compare::CompareArgs),
    Verify(verify::VerifyArgs),
    Rebuild(rebuild::RebuildArgs),
}

pub fn run(context: &Context<'_>, args: &CohortArgs) -> Result<(), CommandError> {
    match &args.command {
        CohortCommand::Run(args) => run::run(context, args),
        CohortCommand::Report(args) => report::run(context, args),
        CohortCommand::Calendar(args) => calendar::run(context, args),
        CohortCommand::Compare(args) => compare::run(context, args),
        CohortCommand::Verify(args) => verify::run(context, args),
        CohortCommand::Rebuild(args) => rebuild::run(context, args),
    }
}

/// The error for an activity that does not exist.
fn no_activity(activity_id: i64) -> CommandError {
    CommandError::failed(format!("there is no activity {activity_id}"))
        .hint("`lifecycle cohort report` lists them")
}
