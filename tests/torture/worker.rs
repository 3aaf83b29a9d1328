//! One worker process: runs cases one after the other, and says on stdout which it is at.
//!
//! A case that fails panics, and takes the process with it, as a crash in the engine would:
//! the supervisor sees either, and goes on behind it.

use std::io::Write;
use std::path::Path;

use lifecycle::rng::{Stream, Streams};

use crate::{Kind, kills, mangled, worlds};

/// What a worker says before a case; the case's number follows.
pub const AT: &str = "at ";
/// What it says for each thing that it counts; its name follows.
pub const COUNTED: &str = "counted ";
/// What it says after a case.
pub const DONE: &str = "done";

/// A case: where it is from and what it may use.
pub struct Case<'a> {
    /// The seed and the number in one, for generators of another make.
    pub key: [u8; 16],
    /// Its randomness.
    pub dice: Stream,
    /// What was prepared for all cases.
    pub prepared: &'a Path,
    /// Whether its folder stays.
    pub keep: bool,
}

impl<'a> Case<'a> {
    /// What is used where something is prepared that is no case.
    pub fn of_nothing(prepared: &'a Path) -> Self {
        Case { key: [0; 16], dice: Streams::new(0).open("prepare", 0), prepared, keep: false }
    }

    /// Counts something that happened.
    pub fn count(&self, what: &str) {
        say(&format!("{COUNTED}{what}"));
    }
}

/// Runs cases.
pub fn run(kind: Kind, seed: u64, first: u64, count: u64, prepared: &Path, keep: bool) {
    let mut runner: Box<dyn FnMut(Case<'_>)> = match kind {
        Kind::Kills => Box::new(kills::run),
        Kind::Worlds => Box::new(worlds::run),
        Kind::Mangled => {
            let mut bench = mangled::Bench::open();
            Box::new(move |case| bench.run(case))
        }
    };
    for number in first..first + count {
        say(&format!("{AT}{number}"));
        let mut key = [0; 16];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..].copy_from_slice(&number.to_le_bytes());
        runner(Case { key, dice: Streams::new(seed).open(kind.word(), number), prepared, keep });
        say(DONE);
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A supervisor that is gone hears nothing.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
