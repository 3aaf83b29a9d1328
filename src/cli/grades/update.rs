//! `lifecycle grades`: one update, or what one would do.

use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::config::{Config, Layer};
use lifecycle::domain::Grade;
use lifecycle::grades::{Criteria, GradeUpdate, UpdateMode, log_lines, update_all_grades};
use lifecycle::money::Money;
use lifecycle::render::{Audience, Cell, Column, Report, Table};
use lifecycle::report::grades::{distribution_table, transition_table};
use lifecycle::store::{Access, Store};

use crate::cli::error::CommandError;
use crate::cli::global::{AsOf, Context, parse_as_of};

#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// The instant to update as of: a date (its 00:00), a date and time, or `now` [default: the file's clock]
    #[arg(long, value_name = "T", value_parser = parse_as_of)]
    as_of: Option<AsOf>,

    /// Show what would happen; write nothing
    #[arg(long)]
    dry_run: bool,

    /// With --dry-run: compare other criteria with the current ones
    ///
    /// GRADE=AMOUNT:ORDERS, such as VIP=1500000:8; once for each grade that is to change.
    #[arg(long, value_name = "GRADE=AMOUNT:ORDERS", requires = "dry_run", value_parser = parse_criterion)]
    criteria: Vec<CriterionArg>,

    #[command(flatten)]
    softening: SofteningArgs,
}

/// How demotions are softened.
#[derive(Clone, Copy, Debug, Args)]
pub struct SofteningArgs {
    /// Demote customers by at most one grade
    #[arg(long)]
    one_step: bool,

    /// Keep a grade for this many days after it was last earned
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=366))]
    grace_days: Option<u32>,
}

impl SofteningArgs {
    /// The flags as settings.
    pub fn layers(&self) -> Vec<Layer> {
        let mut layers = Vec::new();
        if self.one_step {
            layers.push(Layer::from_key("--one-step", "grades.one_step_demotion", true));
        }
        if let Some(days) = self.grace_days {
            layers.push(Layer::from_key("--grace-days", "grades.demotion_grace_days", i64::from(days)));
        }
        layers
    }
}

/// A criterion on the command line.
#[derive(Clone, Copy, Debug)]
struct CriterionArg {
    grade: Grade,
    min_amount: Money,
    min_orders: i64,
}

fn parse_criterion(text: &str) -> Result<CriterionArg, String> {
    let shape = || format!("`{text}` is not GRADE=AMOUNT:ORDERS, such as VIP=1500000:8");
    let (grade, rest) = text.split_once('=').ok_or_else(shape)?;
    let (amount, orders) = rest.split_once(':').ok_or_else(shape)?;
    let grade: Grade = grade.trim().parse().map_err(|error| format!("{error}"))?;
    if grade == Grade::Bronze {
        return Err("BRONZE has no criteria: change VIP, GOLD or SILVER".to_owned());
    }
    let min_amount: Money = amount.parse().map_err(|error| format!("{error}"))?;
    let min_orders: i64 = orders.trim().parse().ok().filter(|orders| *orders >= 0).ok_or_else(shape)?;
    if min_amount < Money::ZERO {
        return Err(shape());
    }
    Ok(CriterionArg { grade, min_amount, min_orders })
}

pub fn run(context: &Context<'_>, args: &UpdateArgs) -> Result<(), CommandError> {
    let (access, mode) =
        if args.dry_run { (Access::Read, UpdateMode::DryRun) } else { (Access::Write, UpdateMode::Record) };
    let store = context.open(access)?;
    let config = context.config_with(&store, args.softening.layers())?;
    let as_of = context.as_of(&store, args.as_of.as_ref())?;
    if mode == UpdateMode::Record {
        context.check_not_ahead(&store, as_of)?;
    }
    let update = update_all_grades(&store, as_of, &config.grades, mode)?;
    if !args.criteria.is_empty() {
        let proposed = proposal(context, &store, args)?;
        let would = update_all_grades(&store, as_of, &proposed.grades, UpdateMode::DryRun)?;
        return context.ui.report(&what_if(&config, &update, &proposed, &would), &config.currency());
    }
    if let Some(note) = nobody_rises(&config, &update) {
        context.ui.note(&note);
    }
    let log = log_lines(&update, context.ui.lang());
    let title = "Changes of grade, from (down) to (across)";
    let report = record(&update).text(log).table(distribution_table(&update)).table(transition_table(
        "moves",
        title,
        &update.transitions,
    ));
    context.ui.report(&report, &config.currency())
}

