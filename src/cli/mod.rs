//! The command line: what is asked for, what it runs, what it prints.
//!
//! The only module that prints, reads the environment, asks the machine for the
//! time, and turns errors into exit codes.

mod args;
mod cohort;
mod completions;
mod config;
mod demo;
mod doctor;
mod error;
mod export;
mod facts;
mod generate;
mod global;
mod grades;
mod help;
mod import;
mod lake;
mod live;
mod man;
mod memory;
mod migrate;
mod overview;
mod predict;
mod products;
mod progress;
mod propensity;
mod query;
mod report;
mod segment;
mod signals;
mod spinner;
mod status;
mod ui;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{FromArgMatches, Parser, Subcommand};
use lifecycle::render::harmless;

use args::GlobalArgs;
use error::CommandError;
use global::Context;
use ui::Ui;

/// Simulate a shop's customers, grade them, and compute cohort LTV
/// incrementally, in one DuckDB file.
///
/// Start with `lifecycle demo` for a look around, with `lifecycle generate` for a simulated shop, or with
/// `lifecycle import orders FILE` for your own; then `lifecycle grades` and `lifecycle cohort report`.
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
    Lake(lake::LakeArgs),
    Query(query::QueryArgs),
    Overview(overview::OverviewArgs),
    Report(report::ReportArgs),
    Grades(grades::GradesArgs),
    Cohort(cohort::CohortArgs),
    Products(products::ProductsArgs),
    Predict(predict::PredictArgs),
    Propensity(propensity::PropensityArgs),
    Status(status::StatusArgs),
    Migrate(migrate::MigrateArgs),
    Config(config::ConfigArgs),
    Demo(demo::DemoArgs),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    Help(help::HelpArgs),
}

/// Parses the arguments, runs the command, and says how it went.
pub fn main() -> ExitCode {
    completions::answer();
    let parsed = help::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version go to stdout and are no failure; a closed pipe is none either.
            let _ = print(&error);
            if error.kind() == ErrorKind::MissingRequiredArgument {
                let arguments = std::env::args_os().skip(1);
                let arguments: Vec<String> =
                    arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
                if let Some(example) = help::example_of_a_file(&arguments) {
                    let _ = writeln!(io::stderr(), "\n{example}");
                }
            }
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let ui = Ui::new(&cli.global);
    match run(cli, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ui.fail(&error),
    }
}

/// Prints what the parser says: in colour, unless words of the command line would act on the terminal.
fn print(said: &clap::Error) -> io::Result<()> {
    let is_harmless = |word: OsString| matches!(harmless(&word.to_string_lossy()), Cow::Borrowed(_));
    if std::env::args_os().all(is_harmless) {
        return said.print();
    }
    let plain = said.render().to_string();
    let text = harmless(&plain);
    if said.use_stderr() { write!(io::stderr(), "{text}") } else { write!(io::stdout(), "{text}") }
}

fn run(cli: Cli, ui: &Ui) -> Result<(), CommandError> {
    let context = Context::new(cli.global, ui)?;
    let done = match cli.command {
        Command::Generate(args) => generate::run(&context, &args),
        Command::Live(args) => live::run(&context, &args),
        Command::Import(args) => import::run(&context, &args),
        Command::Export(args) => export::run(&context, &args),
        Command::Lake(args) => lake::run(&context, &args),
        Command::Query(args) => query::run(&context, &args),
        Command::Overview(args) => overview::run(&context, &args),
        Command::Report(args) => report::run(&context, &args),
        Command::Grades(args) => grades::run(&context, &args),
        Command::Cohort(args) => cohort::run(&context, &args),
        Command::Products(args) => products::run(&context, &args),
        Command::Predict(args) => predict::run(&context, &args),
        Command::Propensity(args) => propensity::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Migrate(args) => migrate::run(&context, &args),
        Command::Config(args) => config::run(&context, &args),
        Command::Demo(args) => demo::run(&context, &args),
        Command::Doctor(args) => doctor::run(&context, &args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Help(args) => help::run(&context, &args),
    };
    done.map_err(|error| context.tell_what_was_saved(error))
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn the_arguments_are_consistent() {
        help::command().debug_assert();
    }
}
