//! `lifecycle cohort run`: the batch.

use clap::Args;

use lifecycle::cohort;
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::Access;

use super::{AsOf, CommandError, Context, parse_as_of};

/// Freeze the cohorts whose window has closed, and write every month that is due
///
/// Running again writes nothing: only closed months of frozen cohorts are
/// written, each once.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The instant to run as of: a date (its 00:00), a date and time, or `now` [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &RunArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    context.check_not_ahead(&store, as_of)?;
    let run = cohort::run(&store, as_of, config.cohort.months)?;
    let record: [(&str, &str, Cell); 5] = [
        ("as_of", "As of", run.as_of.into()),
        ("frozen", "Cohorts frozen", Cell::Int(run.frozen)),
        ("members", "Members of them", Cell::Int(run.members as i64)),
        ("activities", "Activities with new months", Cell::Int(run.activities)),
        ("rows", "Rows written", Cell::Int(run.rows as i64)),
    ];
    let lang = context.ui.lang();
    let shown = Table::new("")
        .column(Column::text("did", "Cohort run"))
        .column(Column::number("value", "Value"))
        .rows(
            record
                .iter()
                .map(|(_, heading, cell)| {
                    vec![lang.heading(heading).into(), cell.shown(&config.currency()).into()]
                })
                .collect::<Vec<_>>(),
        );
    let report = Report::object(record.map(|(key, _, cell)| (key, cell))).table(shown);
    context.ui.report(&report, &config.currency())
}
