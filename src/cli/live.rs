//! `lifecycle live`: the shop in its own time.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration as RealTime, Instant};

use chrono::{Duration, NaiveDateTime};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use lifecycle::calendar::format_instant;
use lifecycle::config::{Config, Layer};
use lifecycle::domain::OrderStatus;
use lifecycle::grades::log_lines;
use lifecycle::money::{Currency, Money, group_thousands};
use lifecycle::render::{Cell, Format};
use lifecycle::simulate::{EngineError, Event, Pace, Speed, Walk};
use lifecycle::store::{Access, OrderRow, Origin, StoreError};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::Context;
use super::memory::refuse_more_than_fits;
use super::signals::stop_channel;
use super::ui::Ui;

/// Run the simulated shop at a given pace
///
/// The clock starts where the file's stands and runs --speed times as fast as
/// yours; orders are written when their time comes, grades are updated and the cohort
/// batch runs on the simulated clock. The file is held only while something is
/// written. Ctrl-C leaves a whole file; `live` or `generate --continue` goes on.
#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Simulated seconds per second, or `max`
    #[arg(long, value_name = "X", default_value = "1")]
    speed: Speed,

    /// Stop after this much simulated time, such as 90m, 12h or 1d [default: never]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    duration: Option<Duration>,

    /// Simulated time between grade updates [default: grades.refresh_interval_secs, 10m]
    #[arg(long, value_name = "D", value_parser = duration)]
    grade_interval: Option<Duration>,

    /// Simulated time between refreshes of the customers in the shop: whole hours that divide a day
    /// [default: cache.customer_refresh_hours, 1h]
    #[arg(long, value_name = "D", value_parser = cache_hours)]
    cache_interval: Option<u32>,
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = humantime::parse_duration(text).map_err(|error| format!("{error}: write 90m, 12h or 1d"))?;
    let read = Duration::from_std(read).map_err(|error| error.to_string())?;
    let year_100 = Duration::days(36_525);
    if read < Duration::seconds(1) || read > year_100 {
        return Err("it must be between a second and a hundred years".to_owned());
    }
    Ok(read)
}

fn cache_hours(text: &str) -> Result<u32, String> {
    let secs = duration(text)?.num_seconds();
    let hours = u32::try_from(secs / 3_600).unwrap_or(0);
    if secs % 3_600 == 0 && hours > 0 && 24 % hours == 0 {
        Ok(hours)
    } else {
        Err("it must be 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h".to_owned())
    }
}

/// How long a look at the clock waits for the next.
const TICK: RealTime = RealTime::from_millis(250);

/// How long an unpaced shop leaves the file to others between two stretches.
const BREATH: RealTime = RealTime::from_millis(20);

pub fn run(context: &Context<'_>, args: &LiveArgs) -> Result<(), CommandError> {
    let (config, mut walk) = resume(context)?;
    let default_interval = i64::try_from(config.grades.refresh_interval_secs).unwrap_or(i64::MAX / 1_000);
    walk.set_grade_interval(args.grade_interval.unwrap_or(Duration::seconds(default_interval)));
    if let Some(hours) = args.cache_interval {
        walk.set_customer_refresh_hours(hours);
    }
    let start = walk.clock();
    let end = args.duration.map(|duration| start + duration);
    let pace = Pace { start, end, speed: args.speed, longest: walk.short_stretch() };
    let mut board = Board::new(context.ui, config.currency(), pace);
    let (_keep, stop) = stop_channel()?;
    let began = Instant::now();
    pace_through(context, &mut walk, pace, &stop, began, &mut board)?;
    board.finish();
    report(context, &config, &walk, start, began)
}

/// Reads the file's simulation; the file is closed again.
fn resume(context: &Context<'_>) -> Result<(Config, Walk), CommandError> {
    let store = context.open(Access::Write)?;
    let meta = store.meta();
    let (clock, stored) = match (meta.origin()?, meta.clock()?, meta.config()?) {
        (Some(Origin::Simulated), Some(clock), Some(stored)) => (clock, stored),
        (Some(Origin::Imported), _, _) => {
            let why = format!(
                "{} holds a shop's own orders: simulated ones would be mixed up with them",
                context.db().display()
            );
            return Err(CommandError::failed(why)
                .hint("simulate into another file: --db FILE, `lifecycle generate` first"));
        }
        _ => {
            return Err(CommandError::failed(format!("{} holds no simulation yet", context.db().display()))
                .hint("start one with `lifecycle generate`"));
        }
    };
    let config = Config::from_layers(&[Layer::from_json("the file's own settings", &stored)?])?;
    refuse_more_than_fits(&config)?;
    let walk = Walk::resume(&store, &config, clock)?;
    store.close()?;
    Ok((config, walk))
}

