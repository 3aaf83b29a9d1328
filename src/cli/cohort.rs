//! `lifecycle cohort`: the LTV batch and its report.

use clap::{Args, Subcommand, ValueEnum};

use lifecycle::cohort::{
    self, ActivityHead, ActivityMonth, ActivitySummary, CalendarStep, OrdersRead, RunOptions,
};
use lifecycle::config::{Config, Margin};
use lifecycle::money::Money;
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Store};

use super::cohort_rebuild::{self, RebuildArgs};
use super::cohort_verify::{self, VerifyArgs};
use super::error::CommandError;
use super::global::{AsOf, Context, parse_as_of};

/// Compute and show the LTV of activities' cohorts
#[derive(Debug, Args)]
pub struct CohortArgs {
    #[command(subcommand)]
    command: CohortCommand,
}

#[derive(Debug, Subcommand)]
enum CohortCommand {
    Run(RunArgs),
    Report(ReportArgs),
    Calendar(CalendarArgs),
    Verify(VerifyArgs),
    Rebuild(RebuildArgs),
}

/// Freeze the cohorts whose window has closed, and write every month that is due
///
/// Running again writes nothing: only closed months of frozen cohorts are
/// written, each once.
#[derive(Debug, Args)]
struct RunArgs {
    /// The instant to run as of: a date (its 00:00), a date and time, or `now` [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    /// First check the last N written months of each activity for late facts, and restate from the first
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true,
          value_parser = clap::value_parser!(u32).range(0..=120))]
    lookback: u32,
}

/// Show the LTV tables
///
/// One row an activity, as its last written month leaves it; or one activity's
/// months. Payback is the number of the month (its offset) in which the
/// cumulative revenue reached the budget.
#[derive(Debug, Args)]
struct ReportArgs {
    /// Show this activity's months, with all fields
    #[arg(long, value_name = "ID")]
    activity: Option<i64>,
}

/// Add an activity for each period in which customers came through no campaign
///
/// Their channel is `organic`, without a budget; orders stay as they are.
/// Running again only adds the periods that are new.
#[derive(Debug, Args)]
struct CalendarArgs {
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

pub fn run(context: &Context<'_>, args: &CohortArgs) -> Result<(), CommandError> {
    match &args.command {
        CohortCommand::Run(args) => run_batch(context, args),
        CohortCommand::Report(args) => report(context, args),
        CohortCommand::Calendar(args) => calendar(context, args),
        CohortCommand::Verify(args) => cohort_verify::run(context, args),
        CohortCommand::Rebuild(args) => cohort_rebuild::run(context, args),
    }
}

fn run_batch(context: &Context<'_>, args: &RunArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    if store.meta().clock()?.is_some_and(|clock| as_of > clock) {
        context.ui.warn(
            "the as-of is after the file's clock: months that end between the two are taken as complete",
        );
    }
    let options = RunOptions { lookback: args.lookback, count_reads: context.ui.is_verbose() };
    let run = cohort::run_with(&store, as_of, config.cohort, options)?;
    if let Some(read) = run.orders_read {
        context.ui.detail(&what_was_read(&read));
    }
    let mut record: Vec<(&str, &str, Cell)> = vec![
        ("as_of", "As of", run.as_of.into()),
        ("frozen", "Cohorts frozen", Cell::Int(run.frozen)),
        ("members", "Members of them", Cell::Int(run.members as i64)),
        ("activities", "Activities with new months", Cell::Int(run.activities)),
        ("rows", "Rows written", Cell::Int(run.rows as i64)),
    ];
    if args.lookback > 0 {
        record.extend([
            ("checked", "Written months checked", Cell::Int(run.checked)),
            ("restated_activities", "Activities with late facts", Cell::Int(run.restated_activities)),
            ("restated", "Rows restated", Cell::Int(run.restated as i64)),
        ]);
    }
    let lang = context.ui.lang();
    let shown = Table::new("")
        .column(Column::text("did", "Cohort run"))
        .column(Column::number("value", "Value"))
        .rows(
            record
                .iter()
                .map(|(_, heading, cell)| {
                    vec![lang.heading(heading).into(), cell.shown(&config.currency()).into()]
                })
                .collect::<Vec<_>>(),
        );
    let report = Report::object(record.into_iter().map(|(key, _, cell)| (key, cell))).table(shown);
    context.ui.report(&report, &config.currency())
}

fn what_was_read(read: &OrdersRead) -> String {
    let rows = |rows: u64| indicatif::HumanCount(rows);
    format!(
        "orders: {} rows read for the months' slices, {} of {} row groups skipped; {} rows read to learn first \
         orders, {} to check and restate written months",
        rows(read.slices),
        rows(read.skipped.unsigned_abs()),
        rows(read.row_groups.unsigned_abs()),
        rows(read.learning),
        rows(read.checking),
    )
}

