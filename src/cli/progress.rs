//! The progress bar, and stopping on Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use lifecycle::interchange::Step;

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

    /// Moves the bar.
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
        self.bar.set_message(what);
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

/// Says how far an import is, and afterwards, as a detail, how long each step took.
pub struct ImportProgress<'a> {
    ui: &'a Ui,
    spinner: Spinner,
    doing: Option<(&'static str, Instant)>,
}

impl<'a> ImportProgress<'a> {
    /// One that is hidden where nobody would see it.
    pub fn new(ui: &'a Ui) -> Self {
        ImportProgress { ui, spinner: Spinner::new(ui), doing: None }
    }

    /// Says what is being done.
    pub fn show(&mut self, step: Step) {
        let doing = match step {
            Step::Reading | Step::TakenOver(_) => "reading",
            Step::Checking => "checking",
            Step::Writing => "writing",
        };
        self.spinner.say(match step {
            Step::TakenOver(rows) => format!("{doing}: {} rows", indicatif::HumanCount(rows)),
            _ => doing.to_owned(),
        });
        if self.doing.is_none_or(|(before, _)| before != doing) {
            self.end_step();
            self.doing = Some((doing, Instant::now()));
        }
    }

    fn end_step(&mut self) {
        if let Some((doing, since)) = self.doing.take() {
            self.ui.detail(&format!("{doing}: {:.2} s", since.elapsed().as_secs_f64()));
        }
    }
}

impl Drop for ImportProgress<'_> {
    fn drop(&mut self) {
        self.end_step();
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
