//! `lifecycle cohort report`: which table, of which activities, in which order.

use std::convert::Infallible;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use clap::{Args, ValueEnum};

use lifecycle::calendar::{format_instant, parse_date};
use lifecycle::cohort::months_due;
use lifecycle::config::{Config, Margin};
use lifecycle::domain::CohortKind;
use lifecycle::predict;
use lifecycle::render::{Phrase, Report, Table};
use lifecycle::report::cohort::{
    self as reports, ExpectedMonths, GroupBy, Measure, ReportOptions, Selection, SortKey, activity_months,
};
use lifecycle::store::{Access, Store};

use super::{CommandError, Context, no_activity};
use crate::cli::global::{AsOf, cohort_kind, parse_as_of};
use crate::cli::predict::warn_of_news;
use crate::cli::segment::SegmentArgs;

/// Show the LTV tables
///
/// Without --view: one row per activity, as of its last written month.
/// With --view: a triangle of one figure, activities down, the months since
/// their start across (M0 is the first); months that are not closed are blank.
/// With --activity: that activity's months, with all fields.
///
/// Payback is the number of the month (its offset) in which the cumulative
/// revenue reached the budget.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Show the months of this activity, with all fields
    #[arg(long, value_name = "ID", conflicts_with_all = ["view", "since", "until", "channel", "sort", "limit", "filter"])]
    activity: Option<i64>,

    /// Show a triangle of this measure, or the paybacks
    ///
    /// CSV and JSON have the exact values, one column per month: offset_0, offset_1 and so on, empty
    /// (null) where a month is open.
    #[arg(long, value_enum)]
    view: Option<View>,

    /// Group the view's rows by month, channel or campaign, or by a value of customers: region, age_group, ...
    ///
    /// Figures are made from the sums over the activities, ratios too. A month pools the activities
    /// that have it; where others of the row have not reached it, a note says so. A value of
    /// customers is any expression that --where could use: region, tier, "coalesce(tier, 'none')".
    #[arg(long, value_name = "WHAT", requires = "view")]
    by: Option<Pooling>,

    /// Complete the open months with what the last `predict run` expects (views ltv and payback)
    ///
    /// What is expected is marked with ~; CSV and JSON have it in columns of its own: expected_offset_0
    /// and so on, expected_payback_month, expected_ltv_cac_ratio.
    #[arg(long, requires = "view", conflicts_with_all = ["by", "filter"])]
    predicted: bool,

    #[command(flatten)]
    segment: SegmentArgs,

    /// Only activities that started on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<NaiveDate>,

    /// Only activities that started before this day
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<NaiveDate>,

    /// Only activities of this channel; can be repeated
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,

    /// Only cohorts of this kind
    #[arg(long, value_name = "KIND", value_parser = cohort_kind(), conflicts_with = "activity")]
    cohorts: Option<CohortKind>,

    /// Only months that have ended by this instant [default: every month that is written]
    #[arg(long, value_name = "T", value_parser = parse_as_of, conflicts_with = "activity")]
    as_of: Option<AsOf>,

    /// Draw the curves of the view, of LTV without one, above the table; on a terminal only
    #[arg(long, conflicts_with = "activity")]
    chart: bool,

    /// Order the rows: figures from the highest, payback from the soonest, the unknown last
    #[arg(long, value_enum, default_value_t)]
    sort: Sort,

    /// Show only the first N rows; means and totals stay those of all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// What `--view` shows.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum View {
    /// Revenue so far per customer (cumulative revenue ÷ members).
    Ltv,
    /// The month's revenue per customer (÷ members, not ÷ buyers).
    Revenue,
    /// Members who bought in the month, in % of the members.
    Retention,
    /// The month's orders per customer.
    Orders,
    /// Members with two or more orders so far, in % of the members.
    Repeat,
    /// LTV:CAC, revenue so far ÷ budget.
    Ratio,
    /// Revenue so far less the budget, in all.
    Profit,
    /// When each activity broke even, with its profit month by month.
    Payback,
}

