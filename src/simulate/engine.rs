//! The engine of `generate`: a simulation at full speed on one file.

use chrono::{Duration, NaiveDateTime};

use super::error::EngineError;
use super::walk::{Made, Walk};
use crate::cache::CacheUse;
use crate::calendar::{add_days, midnight};
use crate::cohort;
use crate::config::Config;
use crate::store::Store;

/// Days between commits, counted from the first simulated day.
const COMMIT_DAYS: i64 = 7;

/// Progress of a simulation, passed to the observer once per simulated day.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The simulated instant reached.
    pub clock: NaiveDateTime,
    /// Days simulated in this run.
    pub days: u64,
    /// Orders made in this run.
    pub orders: u64,
}

/// A simulation at full speed on one file.
pub struct Engine<'a> {
    store: &'a Store,
    walk: Walk,
}

impl<'a> Engine<'a> {
    /// Begins a simulation in an empty file; see [`Walk::begin`].
    pub fn begin(store: &'a Store, config: &Config) -> Result<Self, EngineError> {
        Ok(Engine { store, walk: Walk::begin(store, config)? })
    }

    /// Resumes the simulation of a file; see [`Walk::resume`].
    pub fn resume(store: &'a Store, config: &Config, clock: NaiveDateTime) -> Result<Self, EngineError> {
        Ok(Engine { store, walk: Walk::resume(store, config, clock)? })
    }

    /// Whether new grades are seen by the cache; see [`Walk::set_feedback`].
    pub fn set_feedback(&mut self, grades_feed_back: bool) {
        self.walk.set_feedback(grades_feed_back);
    }

    /// The instant reached and committed.
    pub fn clock(&self) -> NaiveDateTime {
        self.walk.clock()
    }

    /// Usage of the customer and the product cache.
    pub fn cache_use(&self) -> (CacheUse, CacheUse) {
        self.walk.cache_use()
    }

    /// Totals of this run so far.
    pub fn made(&self) -> Made {
        self.walk.made()
    }

    /// Simulates up to an instant, committing each simulated week. `observe` is called
    /// once per simulated day, and stops the walk at the end of that day by
    /// returning false; what was walked is committed.
    pub fn run_until(
        &mut self,
        until: NaiveDateTime,
        observe: impl FnMut(Progress) -> bool,
    ) -> Result<(), EngineError> {
        self.run(until, LastCommit::Rows, observe)
    }

    /// As [`Self::run_until`], and the cohort batch runs at the end, in the transaction that
    /// commits the last rows: a simulation that has reached its end has its batch too.
    pub fn run_to_end(
        &mut self,
        end: NaiveDateTime,
        observe: impl FnMut(Progress) -> bool,
    ) -> Result<(), EngineError> {
        self.run(end, LastCommit::RowsAndBatch, observe)
    }

    fn run(
        &mut self,
        until: NaiveDateTime,
        last: LastCommit,
        mut observe: impl FnMut(Progress) -> bool,
    ) -> Result<(), EngineError> {
        let began = self.walk.clock();
        let (mut go_on, mut first) = (true, true);
        while self.walk.clock() < until && go_on {
            let week = until.min(self.walk.next_multiple(Duration::days(COMMIT_DAYS)));
            self.walk.stretch(self.store, |walk, store| {
                // Between its weeks a run does not let go of the file.
                if std::mem::take(&mut first) {
                    walk.catch_up(store, &mut |_| ())?;
                }
                while walk.clock() < week && go_on {
                    let day_end = midnight(add_days(walk.clock().date(), 1));
                    while walk.clock() < week.min(day_end) {
                        walk.step_towards(store, week.min(day_end), &mut |_| ())?;
                    }
                    let days = (walk.clock() - began).num_days().max(0) as u64;
                    go_on = observe(Progress { clock: walk.clock(), days, orders: walk.made().orders });
                }
                walk.commit_rows(store, &mut |_| ())?;
                if last == LastCommit::RowsAndBatch && walk.clock() >= until {
                    walk.cohort_batch(store, walk.clock())?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Runs the cohort batch at the clock.
    pub fn run_cohort_batch(&mut self) -> Result<cohort::BatchRun, EngineError> {
        self.walk.cohort_batch(self.store, self.walk.clock())
    }
}

/// What the last transaction of a run contains.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastCommit {
    Rows,
    RowsAndBatch,
}
