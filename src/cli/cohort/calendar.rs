//! `lifecycle cohort calendar`: cohorts for a shop without campaigns.

use clap::{Args, ValueEnum};

use lifecycle::cohort::{self, CalendarStep};
use lifecycle::render::Cell;
use lifecycle::store::Access;

use super::{AsOf, CommandError, Context, parse_as_of};
use crate::cli::facts::{Fact, fact_record, fact_table};

/// Add organic cohorts: customers acquired by no activity, by month or quarter
///
/// Their channel is `organic`, without a budget; orders stay as they are.
/// Running again only adds the periods that are new. Periods that overlap other
/// organic activities are refused: customers would be in two cohorts.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    /// The length of an acquisition window [default: month]
    #[arg(long, value_enum)]
    by: Option<Step>,

    /// Replace existing calendars, with their cohorts and months
    #[arg(long, conflicts_with = "remove")]
    replace: bool,

    /// Remove the calendar's activities, with their cohorts and months; without --by, those of all calendars
    #[arg(long, conflicts_with = "as_of")]
    remove: bool,

    /// Consider only first orders before this instant [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Step {
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
}

impl From<Step> for CalendarStep {
    fn from(step: Step) -> Self {
        match step {
            Step::Month => CalendarStep::Month,
            Step::Quarter => CalendarStep::Quarter,
        }
    }
}

pub fn run(context: &Context<'_>, args: &CalendarArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let mut facts: Vec<Fact<'_>> = Vec::new();
    let run = if args.remove {
        cohort::remove_calendar(&store, args.by.map(CalendarStep::from))?
    } else {
        let as_of = context.as_of(&store, args.as_of.as_ref())?;
        context.check_not_ahead(&store, as_of)?;
        facts.push(("as_of", "As of", Cell::from(as_of)));
        let step = args.by.map_or(CalendarStep::Month, CalendarStep::from);
        let make = if args.replace { cohort::replace_calendar } else { cohort::make_calendar };
        make(&store, step, as_of)?
    };
    if !args.remove {
        facts.push(("added", "Organic activities added", Cell::Int(run.added as i64)));
    }
    if args.remove || args.replace {
        facts.push(("removed", "Organic activities removed", Cell::Int(run.removed as i64)));
        facts.push(("rows_removed", "Written months removed", Cell::Int(run.rows_removed as i64)));
    }
    let shown = fact_table(context.ui, &config.currency(), "Calendar", &facts);
    let report = fact_record(facts).table(shown);
    let printed = context.ui.report(&report, &config.currency());
    if run.added > 0 {
        context.ui.note("`lifecycle cohort run` computes their months");
    }
    printed
}
