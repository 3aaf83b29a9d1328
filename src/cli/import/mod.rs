//! `lifecycle import`: a shop's own data.

mod orders;
mod progress;
mod reading;

use clap::{Args, Subcommand};

use super::error::CommandError;
use super::global::Context;

/// Bring in a shop's own data
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    Orders(orders::OrdersArgs),
}

pub fn run(context: &Context<'_>, args: &ImportArgs) -> Result<(), CommandError> {
    match &args.command {
        ImportCommand::Orders(args) => orders::run(context, args),
    }
}
