//! The state of a released file, by which a walk tells whether another writer has used it since.

use chrono::NaiveDateTime;

use super::error::EngineError;
use crate::query;
use crate::store::{Origin, Store, StoreError};

/// The simulation of a file and its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileState {
    identity: Identity,
    generation: u64,
    grade_runs: u64,
    /// The file's clock.
    pub clock: NaiveDateTime,
}

/// What identifies a simulation: its seed, its first day, its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    seed: Option<u64>,
    sim_start: Option<chrono::NaiveDate>,
    config: Option<String>,
}

/// How a file has changed since it was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileChange {
    /// Not in anything that the simulation depends on.
    Untouched,
    /// Only grades were updated.
    Graded,
    /// Another writer continued the simulation, or changed what it builds on.
    Changed,
}

impl FileState {
    /// The current state of a file. Fails if it holds no simulation.
    pub fn of(store: &Store) -> Result<Self, EngineError> {
        let meta = store.meta();
        let (Some(Origin::Simulated), Some(clock)) = (meta.origin()?, meta.clock()?) else {
            return Err(EngineError::NoSimulation);
        };
        Ok(FileState {
            identity: Identity { seed: meta.seed()?, sim_start: meta.sim_start()?, config: meta.config()? },
            generation: meta.generation()?,
            grade_runs: count_grade_runs(store)?,
            clock,
        })
    }

    /// How the file has changed since. Fails if it now holds another simulation, or this one restarted.
    pub fn change_to(&self, now: &FileState) -> Result<FileChange, EngineError> {
        if self.identity != now.identity || now.clock < self.clock {
            return Err(EngineError::Replaced);
        }
        let updates = now.grade_runs.checked_sub(self.grade_runs);
        if self.generation == now.generation && updates == Some(0) && self.clock == now.clock {
            return Ok(FileChange::Untouched);
        }
        // Each update increments the generation.
        let updates = updates.filter(|updates| self.generation.checked_add(*updates) == Some(now.generation));
        Ok(if updates.is_some() && self.clock == now.clock {
            FileChange::Graded
        } else {
            FileChange::Changed
        })
    }
}

fn count_grade_runs(store: &Store) -> Result<u64, StoreError> {
    store.row(query!("grades/last_run.sql"), &[], |row| row.get("runs"))
}
