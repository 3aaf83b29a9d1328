//! `lifecycle predict cohorts`: the open months.

use std::collections::BTreeMap;

use clap::Args;

use lifecycle::config::Config;
use lifecycle::predict::{self, CohortMonth};
use lifecycle::render::Report;
use lifecycle::report::cohort::{ReportOptions, activity_series};
use lifecycle::report::expected::{ExpectedMonth, expected_chart, expected_months, expected_table};
use lifecycle::report::predict::{HeldOut, cohorts_table};
use lifecycle::store::{Access, Store};

use super::{plain_was_nearer, warn_of_news};
use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Show what the open months of cohorts are expected to bring
///
/// One row per cohort, at the end of its last month; every open month with --all-months or --activity.
/// LTV:CAC is expected revenue over budget, by default after the last month.
#[derive(Debug, Args)]
pub struct CohortsArgs {
    /// Every open month, not only the last
    #[arg(long)]
    all_months: bool,

    /// Only this activity, with every open month
    #[arg(long, value_name = "ID")]
    activity: Option<i64>,

    /// One row per month: all cohorts together, per member
    #[arg(long, conflicts_with_all = ["all_months", "activity"])]
    mean: bool,

    /// Draw the mean above the table, on a terminal only
    #[arg(long)]
    chart: bool,

    /// The run as of this instant [default: the last run]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &CohortsArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let runs = predict::runs(&store, args.as_of.as_ref().map(AsOf::instant))?;
    let Some(as_of) = runs.first().map(|run| run.as_of) else { return Ok(()) };
    warn_of_news(context, &store, as_of)?;
    let mut months = predict::cohort_months(&store, as_of)?;
    let together = (args.mean || args.chart).then(|| mean(&store, &config, &months)).transpose()?;
    if let Some(together) = together.as_ref().filter(|_| args.chart) {
        context.ui.chart(&expected_chart(together), &config.currency())?;
    }
    match args.activity {
        Some(activity) => months.retain(|month| month.activity_id == activity),
        None if args.all_months => {}
        None => months = last_months(months),
    }
    let mut worse = Vec::new();
    for run in &runs {
        let rows = predict::checks(&store, run.run_id)?;
        if (HeldOut { pool: &run.pool, rows: &rows }).plain_was_nearer() {
            worse.push(run.pool.as_str());
        }
    }
    let mut report = Report::rows();
    if let Some(first) = plain_was_nearer(context, &worse) {
        report = report.text(first);
    }
    let mut table = match together.filter(|_| args.mean) {
        Some(together) => expected_table(&together),
        None => cohorts_table(&months),
    };
    if months.is_empty() {
        table = table.note("No open month of a frozen cohort.");
    }
    context.ui.report(&report.table(table), &config.currency())
}

/// All cohorts together.
fn mean(store: &Store, config: &Config, open: &[CohortMonth]) -> Result<Vec<ExpectedMonth>, CommandError> {
    // Predictions are of whole months of cohorts that had started by then.
    let clock = store.meta().clock()?.unwrap_or_default();
    let series = activity_series(store, &config.cohort, &ReportOptions::as_of(clock))?;
    Ok(expected_months(&series, open, config.cohort.months as usize))
}

/// Each cohort's last month.
fn last_months(months: Vec<CohortMonth>) -> Vec<CohortMonth> {
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    for month in &months {
        let at = last.entry(month.activity_id).or_insert(month.month_offset);
        *at = (*at).max(month.month_offset);
    }
    months.into_iter().filter(|month| last.get(&month.activity_id) == Some(&month.month_offset)).collect()
}
