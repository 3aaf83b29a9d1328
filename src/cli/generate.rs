//! `lifecycle generate`: simulate the shop into the file.

use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use clap::Args;

use lifecycle::calendar::{format_instant, midnight, parse_date};
use lifecycle::cohort::{self, BatchRun};
use lifecycle::config::{Config, Layer};
use lifecycle::render::Cell;
use lifecycle::simulate::Engine;
use lifecycle::store::{Access, Origin, Store};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::Context;
use super::memory::refuse_more_than_fits;
use super::progress::DayBar;
use super::signals::stop_flag;

/// Where `meta` keeps the instant that was asked for, for `--continue` alone.
pub(super) const SIM_UNTIL: &str = "sim_until";

/// Simulate the shop's customers, hour by hour
///
/// Makes customers, products, campaigns and orders, updates grades every 7
/// simulated days, and runs the cohort batch on the 1st of each month. The
/// same seed and settings give the same rows. Work is committed every simulated
/// week: --continue resumes a run that was stopped.
#[derive(Debug, Default, Args)]
pub struct GenerateArgs {
    /// Days to simulate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_525))]
    days: Option<u32>,

    /// The first simulated day
    #[arg(long, value_name = "DATE", value_parser = date)]
    start: Option<NaiveDate>,

    /// The day before which the simulation ends (at its 00:00)
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<NaiveDate>,

    /// Customers at the start
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    users: Option<u64>,

    /// Campaign activities per year
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    activities: Option<u32>,

    /// The seed of all randomness
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    seed: Option<u64>,

    /// Customers in the shop per hour
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    cache_users: Option<u64>,

    /// Products on the shelf
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    cache_products: Option<u64>,

    /// How many of the best-scored customers may order per hour
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    top: Option<u64>,

    /// Continue the file's simulation, with its seed and settings
    #[arg(long = "continue", conflicts_with_all = ["overwrite", "start"])]
    go_on: bool,

    /// Replace the contents of the file
    #[arg(long)]
    overwrite: bool,
}

fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text).map_err(|_| format!("`{text}` is not a date: write 2025-01-15"))
}

impl GenerateArgs {
    /// So many days, everything else as the settings have it.
    pub fn of_days(days: u32) -> Self {
        GenerateArgs { days: Some(days), ..GenerateArgs::default() }
    }

    /// On to the end that the file was simulated for.
    pub fn to_the_end() -> Self {
        GenerateArgs { go_on: true, ..GenerateArgs::default() }
    }

    /// The flags as settings, each under the name of its flag.
    fn layers(&self) -> Vec<Layer> {
        let numbers = [
            ("--users", "simulation.users", self.users),
            ("--activities", "simulation.activities", self.activities.map(u64::from)),
            ("--seed", "simulation.seed", self.seed),
            ("--cache-users", "cache.users", self.cache_users),
            ("--cache-products", "cache.products", self.cache_products),
            ("--top", "cache.candidates", self.top),
        ];
        numbers
            .into_iter()
            .filter_map(|(flag, key, value)| Some(Layer::from_key(flag, key, i64::try_from(value?).ok()?)))
            .collect()
    }
}

pub fn run(context: &Context<'_>, args: &GenerateArgs) -> Result<(), CommandError> {
    if args.go_on { go_on(context, args) } else { begin(context, args) }
}

fn begin(context: &Context<'_>, args: &GenerateArgs) -> Result<(), CommandError> {
    let mut layers: Vec<Layer> = context.user_layer()?.into_iter().collect();
    layers.extend(args.layers());
    let settings = Config::from_layers(&layers)?.simulation;
    let (start, until) = span(args, settings.start, settings.days)?;
    refuse_beyond_9999(midnight(until))?;
    layers.push(Layer::from_key("--start", "simulation.start", start.to_string()));
    let config = Config::from_layers(&layers)?;

    refuse_more_than_fits(&config)?;

    let store = open_to_begin(context, args.overwrite)?;
    let started = Instant::now();
    if store.meta().origin()?.is_some() {
        store.erase()?;
    }
    let mut engine = store.transaction(|in_transaction| -> Result<Engine<'_>, CommandError> {
        let engine = Engine::begin(&store, &config)?;
        in_transaction.meta().set_instant(SIM_UNTIL, midnight(until))?;
        Ok(engine)
    })?;
    walk(context, &store, &config, &mut engine, midnight(until), started)
}

