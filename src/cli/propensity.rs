//! `lifecycle propensity`: scores, explained.

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use clap::{Args, Subcommand};

use lifecycle::calendar::age_band;
use lifecycle::config::Config;
use lifecycle::customers::{Customer, customer, require_customer};
use lifecycle::domain::AgeBand;
use lifecycle::propensity::{HourlyEffects, Profile, Propensity, PropensityModel, calculate_propensity};
use lifecycle::render::{Audience, Cell, Column, Report, Table, bar, sparkline};
use lifecycle::store::{Access, Store};
use lifecycle::visitors::visitors_at;

use super::error::CommandError;
use super::global::Context;

/// Show who is likely to order, and why
#[derive(Debug, Args)]
pub struct PropensityArgs {
    #[command(subcommand)]
    command: PropensityCommand,
}

#[derive(Debug, Subcommand)]
enum PropensityCommand {
    Top(TopArgs),
    Explain(ExplainArgs),
    Hours(HoursArgs),
}

/// Rank the customers in the shop by score, with every factor
///
/// In a simulated file: the customers whom the shop has cached in that hour of
/// the clock's day. In a shop's own: those who ordered last.
#[derive(Debug, Args)]
struct TopArgs {
    /// The hour of the day, 0 to 23 [default: the clock's]
    #[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(0..=23))]
    hour: Option<u32>,

    /// The number of customers
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
}

/// Explain a customer's score, step by step and over the 24 hours
#[derive(Debug, Args)]
struct ExplainArgs {
    /// The customer: the shop's own id, or the number in the file
    #[arg(long, value_name = "ID")]
    user: String,

    /// The hour of the day, 0 to 23 [default: the clock's]
    #[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(0..=23))]
    hour: Option<u32>,
}

/// Show the hour multipliers by age band
#[derive(Debug, Args)]
struct HoursArgs {}

pub fn run(context: &Context<'_>, args: &PropensityArgs) -> Result<(), CommandError> {
    match &args.command {
        PropensityCommand::Top(args) => top(context, args),
        PropensityCommand::Explain(args) => explain(context, args),
        PropensityCommand::Hours(_) => hours(context),
    }
}

fn top(context: &Context<'_>, args: &TopArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, None)?;
    let model = PropensityModel::new(&config);
    let hour = args.hour.unwrap_or(as_of.hour());
    let mut visitors = visitors_at(&store, &config, as_of, hour)?;
    let mut effects = visitors.effects.iter();
    visitors.cache.score(&model, hour, || effects.next().copied().unwrap_or(HourlyEffects::NEUTRAL));
    let mut table = Table::new("top_buyers")
        .title(format!(
            "The best {} of {} customers in the shop at {hour:02}:00",
            args.top,
            visitors.cache.len()
        ))
        .column(Column::number("rank", "#"))
        .column(Column::number("user_id", "Customer"))
        .column(Column::text("name", "Name").rank(1))
        .column(Column::text("age_group", "Group").rank(2))
        .column(Column::number("age", "Age"))
        .column(Column::number("gender", "Gender"))
        .column(Column::number("status", "Status"))
        .column(Column::number("marketing", "Mktg"))
        .column(Column::number("grade", "Grade"))
        .column(Column::number("base", "Base"))
        .column(Column::number("hour", "Hour"))
        .column(Column::number("promotion", "Promo"))
        .column(Column::number("life_event", "Event"))
        .column(Column::number("final", "Final"));
    for (rank, position) in visitors.cache.top_buyers(args.top as usize).into_iter().enumerate() {
        let (user_id, profile) = visitors.cache.customer(position);
        let scored = calculate_propensity(&model, &profile, hour, visitors.effects[position]);
        let name = customer(&store, user_id)?.and_then(|customer| customer.name.or(customer.external_id));
        let mut row = vec![
            Cell::Int(rank as i64 + 1),
            Cell::Id(user_id),
            name.into(),
            model.age_band(profile.age_band).as_str().into(),
        ];
        row.extend(factor_cells(&scored));
        table.push(row);
    }
    context.ui.report(&Report::from(table), &config.currency())
}

fn factor_cells(scored: &Propensity) -> [Cell; 10] {
    [
        scored.base.age,
        scored.base.gender,
        scored.base.status,
        scored.base.marketing,
        scored.base.grade,
        scored.base.total(),
        scored.hour,
        scored.promotion,
        scored.life_event,
        scored.score,
    ]
    .map(Cell::Ratio)
}

fn explain(context: &Context<'_>, args: &ExplainArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, None)?;
    let customer = require_customer(&store, &args.user)?;
    let model = PropensityModel::new(&config);
    let hour = args.hour.unwrap_or(as_of.hour());
    let profile = customer.profile(as_of.date());
    let drawn = drawn_effects(&store, &config, as_of, hour, customer.user_id)?;
    let scored = calculate_propensity(&model, &profile, hour, drawn.unwrap_or(HourlyEffects::NEUTRAL));
    let report = Report::object(record(&customer, &model, &profile, hour, &scored, drawn.is_some()))
        .table(steps(&config, &model, &customer, &profile, as_of.date(), hour, &scored, drawn.is_some()))
        .table(day(&model, &profile));
    context.ui.report(&report, &config.currency())
}

/// The effects of a customer who is in the shop in an hour.
fn drawn_effects(
    store: &Store,
    config: &Config,
    as_of: NaiveDateTime,
    hour: u32,
    user_id: i64,
) -> Result<Option<HourlyEffects>, CommandError> {
    let visitors = visitors_at(store, config, as_of, hour)?;
    let position = (0..visitors.cache.len()).find(|position| visitors.cache.customer(*position).0 == user_id);
    Ok(position.map(|position| visitors.effects[position]))
}

