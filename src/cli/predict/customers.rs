//! `lifecycle predict customers`: who comes back.

use clap::{Args, ValueEnum};

use lifecycle::customers;
use lifecycle::predict::{self, CustomerOrder};
use lifecycle::render::{Report, Table};
use lifecycle::report::predict::customers_table;
use lifecycle::store::Access;

use super::warn_of_news;
use crate::cli::error::CommandError;
use crate::cli::global::Context;
use crate::cli::segment::SegmentArgs;

/// Show what is expected of customers within the horizon of the last run
#[derive(Debug, Args)]
pub struct CustomersArgs {
    /// The first N customers
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "user",
          value_parser = clap::value_parser!(i64).range(1..))]
    top: i64,

    /// Only this customer: the shop's own id, or the number in the file
    #[arg(long, value_name = "ID")]
    user: Option<String>,

    /// What comes first
    #[arg(long, value_enum, default_value_t)]
    sort: Sort,

    #[command(flatten)]
    segment: SegmentArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Sort {
    /// The highest probability of an order within the horizon.
    #[default]
    #[value(name = "p_buy")]
    PBuy,
    /// The highest expected revenue.
    Revenue,
    /// The most revenue at risk: what they would bring if they had not left, times the probability that they have.
    AtRisk,
}

impl From<Sort> for CustomerOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::PBuy => CustomerOrder::PBuy,
            Sort::Revenue => CustomerOrder::Revenue,
            Sort::AtRisk => CustomerOrder::AtRisk,
        }
    }
}

pub fn run(context: &Context<'_>, args: &CustomersArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let runs = predict::runs(&store, None)?;
    if let Some(run) = runs.first() {
        warn_of_news(context, &store, run.as_of)?;
    }
    let customer = args.user.as_ref().map(|id| customers::require_customer(&store, id)).transpose()?;
    let user_id = customer.map(|customer| customer.user_id);
    let as_of = runs.first().map(|run| run.as_of).unwrap_or_default();
    let segment = args.segment.stage(&store, None, as_of)?;
    let customers = predict::customer_predictions(&store, args.sort.into(), user_id, segment, args.top)?;
    let mut table = customers_table(&customers);
    if let Some(segment) = segment {
        table = args.segment.note(segment).into_iter().fold(table, Table::note);
    }
    if customers.is_empty() {
        table = table.note(match user_id {
            Some(_) => "The customer had not ordered by the as-of of the last run.",
            None => "The last run could not be fitted: `lifecycle predict run` says why.",
        });
    }
    context.ui.report(&Report::from(table), &config.currency())
}
