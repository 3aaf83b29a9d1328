//! `lifecycle cohort compare`: an experiment's two arms.

use clap::{Args, ValueEnum};

use lifecycle::experiment::{Bootstrap, ExperimentOptions, Method, compare};
use lifecycle::report::compare::comparison_report;
use lifecycle::store::Access;

use super::{AsOf, CommandError, Context, parse_as_of};

/// Compare two cohorts per member: revenue, orders and buyers, with 95 % intervals
///
/// Each member's sums of a month since the cohort's start are one observation, zeros too. Months that have
/// closed in both cohorts are compared, each by itself and all together. Customers in both
/// are refused unless --allow-overlap.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// An activity, by its number or name
    #[arg(value_name = "A")]
    a: String,

    /// The activity to compare it with
    #[arg(value_name = "B")]
    b: String,

    /// The method for the intervals
    #[arg(long, value_enum, default_value_t)]
    method: MethodArg,

    /// The number of bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    resamples: u32,

    /// The seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Compare even if customers are in both cohorts
    #[arg(long)]
    allow_overlap: bool,

    /// Months that have closed by this instant [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum MethodArg {
    /// Welch's t: means with variances of their own.
    #[default]
    Welch,
    /// Percentiles over members drawn anew: for revenue with a heavy tail.
    Bootstrap,
}

pub fn run(context: &Context<'_>, args: &CompareArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let method = match args.method {
        MethodArg::Welch => Method::Welch,
        MethodArg::Bootstrap => Method::Bootstrap(Bootstrap { resamples: args.resamples, seed: args.seed }),
    };
    let options = ExperimentOptions {
        as_of: context.as_of(&store, args.as_of.as_ref())?,
        method,
        allow_overlap: args.allow_overlap,
    };
    let experiment = compare(&store, &config.cohort, &args.a, &args.b, options)?;
    context.ui.report(&comparison_report(&experiment), &config.currency())
}
