//! `lifecycle cohort calendar`: cohorts for a shop without campaigns.

use clap::{Args, ValueEnum};

use lifecycle::cohort::{self, CalendarStep};
use lifecycle::render::Cell;
use lifecycle::store::Access;

use super::{AsOf, CommandError, Context, parse_as_of};
use crate::cli::facts::{Fact, fact_record, fact_table};

/// Add an activity for each period in which customers came through no campaign
///
/// Their channel is `organic`, without a budget; orders stay as they are.
/// Running again only adds the periods that are new.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    /// How long a cohort acquires
    #[arg(long, value_enum, default_value_t)]
    by: Step,

    /// See first orders before this instant only [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Step {
    /// Calendar months.
    #[default]
    Month,
    /// Calendar quarters.
    Quarter,
}

pub fn run(context: &Context<'_>, args: &CalendarArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    context.check_not_ahead(&store, as_of)?;
    let step = match args.by {
        Step::Month => CalendarStep::Month,
        Step::Quarter => CalendarStep::Quarter,
    };
    let run = cohort::make_calendar(&store, step, as_of)?;
    let facts: Vec<Fact<'_>> = vec![
        ("as_of", "As of", Cell::from(run.as_of)),
        ("added", "Organic activities added", Cell::Int(run.added as i64)),
    ];
    let shown = fact_table(context.ui, &config.currency(), "Calendar", &facts);
    let report = fact_record(facts).table(shown);
    context.ui.report(&report, &config.currency())?;
    if run.added > 0 {
        context.ui.note("`lifecycle cohort run` computes their months");
    }
    Ok(())
}