impl View {
    /// The figure of a triangle; `None` for the paybacks.
    fn measure(self) -> Option<Measure> {
        match self {
            View::Ltv => Some(Measure::Ltv),
            View::Revenue => Some(Measure::Revenue),
            View::Retention => Some(Measure::Retention),
            View::Orders => Some(Measure::Orders),
            View::Repeat => Some(Measure::Repeat),
            View::Ratio => Some(Measure::Ratio),
            View::Profit => Some(Measure::Profit),
            View::Payback => None,
        }
    }
}

#[derive(Clone, Debug)]
enum Pooling {
    /// Activities that started in the same calendar month.
    Month,
    /// Activities of the same channel.
    Channel,
    /// Activities of the same campaign.
    Campaign,
    /// Members for whom an expression has the same value.
    Members(String),
}

impl FromStr for Pooling {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "month" => Pooling::Month,
            "channel" => Pooling::Channel,
            "campaign" => Pooling::Campaign,
            expression => Pooling::Members(expression.to_owned()),
        })
    }
}

impl Pooling {
    fn group_by(&self) -> GroupBy {
        match self {
            Pooling::Month => GroupBy::Month,
            Pooling::Channel => GroupBy::Channel,
            Pooling::Campaign => GroupBy::Campaign,
            Pooling::Members(_) => GroupBy::Segment,
        }
    }

    fn label(&self) -> Option<&str> {
        match self {
            Pooling::Members(expression) => Some(expression),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Sort {
    /// Day of the start, earliest first.
    #[default]
    Start,
    /// Members.
    Size,
    /// Revenue so far per customer.
    Ltv,
    /// LTV:CAC.
    Ratio,
    /// Profit.
    Profit,
    /// Month that broke even.
    Payback,
    /// Name.
    Name,
}

impl From<Sort> for SortKey {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Start => SortKey::Start,
            Sort::Size => SortKey::Size,
            Sort::Ltv => SortKey::Ltv,
            Sort::Ratio => SortKey::Ratio,
            Sort::Profit => SortKey::Profit,
            Sort::Payback => SortKey::Payback,
            Sort::Name => SortKey::Name,
        }
    }
}

fn day(text: &str) -> Result<NaiveDate, String> {
    parse_date(text).map_err(|_| "a day is needed: write 2025-01-15".to_owned())
}

pub fn run(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    if args.since.zip(args.until).is_some_and(|(since, until)| until <= since) {
        return Err(CommandError::usage("--until is not after --since")
            .hint("--since is the first day, --until the day after the last"));
    }
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let table = match args.activity {
        Some(activity_id) => {
            activity_months(&store, activity_id)?.ok_or_else(|| no_activity(activity_id))?.table()
        }
        None => rows_table(context, &store, &config, args)?,
    };
    context.ui.report(&Report::from(table), &config.currency())
}

fn rows_table(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    args: &ReportArgs,
) -> Result<Table, CommandError> {
    expect_channels(store, &args.channel)?;
    let as_of = context.as_of(store, args.as_of.as_ref())?;
    let segment = args.segment.stage(store, args.by.as_ref().and_then(Pooling::label), as_of)?;
    let options = ReportOptions {
        as_of,
        seen_by: args.as_of.as_ref().map(AsOf::instant),
        selection: Selection {
            since: args.since,
            until: args.until,
            channels: args.channel.clone(),
            kind: args.cohorts,
        },
        segment,
        group_by: args.by.as_ref().map_or(GroupBy::Activity, Pooling::group_by),
        sort: args.sort.into(),
        limit: args.limit.map(|limit| limit as usize),
    };
    if args.chart {
        let measure = match args.view {
            None => Measure::Ltv,
            Some(view) => view.measure().unwrap_or(Measure::Profit),
        };
        let chart = reports::triangle(store, &config.cohort, &options, measure)?.chart();
        context.ui.chart(&chart, &config.currency())?;
    }
    let expected = if args.predicted { Some(expected_months(context, store, args)?) } else { None };
    let table = match (args.view.map(View::measure), &expected) {
        (Some(None), expected) => reports::paybacks(store, &config.cohort, &options, expected.as_ref())?,
        (Some(_), Some(expected)) => reports::expected_ltv(store, &config.cohort, &options, expected)?,
        (None, _) => summary_table(store, config, &options)?,
        (Some(Some(measure)), None) => reports::triangle(store, &config.cohort, &options, measure)?.table(),
    };
    let table = if table.rows.is_empty() { table.note(empty_note(store, &options)?) } else { table };
    let table = match segment {
        Some(segment) => args.segment.note(segment).into_iter().fold(table.note(BUDGETS_OF_ALL), Table::note),
        None => table,
    };
    Ok(closing_notes(store, config, options.as_of)?.into_iter().fold(table, Table::note))
}

/// What the last run expects of the open months.
fn expected_months(
    context: &Context<'_>,
    store: &Store,
    args: &ReportArgs,
) -> Result<ExpectedMonths, CommandError> {
    if !matches!(args.view, Some(View::Ltv | View::Payback)) {
        return Err(CommandError::usage("--predicted completes the views ltv and payback alone")
            .hint("`lifecycle cohort report --view ltv --predicted`"));
    }
    let as_of = predict::runs(store, None)?.first().map_or(context.as_of(store, None)?, |run| run.as_of);
    warn_of_news(context, store, as_of)?;
    Ok(ExpectedMonths::of(as_of, &predict::cohort_months(store, as_of)?))
}

fn summary_table(store: &Store, config: &Config, options: &ReportOptions) -> Result<Table, CommandError> {
    let summary = reports::summary(store, &config.cohort, options)?;
    let mut table = summary.table();
    if !summary.few_acquired.is_empty() {
        table = table
            .note("Import them with `cohort` as `touched` to measure everyone who ordered through them.");
    }
    if summary.outdated > 0 {
        table = table
            .note("`lifecycle cohort verify` lists those months, `lifecycle cohort rebuild` repairs them.");
    }
    Ok(table)
}

fn expect_channels(store: &Store, wanted: &[String]) -> Result<(), CommandError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let known = reports::channels(store)?;
    match wanted.iter().find(|wanted| !known.contains(wanted)) {
        None => Ok(()),
        Some(channel) => {
            let error = CommandError::failed(format!("no activity has the channel `{channel}`"));
            Err(if known.is_empty() {
                error.hint("the file holds no activities; `lifecycle cohort calendar` makes some")
            } else {
                error.hint(format!("the channels are {}", known.join(", ")))
            })
        }
    }
}

