//! Interrupting a statement from another thread.

use std::sync::Arc;

use duckdb::InterruptHandle;

use super::{Store, StoreError};

/// Interrupts a store's running statement from another thread. The statement then fails; if none
/// is running, or the store is gone, nothing happens.
#[derive(Clone)]
pub struct Interrupter(Arc<InterruptHandle>);

impl Interrupter {
    /// Interrupts the running statement, if there is one.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

impl std::fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupter").finish_non_exhaustive()
    }
}

impl Store {
    /// A handle that interrupts this store's statements.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.connection().interrupt_handle())
    }
}

impl StoreError {
    /// Whether the statement was stopped by an [`Interrupter`].
    pub fn is_interrupt(&self) -> bool {
        self.engine_message().starts_with("INTERRUPT Error")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::store::OpenOptions;

    #[test]
    fn a_running_statement_is_stopped_and_the_next_one_runs() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let interrupter = store.interrupter();
        let (done, is_done) = channel::<()>();
        let other = std::thread::spawn(move || {
            // Again and again: the first may come before the statement runs.
            while is_done.recv_timeout(Duration::from_millis(5)).is_err() {
                interrupter.interrupt();
            }
        });
        let endless =
            "SELECT count(*) FROM range(10000000000) a, range(10000000000) b WHERE a.range = -b.range";
        let error = store.execute_text("counting", endless).unwrap_err();
        done.send(()).unwrap();
        other.join().unwrap();
        assert!(error.is_interrupt(), "{}", error.engine_message());
        let answer: Vec<i64> = store.rows_text("asking", "SELECT 42", |row| row.get(0)).unwrap();
        assert_eq!(answer, [42]);
    }
}
