//! `lifecycle predict`: what the open months will bring, and who comes back.

mod check;
mod cohorts;
mod customers;
mod run;

use clap::{Args, Subcommand};

use lifecycle::predict::PredictError;
use lifecycle::store::Store;

use super::error::CommandError;
use super::global::Context;

/// Predict what open months will bring, and who comes back
#[derive(Debug, Args)]
pub struct PredictArgs {
    #[command(subcommand)]
    command: PredictCommand,
}

#[derive(Debug, Subcommand)]
enum PredictCommand {
    Run(run::RunArgs),
    Cohorts(cohorts::CohortsArgs),
    Customers(customers::CustomersArgs),
    Check(check::CheckArgs),
}

pub fn run(context: &Context<'_>, args: &PredictArgs) -> Result<(), CommandError> {
    match &args.command {
        PredictCommand::Run(args) => run::run(context, args),
        PredictCommand::Cohorts(args) => cohorts::run(context, args),
        PredictCommand::Customers(args) => customers::run(context, args),
        PredictCommand::Check(args) => check::run(context, args),
    }
}

/// The warning that comes first when the plain guess was closer.
fn plain_was_nearer(context: &Context<'_>, pools: &[&str]) -> Option<String> {
    let words = "In the hold-out the plain guess was closer than the model: {pools}.";
    (!pools.is_empty()).then(|| context.ui.lang().heading(words).replace("{pools}", &pools.join(", ")))
}

/// Notes on stderr that the file has moved on since it was predicted.
pub fn warn_of_news(
    context: &Context<'_>,
    store: &Store,
    as_of: chrono::NaiveDateTime,
) -> Result<(), CommandError> {
    if store.meta().clock()?.is_some_and(|clock| clock > as_of) {
        context.ui.note(&format!(
            "predicted as of {}; the file's clock is later: `lifecycle predict run` updates the predictions",
            lifecycle::calendar::format_instant(as_of)
        ));
    }
    Ok(())
}

impl From<PredictError> for CommandError {
    fn from(error: PredictError) -> Self {
        match error {
            PredictError::Store(error) => error.into(),
            error @ PredictError::NoOrders { .. } => {
                CommandError::failed(error).hint("give a later --as-of, or import orders first")
            }
            error @ PredictError::NoRun { .. } => {
                CommandError::failed(error).hint("run `lifecycle predict run` first; it names its as-of")
            }
        }
    }
}
