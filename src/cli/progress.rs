//! The progress bar.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
