//! A sign of life while something of unknown length goes on, and stopping it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::error::CommandError;
use super::ui::Ui;

/// It appears only when the work takes long enough to be wondered about.
const APPEARS_AFTER: Duration = Duration::from_millis(250);

/// A sign of life while something of unknown length goes on; it appears only after a while.
pub struct Spinner {
    bar: ProgressBar,
    done: Option<Sender<()>>,
    shows: Option<JoinHandle<()>>,
}

impl Spinner {
    /// A spinner; hidden where nobody would see it.
    pub fn new(ui: &Ui) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        if !ui.shows_progress() {
            return Spinner { bar, done: None, shows: None };
        }
        let (done, is_done) = channel::<()>();
        let shown = bar.clone();
        let shows = std::thread::spawn(move || {
            if is_done.recv_timeout(APPEARS_AFTER) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Spinner { bar, done: Some(done), shows: Some(shows) }
    }

    /// Says what goes on.
    pub fn say(&self, what: String) {
        self.bar.set_message(lifecycle::render::harmless(&what).into_owned());
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(shows) = self.shows.take() {
            // It only waits; nothing is lost if it failed.
            let _ = shows.join();
        }
        self.bar.finish_and_clear();
    }
}

/// Has `raise` called on Ctrl-C and TERM, and again and again from then on: what it stops may have been
/// about to begin. A second Ctrl-C ends the process at once.
pub fn on_stop(raise: impl Fn() + Send + Sync + 'static) -> Result<(), CommandError> {
    let raise = Arc::new(raise);
    let raised = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        let raise = Arc::clone(&raise);
        std::thread::spawn(move || {
            loop {
                raise();
                std::thread::sleep(Duration::from_millis(20));
            }
        });
    })
    .map_err(CommandError::failed)
}
