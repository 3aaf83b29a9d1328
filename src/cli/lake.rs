//! `lifecycle lake`: the shop, and the results of another engine, in a folder of Parquet.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use lifecycle::export::Stop;
use lifecycle::lake::{self, LakeError, Pulled, Pushed};
use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Store};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::Context;
use super::signals::on_stop_repeatedly;
use super::spinner::Spinner;

/// Run the batch and the grade update on Apache Spark: push the shop, pull the results
///
/// For a shop that outgrows one machine, or whose orders already live in a data lake. The results are the same to
/// the cent; engines/spark in the source holds the job and says when it is worth it.
///
///   lifecycle lake push lake
///   spark-submit ... cohort --lake lake
///   lifecycle lake pull lake
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct LakeArgs {
    #[command(subcommand)]
    command: LakeCommand,
}

#[derive(Debug, Subcommand)]
enum LakeCommand {
    Push(PushArgs),
    Pull(PullArgs),
}

/// Write the shop into a folder: tables as Parquet, orders by month
///
/// Months that have not changed, in the file or in the folder, are left alone; months that the file no longer holds
/// are removed. A push that is stopped changes nothing. Nothing that another shop or program wrote is removed or
/// replaced without --overwrite: the first push gives the shop a name in the file, and pushed.json in the folder
/// records it.
///
/// Copy the folder to S3, HDFS or another store with that store's own tools, or push to where it is mounted.
#[derive(Debug, Args)]
struct PushArgs {
    /// The folder, created if necessary
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Replace the tables and months that something else wrote there
    #[arg(long)]
    overwrite: bool,
}

/// Bring the results in a folder into the file
///
/// Members, rows, grades and their runs, as of the instant of the runs on Spark. Cohorts replace the file's own;
/// grade updates are appended to the file's. A file that does not exist yet is created with the customers, products
/// and activities that were pushed: it can report and export, but commands that need the orders (cohort run,
/// rebuild and verify, grades) say that they are elsewhere.
#[derive(Debug, Args)]
struct PullArgs {
    /// The folder that was pushed to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(context: &Context<'_>, args: &LakeArgs) -> Result<(), CommandError> {
    match &args.command {
        LakeCommand::Push(args) => push(context, args),
        LakeCommand::Pull(args) => pull(context, args),
    }
}

fn push(context: &Context<'_>, args: &PushArgs) -> Result<(), CommandError> {
    let store = open_to_push(context)?;
    let config = context.config(Some(&store))?;
    let stop = Arc::new(Stop::default());
    let raised = Arc::clone(&stop);
    on_stop_repeatedly(move || raised.raise())?;
    let spinner = Spinner::new(context.ui);
    let say = |name: &str| spinner.say(format!("writing {name}"));
    let pushed = lake::push(&store, &config, &args.folder, args.overwrite, &stop, say);
    drop(spinner);
    context.ui.report(&what_was_pushed(&pushed?), &Currency::default())
}

/// For reading, unless the first push is to name the shop.
fn open_to_push(context: &Context<'_>) -> Result<Store, CommandError> {
    let store = context.open(Access::Read)?;
    if store.meta().shop()?.is_some() || store.meta().orders_elsewhere()?.is_some() {
        return Ok(store);
    }
    drop(store);
    context.open(Access::Write)
}

fn what_was_pushed(pushed: &[Pushed]) -> Report {
    let row = |table: &Pushed| {
        vec![
            Cell::from(table.name.clone()),
            Cell::from(table.rows),
            Cell::from(table.path.display().to_string()),
            Cell::from(table.written),
            Cell::from(table.kept),
            Cell::Bytes(table.bytes),
        ]
    };
    let table = Table::new("pushed")
        .title("Pushed")
        .column(Column::text("name", "Name"))
        .column(Column::number("rows", "Rows"))
        .column(Column::text("file", "File").least(16))
        .column(Column::number("files", "Files written"))
        .column(Column::number("kept", "Files kept"))
        .column(Column::number("bytes", "Bytes written"))
        .rows(pushed.iter().map(row));
    Report::from(table)
}

fn pull(context: &Context<'_>, args: &PullArgs) -> Result<(), CommandError> {
    let is_new = !context.db().exists();
    let store = context.open(Access::Create)?;
    let pulled = lake::pull(&store, &args.folder);
    if is_new && pulled.is_err() {
        // A file created for results is removed when there are none.
        drop(store);
        context.remove_db()?;
        return Err(pulled
            .err()
            .map_or_else(|| CommandError::failed("nothing was pulled"), CommandError::from));
    }
    let pulled = pulled?;
    let config = context.config(Some(&store))?;
    if pulled.results_only {
        context.ui.note("the file holds results without their orders, which are in the lake");
    }
    let record = what_was_pulled(&pulled);
    let shown = fact_table(context.ui, &config.currency(), "Pulled", &record);
    context.ui.report(&fact_record(record).table(shown), &config.currency())
}

fn what_was_pulled(pulled: &Pulled) -> Vec<Fact<'static>> {
    vec![
        ("cohort_as_of", "Cohorts as of", pulled.cohort_as_of.into()),
        ("members", "Members", pulled.members.into()),
        ("rows", "Rows of months", pulled.rows.into()),
        ("grades_as_of", "Grades as of", pulled.grades_as_of.into()),
        ("grade_runs", "New grade updates", pulled.grade_runs.into()),
        ("grade_changes", "Grades changed by them", pulled.grade_changes.into()),
        ("results_only", "Orders are elsewhere", Cell::Bool(pulled.results_only)),
    ]
}

impl From<LakeError> for CommandError {
    fn from(error: LakeError) -> Self {
        let hint = match &error {
            LakeError::NoResults { .. } => "run `lifecycle lake push DIR` and the job in engines/spark first",
            LakeError::NoTable { .. } => "write it with `lifecycle lake push DIR`",
            LakeError::Older { .. } => {
                "push again and run the job as of the file's clock; the file was left unchanged"
            }
            LakeError::GradesApart { .. } => {
                "update grades in one place only; give --db a file that does not exist yet to pull into"
            }
            LakeError::NoFolder { .. } => "name the folder that was pushed to",
            LakeError::NotFolder { .. } => "name a folder",
            LakeError::NotOurs { .. } | LakeError::Strange { removable: true, .. } => {
                "name another folder, or replace them with --overwrite; nothing was changed"
            }
            LakeError::Strange { .. } => "move them out of the lake; nothing was changed",
            LakeError::ResultsOfAnother { .. } => "name another folder, or remove them; nothing was changed",
            LakeError::Unfinished { .. } => "push again with `lifecycle lake push DIR`",
            LakeError::LeftUnfinished { .. } => "push again: until then Spark's job refuses the lake",
            LakeError::Strangers { .. } | LakeError::AnotherShop { .. } => {
                "give --db the file that was pushed, or one that does not exist yet; this one was left unchanged"
            }
            LakeError::Io { .. } => "check that you may read and write there",
            LakeError::Export(_) | LakeError::Store(_) => "",
        };
        match error {
            LakeError::Export(error) => error.into(),
            LakeError::Store(error) => error.into(),
            error => CommandError::failed(error).hint(hint),
        }
    }
}
