//! `lifecycle grades watch`: the worker.

use std::time::Duration;

use clap::Args;

use lifecycle::config::Config;
use lifecycle::domain::Grade;
use lifecycle::grades::{
    GradeUpdate, GradeUpdaterWorker, RunOutcome, UpdateMode, log_lines, update_all_grades, worker_banner,
};
use lifecycle::render::Format;
use lifecycle::store::{Access, Store};

use super::update::SofteningArgs;
use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};
use crate::cli::signals::stop_channel;

/// Update grades at an interval until stopped
///
/// Between updates the file is not held open: other commands work meanwhile, and
/// orders that they bring are in the next update. Ctrl-C or TERM finishes the
/// running update. Prints log lines, or with --format json a line of JSON per update.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Seconds between updates [default: grades.refresh_interval_secs, 600]
    #[arg(long, value_name = "SECS", value_parser = clap::value_parser!(u64).range(1..=31_622_400))]
    interval: Option<u64>,

    /// Stop after this many updates
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_runs: Option<u64>,

    /// Update once and stop
    #[arg(long, conflicts_with = "max_runs")]
    once: bool,

    /// The instant to update as of: `now` is read again for each update [default: the file's clock, each time]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    #[command(flatten)]
    softening: SofteningArgs,
}

pub fn run(context: &Context<'_>, args: &WatchArgs) -> Result<(), CommandError> {
    let format = context.ui.format();
    if matches!(format, Format::Csv | Format::Markdown) {
        return Err(CommandError::usage("`watch` prints log lines, or a line of JSON per update").hint(
            "leave --format out, or give --format json; `lifecycle grades report` has tables of the past",
        ));
    }
    let interval_secs = match args.interval {
        Some(secs) => secs,
        // The file may say; it must be there when the worker starts.
        None => open_settings(context, args)?.1.grades.refresh_interval_secs,
    };
    let max_runs = if args.once { Some(1) } else { args.max_runs };
    let (closed_pipe, stop) = stop_channel()?;
    if format == Format::Table {
        context.ui.text(&format!("{}\n\n", worker_banner(interval_secs, context.ui.lang())))?;
    }
    let update = || -> RunOutcome { update_once(context, args).map_err(|error| error.error) };
    let mut closed = Ok(());
    let mut worker = GradeUpdaterWorker::new(Duration::from_secs(interval_secs), max_runs, update);
    let summary = worker.start(&stop, |number, outcome| {
        let said = match outcome {
            Ok(update) => context.ui.text(&line(update, context)),
            Err(error) => {
                context
                    .ui
                    .warn(&format!("the update at tick {number} failed and is retried at the next: {error}"));
                Ok(())
            }
        };
        if said.is_err() {
            // Nobody reads on: the worker leaves at the end of this run.
            let _ = closed_pipe.send(());
        }
        closed = std::mem::replace(&mut closed, Ok(())).and(said);
    });
    closed?;
    context.ui.note(&format!(
        "{} updates done, {} failed; {} promoted, {} demoted",
        summary.done, summary.failed, summary.promoted, summary.demoted
    ));
    let ran_out = max_runs.is_some_and(|most| summary.done + summary.failed >= most);
    if ran_out && summary.done == 0 {
        return Err(CommandError::failed("no update succeeded"));
    }
    Ok(())
}

fn open_settings(context: &Context<'_>, args: &WatchArgs) -> Result<(Store, Config), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config_with(&store, args.softening.layers())?;
    Ok((store, config))
}

fn update_once(context: &Context<'_>, args: &WatchArgs) -> Result<GradeUpdate, CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config_with(&store, args.softening.layers())?;
    let as_of = context.as_of_quietly(&store, args.as_of.as_ref())?;
    context.check_not_ahead(&store, as_of)?;
    let update = update_all_grades(&store, as_of, &config.grades, UpdateMode::Record)?;
    store.close()?;
    Ok(update)
}

fn line(update: &GradeUpdate, context: &Context<'_>) -> String {
    if context.ui.format() != Format::Json {
        return log_lines(update, context.ui.lang()) + "\n";
    }
    let transitions = &update.transitions;
    let record = serde_json::json!({
        "run": update.run_id,
        "as_of": update.as_of.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "customers": transitions.customers(),
        "promoted": transitions.promoted(),
        "demoted": transitions.demoted(),
        "kept": transitions.kept(),
        "vip": transitions.after(Grade::Vip),
        "gold": transitions.after(Grade::Gold),
        "silver": transitions.after(Grade::Silver),
        "bronze": transitions.after(Grade::Bronze),
    });
    format!("{record}\n")
}
