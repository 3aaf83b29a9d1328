//! The engine: walks the shop's hours, writes what happened, and runs the
//! grade update and the cohort batch when they are due.
//!
//! Work is committed with the data clock, at most a simulated week at a time.
//! What is written does not depend on where the walk is cut: the schedule of
//! updates follows the first simulated day, and every row its own streams.

use std::collections::HashSet;
use std::time::{Duration as WallTime, Instant};

use chrono::{Duration, NaiveDateTime};

use super::shop::{Shop, StepTimes};
use crate::cache::CacheUse;
use crate::calendar::{add_days, midnight, next_batch_time};
use crate::cohort;
use crate::config::Config;
use crate::grades::{self, GradeError, UpdateMode};
use crate::money::Money;
use crate::query;
use crate::store::{OrderRow, Origin, Store, StoreError};

/// Days between commits, counted from the first simulated day.
const COMMIT_DAYS: i64 = 7;

/// Why a simulation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The grade update failed.
    #[error(transparent)]
    Grades(#[from] GradeError),
    /// The file does not hold what a simulation of its seed would.
    #[error(
        "the file's {what} are not those of its simulation ({found}, where {expected} were made): it was changed since, and cannot be continued"
    )]
    Changed {
        /// The table.
        what: &'static str,
        /// Rows found.
        found: usize,
        /// Rows expected.
        expected: usize,
    },
}

/// How far a simulation has come; handed to the observer once a simulated day.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The simulated instant reached.
    pub clock: NaiveDateTime,
    /// Days simulated in this run.
    pub days: u64,
    /// Orders made in this run.
    pub orders: u64,
}

/// Wall time by stage. Sampling, scoring and ordering are added over threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct StageTimes {
    /// Making or reading back the population.
    pub population: WallTime,
    /// The hours: sampling, scoring and ordering.
    pub steps: StepTimes,
    /// Wall time of the hours, on all threads.
    pub simulating: WallTime,
    /// Writing rows and committing.
    pub writing: WallTime,
    /// Grade updates.
    pub grades: WallTime,
    /// Cohort batches.
    pub cohort: WallTime,
}

/// What a run made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Customers written.
    pub customers: u64,
    /// Orders written, of any status.
    pub orders: u64,
    /// Sum of the counted orders.
    pub revenue: Money,
    /// Activities written.
    pub activities: u64,
    /// Grade updates run.
    pub grade_updates: u64,
    /// Promotions over all updates.
    pub promoted: i64,
    /// Demotions over all updates.
    pub demoted: i64,
    /// Rows of `ltv_batch` written.
    pub cohort_rows: u64,
    /// Where the time went.
    pub times: StageTimes,
}

/// A simulation at work on a file.
pub struct Engine<'a> {
    store: &'a Store,
    config: Config,
    shop: Shop,
    clock: NaiveDateTime,
    users_written: usize,
    activities_written: usize,
    campaigns_written: HashSet<i64>,
    next_order_id: i64,
    unwritten: Vec<OrderRow>,
    grades_feed_back: bool,
    made: Made,
}

impl<'a> Engine<'a> {
    /// Begins a simulation in an empty file: the catalogue and the first
    /// customers are written, and the clock stands at the first day.
    pub fn begin(store: &'a Store, config: &Config) -> Result<Self, EngineError> {
        let started = Instant::now();
        let shop = Shop::open(config);
        let clock = midnight(config.simulation.start);
        let mut engine = Engine {
            store,
            config: config.clone(),
            shop,
            clock,
            users_written: 0,
            activities_written: 0,
            campaigns_written: HashSet::new(),
            next_order_id: 1,
            unwritten: Vec::new(),
            grades_feed_back: true,
            made: Made::default(),
        };
        engine.made.times.population = started.elapsed();
        let started = Instant::now();
        store.transaction(|store| {
            let meta = store.meta();
            meta.set("origin", Origin::Simulated.as_str())?;
            meta.set("seed", &config.simulation.seed.to_string())?;
            meta.set("sim_start", &config.simulation.start.to_string())?;
            meta.set("config", &config.to_json())?;
            meta.set_instant("clock", clock)?;
            store.append(&engine.shop.products())?;
            engine.write_rows()
        })?;
        engine.made.times.writing = started.elapsed();
        Ok(engine)
    }

