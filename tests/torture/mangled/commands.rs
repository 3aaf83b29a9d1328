//! Damaged command lines.

use std::fs;
use std::time::Duration;

use super::imports::MAPS;
use super::mutate::{VALUES, mangle_text, pick, times};
use super::process::Folder;
use super::samples::DATABASE;
use crate::worker::Case;

/// How long a command line may take that asks for years of simulation.
const AT_WORK: Duration = Duration::from_secs(5);

/// Command lines that are in order, over the prepared database.
const COMMANDS: &[&[&str]] = &[
    &["status"],
    &["status", "--checksum", "--format", "csv"],
    &["config"],
    &["grades", "--as-of", "2025-01-15", "--dry-run", "--criteria", "VIP=1500000:8"],
    &["grades", "--as-of", "2025-01-15 10:30", "--one-step", "--grace-days", "30"],
    &["grades", "report", "--lang", "ko"],
    &["grades", "history", "--user", "1"],
    &["grades", "gap", "--limit", "5"],
    &["grades", "at-risk", "--limit", "5", "--format", "markdown"],
    &["cohort", "run", "--as-of", "2025-01-15", "--lookback", "3"],
    &["cohort", "report", "--activity", "1", "--format", "json"],
    &["cohort", "report"],
    &["cohort", "calendar"],
    &["cohort", "verify", "--activity", "1"],
    &["cohort", "rebuild", "--activity", "1", "--from-offset", "0", "--dry-run"],
    &["propensity", "top", "--hour", "20", "--top", "5"],
    &["propensity", "explain", "--user", "1", "--hour", "20"],
    &["propensity", "hours", "--color", "always"],
    &["query", "SELECT user_id, sum(amount) FROM orders GROUP BY ALL ORDER BY ALL LIMIT 3"],
    &["query", "SHOW TABLES", "--format", "csv"],
    &["query", "WITH t AS (SELECT 1 AS a) SELECT a, 'x;--y' FROM t; SELECT 2"],
    &["query", "DESCRIBE orders"],
    &["query", "SET VARIABLE x = 1; SELECT getvariable('x')"],
    &["query", "--write", "UPDATE orders SET status = 'Refunded' WHERE order_id = 1"],
    &["export", "orders", "--to", "orders.parquet"],
    &["export", "all", "--to", "folder", "--as", "csv", "--overwrite"],
    &["import", "orders", "orders.csv", "--skip-bad", "--rejects", "rejects.csv", "--on-conflict", "skip"],
    &["import", "orders", "orders.csv", "--map", "amount=\"amount\" * 2", "--dry-run"],
    &["import", "orders", "orders.csv", "--delimiter", ",", "--header", "--date-format", "%Y-%m-%d %H:%M:%S"],
    &["import", "users", "users.csv", "--on-conflict", "replace"],
    &["generate", "--db", "new.duckdb", "--days", "3", "--users", "50", "--seed", "1", "--cache-users", "20"],
    &["generate", "--db", "new.duckdb", "--start", "2024-02-28", "--until", "2024-03-01", "--users", "50"],
    &["live", "--speed", "max", "--for", "1h"],
    &["help", "cohort", "run"],
];

/// Flags of all commands, for command lines that have no use for them.
const FLAGS: &[&str] = &[
    "--format",
    "--lang",
    "--color",
    "--threads",
    "--wait",
    "-q",
    "-v",
    "--as-of",
    "--activity",
    "--dry-run",
    "--db",
    "--config",
    "--help",
    "--version",
    "--skip-bad",
    "--rejects",
    "--overwrite",
    "--continue",
    "--map",
    "--",
    "-",
    "--format=json",
    "--format=xml",
    "--threads=0",
    "-qq",
    "--limit",
    "--top",
    "--user",
    "--refreeze",
    "--keep-last",
];

/// Values that are long, odd, or another's.
const ODD: &[&str] = &[
    "orders.csv",
    "nowhere/file.csv",
    ".",
    "..",
    "json",
    "ko",
    "max",
    "VIP=1:1",
    "VIP=:",
    "=",
    ":",
    "1d",
    "-1h",
    "20%",
    "*",
];

/// Runs a damaged command line.
pub fn run(case: &mut Case<'_>) {
    let words = damaged(case);
    let folder = Folder::new(case);
    fs::copy(case.prepared.join(DATABASE), folder.path("lifecycle.duckdb")).unwrap();
    for name in ["orders.csv", "users.csv"] {
        fs::copy(case.prepared.join(name), folder.path(name)).unwrap();
    }
    let before = fs::read(folder.path("lifecycle.duckdb")).unwrap();
    let simulates = ["generate", "live", "watch"].iter().any(|word| words.iter().any(|given| given == word));
    let ran = if simulates { folder.run_for(&words, AT_WORK) } else { folder.run(&words) };
    if simulates && ran.is_slow {
        ran.check_words();
        case.count("command lines that were still at work");
        return;
    }
    ran.check();
    // Nothing of what was asked for is there when it fails.
    if matches!(ran.code, Some(1 | 2)) {
        let after = fs::read(folder.path("lifecycle.duckdb")).unwrap();
        assert!(after == before, "the file changed: {words:?}, {:?}: {}", ran.code, ran.err);
    }
    case.count(&format!("command lines that end with {}", ran.code.unwrap_or(-1)));
}

/// A command line with some of its words dropped, doubled, swapped, replaced, spliced or damaged.
fn damaged(case: &mut Case<'_>) -> Vec<String> {
    let dice = &mut case.dice;
    let mut words: Vec<String> = pick(dice, COMMANDS).iter().map(|word| (*word).to_owned()).collect();
    for _ in 0..times(dice) {
        // Mostly behind the subcommand, whose name is soon learnt.
        let from = if dice.chance(0.8) { 1 } else { 0 };
        let at = (from + dice.below(words.len() as u64 + 1) as usize).min(words.len());
        let within = at < words.len();
        match dice.below(14) {
            0 if within => {
                words.remove(at);
            }
            1 if within => words.insert(at, words[at].clone()),
            2 if within => {
                let other = dice.below(words.len() as u64) as usize;
                words.swap(at, other);
            }
            3..7 if within => words[at] = pick(dice, VALUES).to_owned(),
            7..11 if within => {
                let other = pick(dice, MAPS);
                words[at] = mangle_text(dice, &words[at], other);
            }
            11 => words.insert(at, pick(dice, FLAGS).to_owned()),
            12 => words.insert(at, pick(dice, ODD).to_owned()),
            _ => {
                let other = pick(dice, COMMANDS);
                let from = dice.below(other.len() as u64) as usize;
                words.extend(other[from..].iter().map(|word| (*word).to_owned()));
            }
        }
    }
    // No program can be given these.
    words.iter_mut().for_each(|word| word.retain(|letter| letter != '\0'));
    // The whole line must not be longer than a system takes.
    words.iter_mut().for_each(|word| *word = word.chars().take(20_000).collect());
    words
}