fn calendar(context: &Context<'_>, args: &CalendarArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    let step = match args.by {
        Step::Month => CalendarStep::Month,
        Step::Quarter => CalendarStep::Quarter,
    };
    let run = cohort::make_calendar(&store, step, as_of)?;
    let shown = Table::new("")
        .column(Column::text("did", "Calendar"))
        .column(Column::number("value", "Value"))
        .row(vec![context.ui.lang().heading("Organic activities added").into(), Cell::Int(run.added as i64)]);
    let report = Report::object([("as_of", Cell::from(run.as_of)), ("added", Cell::Int(run.added as i64))])
        .table(shown);
    context.ui.report(&report, &config.currency())?;
    if run.added > 0 {
        context.ui.note("`lifecycle cohort run` computes their months");
    }
    Ok(())
}

fn report(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let report = match args.activity {
        Some(activity_id) => activity_report(&store, activity_id)?,
        None => summary_report(context, &store, &config)?,
    };
    context.ui.report(&report, &config.currency())
}

fn summary_report(context: &Context<'_>, store: &Store, config: &Config) -> Result<Report, CommandError> {
    let as_of = context.as_of(store, None)?;
    let summaries = cohort::activity_summaries(store, as_of)?;
    let mut table = Table::new("activities")
        .title("Cohort LTV by activity")
        .column(Column::number("activity_id", "ID"))
        .column(Column::text("name", "Activity"))
        .column(Column::text("channel", "Channel").rank(3))
        .column(Column::text("start_date", "Start").rank(4))
        .column(Column::number("cohort_size", "Size"))
        .column(Column::number("budget", "Budget").rank(6))
        .column(Column::number("avg_cac", "CAC").rank(2))
        .column(Column::number("months", "Months").rank(7))
        .column(Column::number("ltv_cumulative", "LTV").rank(5))
        .column(Column::number("ltv_per_customer", "LTV/cust."))
        .column(Column::number("ltv_cac_ratio", "LTV:CAC"))
        .column(Column::number("cumulative_profit", "Profit").rank(8))
        .column(Column::number("payback_month", "Payback"))
        .column(Column::number("repeat_purchase_rate", "Repeat").rank(1))
        .column(Column::number("orders_per_customer", "Orders/cust.").rank(9))
        .column(Column::number("avg_order_value", "AOV").rank(10))
        .rows(summaries.iter().map(summary_row));
    if !summaries.is_empty() {
        table = table.total(total_row(&summaries));
    }
    for note in notes(store, config, as_of, &summaries)? {
        table = table.note(note);
    }
    Ok(Report::from(table))
}

fn summary_row(summary: &ActivitySummary) -> Vec<Cell> {
    let per_customer =
        summary.ltv_cumulative.zip(summary.cohort_size).and_then(|(ltv, size)| ltv.divided_by(size));
    vec![
        Cell::Int(summary.activity_id),
        summary.name.clone().into(),
        summary.channel.clone().into(),
        Cell::Date(summary.start_date),
        summary.cohort_size.into(),
        summary.budget.into(),
        summary.avg_cac.into(),
        Cell::Int(summary.months),
        summary.ltv_cumulative.into(),
        per_customer.into(),
        summary.ltv_cac_ratio.into(),
        summary.cumulative_profit.into(),
        summary.payback_offset.into(),
        summary.repeat_purchase_rate.map(Cell::Percent).into(),
        summary.avg_purchase_frequency.into(),
        summary.avg_order_value.into(),
    ]
}

/// All activities that have months, weighted by what each figure is made of.
/// Ratios over budgets leave out activities without one.
fn total_row(summaries: &[ActivitySummary]) -> Vec<Cell> {
    let written: Vec<&ActivitySummary> = summaries.iter().filter(|summary| summary.months > 0).collect();
    let size: i64 = written.iter().filter_map(|summary| summary.cohort_size).sum();
    let ltv: Money = written.iter().filter_map(|summary| summary.ltv_cumulative).sum();
    let profit: Money = written.iter().filter_map(|summary| summary.cumulative_profit).sum();
    let orders: i64 = written.iter().filter_map(|summary| summary.cumulative_orders).sum();
    let repeat: i64 = written.iter().filter_map(|summary| summary.repeat_customers).sum();
    let budgeted = written.iter().filter(|summary| summary.budget.is_some_and(|budget| budget > Money::ZERO));
    let budget: Money = budgeted.clone().filter_map(|summary| summary.budget).sum();
    let budgeted_size: i64 = budgeted.clone().filter_map(|summary| summary.cohort_size).sum();
    let budgeted_ltv: Money = budgeted.filter_map(|summary| summary.ltv_cumulative).sum();
    let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    vec![
        Cell::Empty,
        Cell::from("All"),
        Cell::Empty,
        Cell::Empty,
        Cell::Int(size),
        Cell::Money(budget),
        budget.divided_by(budgeted_size).into(),
        Cell::Empty,
        Cell::Money(ltv),
        ltv.divided_by(size).into(),
        ratio(budgeted_ltv.to_f64(), budget.to_f64()).into(),
        Cell::Money(profit),
        Cell::Empty,
        ratio(100.0 * repeat as f64, size as f64).map(Cell::Percent).into(),
        ratio(orders as f64, size as f64).into(),
        ltv.divided_by(orders).into(),
    ]
}

