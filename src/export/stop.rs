//! Stopping an export from another thread, wherever it is.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::ExportError;

/// What stops an export. One made by [`Stop::default`] and never raised stops nothing.
#[derive(Default)]
pub struct Stop {
    raised: AtomicBool,
    running: Mutex<Vec<Box<dyn Fn() + Send>>>,
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stop").field("raised", &self.raised).finish_non_exhaustive()
    }
}

impl Stop {
    /// Stops what runs and what is still to run. A statement that is about to
    /// begin may miss it, so that raising it again until the export ends is wise.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
        for interrupt in self.running.lock().iter().flat_map(|running| running.iter()) {
            interrupt();
        }
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }

    /// Has something interrupted as well.
    pub(super) fn interrupts(&self, interrupt: impl Fn() + Send + 'static) {
        if let Ok(mut running) = self.running.lock() {
            running.push(Box::new(interrupt));
        }
    }

    /// Fails once it was raised.
    pub(super) fn check(&self) -> Result<(), ExportError> {
        if self.is_raised() { Err(ExportError::Stopped) } else { Ok(()) }
    }
}
