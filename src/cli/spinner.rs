//! A sign of life while something of unknown length goes on.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