/// The first day and the end, from any two of start, end and length.
fn span(
    args: &GenerateArgs,
    default_start: NaiveDate,
    default_days: u32,
) -> Result<(NaiveDate, NaiveDate), CommandError> {
    let after = |start: NaiveDate, days: u32| {
        let end = start.checked_add_days(Days::new(days.into()));
        end.ok_or_else(|| CommandError::usage("the simulation would end beyond the calendar"))
    };
    match (args.start, args.until, args.days) {
        (Some(_), Some(_), Some(_)) => Err(CommandError::usage(
            "--start, --until and --days cannot all be given: two determine the third",
        )),
        (start, Some(until), None) => {
            let start = start.unwrap_or(default_start);
            if start >= until {
                return Err(CommandError::usage(format!("the start {start} is not before the end {until}"))
                    .hint("the simulation ends at 00:00 of --until"));
            }
            Ok((start, until))
        }
        (None, Some(until), Some(days)) => {
            let start = until.checked_sub_days(Days::new(days.into()));
            let start =
                start.ok_or_else(|| CommandError::usage("the simulation would start before the calendar"))?;
            Ok((start, until))
        }
        (start, None, days) => {
            let start = start.unwrap_or(default_start);
            Ok((start, after(start, days.unwrap_or(default_days))?))
        }
    }
}

/// Instants are written with four digits of year.
fn refuse_beyond_9999(until: NaiveDateTime) -> Result<(), CommandError> {
    if until.year() > 9_999 {
        return Err(CommandError::usage("the simulation would end after the year 9999"));
    }
    Ok(())
}

/// Opens the file for a new simulation: it must hold nothing, or be given up.
fn open_to_begin(context: &Context<'_>, overwrite: bool) -> Result<Store, CommandError> {
    let store = context.open(Access::Create)?;
    let Some(held) = what_it_holds(&store)?.filter(|_| !overwrite) else { return Ok(store) };
    let refusal = CommandError::failed(format!("{} already holds data: {held}", context.db().display()));
    let refusal = match store.meta().origin()? {
        Some(Origin::Simulated) => refusal.hint("--continue continues its simulation"),
        _ => refusal,
    };
    Err(refusal.hint("--overwrite replaces it; --db names another file"))
}

fn what_it_holds(store: &Store) -> Result<Option<String>, CommandError> {
    let Some(origin) = store.meta().origin()? else { return Ok(None) };
    let rows = store.facts()?.rows;
    let count = |table: &str| rows.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows);
    let clock = store.meta().clock()?.map(format_instant).unwrap_or_default();
    Ok(Some(format!(
        "{} customers and {} orders, {}, up to {clock}",
        indicatif::HumanCount(count("users") as u64),
        indicatif::HumanCount(count("orders") as u64),
        origin.as_str(),
    )))
}

fn go_on(context: &Context<'_>, args: &GenerateArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Write)?;
    let meta = store.meta();
    let (Some(Origin::Simulated), Some(clock), Some(stored)) =
        (meta.origin()?, meta.clock()?, meta.config()?)
    else {
        return Err(CommandError::failed(format!(
            "{} holds no simulation to continue",
            context.db().display()
        ))
        .hint("simulate into another file with --db"));
    };
    let stored = Layer::from_json("the file's own settings", &stored)?;
    let config = Config::from_layers(std::slice::from_ref(&stored))?;
    let mut asked: Vec<Layer> = context.user_layer()?.into_iter().collect();
    asked.extend(args.layers());
    refuse_other_settings(&config, &stored, asked)?;

    let until = match (args.until, args.days) {
        (Some(_), Some(_)) => {
            return Err(CommandError::usage("--until and --days cannot both be given with --continue"));
        }
        (Some(until), None) => midnight(until),
        (None, Some(days)) => clock
            .checked_add_days(Days::new(days.into()))
            .ok_or_else(|| CommandError::usage("the simulation would end beyond the calendar"))?,
        (None, None) => match meta.instant(SIM_UNTIL)?.filter(|until| *until > clock) {
            Some(until) => until,
            None => {
                if let Some(batch) = missing_batch(&store, &config, clock)? {
                    context.ui.note(&format!(
                        "the cohort months that were due at the simulation's end, {}, were missing: {} rows written",
                        format_instant(clock),
                        batch.rows
                    ));
                    return Ok(());
                }
                let done = format!("the simulation has reached its end, {}", format_instant(clock));
                return Err(CommandError::usage(done).hint("give --days or --until to continue"));
            }
        },
    };
    if until <= clock {
        let behind = format!("the simulation has already reached {}", format_instant(clock));
        return Err(CommandError::usage(behind).hint("give a later --until"));
    }
    refuse_beyond_9999(until)?;
    refuse_more_than_fits(&config)?;
    let started = Instant::now();
    let mut engine = Engine::resume(&store, &config, clock)?;
    store.meta().set_instant(SIM_UNTIL, until)?;
    walk(context, &store, &config, &mut engine, until, started)
}

/// Runs the batch of the simulation's end, where a file was left without it: versions that
/// committed it apart could be ended in between. `None` when nothing was missing.
fn missing_batch(
    store: &Store,
    config: &Config,
    clock: NaiveDateTime,
) -> Result<Option<BatchRun>, CommandError> {
    let run = cohort::run(store, clock, config.cohort)?;
    Ok((run.rows > 0 || run.frozen > 0).then_some(run))
}

