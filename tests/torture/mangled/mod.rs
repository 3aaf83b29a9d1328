//! Valid inputs, damaged: data files, settings, database files and command lines.
//!
//! Whatever comes in, nothing panics or hangs, exit codes are the documented ones, a failure leaves what was there
//! as it was, and the lines that were accepted and those that were rejected are the file.

mod commands;
mod files;
mod imports;
mod mutate;
mod process;
mod samples;
mod settings;

use crate::worker::Case;

pub use samples::prepare;

/// What a worker keeps between cases.
pub struct Bench {
    imports: imports::Bench,
}

impl Bench {
    /// With nothing done yet.
    pub fn open() -> Self {
        Bench { imports: imports::Bench::open() }
    }

    /// Runs a case.
    pub fn run(&mut self, mut case: Case<'_>) {
        match case.dice.below(100) {
            0..50 => self.imports.run(&mut case),
            50..53 => files::import(&mut case),
            53..55 => files::database(&mut case),
            55..82 => settings::in_process(&mut case),
            82..84 => settings::through_the_command(&mut case),
            _ => commands::run(&mut case),
        }
    }
}
