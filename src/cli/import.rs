//! `lifecycle import`: a shop's own data.
use super::error::CommandError;
use super::global::Context;
use clap::Args;
/// Import
#[derive(Debug, Args)]
pub struct ImportArgs {}
pub fn run(_context: &Context<'_>, _args: &ImportArgs) -> Result<(), CommandError> {
    Ok(())
}
