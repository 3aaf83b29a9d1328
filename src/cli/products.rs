//! `lifecycle products`: what each product brought.

use clap::Args;

use lifecycle::render::Report;
use lifecycle::report::products::{product_sales, product_table};
use lifecycle::store::Access;

use super::error::CommandError;
use super::global::{AsOf, Context, parse_as_of};

/// Show the revenue of each product, and how many first-time buyers came back
///
/// Orders count by their articles where these were imported, else by the order's one product. Revenue is less
/// what was given back.
#[derive(Debug, Args)]
pub struct ProductsArgs {
    /// The maximum number of products
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,

    /// Orders before this instant [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

pub fn run(context: &Context<'_>, args: &ProductsArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let sales = product_sales(&store, as_of, args.limit)?;
    context.ui.report(&Report::from(product_table(&sales)), &config.currency())
}
