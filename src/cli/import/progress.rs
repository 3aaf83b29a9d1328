//! How far an import is.

use std::time::Instant;

use lifecycle::import::Step;

use crate::cli::spinner::Spinner;
use crate::cli::ui::Ui;

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
