//! `lifecycle predict run`: fit, check, complete.

use clap::{Args, ValueEnum};

use lifecycle::cohort;
use lifecycle::predict::{self, Model, PredictOptions, Span};
use lifecycle::render::{Cell, Report};
use lifecycle::report::predict::{HeldOut, fits_table, holdout_table};
use lifecycle::store::{Access, PredictCheckRow};

use super::plain_was_nearer;
use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Fit the models, check them on the last months, and predict cohorts and customers
///
/// Orders follow BG/NBD, MBG/NBD or NBD over days with an order; spend follows Gamma-Gamma. One fit
/// covers all customers who have ordered, and one the members of each kind of cohort; single cohorts
/// shift its parameters as far as they differ. The last months are held out and predicted from what
/// was known before them; the error found there widens the intervals.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Use only what happened before this instant [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    /// The model of orders
    #[arg(long, value_enum, default_value_t)]
    model: ModelArg,

    /// How many months ahead to predict customers
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=60))]
    months: u32,

    /// How much to hold out to check the model, in months or days: 3m, 90d
    #[arg(long, value_name = "SPAN", default_value = "3m", value_parser = span)]
    holdout: Span,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ModelArg {
    /// BG/NBD: a customer may drop out after any repeat.
    #[default]
    Bg,
    /// MBG/NBD: after any order, including the first.
    Mbg,
    /// NBD: nobody drops out.
    Nbd,
}

impl From<ModelArg> for Model {
    fn from(model: ModelArg) -> Self {
        match model {
            ModelArg::Bg => Model::BgNbd,
            ModelArg::Mbg => Model::MbgNbd,
            ModelArg::Nbd => Model::Nbd,
        }
    }
}

fn span(text: &str) -> Result<Span, String> {
    let wrong = || format!("`{text}` is not a span: write 3m for three months or 90d for ninety days");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u32 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let within = |most: u32, span: fn(u32) -> Span| match number {
        0 => Err(format!("`{text}` is no time at all")),
        number if number > most => Err(format!("`{text}` is too long: at most 60m, or 1826d")),
        number => Ok(span(number)),
    };
    match unit {
        'm' => within(60, Span::Months),
        'd' => within(1_826, Span::Days),
        _ => Err(wrong()),
    }
}

pub fn run(context: &Context<'_>, args: &RunArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    context.check_not_ahead(&store, as_of)?;
    let due = cohort::months_due(&store, as_of, config.cohort.months)?;
    if due.to_freeze > 0 {
        context.ui.warn(&format!(
            "{} closed cohorts are not frozen and are left out: `lifecycle cohort run` freezes them",
            due.to_freeze
        ));
    }
    let options = PredictOptions {
        as_of,
        model: args.model.into(),
        months: args.months,
        holdout: args.holdout,
        cohort_months: config.cohort.months,
    };
    let written = predict::run(&store, &options)?;
    let runs = predict::runs(&store, Some(as_of))?;
    let checks: Vec<Vec<PredictCheckRow>> =
        runs.iter().map(|run| predict::checks(&store, run.run_id)).collect::<Result<_, _>>()?;
    let held_out: Vec<HeldOut<'_>> =
        runs.iter().zip(&checks).map(|(run, rows)| HeldOut { pool: &run.pool, rows }).collect();
    let worse: Vec<&str> =
        held_out.iter().filter(|check| check.plain_was_nearer()).map(|check| check.pool).collect();
    let mut report = Report::object([
        ("as_of", Cell::Timestamp(as_of)),
        ("model", Model::from(args.model).name().into()),
        ("cohort_months", Cell::Int(written.months as i64)),
        ("customers", Cell::Int(written.customers as i64)),
        ("plain_was_nearer", if worse.is_empty() { Cell::Empty } else { worse.join(", ").into() }),
    ]);
    if let Some(first) = plain_was_nearer(context, &worse) {
        report = report.text(first);
    }
    report = report.table(fits_table(&runs));
    if held_out.iter().any(|check| !check.rows.is_empty()) {
        report = report.table(holdout_table(&held_out));
    }
    let words = "{months} open months of cohorts and {customers} customers predicted.";
    let count = |rows: usize| lifecycle::money::group_thousands(rows as u64);
    report = report.text(
        context
            .ui
            .lang()
            .heading(words)
            .replace("{months}", &count(written.months))
            .replace("{customers}", &count(written.customers)),
    );
    context.ui.report(&report, &config.currency())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_months_or_days() {
        assert_eq!(span("3m"), Ok(Span::Months(3)));
        assert_eq!(span("90d"), Ok(Span::Days(90)));
        for wrong in ["", "m", "3", "0m", "3y", "-1d", "99999999999d", "3월"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
