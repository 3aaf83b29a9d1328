//! The progress bar, and stopping on Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::error::CommandError;
use super::ui::Ui;

/// A bar that appears only when the work takes long enough to be wondered about.
const APPEARS_AFTER: Duration = Duration::from_millis(250);

/// A bar over simulated days.
pub struct DayBar {
    bar: ProgressBar,
    started: Instant,
    visible: bool,
    wanted: bool,
}

impl DayBar {
    /// A bar over so many days; hidden where nobody would see it.
    pub fn new(ui: &Ui, days: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(days), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:28} {pos}/{len} days  {msg}  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▉▊▋▌▍▎▏ "));
        DayBar { bar, started: Instant::now(), visible: false, wanted: ui.shows_progress() }
    }

    /// GradeTransitions the bar.
    pub fn show(&mut self, days: u64, orders: u64) {
        let elapsed = self.started.elapsed();
        if self.wanted && !self.visible && elapsed > APPEARS_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.visible = true;
        }
        let rate = orders as f64 / elapsed.as_secs_f64().max(1e-3);
        let (orders, rate) = (indicatif::HumanCount(orders), indicatif::HumanCount(rate as u64));
        self.bar.set_message(format!("{orders} orders  {rate}/s"));
        self.bar.set_position(days);
    }
}

impl Drop for DayBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A flag that Ctrl-C and TERM raise; a second Ctrl-C ends the process at once.
pub fn stop_flag() -> Result<Arc<AtomicBool>, CommandError> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    })
    .map_err(CommandError::failed)?;
    Ok(flag)
}

/// A channel that gets a word on Ctrl-C and TERM, and the sender for other reasons to stop.
pub fn stop_channel() -> Result<(Sender<()>, Receiver<()>), CommandError> {
    let (sender, stop) = channel();
    let on_signal = sender.clone();
    ctrlc::set_handler(move || {
        // A loop that has ended cannot be stopped any more.
        let _ = on_signal.send(());
    })
    .map_err(CommandError::failed)?;
    Ok((sender, stop))
}
