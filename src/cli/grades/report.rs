//! `lifecycle grades report`: the mix over time, and who went where.

use chrono::NaiveDateTime;
use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::domain::Grade;
use lifecycle::grades::{GradeRun, Migration, migration, runs_between};
use lifecycle::render::{Cell, Column, Report, Table, sparkline};
use lifecycle::store::{Access, Store};

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Show the mix at each update over time, and the migration between two instants
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Updates from this instant on; the migration starts there [default: the first update]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    from: Option<AsOf>,

    /// Updates up to this instant; the migration ends there [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    to: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    context.ui.report(&report(context, &store, args)?, &config.currency())
}

/// The report as it is without any flag.
pub fn whole_report(context: &Context<'_>, store: &Store) -> Result<Report, CommandError> {
    report(context, store, &ReportArgs { from: None, to: None })
}

fn report(context: &Context<'_>, store: &Store, args: &ReportArgs) -> Result<Report, CommandError> {
    let to = context.as_of(store, args.to.as_ref())?;
    let from = args.from.as_ref().map(AsOf::instant);
    let shown = |from: Option<NaiveDateTime>| from.map(format_instant).unwrap_or_default();
    if from.is_some_and(|from| from >= to) {
        let span = format!("the span from {} to {} is empty", shown(from), format_instant(to));
        return Err(CommandError::usage(span).hint("--to is the file's clock if it is not given"));
    }
    // An update at `to` itself has taken effect by then.
    let after_to = to + chrono::Duration::microseconds(1);
    let runs = runs_between(store, from.unwrap_or(lifecycle::calendar::BEGINNING), after_to)?;
    let since = from.or_else(|| runs.first().map(|run| run.as_of));
    let mut report = Report::rows().table(runs_table(&runs)).text(chart(&runs));
    if let Some(since) = since {
        report = report.table(migration_table(since, to, &migration(store, since, to)?));
    }
    Ok(report)
}

fn runs_table(runs: &[GradeRun]) -> Table {
    let mut table = Table::new("runs")
        .title("Grades at each update")
        .column(Column::number("run_id", "Run").rank(2))
        .column(Column::text("as_of", "As of"))
        .column(Column::number("customers", "Customers").rank(1))
        .column(Column::number("promoted", "Promoted"))
        .column(Column::number("demoted", "Demoted"))
        .column(Column::number("kept", "Kept").rank(3))
        .columns(
            Grade::ALL
                .iter()
                .rev()
                .map(|grade| Column::number(grade.as_str().to_lowercase(), grade.as_str()))
                .collect::<Vec<_>>(),
        );
    for run in runs {
        let mut row = vec![
            Cell::Id(run.run_id),
            Cell::Timestamp(run.as_of),
            Cell::Int(run.customers),
            Cell::Int(run.promoted),
            Cell::Int(run.demoted),
            Cell::Int(run.kept),
        ];
        row.extend(Grade::ALL.iter().rev().map(|grade| Cell::Int(run.holding(*grade))));
        table.push(row);
    }
    if runs.is_empty() {
        table = table.note("No update in this span. `lifecycle grades` runs one.");
    }
    table
}

/// How many points a chart has at most.
const CHART_POINTS: usize = 60;

/// A line for each grade, the runs thinned out to what a line holds.
fn chart(runs: &[GradeRun]) -> String {
    if runs.len() < 2 {
        return String::new();
    }
    let step = runs.len().div_ceil(CHART_POINTS);
    let lines = Grade::ALL.iter().rev().map(|grade| {
        let values: Vec<f64> = runs.iter().step_by(step).map(|run| run.holding(*grade) as f64).collect();
        let most = runs.iter().map(|run| run.holding(*grade)).max().unwrap_or(0);
        let least = runs.iter().map(|run| run.holding(*grade)).min().unwrap_or(0);
        format!("{:<7}{}  {least} to {most}", grade.as_str(), sparkline(&values))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn migration_table(from: NaiveDateTime, to: NaiveDateTime, migration: &Migration) -> Table {
    let ladder: Vec<Grade> = Grade::ALL.iter().rev().copied().collect();
    let row_of = |label: &str, counts: [i64; 4]| {
        let sum: i64 = counts.iter().sum();
        let mut row = vec![Cell::from(label), Cell::Int(sum)];
        row.extend(counts.map(Cell::Int));
        row.extend(counts.map(|count| match sum {
            0 => Cell::Empty,
            sum => Cell::Percent(100.0 * count as f64 / sum as f64),
        }));
        row
    };
    let mut rows: Vec<Vec<Cell>> = ladder
        .iter()
        .map(|from| {
            let counts = [Grade::Vip, Grade::Gold, Grade::Silver, Grade::Bronze];
            row_of(from.as_str(), counts.map(|to| migration.moves.get(*from, to)))
        })
        .collect();
    let [bronze, silver, gold, vip] = migration.newcomers;
    rows.push(row_of("new", [vip, gold, silver, bronze]));
    Table::new("migration")
        .title(format!("Migration from {} (down) to {} (across)", format_instant(from), format_instant(to)))
        .column(Column::text("from_grade", "From"))
        .column(Column::number("customers", "Customers"))
        .columns(
            ladder
                .iter()
                .map(|to| Column::number(to.as_str().to_lowercase(), to.as_str()))
                .collect::<Vec<_>>(),
        )
        .columns(
            ladder
                .iter()
                .map(|to| {
                    Column::number(format!("{}_pct", to.as_str().to_lowercase()), format!("{to} %")).rank(1)
                })
                .collect::<Vec<_>>(),
        )
        .rows(rows)
}
