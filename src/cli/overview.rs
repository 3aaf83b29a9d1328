//! `lifecycle overview`: the shop at a glance.

use chrono::NaiveDateTime;
use clap::{Args, ValueEnum};

use lifecycle::calendar::format_instant;
use lifecycle::config::Config;
use lifecycle::domain::CohortKind;
use lifecycle::render::{Report, sparkline};
use lifecycle::report::cohort::{ReportOptions, Selection, activity_series};
use lifecycle::report::overview::{
    DayOrders, OriginFilter, Overview, Period, cohort_months_table, concentration_by_origin,
    concentration_table, days_by_origin, days_table, figures_table, hours_by_origin, hours_table,
    mix_by_origin, mix_table, moves_by_origin, moves_table, outlook_by_origin, outlook_table,
    spans_by_origin, start_month,
};
use lifecycle::store::{Access, Store};

use super::error::CommandError;
use super::global::{AsOf, Context, cohort_kind, parse_as_of};

/// The period that an overview or a page is about.
#[derive(Clone, Debug, Default, Args)]
pub struct SpanArgs {
    /// The start of the period [default: the day of the first order or return]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    pub from: Option<AsOf>,

    /// The end of the period, exclusive [default: the as-of]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    pub to: Option<AsOf>,

    /// The instant to report as of: later data is ignored [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    pub as_of: Option<AsOf>,
}

impl SpanArgs {
    /// The period's instants, as far as they were given.
    pub fn bounds(&self) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
        (self.from.as_ref().map(AsOf::instant), self.to.as_ref().map(AsOf::instant))
    }
}

/// Show the shop at a glance: customers, orders, revenue, and how they changed
///
/// A customer is of the channel and the start month of the activity that brought the first
/// order; of `organic` and the first order's own month if none did.
#[derive(Debug, Args)]
pub struct OverviewArgs {
    /// What to show
    #[arg(long, value_enum, default_value_t)]
    view: View,

    #[command(flatten)]
    span: SpanArgs,

    /// Only customers of this channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,

    /// Only customers of cohorts that started in this month, such as 2024-03
    #[arg(long, value_name = "MONTH")]
    start_month: Option<String>,

    /// Only cohorts of this kind, in the view cohort-months
    #[arg(long, value_name = "KIND", value_parser = cohort_kind())]
    cohorts: Option<CohortKind>,

    /// One row per channel and start month of the customers' cohorts
    #[arg(long)]
    by_origin: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum View {
    /// Customers, orders, revenue, order value and repeat rate, with their changes.
    #[default]
    Figures,
    /// Orders and revenue by day.
    Days,
    /// Orders by hour of the day and age group.
    Hours,
    /// How much of the revenue the best customers bring.
    Concentration,
    /// The mix of grades after the period's updates.
    Grades,
    /// Who moved from grade to grade, from the period's first update to its end.
    Migration,
    /// Who may be demoted within 30 days, and who is close to the next grade, with value.
    Outlook,
    /// The closed months of every cohort, with the sums that triangles are made of.
    CohortMonths,
}

pub fn run(context: &Context<'_>, args: &OverviewArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, args.span.as_of.as_ref())?;
    let origin = OriginFilter { channel: args.channel.clone(), start_month: args.start_month.clone() };
    let span = args.span.bounds();
    let overview = open(&store, as_of, span, origin)?;
    expect_origin(&overview, args)?;
    let report = report(context, &store, &config, &overview, as_of, args)?;
    context.ui.report(&report, &config.currency())?;
    if context.ui.draws_charts() && matches!(args.view, View::Figures) && !args.by_origin {
        context.ui.text(&course(context, &overview)?)?;
    }
    Ok(())
}

/// The overview of a period, which must not be empty.
pub fn open(
    store: &Store,
    as_of: NaiveDateTime,
    (from, to): (Option<NaiveDateTime>, Option<NaiveDateTime>),
    origin: OriginFilter,
) -> Result<Overview<'_>, CommandError> {
    let overview = Overview::new(store, as_of, from, to, origin)?;
    let Period { from: first, to: end } = overview.period();
    if first >= end && (from.is_some() || to.is_some()) {
        let span = format!("the period from {} to {} is empty", format_instant(first), format_instant(end));
        return Err(CommandError::usage(span).hint(
            "--from is its first instant, --to the first after it; it ends at the as-of at the latest",
        ));
    }
    Ok(overview)
}

