//! `lifecycle grades gap` and `at-risk`: who may rise, who may fall.

use clap::Args;

use lifecycle::config::Config;
use lifecycle::domain::Grade;
use lifecycle::grades::{self, GapQuestion};
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Store};
use lifecycle::visitors;

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

/// How many days `at-risk` looks ahead if nothing else is asked for.
const RISK_DAYS: u32 = 30;

/// Show what customers lack for the next grade, the nearest first
///
/// Near is the larger of what is missing of the amount and of the orders, as a
/// share of what the grade asks for.
#[derive(Debug, Args)]
pub struct GapArgs {
    /// One customer: the shop's own id, or the number in the file
    #[arg(long, value_name = "ID", conflicts_with = "to")]
    user: Option<String>,

    /// Everybody below this grade, instead of each customer's next one
    #[arg(long, value_name = "GRADE", value_parser = parse_aim)]
    to: Option<Grade>,

    /// At most so many customers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,

    /// The end of the window [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

/// Show who would fall within some days if nothing more is bought, and when
///
/// Orders roll out of the window day by day; the day shown is the first on
/// which an update would demote the customer.
#[derive(Debug, Args)]
pub struct AtRiskArgs {
    /// Days to look ahead
    #[arg(long, value_name = "DAYS", default_value_t = RISK_DAYS, value_parser = clap::value_parser!(u32).range(0..=366))]
    within: u32,

    /// At most so many customers [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,

    /// The instant to look ahead from [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

fn parse_aim(word: &str) -> Result<Grade, String> {
    match word.parse::<Grade>() {
        Ok(Grade::Bronze) => Err("everybody has BRONZE: VIP, GOLD or SILVER is needed".to_owned()),
        Ok(grade) => Ok(grade),
        Err(error) => Err(error.to_string()),
    }
}

fn who(name: Option<String>, external_id: Option<String>) -> Cell {
    name.or(external_id).into()
}

pub fn gap(context: &Context<'_>, args: &GapArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let customer = args.user.as_ref().map(|id| visitors::require_customer(&store, id)).transpose()?;
    let question = GapQuestion {
        to_grade: args.to,
        user_id: customer.as_ref().map(|customer| customer.user_id),
        limit: args.limit,
    };
    let gaps = grades::gaps(&store, as_of, &config.grades, question)?;
    let mut table = Table::new("gaps")
        .title("What is missing for the next grade")
        .column(Column::number("user_id", "Customer"))
        .column(Column::text("name", "Name").rank(3))
        .column(Column::text("grade", "Grade"))
        .column(Column::text("to_grade", "To"))
        .column(Column::number("lacks_amount", "Lacks"))
        .column(Column::number("lacks_orders", "Lacks orders"))
        .column(Column::number("amount", "Amount").rank(1))
        .column(Column::number("orders", "Orders").rank(1))
        .column(Column::number("missing_pct", "Missing").rank(2))
        .rows(gaps.iter().map(|gap| {
            vec![
                Cell::Id(gap.user_id),
                who(gap.name.clone(), gap.external_id.clone()),
                gap.grade.as_str().into(),
                gap.to_grade.as_str().into(),
                Cell::Money(gap.lacks_amount),
                Cell::Int(gap.lacks_orders),
                Cell::Money(gap.amount),
                Cell::Int(gap.orders),
                Cell::Percent(100.0 * gap.distance),
            ]
        }));
    if customer.is_some() && gaps.is_empty() {
        table = table.note("The customer holds the highest grade, or had not signed up by then.");
    }
    if gaps.iter().any(|gap| gap.distance == 0.0) {
        table = table.note("Nothing missing: the next update promotes the customer.");
    }
    context.ui.report(&Report::from(table), &config.currency())
}

pub fn at_risk(context: &Context<'_>, args: &AtRiskArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    context.ui.report(&at_risk_report(context, &store, &config, args)?, &config.currency())
}

/// The report as it is without any flag.
pub fn whole_at_risk_report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
) -> Result<Report, CommandError> {
    at_risk_report(context, store, config, &AtRiskArgs { within: RISK_DAYS, limit: None, as_of: None })
}

fn at_risk_report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    args: &AtRiskArgs,
) -> Result<Report, CommandError> {
    let as_of = context.as_of(store, args.as_of.as_ref())?;
    let limit = args.limit.unwrap_or(i64::MAX);
    let risks = grades::at_risk(store, as_of, &config.grades, args.within, limit)?;
    let mut table = Table::new("at_risk")
        .title(format!("Who falls within {} days if nothing more is bought", args.within))
        .column(Column::number("user_id", "Customer"))
        .column(Column::text("name", "Name").rank(2))
        .column(Column::text("grade", "Grade"))
        .column(Column::text("falls_to", "Falls to"))
        .column(Column::text("falls_at", "Falls at"))
        .column(Column::number("amount", "Amount left").rank(1))
        .column(Column::number("orders", "Orders left").rank(1))
        .rows(risks.iter().map(|risk| {
            vec![
                Cell::Id(risk.user_id),
                who(risk.name.clone(), risk.external_id.clone()),
                risk.grade.as_str().into(),
                risk.falls_to.as_str().into(),
                Cell::Timestamp(risk.falls_at),
                Cell::Money(risk.amount),
                Cell::Int(risk.orders),
            ]
        }));
    if config.grades.demotion_grace_days > 0 || config.grades.one_step_demotion {
        table = table
            .note("By the criteria alone: the grace and the one-step demotion of the settings come on top.");
    }
    Ok(Report::from(table))
}
