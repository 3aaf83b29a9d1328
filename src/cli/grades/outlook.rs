//! `lifecycle grades gap` and `at-risk`: who may rise, who may fall.

use clap::Args;

use lifecycle::customers;
use lifecycle::domain::Grade;
use lifecycle::grades::{self, GapQuestion};
use lifecycle::render::Report;
use lifecycle::report::RISK_DAYS;
use lifecycle::report::outlook::{at_risk_table, gap_table};
use lifecycle::store::Access;

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// Show what customers lack for the next grade, nearest first
///
/// Near is the larger of what is missing of the amount and of the orders, as a
/// share of what the grade requires.
#[derive(Debug, Args)]
pub struct GapArgs {
    /// Only this customer: the shop's own id, or the number in the file
    #[arg(long, value_name = "ID", conflicts_with = "to")]
    user: Option<String>,

    /// The target grade, for all customers below it [default: each customer's next one]
    #[arg(long, value_name = "GRADE", value_parser = parse_aim)]
    to: Option<Grade>,

    /// The maximum number of customers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,

    /// The end of the window [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

/// Show who will be demoted within some days unless they buy more
///
/// Orders roll out of the window day by day; the day shown is the first on
/// which an update would demote the customer.
#[derive(Debug, Args)]
pub struct AtRiskArgs {
    /// Days to look ahead
    #[arg(long, value_name = "DAYS", default_value_t = RISK_DAYS, value_parser = clap::value_parser!(u32).range(0..=366))]
    within: u32,

    /// The maximum number of customers [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,

    /// The instant to look ahead from [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

fn parse_aim(word: &str) -> Result<Grade, String> {
    match word.parse::<Grade>() {
        Ok(Grade::Bronze) => Err("every customer has at least BRONZE: give VIP, GOLD or SILVER".to_owned()),
        Ok(grade) => Ok(grade),
        Err(error) => Err(error.to_string()),
    }
}

pub fn gap(context: &Context<'_>, args: &GapArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let customer = args.user.as_ref().map(|id| customers::require_customer(&store, id)).transpose()?;
    let question = GapQuestion {
        to_grade: args.to,
        user_id: customer.as_ref().map(|customer| customer.user_id),
        within: None,
        limit: args.limit,
    };
    let gaps = grades::gaps(&store, as_of, &config.grades, question)?;
    let mut table = gap_table(&gaps);
    if customer.is_some() && gaps.is_empty() {
        table = table.note("The customer holds the highest grade, or had not signed up by then.");
    }
    context.ui.report(&Report::from(table), &config.currency())
}

pub fn at_risk(context: &Context<'_>, args: &AtRiskArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let limit = args.limit.unwrap_or(i64::MAX);
    let risks = grades::at_risk(&store, as_of, &config.grades, args.within, limit)?;
    let mut table = at_risk_table(&risks, args.within);
    if config.grades.demotion_grace_days > 0 || config.grades.one_step_demotion {
        table =
            table.note("By the criteria alone: the grace period and one-step demotion are not considered.");
    }
    context.ui.report(&Report::from(table), &config.currency())
}
