//! `lifecycle grades`: update grades as of an instant.

use clap::Args;

use lifecycle::domain::Grade;
use lifecycle::grades::{GradeUpdate, UpdateMode, log_lines, update_all_grades};
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::Access;

use super::error::CommandError;
use super::global::{AsOf, Context, parse_as_of};

/// Update every customer's grade
///
/// A grade needs its amount and its orders, both in the six months before the
/// as-of; only orders with status Success count. Prints the log lines, the
/// distribution, and who moved.
#[derive(Debug, Args)]
pub struct GradesArgs {
    /// The instant to update as of: a date (its 00:00), a date and time, or `now` [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    /// Show what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub fn run(context: &Context<'_>, args: &GradesArgs) -> Result<(), CommandError> {
    let (access, mode) =
        if args.dry_run { (Access::Read, UpdateMode::DryRun) } else { (Access::Write, UpdateMode::Record) };
    let store = context.open(access)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let update = update_all_grades(&store, as_of, &config.grades, mode)?;
    let log = log_lines(&update, 1, context.ui.lang());
    let report = record(&update).text(log).table(distribution(&update)).table(moves(&update));
    context.ui.report(&report, &config.currency())
}

/// The run as one record: for JSON and CSV.
fn record(update: &GradeUpdate) -> Report {
    let moves = &update.moves;
    Report::object([
        ("as_of", Cell::from(update.as_of)),
        ("window_start", Cell::from(update.window_start)),
        ("recorded", Cell::Bool(update.recorded)),
        ("customers", Cell::Int(moves.customers())),
        ("promoted", Cell::Int(moves.promoted())),
        ("demoted", Cell::Int(moves.demoted())),
        ("kept", Cell::Int(moves.kept())),
        ("vip", Cell::Int(moves.after(Grade::Vip))),
        ("gold", Cell::Int(moves.after(Grade::Gold))),
        ("silver", Cell::Int(moves.after(Grade::Silver))),
        ("bronze", Cell::Int(moves.after(Grade::Bronze))),
    ])
}

fn distribution(update: &GradeUpdate) -> Table {
    let customers = update.moves.customers();
    let share = |count: i64| Cell::Percent(100.0 * count as f64 / customers as f64);
    let rows = Grade::ALL.iter().rev().map(|grade| {
        let (before, after) = (update.moves.before(*grade), update.moves.after(*grade));
        vec![
            Cell::from(grade.as_str()),
            Cell::Int(before),
            Cell::Int(after),
            Cell::Int(after - before),
            share(after),
        ]
    });
    Table::new("distribution")
        .title("Distribution")
        .column(Column::text("grade", "Grade"))
        .column(Column::number("before", "Before"))
        .column(Column::number("after", "After"))
        .column(Column::number("change", "Change"))
        .column(Column::number("share", "Share"))
        .rows(rows.collect::<Vec<_>>())
        .total(vec![
            Cell::from("All"),
            Cell::Int(customers),
            Cell::Int(customers),
            Cell::Int(0),
            share(customers),
        ])
}

fn moves(update: &GradeUpdate) -> Table {
    let ladder: Vec<Grade> = Grade::ALL.iter().rev().copied().collect();
    let rows = ladder.iter().map(|from| {
        let mut row = vec![Cell::from(from.as_str())];
        row.extend(ladder.iter().map(|to| Cell::Int(update.moves.get(*from, *to))));
        row
    });
    Table::new("moves")
        .title("Who moved, from (down) to (across)")
        .column(Column::text("from_grade", "From"))
        .columns(ladder.iter().map(|to| Column::number(to.as_str().to_lowercase(), to.as_str())))
        .rows(rows.collect::<Vec<_>>())
}
