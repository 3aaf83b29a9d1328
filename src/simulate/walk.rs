//! The walk through the shop's hours: it writes what happened, and runs the
//! grade update and the cohort batch when they are due.
//!
//! The rows do not depend on where the walk is split: the schedule of
//! updates follows the first simulated day, and every row its own streams. So
//! `generate` commits a week at a time and the live shop whatever is due, and both
//! write the same rows.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use chrono::{Duration, NaiveDateTime, Timelike};

use super::error::EngineError;
use super::file_state::{FileChange, FileState};
use super::shop::Shop;
use super::times::StageTimes;
use crate::cache::CacheUse;
use crate::calendar::{add_days, midnight, next_batch_time};
use crate::cohort;
use crate::config::Config;
use crate::domain::OrderStatus;
use crate::grades::{self, GradeUpdate, UpdateMode};
use crate::money::Money;
use crate::query;
use crate::store::{OrderRow, Origin, Store, StoreError};

/// Totals of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Customers written.
    pub customers: u64,
    /// Orders written, of any status.
    pub orders: u64,
    /// Sum of the qualifying orders.
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
    /// Time by stage.
    pub times: StageTimes,
}

/// An event of a walk, for observers.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// Orders were written.
    Orders(&'a [OrderRow]),
    /// Grades were updated.
    Grades(&'a GradeUpdate),
    /// The cohort batch ran.
    Cohort(&'a cohort::BatchRun),
    /// Another writer continued the simulation meanwhile; the walk continues from there.
    CaughtUp(NaiveDateTime),
}

/// The number of customer rows generated at a time.
const USER_ROWS: usize = 65_536;

/// A simulation that walks through its hours. It holds no file: each stretch is
/// given one to write to, so that a paced walk can release it in between.
pub struct Walk {
    config: Config,
    shop: Shop,
    clock: NaiveDateTime,
    /// The hours before this have been simulated.
    simulated_until: NaiveDateTime,
    /// Orders of simulated hours that are still in the future.
    pending: VecDeque<OrderRow>,
    /// Orders to write.
    unwritten: Vec<OrderRow>,
    users_written: usize,
    activities_written: usize,
    campaigns_written: HashSet<i64>,
    next_order_id: i64,
    grade_interval: Duration,
    customer_refresh_hours: Option<u32>,
    grades_feed_back: bool,
    /// The file as this walk released it.
    released: Option<FileState>,
    /// A stretch failed and was rolled back, and only the file knows where it stands.
    broken: bool,
    made: Made,
}

impl Walk {
    /// Begins a simulation in an empty file: the catalogue and the first
    /// customers are written, and the clock stands at the first day.
    pub fn begin(store: &Store, config: &Config) -> Result<Self, EngineError> {
        let started = Instant::now();
        let mut walk = Walk::new(config, Shop::open(config), midnight(config.simulation.start));
        walk.made.times.population = started.elapsed();
        let started = Instant::now();
        store.transaction(|store| -> Result<(), EngineError> {
            let meta = store.meta();
            meta.set("origin", Origin::Simulated.as_str())?;
            meta.set("seed", &config.simulation.seed.to_string())?;
            meta.set("sim_start", &config.simulation.start.to_string())?;
            meta.set("config", &config.to_json())?;
            meta.set_instant("clock", walk.clock)?;
            store.append(&walk.shop.products())?;
            walk.write_rows(store)?;
            walk.release(store)
        })?;
        walk.made.times.writing = started.elapsed();
        Ok(walk)
    }

    /// Goes on with the simulation that a file holds, at its clock. `config`
    /// must be the one it was begun with.
    pub fn resume(store: &Store, config: &Config, clock: NaiveDateTime) -> Result<Self, EngineError> {
        let started = Instant::now();
        let hour = floor_to_hour(clock);
        let mut walk = Walk::new(config, Shop::of_file(store, config, hour)?, hour);
        let (users, activities, next_order_id): (i64, i64, i64) =
            store.row(query!("store/simulation_state.sql"), &[], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        walk.users_written = users as usize;
        walk.activities_written = activities as usize;
        for (what, found, expected) in [
            ("customers", walk.users_written, walk.shop.customers_before(clock)),
            ("activities", walk.activities_written, walk.shop.activities_before(clock).len()),
        ] {
            if found != expected {
                return Err(EngineError::Changed { what, found, expected });
            }
        }
        let campaigns = store.rows(query!("store/campaign_ids.sql"), &[], |row| row.get(0))?;
        walk.campaigns_written = campaigns.into_iter().collect();
        walk.next_order_id = next_order_id;
        // An hour that was begun is drawn again with the grades of its beginning;
        // what of it is in the file already is left out.
        if clock > hour {
            walk.simulate_until(hour + Duration::hours(1));
            walk.pending.retain(|order| order.created_at >= clock);
            walk.shop.set_grades_of(store)?;
        }
        walk.clock = clock;
        walk.released = Some(FileState::of(store)?);
        walk.made.times.population = started.elapsed();
        Ok(walk)
    }

    fn new(config: &Config, shop: Shop, clock: NaiveDateTime) -> Self {
        Walk {
            grade_interval: Duration::days(i64::from(config.grades.simulated_interval_days)),
            config: config.clone(),
            shop,
            clock,
            simulated_until: clock,
            pending: VecDeque::new(),
            unwritten: Vec::new(),
            users_written: 0,
            activities_written: 0,
            campaigns_written: HashSet::new(),
            next_order_id: 1,
            customer_refresh_hours: None,
            grades_feed_back: true,
            released: None,
            broken: false,
            made: Made::default(),
        }
    }

    /// How often grades are updated, counted from the first simulated day; at
    /// least a second.
    pub fn set_grade_interval(&mut self, interval: Duration) {
        self.grade_interval = interval.max(Duration::seconds(1));
    }

    /// How much to simulate at once where nobody should wait long for an answer: some grade updates, an hour to a week.
    pub fn short_stretch(&self) -> Duration {
        const UPDATES: i32 = 24;
        let updates = self.grade_interval.checked_mul(UPDATES).unwrap_or(Duration::MAX);
        updates.clamp(Duration::hours(1), Duration::days(7))
    }

    /// Sets whether the cache sees new grades (the feedback loop). Without it,
    /// every customer is scored as BRONZE; for experiments.
    pub fn set_feedback(&mut self, grades_feed_back: bool) {
        self.grades_feed_back = grades_feed_back;
    }

    /// The instant reached.
    pub fn clock(&self) -> NaiveDateTime {
        self.clock
    }

    /// Sets how often the customers in the shop are replaced, in hours; a divisor of 24.
    pub fn set_customer_refresh_hours(&mut self, hours: u32) {
        self.customer_refresh_hours = Some(hours);
        self.shop.set_customer_refresh_hours(hours);
    }

    /// The first instant at which there is something to write: an order, an
    /// update, a batch, or the hour's end. Simulates the hour that has begun.
    pub fn next_due(&mut self) -> NaiveDateTime {
        self.simulate_until(floor_to_hour(self.clock) + Duration::hours(1));
        let due = self.next_grade_time().min(next_batch_time(self.clock)).min(self.simulated_until);
        // An order is in a half-open span only once the next second has begun.
        self.pending.front().map_or(due, |order| due.min(order.created_at + Duration::seconds(1)))
    }

    /// Usage of the customer and the product cache.
    pub fn cache_use(&self) -> (CacheUse, CacheUse) {
        self.shop.cache_use()
    }

    /// What this walk has made so far.
    pub fn made(&self) -> Made {
        let steps = self.made.times.steps.plus(self.shop.times());
        Made { times: StageTimes { steps, ..self.made.times }, ..self.made }
    }

    /// Walks to an instant and commits everything up to it with the clock, in one
    /// transaction. `watch` is called for what happens, in its order, before the
    /// commit. If another writer continued the simulation since the last stretch, the walk catches up
    /// first, and its clock may then lie beyond the instant. After a failure the walk is
    /// over: resume one from the file.
    pub fn advance(
        &mut self,
        store: &Store,
        to: NaiveDateTime,
        mut watch: impl FnMut(Event<'_>),
    ) -> Result<(), EngineError> {
        self.stretch(store, |walk, store| {
            walk.catch_up(store, &mut watch)?;
            if walk.clock >= to {
                return Ok(());
            }
            while walk.clock < to {
                walk.step_towards(store, to, &mut watch)?;
            }
            walk.commit_rows(store, &mut watch)
        })
    }

    /// Runs a stretch of the walk in one transaction; a walk whose stretch failed is over.
    pub(super) fn stretch(
        &mut self,
        store: &Store,
        work: impl FnOnce(&mut Self, &Store) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        if self.broken {
            return Err(EngineError::Broken);
        }
        self.broken = true;
        store.transaction(|store| work(self, store))?;
        self.broken = false;
        Ok(())
    }

    /// Makes sure that the file is as this walk released it, or catches up with what another writer did.
    pub(super) fn catch_up(
        &mut self,
        store: &Store,
        watch: &mut impl FnMut(Event<'_>),
    ) -> Result<(), EngineError> {
        let Some(released) = &self.released else { return Ok(()) };
        let now = FileState::of(store)?;
        match released.change_to(&now)? {
            FileChange::Untouched => Ok(()),
            FileChange::Graded => {
                self.shop.set_grades_of(store)?;
                self.released = Some(now);
                Ok(())
            }
            FileChange::Changed => {
                self.resume_from(store, now.clock)?;
                watch(Event::CaughtUp(now.clock));
                Ok(())
            }
        }
    }

    /// Resumes from where the file stands, keeping this walk's settings and counts.
    fn resume_from(&mut self, store: &Store, clock: NaiveDateTime) -> Result<(), EngineError> {
        let mut again = Walk::resume(store, &self.config, clock)?;
        again.grade_interval = self.grade_interval;
        again.grades_feed_back = self.grades_feed_back;
        if let Some(hours) = self.customer_refresh_hours {
            again.set_customer_refresh_hours(hours);
        }
        let steps = self.made().times.steps;
        let population = self.made.times.population + again.made.times.population;
        again.made = Made { times: StageTimes { steps, population, ..self.made.times }, ..self.made };
        *self = Walk { broken: self.broken, ..again };
        Ok(())
    }

    /// Writes what has happened, with the clock.
    pub(super) fn commit_rows(
        &mut self,
        store: &Store,
        watch: &mut impl FnMut(Event<'_>),
    ) -> Result<(), EngineError> {
        self.write_what_is_due(store, watch)?;
        let started = Instant::now();
        store.meta().advance_clock(self.clock)?;
        self.release(store)?;
        self.made.times.writing += started.elapsed();
        Ok(())
    }

    /// Marks the file as changed, and remembers the state it is released in.
    fn release(&mut self, store: &Store) -> Result<(), EngineError> {
        store.meta().raise_generation()?;
        self.released = Some(FileState::of(store)?);
        Ok(())
    }

    /// Goes on to the next thing to do, at the latest to `to`, and does it.
    pub(super) fn step_towards(
        &mut self,
        store: &Store,
        to: NaiveDateTime,
        watch: &mut impl FnMut(Event<'_>),
    ) -> Result<(), EngineError> {
        let day_end = midnight(add_days(self.clock.date(), 1));
        let (batch, update) = (next_batch_time(self.clock), self.next_grade_time());
        let stop = to.min(day_end).min(batch).min(update);
        self.simulate_until(ceil_to_hour(stop).min(day_end));
        self.clock = stop;
        while let Some(mut order) = self.pending.pop_front_if(|order| order.created_at < stop) {
            order.order_id = self.next_order_id;
            self.next_order_id += 1;
            self.made.orders += 1;
            self.unwritten.push(order);
        }
        if stop == update {
            self.write_what_is_due(store, watch)?;
            watch(Event::Grades(&self.update_grades(store, stop)?));
        }
        if stop == batch {
            self.write_what_is_due(store, watch)?;
            watch(Event::Cohort(&self.cohort_batch(store, stop)?));
        }
        Ok(())
    }

    fn simulate_until(&mut self, until: NaiveDateTime) {
        if until > self.simulated_until {
            let started = Instant::now();
            self.pending.extend(self.shop.simulate(self.simulated_until, until));
            self.simulated_until = until;
            self.made.times.simulating += started.elapsed();
        }
    }

    fn write_what_is_due(
        &mut self,
        store: &Store,
        watch: &mut impl FnMut(Event<'_>),
    ) -> Result<(), EngineError> {
        if !self.unwritten.is_empty() {
            watch(Event::Orders(&self.unwritten));
        }
        Ok(self.write_rows(store)?)
    }

    /// Writes what happened before the clock and is not written yet.
    fn write_rows(&mut self, store: &Store) -> Result<(), StoreError> {
        let started = Instant::now();
        let users = self.shop.customers_before(self.clock);
        // In pieces: the rows of many customers take more room than the customers themselves.
        for first in (self.users_written..users).step_by(USER_ROWS) {
            store.append(&self.shop.user_rows(first..users.min(first + USER_ROWS)))?;
        }
        let activities = &self.shop.activities_before(self.clock)[self.activities_written..];
        let new_activities = activities.len();
        for activity in activities {
            if self.campaigns_written.insert(activity.row.campaign_id) {
                store.append(&[activity.campaign()])?;
            }
            store.append(std::slice::from_ref(&activity.row))?;
        }
        store.append(&self.unwritten)?;
        self.made.customers += (users - self.users_written) as u64;
        self.made.activities += new_activities as u64;
        let counted = self.unwritten.drain(..).filter(|order| order.status == OrderStatus::Success);
        self.made.revenue += counted.map(|order| order.amount).sum();
        self.users_written = users;
        self.activities_written += new_activities;
        self.made.times.writing += started.elapsed();
        Ok(())
    }

    fn update_grades(&mut self, store: &Store, as_of: NaiveDateTime) -> Result<GradeUpdate, EngineError> {
        let started = Instant::now();
        let update = grades::update_all_grades(store, as_of, &self.config.grades, UpdateMode::Record)?;
        if self.grades_feed_back {
            for change in &update.changes {
                self.shop.set_grade(change.user_id, change.grade);
            }
        }
        self.made.grade_updates += 1;
        self.made.promoted += update.transitions.promoted();
        self.made.demoted += update.transitions.demoted();
        self.made.times.grades += started.elapsed();
        Ok(update)
    }

    /// Runs the cohort batch as of an instant.
    pub fn cohort_batch(
        &mut self,
        store: &Store,
        as_of: NaiveDateTime,
    ) -> Result<cohort::BatchRun, EngineError> {
        let started = Instant::now();
        let run = cohort::run(store, as_of, self.config.cohort)?;
        self.made.cohort_rows += run.rows as u64;
        self.made.times.cohort += started.elapsed();
        Ok(run)
    }

    /// The first instant after the clock that is a whole number of intervals from
    /// the first simulated day.
    fn next_grade_time(&self) -> NaiveDateTime {
        self.next_multiple(self.grade_interval)
    }

    pub(super) fn next_multiple(&self, interval: Duration) -> NaiveDateTime {
        let start = midnight(self.config.simulation.start);
        let passed = (self.clock - start).num_seconds().div_euclid(interval.num_seconds());
        start + Duration::seconds((passed + 1) * interval.num_seconds())
    }
}

fn floor_to_hour(instant: NaiveDateTime) -> NaiveDateTime {
    instant.date().and_hms_opt(instant.hour(), 0, 0).unwrap_or(instant)
}

fn ceil_to_hour(instant: NaiveDateTime) -> NaiveDateTime {
    let floor = floor_to_hour(instant);
    if floor == instant { instant } else { floor + Duration::hours(1) }
}