    /// Goes on with the simulation that a file holds, at its clock. `config`
    /// must be the one it was begun with.
    pub fn resume(store: &'a Store, config: &Config, clock: NaiveDateTime) -> Result<Self, EngineError> {
        let started = Instant::now();
        let shop = Shop::of_file(store, config, clock)?;
        let (users, activities, next_order_id): (i64, i64, i64) =
            store.row(query!("store/simulation_state.sql"), &[], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        let (users_written, activities_written) = (users as usize, activities as usize);
        for (what, found, expected) in [
            ("customers", users_written, shop.customers_before(clock)),
            ("activities", activities_written, shop.activities_before(clock).len()),
        ] {
            if found != expected {
                return Err(EngineError::Changed { what, found, expected });
            }
        }
        let campaigns_written =
            store.rows(query!("store/campaign_ids.sql"), &[], |row| row.get(0))?.into_iter().collect();
        let mut made = Made::default();
        made.times.population = started.elapsed();
        Ok(Engine {
            store,
            config: config.clone(),
            shop,
            clock,
            users_written,
            activities_written,
            campaigns_written,
            next_order_id,
            unwritten: Vec::new(),
            grades_feed_back: true,
            made,
        })
    }

    /// Whether new grades are seen by the cache (the feedback loop). Without it
    /// every customer is scored as BRONZE; for experiments.
    pub fn set_feedback(&mut self, grades_feed_back: bool) {
        self.grades_feed_back = grades_feed_back;
    }

    /// The instant reached and committed.
    pub fn clock(&self) -> NaiveDateTime {
        self.clock
    }

    /// How the customer and the product cache have been used.
    pub fn cache_use(&self) -> (CacheUse, CacheUse) {
        self.shop.cache_use()
    }

    /// What this run has made so far.
    pub fn made(&self) -> Made {
        Made { times: StageTimes { steps: self.shop.times(), ..self.made.times }, ..self.made }
    }

    /// Walks to an instant (a whole hour), committing each simulated week.
    /// `observe` is called once a simulated day, and stops the walk at the end of
    /// that day by returning false; what was walked is committed.
    pub fn run_until(
        &mut self,
        until: NaiveDateTime,
        mut observe: impl FnMut(Progress) -> bool,
    ) -> Result<(), EngineError> {
        let began = self.clock;
        let mut go_on = true;
        while self.clock < until && go_on {
            let to = until.min(self.next_multiple_of_days(COMMIT_DAYS));
            let store = self.store;
            store.transaction(|_| -> Result<(), EngineError> {
                let mut now = self.clock;
                while now < to && go_on {
                    now = self.walk(now, to)?;
                    if now == midnight(now.date()) {
                        let days = (now - began).num_days().max(0) as u64;
                        go_on = observe(Progress { clock: now, days, orders: self.made.orders });
                    }
                }
                self.clock = now;
                self.write_rows()?;
                let started = Instant::now();
                store.meta().advance_clock(now)?;
                self.made.times.writing += started.elapsed();
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Runs the cohort batch at the clock, as `generate` does when it ends.
    pub fn run_cohort_batch(&mut self) -> Result<(), EngineError> {
        self.cohort_batch(self.clock)
    }

    /// Walks on to the next thing to do, at the latest to `to`, and does it.
    fn walk(&mut self, from: NaiveDateTime, to: NaiveDateTime) -> Result<NaiveDateTime, EngineError> {
        let day_end = midnight(add_days(from.date(), 1));
        let batch = next_batch_time(from);
        let stop = to.min(day_end).min(batch);
        let started = Instant::now();
        let orders = self.shop.simulate(from, stop, self.next_order_id);
        self.made.times.simulating += started.elapsed();
        self.clock = stop;
        self.next_order_id += orders.len() as i64;
        self.made.orders += orders.len() as u64;
        self.unwritten.extend(orders);
        if self.is_multiple_of_days(stop, i64::from(self.config.grades.simulated_interval_days)) {
            self.write_rows()?;
            self.update_grades(stop)?;
        }
        if stop == batch {
            self.write_rows()?;
            self.cohort_batch(stop)?;
        }
        Ok(stop)
    }

    /// Writes what happened before the clock and is not written yet.
    fn write_rows(&mut self) -> Result<(), StoreError> {
        let started = Instant::now();
        let users = self.shop.customers_before(self.clock);
        if users > self.users_written {
            self.store.append(&self.shop.user_rows(self.users_written..users))?;
        }
        let activities = &self.shop.activities_before(self.clock)[self.activities_written..];
        let new_activities = activities.len();
        for activity in activities {
            if self.campaigns_written.insert(activity.row.campaign_id) {
                self.store.append(&[activity.campaign()])?;
            }
            self.store.append(std::slice::from_ref(&activity.row))?;
        }
        self.store.append(&self.unwritten)?;
        self.made.customers += (users - self.users_written) as u64;
        self.made.activities += new_activities as u64;
        let counted =
            self.unwritten.drain(..).filter(|order| order.status == crate::domain::OrderStatus::Success);
        self.made.revenue += counted.map(|order| order.amount).sum();
        self.users_written = users;
        self.activities_written += new_activities;
        self.made.times.writing += started.elapsed();
        Ok(())
    }

    fn update_grades(&mut self, as_of: NaiveDateTime) -> Result<(), EngineError> {
        let started = Instant::now();
        let update = grades::update_all_grades(self.store, as_of, &self.config.grades, UpdateMode::Record)?;
        if self.grades_feed_back {
            for (user_id, grade) in grades::staged_changes(self.store)? {
                self.shop.set_grade(user_id, grade);
            }
        }
        self.made.grade_updates += 1;
        self.made.promoted += update.moves.promoted();
        self.made.demoted += update.moves.demoted();
        self.made.times.grades += started.elapsed();
        Ok(())
    }

    fn cohort_batch(&mut self, as_of: NaiveDateTime) -> Result<(), EngineError> {
        let started = Instant::now();
        let run = cohort::run(self.store, as_of, self.config.cohort)?;
        self.made.cohort_rows += run.rows as u64;
        self.made.times.cohort += started.elapsed();
        Ok(())
    }

    fn since_start(&self, instant: NaiveDateTime) -> Duration {
        instant - midnight(self.config.simulation.start)
    }

    fn is_multiple_of_days(&self, instant: NaiveDateTime, days: i64) -> bool {
        let since = self.since_start(instant);
        since > Duration::zero() && since.num_seconds() % (days * 86_400) == 0
    }

    fn next_multiple_of_days(&self, days: i64) -> NaiveDateTime {
        let passed = self.since_start(self.clock).num_days() / days;
        midnight(self.config.simulation.start) + Duration::days((passed + 1) * days)
    }
}