fn record(
    customer: &Customer,
    model: &PropensityModel,
    profile: &Profile,
    hour: u32,
    scored: &Propensity,
    in_shop: bool,
) -> Vec<(&'static str, Cell)> {
    let keys = [
        "age",
        "gender",
        "status",
        "marketing",
        "grade",
        "base",
        "hour_multiplier",
        "promotion",
        "life_event",
        "final",
    ];
    let mut record = vec![
        ("user_id", Cell::Id(customer.user_id)),
        ("external_id", customer.external_id.clone().into()),
        ("name", customer.name.clone().into()),
        ("age_group", model.age_band(profile.age_band).as_str().into()),
        ("hour", Cell::Int(hour.into())),
        ("in_shop", Cell::Bool(in_shop)),
    ];
    record.extend(keys.into_iter().zip(factor_cells(scored)));
    record
}

#[allow(clippy::too_many_arguments)] // one row of the explanation for each
fn steps(
    config: &Config,
    model: &PropensityModel,
    customer: &Customer,
    profile: &Profile,
    on: NaiveDate,
    hour: u32,
    scored: &Propensity,
    in_shop: bool,
) -> Table {
    let band = model.age_band(profile.age_band);
    let known = |word: Option<&str>| word.map_or("unknown".to_owned(), str::to_owned);
    let age = match customer.birth_date {
        Some(born) => format!("{} (born {born})", age_band(born, on)),
        None => format!("unknown: counts as {band}"),
    };
    let consent = match profile.marketing_agree {
        Some(true) => "agreed",
        Some(false) => "not agreed",
        None => "unknown",
    };
    let base = &scored.base;
    let mut table = Table::new("")
        .title(format!(
            "Customer {} {} at {hour:02}:00",
            customer.user_id,
            customer.name.as_deref().unwrap_or("")
        ))
        .column(Column::text("step", "Step"))
        .column(Column::text("because", "Because"))
        .column(Column::number("points", "Factor"))
        .column(Column::number("score", "Score"));
    let mut running = 0.0;
    for (step, because, points) in [
        ("Age", age, base.age),
        ("Gender", known(profile.gender.map(|gender| gender.as_str())), base.gender),
        ("Status", known(profile.status.map(|status| status.as_str())), base.status),
        ("Marketing", consent.to_owned(), base.marketing),
        ("Grade", profile.grade.to_string(), base.grade),
    ] {
        running += points;
        table.push(vec![
            step.into(),
            because.into(),
            format!("+ {}", Cell::Ratio(points).shown(&config.currency())).into(),
            Cell::Ratio(running),
        ]);
    }
    let chance = 100.0 * config.promotion.chance;
    let drawn =
        |what: String| if in_shop { format!("drawn: {what}") } else { format!("not in the shop; {what}") };
    for (step, because, factor) in [
        ("Hour", format!("{band} at {hour:02}:00"), scored.hour),
        (
            "Promotion",
            drawn(format!("x{} with {chance} %, if agreed", config.promotion.boost)),
            scored.promotion,
        ),
        ("Life event", drawn(life_events(config)), scored.life_event),
    ] {
        running *= factor;
        table.push(vec![
            step.into(),
            because.into(),
            format!("x {}", Cell::Ratio(factor).shown(&config.currency())).into(),
            Cell::Ratio(running),
        ]);
    }
    table
}

fn life_events(config: &Config) -> String {
    let events = &config.life_events;
    let total: f64 = events.weights.iter().sum();
    let each = events.multipliers.iter().zip(events.weights);
    each.map(|(multiplier, weight)| format!("x{multiplier} {} %", (1000.0 * weight / total).round() / 10.0))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The score without luck, hour by hour.
fn day(model: &PropensityModel, profile: &Profile) -> Table {
    let scores: Vec<f64> = (0..24)
        .map(|hour| calculate_propensity(model, profile, hour, HourlyEffects::NEUTRAL).score)
        .collect();
    let most = scores.iter().copied().fold(0.0, f64::max);
    Table::new("hours")
        .title("Over the day, without promotion or life event")
        .column(Column::text("hour", "Hour"))
        .column(Column::number("score", "Score"))
        .column(Column::text("chart", "").rank(1).only_for(Audience::People))
        .rows(
            scores
                .iter()
                .enumerate()
                .map(|(hour, score)| {
                    vec![format!("{hour:02}").into(), Cell::Ratio(*score), bar(*score, most, 24).into()]
                })
                .collect::<Vec<_>>(),
        )
}

fn hours(context: &Context<'_>) -> Result<(), CommandError> {
    let store = if context.db().is_file() { Some(context.open(Access::Read)?) } else { None };
    let config = context.config(store.as_ref())?;
    let hours = &config.score.hours;
    let rows = (0..24usize).map(|hour| {
        let mut row = vec![Cell::from(format!("{hour:02}"))];
        row.extend(AgeBand::ALL.iter().map(|band| Cell::Ratio(hours.get(*band)[hour])));
        row
    });
    let table = Table::new("hours")
        .title("Multipliers by hour and age group")
        .column(Column::text("hour", "Hour"))
        .columns(AgeBand::ALL.iter().map(|band| Column::number(band.as_str(), band.as_str())))
        .rows(rows.collect::<Vec<_>>());
    let chart: Vec<String> = AgeBand::ALL
        .iter()
        .map(|band| format!("{:>4}  {}", band.as_str(), sparkline(&hours.get(*band))))
        .collect();
    let axis = format!("      {:<6}{:<6}{:<6}{:<5}{}", "00", "06", "12", "18", "23");
    let report = Report::rows().table(table).text(format!("{}\n{axis}", chart.join("\n")));
    context.ui.report(&report, &config.currency())
}
