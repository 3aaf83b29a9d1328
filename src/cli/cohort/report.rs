//! `lifecycle cohort report`: which table, of which activities, in which order.

use chrono::{NaiveDate, NaiveDateTime};
use clap::{Args, ValueEnum};

use lifecycle::calendar::parse_date;
use lifecycle::cohort::view::{By, Measure};
use lifecycle::cohort::{self, Ranked, Selection, SortKey, sort_rows};
use lifecycle::config::{Config, Margin};
use lifecycle::render::Report;
use lifecycle::store::{Access, Store};

use super::{CommandError, Context, activity, summary, view};

/// Show the LTV tables
///
/// Without --view: one row an activity, as its last written month leaves it.
/// With --view: a triangle of one figure, activities down, the months since
/// their start across (M0 is the first); months that are not closed are blank.
/// With --activity: that activity's months, with all fields.
///
/// Payback is the number of the month (its offset) in which the cumulative
/// revenue reached the budget.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Show this activity's months, with all fields
    #[arg(long, value_name = "ID", conflicts_with_all = ["view", "since", "until", "channel", "sort", "limit"])]
    activity: Option<i64>,

    /// Show a triangle of this figure, or the paybacks
    ///
    /// CSV and JSON hold the exact values, one column a month: offset_0, offset_1 and so on, empty
    /// (null) where a month is open.
    #[arg(long, value_enum)]
    view: Option<View>,

    /// Pool the activities of a row in the view
    ///
    /// Figures are made from the sums over the activities, ratios too. A month pools the activities
    /// that have it; where others of the row have not reached it, a note says so.
    #[arg(long, value_enum, requires = "view")]
    by: Option<Pooling>,

    /// Only activities that started on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<NaiveDate>,

    /// Only activities that started before this day
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<NaiveDate>,

    /// Only activities of this channel; may be given several times
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,

    /// Order the rows: figures from the highest, payback from the soonest, the unknown last
    #[arg(long, value_enum, default_value_t)]
    sort: Sort,

    /// Show only the first N rows; means and totals stay those of all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// What `--view` shows.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum View {
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pooling {
    /// Activities that started in the same calendar month.
    Month,
    /// Activities of the same channel.
    Channel,
    /// Activities of the same campaign.
    Campaign,
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

/// What was asked of the rows, and the instant they are as of.
pub struct Asked {
    pub as_of: NaiveDateTime,
    pub selection: Selection,
    sort: SortKey,
    limit: Option<usize>,
}

impl Asked {
    /// Orders rows as asked.
    pub fn sort<T: Ranked>(&self, rows: &mut Vec<T>) {
        sort_rows(rows, self.sort);
    }

    /// Keeps the first rows as asked; says so when some go.
    pub fn limit<T>(&self, rows: &mut Vec<T>, context: &Context<'_>) -> Option<String> {
        let all = rows.len();
        let limit = self.limit.filter(|limit| *limit < all)?;
        rows.truncate(limit);
        let note = "The first {shown} of {all} rows; means and totals are those of all.";
        let note = context.ui.lang().heading(note);
        Some(note.replace("{shown}", &limit.to_string()).replace("{all}", &all.to_string()))
    }
}

pub fn run(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    if args.since.zip(args.until).is_some_and(|(since, until)| until <= since) {
        return Err(CommandError::usage("--until is not after --since, so that no day is left")
            .hint("--since is the first day, --until the day after the last"));
    }
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let report = match args.activity {
        Some(activity_id) => activity::report(&store, activity_id)?,
        None => rows_report(context, &store, &config, args)?,
    };
    context.ui.report(&report, &config.currency())
}

/// The report of a view, or of all activities, as it is without any other flag.
pub fn whole_report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    view: Option<View>,
) -> Result<Report, CommandError> {
    let args = ReportArgs {
        activity: None,
        view,
        by: None,
        since: None,
        until: None,
        channel: Vec::new(),
        sort: Sort::default(),
        limit: None,
    };
    rows_report(context, store, config, &args)
}

fn rows_report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    args: &ReportArgs,
) -> Result<Report, CommandError> {
    expect_channels(store, &args.channel)?;
    let asked = Asked {
        as_of: context.as_of(store, None)?,
        selection: Selection { since: args.since, until: args.until, channels: args.channel.clone() },
        sort: args.sort.into(),
        limit: args.limit.map(|limit| limit as usize),
    };
    let by = match args.by {
        None => By::Activity,
        Some(Pooling::Month) => By::Month,
        Some(Pooling::Channel) => By::Channel,
        Some(Pooling::Campaign) => By::Campaign,
    };
    let measure = match args.view {
        None => return summary::report(context, store, config, &asked),
        Some(View::Payback) => return view::paybacks(context, store, config, &asked, by),
        Some(View::Ltv) => Measure::Ltv,
        Some(View::Revenue) => Measure::Revenue,
        Some(View::Retention) => Measure::Retention,
        Some(View::Orders) => Measure::Orders,
        Some(View::Repeat) => Measure::Repeat,
        Some(View::Ratio) => Measure::Ratio,
        Some(View::Profit) => Measure::Profit,
    };
    view::triangle(context, store, config, &asked, measure, by)
}

fn expect_channels(store: &Store, wanted: &[String]) -> Result<(), CommandError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let known = cohort::channels(store)?;
    match wanted.iter().find(|wanted| !known.contains(wanted)) {
        None => Ok(()),
        Some(channel) => {
            let error = CommandError::failed(format!("no activity is of the channel `{channel}`"));
            Err(if known.is_empty() {
                error.hint("the file holds no activities; `lifecycle cohort calendar` makes some")
            } else {
                error.hint(format!("the channels are {}", known.join(", ")))
            })
        }
    }
}

/// What is to be said below every table of rows: what profit counts if not all
/// revenue, and what is due but not computed.
pub fn closing_notes(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    as_of: NaiveDateTime,
) -> Result<Vec<String>, CommandError> {
    let mut notes = Vec::new();
    if config.cohort.gross_margin != Margin::WHOLE {
        let note = "Profit and payback count {margin} of the revenue (cohort.gross_margin); LTV:CAC is revenue over budget.";
        let note = context.ui.lang().heading(note);
        notes.push(note.replace("{margin}", &config.cohort.gross_margin.to_string()));
    }
    let due = cohort::months_due(store, as_of, config.cohort.months)?;
    if due.to_freeze == 0 && due.months == 0 {
        return Ok(notes);
    }
    let note = "Due but not computed: {cohorts} closed cohorts to freeze, {months} months of frozen ones. `lifecycle cohort run` computes them.";
    let note = context.ui.lang().heading(note);
    notes.push(
        note.replace("{cohorts}", &due.to_freeze.to_string()).replace("{months}", &due.months.to_string()),
    );
    Ok(notes)
}

/// What is to be said of a table without rows.
pub fn empty_note(asked: &Asked) -> &'static str {
    if asked.selection.is_everything() {
        "No activities yet. `lifecycle cohort calendar` makes one for each month of first orders."
    } else {
        "No activity matches. `lifecycle cohort report` without --since, --until and --channel shows all."
    }
}