fn notes(
    store: &Store,
    config: &Config,
    as_of: chrono::NaiveDateTime,
    summaries: &[ActivitySummary],
) -> Result<Vec<String>, CommandError> {
    let mut notes = Vec::new();
    if config.cohort.gross_margin != Margin::WHOLE {
        notes.push(format!(
            "Profit and payback count {} of the revenue (cohort.gross_margin); LTV:CAC is revenue over budget.",
            config.cohort.gross_margin
        ));
    }
    let due = cohort::months_due(store, as_of, config.cohort.months)?;
    if due.to_freeze > 0 || due.months > 0 {
        notes.push(format!(
            "Due but not computed: {} closed cohorts to freeze, {} months of frozen ones. `lifecycle cohort run` computes them.",
            due.to_freeze, due.months
        ));
    }
    if summaries.is_empty() {
        notes.push(
            "No activities yet. `lifecycle cohort calendar` makes one for each month of first orders."
                .to_owned(),
        );
    } else if summaries.iter().any(|summary| summary.months > 0) {
        notes.push("Payback: the offset of the month that covered the budget (0: the first); - not yet, or no budget.".to_owned());
    }
    Ok(notes)
}

fn activity_report(store: &Store, activity_id: i64) -> Result<Report, CommandError> {
    let Some((head, months)) = cohort::activity_months(store, activity_id)? else {
        return Err(CommandError::failed(format!("there is no activity {activity_id}"))
            .hint("`lifecycle cohort report` lists them"));
    };
    let mut table = Table::new("months")
        .title(title(activity_id, &head))
        .column(Column::number("month_offset", "Month"))
        .column(Column::number("monthly_revenue", "Revenue"))
        .column(Column::number("monthly_orders", "Orders").rank(1))
        .column(Column::number("active_users", "Active"))
        .column(Column::number("ltv_cumulative", "LTV"))
        .column(Column::number("ltv_cac_ratio", "LTV:CAC"))
        .column(Column::number("cumulative_profit", "Profit").rank(2))
        .column(Column::text("is_break_even", "Even"))
        .column(Column::number("repeat_purchase_rate", "Repeat"))
        .column(Column::number("avg_purchase_frequency", "Orders/cust.").rank(3))
        .column(Column::number("avg_order_value", "AOV").rank(4))
        .column(Column::number("cohort_size", "Size").rank(5))
        .column(Column::number("avg_cac", "CAC").rank(6))
        .column(Column::text("cohort_start_date", "Start").rank(7))
        .column(Column::number("cumulative_orders", "Orders so far").rank(8))
        .column(Column::number("repeat_customers", "Repeat customers").rank(9))
        .column(Column::text("collected_at", "Collected at").rank(10))
        .rows(months.iter().map(month_row));
    if months.is_empty() {
        table = table.note(if head.frozen {
            "No month of it is written: nobody was acquired by it, or its first month is still open."
        } else {
            "Its cohort is not frozen yet: the acquisition window is open, or no batch has run since."
        });
    }
    Ok(Report::from(table))
}

fn title(activity_id: i64, head: &ActivityHead) -> String {
    format!("{activity_id} {} ({}, from {})", head.name, head.channel, head.start_at.date())
}

fn month_row(month: &ActivityMonth) -> Vec<Cell> {
    vec![
        Cell::Int(month.month_offset),
        Cell::Money(month.monthly_revenue),
        Cell::Int(month.monthly_orders),
        Cell::Int(month.active_users),
        Cell::Money(month.ltv_cumulative),
        month.ltv_cac_ratio.into(),
        Cell::Money(month.cumulative_profit),
        Cell::Bool(month.is_break_even),
        Cell::Percent(month.repeat_purchase_rate),
        Cell::Ratio(month.avg_purchase_frequency),
        month.avg_order_value.into(),
        Cell::Int(month.cohort_size),
        month.avg_cac.into(),
        Cell::Date(month.cohort_start_date),
        Cell::Int(month.cumulative_orders),
        Cell::Int(month.repeat_customers),
        Cell::Timestamp(month.collected_at),
    ]
}
