//! The worker: one update per tick, never two at once.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::GradeUpdate;

/// The outcome of a worker's run.
pub type RunOutcome = Result<GradeUpdate, Box<dyn std::error::Error>>;

/// Totals of a worker's runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerSummary {
    /// Updates done.
    pub done: u64,
    /// Updates that failed and were retried at the next tick.
    pub failed: u64,
    /// Promotions over all updates.
    pub promoted: i64,
    /// Demotions over all updates.
    pub demoted: i64,
}

/// Updates grades at an interval until it is stopped.
///
/// The caller provides `update`, which opens the file, updates it and closes it, so that other
/// commands can use it between runs.
pub struct GradeUpdaterWorker<U> {
    interval: Duration,
    max_runs: Option<u64>,
    update: U,
    summary: WorkerSummary,
}

impl<U: FnMut() -> RunOutcome> GradeUpdaterWorker<U> {
    /// A worker with an interval, which ends after `max_runs` runs.
    pub fn new(interval: Duration, max_runs: Option<u64>, update: U) -> Self {
        GradeUpdaterWorker { interval, max_runs, update, summary: WorkerSummary::default() }
    }

    /// Runs one update now and passes its number (failed ones count) and outcome to `watch`.
    pub fn run_once(&mut self, watch: &mut impl FnMut(u64, &RunOutcome)) {
        let outcome = (self.update)();
        match &outcome {
            Ok(update) => {
                self.summary.done += 1;
                self.summary.promoted += update.transitions.promoted();
                self.summary.demoted += update.transitions.demoted();
            }
            Err(_) => self.summary.failed += 1,
        }
        watch(self.summary.done + self.summary.failed, &outcome);
    }

    /// Runs at every tick until `stop` is signalled or dropped, or `max_runs` is reached; a run in
    /// progress is completed. Ticks that pass during a run are skipped: runs never overlap.
    pub fn start(&mut self, stop: &Receiver<()>, mut watch: impl FnMut(u64, &RunOutcome)) -> WorkerSummary {
        let began = Instant::now();
        loop {
            self.run_once(&mut watch);
            let runs = self.summary.done + self.summary.failed;
            if self.max_runs.is_some_and(|most| runs >= most) {
                return self.summary;
            }
            let interval = self.interval.max(Duration::from_millis(1));
            let ticks = began.elapsed().as_nanos() / interval.as_nanos() + 1;
            let next = began + interval.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
            match stop.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return self.summary,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::grades::GradeTransitions;
    use std::sync::mpsc::channel;

    fn an_update() -> GradeUpdate {
        let as_of = parse_instant("2025-01-15").unwrap();
        let (transitions, changes) = (GradeTransitions::default(), Vec::new());
        GradeUpdate { run_id: 1, as_of, window_start: as_of, transitions, changes, recorded: true }
    }

    #[test]
    fn a_failed_run_is_counted_and_tried_again() {
        let mut runs = 0;
        let mut seen = Vec::new();
        let update = || {
            runs += 1;
            if runs == 2 { Err("the file is in use".into()) } else { Ok(an_update()) }
        };
        let (_keep, stop) = channel();
        let summary = GradeUpdaterWorker::new(Duration::from_millis(1), Some(3), update)
            .start(&stop, |number, outcome| seen.push((number, outcome.is_ok())));
        assert_eq!(seen, [(1, true), (2, false), (3, true)]);
        assert_eq!((summary.done, summary.failed), (2, 1));
    }

    #[test]
    fn stopping_ends_the_wait_not_the_run() {
        let (send, stop) = channel();
        let mut runs = 0;
        let summary = GradeUpdaterWorker::new(Duration::from_secs(3_600), None, || {
            runs += 1;
            send.send(()).unwrap();
            Ok(an_update())
        })
        .start(&stop, |_, _| ());
        assert_eq!(summary.done, 1);
        assert_eq!(runs, 1);
    }
}