fn expect_origin(overview: &Overview<'_>, args: &OverviewArgs) -> Result<(), CommandError> {
    let (channels, months) = overview.origins()?;
    for (what, wanted, known) in
        [("channel", &args.channel, channels), ("start month", &args.start_month, months)]
    {
        let Some(wanted) = wanted.as_ref().filter(|wanted| !known.contains(wanted)) else { continue };
        let error = CommandError::failed(format!("no customer comes from the {what} `{wanted}`"));
        return Err(if known.is_empty() {
            error.hint("the file holds no qualifying orders by then")
        } else {
            error.hint(format!("customers come from {}", known.join(", ")))
        });
    }
    Ok(())
}

fn report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    overview: &Overview<'_>,
    as_of: NaiveDateTime,
    args: &OverviewArgs,
) -> Result<Report, CommandError> {
    let heading = |text: &str| context.ui.lang().heading(text);
    Ok(match (args.view, args.by_origin) {
        (View::Figures, false) => {
            figures_table(&overview.span_totals()?, &heading).title(title(context, overview.period())).into()
        }
        (View::Figures, true) => spans_by_origin(&overview.span_totals()?).into(),
        (View::Days, false) => days_table(&overview.days()?, overview.period()).into(),
        (View::Days, true) => days_by_origin(&overview.days()?).into(),
        (View::Hours, false) => hours_table(&overview.hours()?).into(),
        (View::Hours, true) => hours_by_origin(&overview.hours()?).into(),
        (View::Concentration, false) => concentration_table(&overview.concentration_of_origin()?).into(),
        (View::Concentration, true) => concentration_by_origin(&overview.concentration()?).into(),
        (View::Grades, false) => mix_table(&overview.grade_mix()?).into(),
        (View::Grades, true) => mix_by_origin(&overview.grade_mix()?).into(),
        (View::Migration, false) => moves_table(&overview.grade_moves()?).into(),
        (View::Migration, true) => moves_by_origin(&overview.grade_moves()?).into(),
        (View::Outlook, false) => outlook_table(&overview.grade_outlook(&config.grades)?).into(),
        (View::Outlook, true) => outlook_by_origin(&overview.grade_outlook(&config.grades)?).into(),
        (View::CohortMonths, _) => {
            let channels = args.channel.iter().cloned().collect();
            let selection = Selection { channels, kind: args.cohorts, ..Selection::default() };
            let seen_by = args.span.as_of.as_ref().map(AsOf::instant);
            let options = ReportOptions { selection, seen_by, ..ReportOptions::as_of(as_of) };
            let mut months = activity_series(store, &config.cohort, &options)?;
            months
                .retain(|cohort| args.start_month.as_ref().is_none_or(|start| start_month(cohort) == *start));
            cohort_months_table(&months).into()
        }
    })
}

fn title(context: &Context<'_>, period: Period) -> String {
    let title = context.ui.lang().heading("The shop from {from} to {to}");
    title.replace("{from}", &format_instant(period.from)).replace("{to}", &format_instant(period.to))
}

/// How many points a line of a chart has at most.
const POINTS: usize = 60;

/// Orders and revenue over the period, a line each.
fn course(context: &Context<'_>, overview: &Overview<'_>) -> Result<String, CommandError> {
    let days = overview.days()?;
    let period = overview.period();
    let length = usize::try_from((period.to - period.from).num_days()).unwrap_or_default().max(1);
    let step = length.div_ceil(POINTS);
    let spread = |value: fn(&DayOrders) -> f64| {
        // A last step that is not whole would look like a fall.
        let mut points = vec![0.0; (length / step).max(1)];
        for day in &days {
            let at = (day.day - period.from.date()).num_days() as usize / step;
            if let Some(point) = points.get_mut(at) {
                *point += value(day);
            }
        }
        sparkline(&points)
    };
    if days.is_empty() {
        return Ok(String::new());
    }
    let lang = context.ui.lang();
    let unit = match step {
        1 => lang.heading("one day per mark"),
        step => lang.heading("{days} days per mark").replace("{days}", &step.to_string()),
    };
    Ok(format!(
        "\n{}  {}\n{}  {}\n({unit})\n",
        spread(|day| day.orders as f64),
        lang.heading("Orders"),
        spread(|day| (day.gross_revenue + day.returned).to_f64()),
        lang.heading("Revenue"),
    ))
}
