//! The command line: what is asked for, what it runs, what it prints.
//!
//! The only module that prints, reads the environment, asks the machine for the
//! time, and turns errors into exit codes.

mod cohort;
mod config;
mod error;
mod export;
mod facts;
mod generate;
mod global;
mod grades;
mod import;
mod live;
mod memory;
mod products;
mod progress;
mod propensity;
mod query;
mod signals;
mod spinner;
mod status;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::CommandError;
use global::{Context, GlobalArgs};
use ui::Ui;

/// Simulate a shop's customers, grade them, and compute cohort LTV
/// incrementally, in one DuckDB file.
///
/// Start with `lifecycle generate` for a simulated shop, or with
/// `lifecycle import orders FILE` for your own; then `lifecycle grades` and
/// `lifecycle cohort report`.
#[derive(Debug, Parser)]
#[command(name = "lifecycle", version, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(generate::GenerateArgs),
    Live(live::LiveArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Query(query::QueryArgs),
    Grades(grades::GradesArgs),
    Cohort(cohort::CohortArgs),
    Products(products::ProductsArgs),
    Propensity(propensity::PropensityArgs),
    Status(status::StatusArgs),
    Config(config::ConfigArgs),
}

/// Parses the arguments, runs the command, and says how it went.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version go to stdout and are no failure; a closed pipe is none either.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let ui = Ui::new(&cli.global);
    match run(cli, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ui.fail(&error),
    }
}

fn run(cli: Cli, ui: &Ui) -> Result<(), CommandError> {
    let context = Context::new(cli.global, ui)?;
    let done = match cli.command {
        Command::Generate(args) => generate::run(&context, &args),
        Command::Live(args) => live::run(&context, &args),
        Command::Import(args) => import::run(&context, &args),
        Command::Export(args) => export::run(&context, &args),
        Command::Query(args) => query::run(&context, &args),
        Command::Grades(args) => grades::run(&context, &args),
        Command::Cohort(args) => cohort::run(&context, &args),
        Command::Products(args) => products::run(&context, &args),
        Command::Propensity(args) => propensity::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Config(args) => config::run(&context, &args),
    };
    done.map_err(|error| context.tell_what_was_kept(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