/// What is to be said when the criteria are out of everyone's reach, as those of another currency are.
fn nobody_rises(config: &Config, update: &GradeUpdate) -> Option<String> {
    let customers = update.transitions.customers();
    if customers == 0 || update.transitions.after(Grade::Bronze) < customers {
        return None;
    }
    let silver = &config.grades.silver;
    Some(format!(
        "all {customers} customers are BRONZE: SILVER asks for {} and {} orders in {} months. \
         `lifecycle grades gap` shows how far off they are; [grades.SILVER] in the settings (--config) says what it asks for",
        config.currency().format(silver.min_amount),
        silver.min_orders,
        config.grades.window_months,
    ))
}

/// The settings with the proposed criteria.
fn proposal(context: &Context<'_>, store: &Store, args: &UpdateArgs) -> Result<Config, CommandError> {
    let mut layers = args.softening.layers();
    for (at, criterion) in args.criteria.iter().enumerate() {
        if args.criteria[..at].iter().any(|other| other.grade == criterion.grade) {
            return Err(CommandError::usage(format!("--criteria gives {} twice", criterion.grade)));
        }
        let key = |field: &str| format!("grades.{}.{field}", criterion.grade);
        let amount = criterion.min_amount.to_string();
        layers.push(Layer::from_key("--criteria", &key("min_amount"), amount));
        layers.push(Layer::from_key("--criteria", &key("min_orders"), criterion.min_orders));
    }
    context.config_with(store, layers)
}

/// The run as one record: for JSON and CSV.
fn record(update: &GradeUpdate) -> Report {
    let transitions = &update.transitions;
    Report::object([
        ("run_id", if update.recorded { Cell::Id(update.run_id) } else { Cell::Empty }),
        ("as_of", Cell::from(update.as_of)),
        ("window_start", Cell::from(update.window_start)),
        ("recorded", Cell::Bool(update.recorded)),
        ("customers", Cell::Int(transitions.customers())),
        ("promoted", Cell::Int(transitions.promoted())),
        ("demoted", Cell::Int(transitions.demoted())),
        ("kept", Cell::Int(transitions.kept())),
        ("vip", Cell::Int(transitions.after(Grade::Vip))),
        ("gold", Cell::Int(transitions.after(Grade::Gold))),
        ("silver", Cell::Int(transitions.after(Grade::Silver))),
        ("bronze", Cell::Int(transitions.after(Grade::Bronze))),
    ])
}

/// The current and the proposed criteria side by side.
fn what_if(config: &Config, update: &GradeUpdate, proposed: &Config, would: &GradeUpdate) -> Report {
    let criteria = |config: &Config, grade: Grade| {
        let Some(criterion) = Criteria::from(&config.grades).of(grade) else { return String::new() };
        format!("{} and {}", config.currency().format(criterion.min_amount), criterion.min_orders)
    };
    let rows = Grade::ALL.iter().rev().map(|grade| {
        let (current, other) = (update.transitions.after(*grade), would.transitions.after(*grade));
        let [(amount, orders), (other_amount, other_orders)] = [config, proposed].map(|config| {
            let criterion = Criteria::from(&config.grades).of(*grade);
            (criterion.map(|it| it.min_amount), criterion.map(|it| it.min_orders))
        });
        vec![
            Cell::from(grade.as_str()),
            Cell::Int(update.transitions.before(*grade)),
            Cell::from(criteria(config, *grade)),
            amount.into(),
            orders.into(),
            Cell::Int(current),
            Cell::from(criteria(proposed, *grade)),
            other_amount.into(),
            other_orders.into(),
            Cell::Int(other),
            Cell::Int(other - current),
        ]
    });
    let mix = Table::new("mix")
        .title(format!("What if, as of {} (nothing is written)", format_instant(update.as_of)))
        .column(Column::text("grade", "Grade"))
        .column(Column::number("held", "Held"))
        .column(Column::text("current_criteria", "Current criteria").rank(1).only_for(Audience::People))
        .column(Column::number("current_min_amount", "").only_for(Audience::Programs))
        .column(Column::number("current_min_orders", "").only_for(Audience::Programs))
        .column(Column::number("current", "Current"))
        .column(Column::text("proposed_criteria", "Proposed criteria").rank(2).only_for(Audience::People))
        .column(Column::number("proposed_min_amount", "").only_for(Audience::Programs))
        .column(Column::number("proposed_min_orders", "").only_for(Audience::Programs))
        .column(Column::number("proposed", "Proposed"))
        .column(Column::number("difference", "Difference"))
        .rows(rows.collect::<Vec<_>>());
    Report::rows()
        .table(mix)
        .table(transition_table(
            "current_moves",
            "Under the current criteria, from (down) to (across)",
            &update.transitions,
        ))
        .table(transition_table(
            "proposed_moves",
            "Under the proposed criteria, from (down) to (across)",
            &would.transitions,
        ))
}