/// Follows the pace until it is over or somebody stops it.
fn pace_through(
    context: &Context<'_>,
    walk: &mut Walk,
    pace: Pace,
    stop: &Receiver<()>,
    began: Instant,
    board: &mut Board<'_>,
) -> Result<(), CommandError> {
    let (mut pace, mut began) = (pace, began);
    let mut stopped = false;
    while !stopped && !pace.is_over(walk.clock()) {
        let target = pace.target(walk.clock(), began.elapsed());
        if target > walk.clock() && (walk.next_due() <= target || pace.is_over(target)) {
            advance(context, walk, target, board)?;
        }
        if walk.clock() > target {
            // Another command has gone beyond it: the shop keeps its own pace from there.
            (pace.start, began) = (walk.clock(), Instant::now());
        }
        board.show(walk, target);
        let wait = if pace.speed == Speed::Max { BREATH } else { TICK };
        stopped = match stop.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => false,
            Ok(()) | Err(RecvTimeoutError::Disconnected) => true,
        };
    }
    if stopped && pace.speed != Speed::Max {
        let target = pace.target(walk.clock(), began.elapsed());
        advance(context, walk, target, board)?;
    }
    Ok(())
}

/// Writes what has come due. If the file stays in use, the next tick tries again:
/// nothing is lost, it is only written later.
fn advance(
    context: &Context<'_>,
    walk: &mut Walk,
    target: NaiveDateTime,
    board: &mut Board<'_>,
) -> Result<(), CommandError> {
    let store = match context.open_store(Access::Write) {
        Ok(store) => store,
        Err(locked @ StoreError::Locked { .. }) => {
            context.ui.warn(&format!("{locked}: due changes are written when it is free"));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let mut said = Ok(());
    let walked: Result<(), EngineError> = walk.advance(&store, target, |event| {
        let done = board.see(&event);
        said = std::mem::replace(&mut said, Ok(())).and(done);
    });
    walked?;
    store.close()?;
    board.end_stretch(walk)?;
    said
}

/// What a person sees: a changing block on a terminal, log lines in a pipe.
struct Board<'a> {
    ui: &'a Ui,
    currency: Currency,
    pace: Pace,
    block: Option<ProgressBar>,
    last_orders: VecDeque<OrderRow>,
    last_grades: Option<String>,
    orders: u64,
    revenue: Money,
    hour: Option<NaiveDateTime>,
    hour_orders: u64,
    hour_revenue: Money,
}

/// Orders that the block shows.
const LAST_ORDERS: usize = 5;

impl<'a> Board<'a> {
    fn new(ui: &'a Ui, currency: Currency, pace: Pace) -> Self {
        let block = ui.shows_progress().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(
                ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        Board {
            ui,
            currency,
            pace,
            block,
            last_orders: VecDeque::new(),
            last_grades: None,
            orders: 0,
            revenue: Money::ZERO,
            hour: None,
            hour_orders: 0,
            hour_revenue: Money::ZERO,
        }
    }

    /// Log lines go to stdout only where they are the result.
    fn log(&self, line: &str) -> Result<(), CommandError> {
        if self.block.is_some() || self.ui.is_quiet() || self.ui.format() != Format::Table {
            return Ok(());
        }
        self.ui.text(&format!("{line}\n"))
    }

    fn see(&mut self, event: &Event<'_>) -> Result<(), CommandError> {
        match event {
            Event::Orders(orders) => {
                for order in *orders {
                    self.see_order(order)?;
                }
                Ok(())
            }
            Event::Grades(update) => {
                let lines = log_lines(update, self.ui.lang());
                self.log(&lines)?;
                self.last_grades = Some(lines);
                Ok(())
            }
            Event::CaughtUp(at) => {
                self.ui.note(&format!(
                    "another command has continued the simulation; going on from {}",
                    format_instant(*at)
                ));
                Ok(())
            }
            Event::Cohort(run) => self.log(&format!(
                "{} - cohort batch - {} cohorts frozen | {} rows written",
                format_instant(run.as_of),
                run.frozen,
                run.rows
            )),
        }
    }

    fn see_order(&mut self, order: &OrderRow) -> Result<(), CommandError> {
        self.turn_hour(order.created_at)?;
        self.orders += 1;
        self.hour_orders += 1;
        if order.status == OrderStatus::Success {
            self.revenue += order.amount;
            self.hour_revenue += order.amount;
        }
        if self.block.is_some() {
            self.last_orders.push_front(order.clone());
            self.last_orders.truncate(LAST_ORDERS);
        }
        Ok(())
    }

    /// Logs the hour that is over when an instant lies behind it.
    fn turn_hour(&mut self, now: NaiveDateTime) -> Result<(), CommandError> {
        let hour = now - Duration::seconds(now.and_utc().timestamp().rem_euclid(3_600));
        if self.hour.is_some_and(|last| last < hour) {
            self.log_hour()?;
        }
        self.hour = Some(hour);
        Ok(())
    }

    fn log_hour(&mut self) -> Result<(), CommandError> {
        if let Some(hour) = self.hour.take().filter(|_| self.hour_orders > 0) {
            self.log(&format!(
                "{} - {} orders | {} {}",
                format_instant(hour),
                group_thousands(self.hour_orders),
                self.currency.format(self.hour_revenue),
                self.currency.code()
            ))?;
        }
        (self.hour_orders, self.hour_revenue) = (0, Money::ZERO);
        Ok(())
    }

    fn end_stretch(&mut self, walk: &Walk) -> Result<(), CommandError> {
        self.turn_hour(walk.clock())
    }

    fn show(&self, walk: &Walk, now: NaiveDateTime) {
        let Some(block) = &self.block else { return };
        let minutes = ((walk.clock() - self.pace.start).num_seconds() as f64 / 60.0).max(1.0);
        let per_minute = Money::from_hundredths((self.revenue.hundredths() as f64 / minutes) as i64);
        let (customers, products) = walk.cache_use();
        let speed = match self.pace.speed {
            Speed::Max => "unpaced".to_owned(),
            Speed::Times(times) => format!("{times}x"),
        };
        let mut lines = vec![
            format!("{}  {speed}", format_instant(now)),
            format!(
                "orders {} ({:.2} a minute)  revenue {} ({} a minute)",
                group_thousands(self.orders),
                self.orders as f64 / minutes,
                self.currency.format(self.revenue),
                self.currency.format(per_minute)
            ),
            format!(
                "cache  customers {}/{}  products {}/{}",
                customers.entries, customers.capacity, products.entries, products.capacity
            ),
        ];
        lines.extend(self.last_orders.iter().map(|order| {
            format!(
                "  {}  customer {:<8} {:>12}  {}",
                format_instant(order.created_at),
                order.user_id,
                self.currency.format(order.amount),
                order.status
            )
        }));
        lines.extend(self.last_grades.clone());
        block.set_message(lines.join("\n"));
        block.tick();
    }

    fn finish(&mut self) {
        // Whoever closed the pipe does not want the last hour either.
        let _ = self.log_hour();
        if let Some(block) = self.block.take() {
            block.finish_and_clear();
        }
    }
}

fn report(
    context: &Context<'_>,
    config: &Config,
    walk: &Walk,
    start: NaiveDateTime,
    began: Instant,
) -> Result<(), CommandError> {
    let made = walk.made();
    let record: Vec<Fact<'_>> = vec![
        ("from", "From", start.into()),
        ("clock", "Up to (the file's clock)", walk.clock().into()),
        ("customers", "New customers", Cell::Int(made.customers as i64)),
        ("orders", "Orders", Cell::Int(made.orders as i64)),
        ("revenue", "Revenue", Cell::Money(made.revenue)),
        ("activities", "New activities", Cell::Int(made.activities as i64)),
        ("grade_updates", "Grade updates", Cell::Int(made.grade_updates as i64)),
        ("promoted", "Promoted", Cell::Int(made.promoted)),
        ("demoted", "Demoted", Cell::Int(made.demoted)),
        ("cohort_rows", "Cohort rows", Cell::Int(made.cohort_rows as i64)),
        ("seconds", "Time in all", Cell::Seconds(began.elapsed().as_secs_f64())),
    ];
    let shown = fact_table(context.ui, &config.currency(), "Made", &record).title("The live shop");
    context.ui.report(&fact_record(record).table(shown), &config.currency())
}
