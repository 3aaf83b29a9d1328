//! `lifecycle demo`: a first look, from nothing to the tables that matter.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;

use lifecycle::render::{Format, Report, Table};
use lifecycle::report::ReportView;
use lifecycle::store::{Access, Origin};

use super::args::DEFAULT_DB;
use super::error::CommandError;
use super::generate::{self, GenerateArgs, SIM_UNTIL};
use super::global::{Context, quoted};
use super::report::{self, ReportArgs};

/// Where the demonstration goes unless a file is named.
const DEMO_DB: &str = "demo.duckdb";

/// Rows of a table that give an idea of it.
const SHOWN: usize = 8;

/// Simulate a shop and take a tour of it
///
/// Goes into demo.duckdb, or the file that --db names, and writes a page with charts beside it. If a simulation is there already, it is shown as it is.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Days to simulate
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(40..=3_650))]
    days: u32,
}

pub fn run(context: &Context<'_>, args: &DemoArgs) -> Result<(), CommandError> {
    if !matches!(context.ui.format(), Format::Table | Format::Markdown) {
        return Err(CommandError::usage("`demo` prints tables for people only")
            .hint("`lifecycle generate` and the reports print JSON and CSV"));
    }
    let named = context.db() != Path::new(DEFAULT_DB);
    let db = if named { context.db().to_owned() } else { PathBuf::from(DEMO_DB) };
    let context = context.with_db(db);
    show(&context, args).map_err(|error| context.tell_what_was_saved(error))
}

fn show(context: &Context<'_>, args: &DemoArgs) -> Result<(), CommandError> {
    let page = context.db().with_extension("html");
    report::expect_replaceable(&page, "move it away, or name another file for the tour with --db")?;
    match what_is_there(context)? {
        There::Simulation => context.ui.note(&format!("{} exists already", context.db().display())),
        There::Nothing => simulate(context, &GenerateArgs::of_days(args.days))?,
        There::HalfASimulation => {
            context.ui.note(&format!("{} was interrupted: it is continued", context.db().display()));
            simulate(context, &GenerateArgs::to_the_end())?;
        }
    }
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of_quietly(&store, None)?;
    let first = |view: ReportView| -> Result<Table, CommandError> {
        let mut table = view.table(&store, &config, as_of)?;
        let all = table.rows.len();
        if all > SHOWN {
            table.rows.truncate(SHOWN);
            table = table.note(format!("{SHOWN} of {all} rows."));
        }
        Ok(table)
    };
    let tables = Report::rows()
        .table(first(ReportView::Cohort)?.title("What each campaign activity cost and brought in"))
        .table(first(ReportView::AtRisk)?.title("Who is about to lose a grade"));
    context.ui.report(&tables, &config.currency())?;
    report::write_page(context, &store, &config, &ReportArgs::to_file(page.clone()))?;
    context.ui.text(&format!("\nThe shop as a page with charts, for your browser: {}\n", page.display()))?;
    context.ui.text(&what_next(context.db()))
}

/// What a tour finds where it goes.
enum There {
    Nothing,
    Simulation,
    HalfASimulation,
}

fn what_is_there(context: &Context<'_>) -> Result<There, CommandError> {
    // An empty file is what a run that was killed at once leaves.
    match fs::metadata(context.db()) {
        Ok(found) if found.is_file() && found.len() == 0 => return Ok(There::Nothing),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
        _ => {}
    }
    let store = context.open(Access::Read)?;
    let meta = store.meta();
    match (meta.origin()?, meta.clock()?, meta.instant(SIM_UNTIL)?) {
        (None, None, _) => Ok(There::Nothing),
        (Some(Origin::Simulated), Some(clock), Some(until)) if clock < until => Ok(There::HalfASimulation),
        (Some(Origin::Simulated), _, _) => Ok(There::Simulation),
        _ => Err(CommandError::failed(format!("{} holds a shop's own data", context.db().display()))
            .hint("name another file for the tour with --db")),
    }
}

fn simulate(context: &Context<'_>, args: &GenerateArgs) -> Result<(), CommandError> {
    generate::run(context, args)?;
    context.ui.text("\n")
}

fn what_next(db: &Path) -> String {
    let db = quoted(db);
    format!(
        "\nWhat to try next:\n  \
         export LIFECYCLE_DB={db}\n  \
         lifecycle cohort report --view ltv      revenue per customer, month by month\n  \
         lifecycle grades gap                    who may rise, and what is missing\n  \
         lifecycle propensity top --hour 20      who is most likely to order\n  \
         lifecycle query \"FROM ltv_batch\"        the file in SQL\n  \
         lifecycle import orders                 how to bring in your own orders\n"
    )
}
