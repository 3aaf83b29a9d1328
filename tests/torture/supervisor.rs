//! Spreads cases over worker processes, counts what they did, and says which failed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::worker::{AT, COUNTED, DONE};
use crate::{Kind, kills, mangled};

/// Failures after which a campaign ends: what fails so often need not be counted.
const ENOUGH_FAILURES: usize = 25;

/// Lines of a worker's last words that are shown.
const LAST_WORDS: usize = 30;

/// Cases to run.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub kind: Kind,
    pub seed: u64,
    pub first: u64,
    pub count: u64,
    pub jobs: usize,
    pub keep: bool,
}

/// What came of the cases so far.
#[derive(Debug, Default)]
struct Tally {
    done: u64,
    counted: BTreeMap<String, u64>,
    failures: Vec<u64>,
}

impl Campaign {
    /// Runs all cases; whether all went well.
    pub fn run(&self) -> bool {
        let word = self.kind.word();
        println!("{word}: {} cases from {}, seed {}", self.count, self.first, self.seed);
        let folder = tempfile::Builder::new().prefix("torture-").tempdir().expect("a temporary folder");
        let began = Instant::now();
        match self.kind {
            Kind::Kills => kills::prepare(folder.path()),
            Kind::Mangled => mangled::prepare(folder.path()),
            Kind::Worlds => {}
        }
        println!("{word}: prepared in {:.0} s", began.elapsed().as_secs_f64());
        let (next, tally) = (AtomicU64::new(self.first), Mutex::new(Tally::default()));
        let end = self.first + self.count;
        std::thread::scope(|scope| {
            for job in 0..self.jobs.max(1) {
                let (next, tally, folder) = (&next, &tally, folder.path());
                scope.spawn(move || {
                    loop {
                        // Small portions, so that the last ones end together.
                        let portion = self.kind.chunk().min(self.count.div_ceil(4 * self.jobs as u64)).max(1);
                        let from = next.fetch_add(portion, Ordering::SeqCst);
                        if from >= end || tally.lock().unwrap().failures.len() >= ENOUGH_FAILURES {
                            return;
                        }
                        self.portion(from, end.min(from + portion), folder, job, tally);
                    }
                });
            }
        });
        let tally = tally.into_inner().unwrap();
        for (what, count) in &tally.counted {
            println!("  {count:>8}  {what}");
        }
        println!(
            "{word}: {} cases done, {} failed, seed {}, {:.0} s",
            tally.done,
            tally.failures.len(),
            self.seed,
            began.elapsed().as_secs_f64()
        );
        if self.keep {
            println!("{word}: what was prepared stays in {}", folder.keep().display());
        }
        tally.failures.is_empty() && tally.done == self.count
    }

    /// Runs some cases in a worker, and in another behind each that fails.
    fn portion(&self, mut from: u64, to: u64, prepared: &Path, job: usize, tally: &Mutex<Tally>) {
        while from < to {
            let words = prepared.join(format!("stderr-{job}"));
            let mut child = self.worker(from, to - from, prepared, &words);
            let ended = self.listen(&mut child, tally);
            let status = child.wait().expect("a worker can be waited for");
            let trouble = match (ended.hangs, status.success() && ended.at.is_none()) {
                (true, _) => format!("hangs: nothing for {} s", self.kind.limit_secs()),
                (false, true) => return,
                (false, false) => format!("fails ({status})"),
            };
            // Before its first case a worker can only fail for reasons of its own.
            let Some(case) = ended.at else {
                panic!("a worker {trouble} between cases: {}", last_words(&words));
            };
            let mut tally = tally.lock().unwrap();
            tally.failures.push(case);
            println!(
                "FAILED {word} case {case}: {trouble}\n{}\n  again: cargo test --release --test torture -- {word} --seed {} \
                 --first {case} --count 1 --keep",
                last_words(&words),
                self.seed,
                word = self.kind.word(),
            );
            if tally.failures.len() >= ENOUGH_FAILURES {
                println!("{} failures are enough", tally.failures.len());
                return;
            }
            from = case + 1;
        }
    }

    fn worker(&self, first: u64, count: u64, prepared: &Path, words: &Path) -> Child {
        let program = std::env::current_exe().expect("this program's own path");
        let mut command = Command::new(program);
        command.arg(self.kind.word()).arg("--prepared").arg(prepared);
        for (name, number) in [("--seed", self.seed), ("--first", first), ("--count", count)] {
            command.arg(name).arg(number.to_string());
        }
        if self.keep {
            command.arg("--keep");
        }
        command.env("RUST_BACKTRACE", "0");
        let words = File::create(words).expect("a file for a worker's last words");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(words);
        command.spawn().expect("a worker can be started")
    }

    /// Hears a worker out, or kills it when it says nothing for too long.
    fn listen(&self, child: &mut Child, tally: &Mutex<Tally>) -> Ended {
        let stdout = child.stdout.take().expect("a worker's stdout is piped");
        let (sender, lines) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut ended = Ended { at: None, hangs: false };
        loop {
            match lines.recv_timeout(Duration::from_secs(self.kind.limit_secs())) {
                Ok(line) => ended.hear(&line, self.count, tally),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    ended.hangs = true;
                    let _ = child.kill();
                    break;
                }
            }
        }
        drop(lines);
        // Its own children may hold the pipe of a killed worker open for a while.
        if !ended.hangs {
            let _ = reader.join();
        }
        ended
    }
}

/// How a worker ended.
struct Ended {
    /// The case that it had begun and not done.
    at: Option<u64>,
    hangs: bool,
}

impl Ended {
    fn hear(&mut self, line: &str, count: u64, tally: &Mutex<Tally>) {
        if let Some(number) = line.strip_prefix(AT) {
            self.at = number.parse().ok();
        } else if let Some(what) = line.strip_prefix(COUNTED) {
            *tally.lock().unwrap().counted.entry(what.to_owned()).or_default() += 1;
        } else if line == DONE {
            self.at = None;
            let mut tally = tally.lock().unwrap();
            tally.done += 1;
            if tally.done.is_multiple_of((count / 10).max(1)) {
                println!("  {} of {count} done, {} failed", tally.done, tally.failures.len());
            }
        } else {
            println!("{line}");
        }
    }
}

fn last_words(path: &Path) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let shown = &lines[lines.len().saturating_sub(LAST_WORDS)..];
    shown
        .iter()
        .map(|line| format!("    | {}", line.chars().take(400).collect::<String>()))
        .collect::<Vec<_>>()
        .join("\n")
}