/// A simulation goes on with the settings it was begun with, or it would not
/// be the same one.
fn refuse_other_settings(config: &Config, stored: &Layer, asked: Vec<Layer>) -> Result<(), CommandError> {
    let mut layers = vec![stored.clone()];
    layers.extend(asked);
    let asked = Config::from_layers(&layers)?;
    let (held, wanted) = (config.to_pairs(), asked.to_pairs());
    // How many days are asked for is no setting of the shop.
    let differing =
        held.iter().zip(&wanted).find(|(held, wanted)| held != wanted && held.0 != "simulation.days");
    match differing {
        None => Ok(()),
        Some(((key, held), (_, wanted))) => Err(CommandError::usage(format!(
            "the file was simulated with {key} = {held}, not {wanted}: --continue keeps its settings"
        ))
        .hint("leave the setting out, or start over with --overwrite or another --db")),
    }
}

fn walk(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    engine: &mut Engine<'_>,
    until: NaiveDateTime,
    started: Instant,
) -> Result<(), CommandError> {
    let from = engine.clock();
    let stop = stop_flag()?;
    let mut bar = DayBar::new(context.ui, (until - engine.clock()).num_days().max(0) as u64);
    engine.run_to_end(until, |progress| {
        bar.show(progress.days, progress.orders);
        !stop.load(Ordering::SeqCst)
    })?;
    drop(bar);
    if engine.clock() < until {
        let stopped =
            format!("stopped at {}: everything up to there is in the file", format_instant(engine.clock()));
        let again = context.command_line("generate --continue");
        return Err(CommandError::failed(stopped).hint(format!("continue with `{again}`")));
    }
    report(context, store, config, engine, from, started)
}

fn report(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    engine: &Engine<'_>,
    from: NaiveDateTime,
    started: Instant,
) -> Result<(), CommandError> {
    let made = engine.made();
    let (customers, products) = engine.cache_use();
    let use_of = |what: &str, cache: lifecycle::cache::CacheUse| {
        let age = cache
            .age_secs(engine.clock())
            .map_or("never filled".to_owned(), |secs| format!("filled {} h before the end", secs / 3_600));
        format!(
            "cache: {what} {}/{}, {} refreshes, {} hits, {age}",
            indicatif::HumanCount(cache.entries as u64),
            indicatif::HumanCount(cache.capacity as u64),
            indicatif::HumanCount(cache.refreshes),
            indicatif::HumanCount(cache.hits),
        )
    };
    context.ui.detail(&use_of("customers", customers));
    context.ui.detail(&use_of("products", products));
    let times = made.times;
    let goes_on = from > midnight(config.simulation.start);
    let named = |whole: &'static str, new: &'static str| if goes_on { new } else { whole };
    let mut record: Vec<Fact<'_>> = vec![
        ("from", "From", from.into()),
        ("clock", "Up to (the file's clock)", engine.clock().into()),
        ("customers", named("Customers", "New customers"), Cell::Int(made.customers as i64)),
        ("orders", named("Orders", "New orders"), Cell::Int(made.orders as i64)),
        ("revenue", named("Revenue", "New revenue"), Cell::Money(made.revenue)),
        ("activities", named("Activities", "New activities"), Cell::Int(made.activities as i64)),
    ];
    let mix = store.grade_mix()?;
    for ((grade, count), key) in mix.iter().zip(["vip", "gold", "silver", "bronze"]) {
        record.push((key, grade.as_str(), Cell::Int(*count)));
    }
    record.extend([
        ("grade_updates", "Grade updates", Cell::Int(made.grade_updates as i64)),
        ("promoted", "Promoted", Cell::Int(made.promoted)),
        ("demoted", "Demoted", Cell::Int(made.demoted)),
        ("cohort_rows", "Cohort rows", Cell::Int(made.cohort_rows as i64)),
        ("seconds_population", "Time: population", Cell::Seconds(times.population.as_secs_f64())),
        ("seconds_simulating", "Time: simulating", Cell::Seconds(times.simulating.as_secs_f64())),
        ("seconds_writing", "Time: writing", Cell::Seconds(times.writing.as_secs_f64())),
        ("seconds_grades", "Time: grades", Cell::Seconds(times.grades.as_secs_f64())),
        ("seconds_cohort", "Time: cohort", Cell::Seconds(times.cohort.as_secs_f64())),
        ("seconds", "Time in all", Cell::Seconds(started.elapsed().as_secs_f64())),
    ]);
    let steps = times.steps;
    context.ui.detail(&format!(
        "steps, added over threads: sampling {:.2} s, scoring {:.2} s, ordering {:.2} s",
        steps.sampling.as_secs_f64(),
        steps.scoring.as_secs_f64(),
        steps.ordering.as_secs_f64(),
    ));
    let title = format!("Simulated into {}", context.db().display());
    let shown = fact_table(context.ui, &config.currency(), "Made", &record).title(title);
    context.ui.report(&fact_record(record).table(shown), &config.currency())
}