/// Said of a part of the members.
const BUDGETS_OF_ALL: &str = "A budget was spent on a whole cohort: figures of a part of its members have none, and profit is before budgets.";

/// What is to be said below every table of rows: what profit counts if not all
/// revenue, and what is due but not computed.
fn closing_notes(store: &Store, config: &Config, as_of: NaiveDateTime) -> Result<Vec<Phrase>, CommandError> {
    let mut notes = Vec::new();
    if config.cohort.gross_margin != Margin::WHOLE {
        let note = "Profit and payback count {margin} of the revenue (cohort.gross_margin); LTV:CAC is revenue over budget.";
        notes.push(Phrase::new(note).with("margin", config.cohort.gross_margin));
    }
    let due = months_due(store, as_of, config.cohort.months)?;
    if !due.is_nothing() {
        let note = "Due but not computed: {cohorts} closed cohorts to freeze, {months} months of frozen ones. `lifecycle cohort run` computes them.";
        notes.push(Phrase::new(note).with("cohorts", due.to_freeze).with("months", due.months));
    }
    Ok(notes)
}

/// What is to be said of a table without rows.
fn empty_note(store: &Store, options: &ReportOptions) -> Result<Phrase, CommandError> {
    Ok(if !options.selection.is_everything() {
        "No activity matches. `lifecycle cohort report` without --since, --until, --channel and --cohorts shows all.".into()
    } else if !reports::channels(store)?.is_empty() {
        Phrase::new("No activity had begun by {as_of}.").with("as_of", format_instant(options.as_of))
    } else {
        "No activities yet. `lifecycle cohort calendar` makes one for each month of first orders.".into()
    })
}
