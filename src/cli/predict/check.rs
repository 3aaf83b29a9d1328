//! `lifecycle predict check`: what the hold-out found.

use clap::Args;

use lifecycle::predict;
use lifecycle::render::Report;
use lifecycle::report::predict::{HeldOut, checks_table};
use lifecycle::store::Access;

use super::plain_was_nearer;
use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Compare the hold-out with what the model and the plain guess predicted
///
/// The last run fitted its models a second time, on what was known before the hold-out. The plain guess
/// repeats the span before it, of the same length, without first orders. Compare P(buys) with the share
/// of customers who bought to see whether the probabilities are calibrated.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The pool: customers, acquired, touched or listed [default: acquired, or else customers]
    #[arg(long, value_name = "NAME")]
    pool: Option<String>,

    /// The run as of this instant [default: the last run]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &CheckArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let runs = predict::runs(&store, args.as_of.as_ref().map(AsOf::instant))?;
    let held_out = |pool: &str| runs.iter().find(|run| run.pool == pool && run.holdout_from.is_some());
    let run = match &args.pool {
        Some(pool) => runs.iter().find(|run| run.pool == *pool).ok_or_else(|| {
            let pools: Vec<&str> = runs.iter().map(|run| run.pool.as_str()).collect();
            CommandError::usage(format!("the run has no pool `{pool}`"))
                .hint(format!("it has {}", pools.join(", ")))
        })?,
        None => match held_out("acquired").or_else(|| held_out("customers")).or_else(|| runs.first()) {
            Some(run) => run,
            None => return Ok(()),
        },
    };
    let rows = predict::checks(&store, run.run_id)?;
    let mut report = Report::rows();
    if (HeldOut { pool: &run.pool, rows: &rows }).plain_was_nearer() {
        report = report.text(plain_was_nearer(context, &[&run.pool]).unwrap_or_default());
    }
    let mut table = checks_table(&run.pool, &rows);
    if let Some(note) = run.note.as_ref().filter(|_| rows.is_empty()) {
        table = table.note(note.clone());
    }
    context.ui.report(&report.table(table), &config.currency())
}
