//! `lifecycle import`: a shop's own data.

mod activities;
mod file;
mod hints;
mod members;
mod orders;
mod products;
mod progress;
mod reading;
mod records;
mod users;

use clap::{Args, Subcommand};

use super::error::CommandError;
use super::global::Context;

/// Bring in a shop's own data
///
/// A whole shop comes in as `import users`, `import products`, `import activities` and
/// last `import orders`, which link to the others; `import members` brings the lists of
/// campaigns to existing customers. Orders alone are enough to begin with.
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    Orders(orders::OrdersArgs),
    Users(users::UsersArgs),
    Products(products::ProductsArgs),
    Activities(activities::ActivitiesArgs),
    Members(members::MembersArgs),
}

pub fn run(context: &Context<'_>, args: &ImportArgs) -> Result<(), CommandError> {
    match &args.command {
        ImportCommand::Orders(args) => orders::run(context, args),
        ImportCommand::Users(args) => users::run(context, args),
        ImportCommand::Products(args) => products::run(context, args),
        ImportCommand::Activities(args) => activities::run(context, args),
        ImportCommand::Members(args) => members::run(context, args),
    }
}
