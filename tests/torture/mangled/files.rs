//! Damaged files through the command: data files into a database file, and database files themselves.

use std::fs;
use std::path::Path;

use super::imports::damaged;
use super::mutate::pick;
use super::process::Folder;
use super::samples::{DATABASE, SAMPLES};
use crate::worker::Case;

/// A small database file with everything in it that a shop of one's own has.
pub fn make_database(prepared: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::of_nothing(prepared);
    let shop = Folder::new(&case);
    for (kind, file) in [("users", "users.csv"), ("activities", "activities.csv"), ("orders", "orders.csv")] {
        let path = prepared.join(file);
        let ran = shop.run(&["--db", DATABASE, "-q", "import", kind, path.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    for command in [&["grades"][..], &["cohort", "calendar"], &["cohort", "run"]] {
        let ran = shop.run(&[&["--db", DATABASE, "-q"], command].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    fs::copy(shop.path(DATABASE), prepared.join(DATABASE)).unwrap();
    drop(folder);
}

/// A damaged data file, into a database file that is there or is not.
pub fn import(case: &mut Case<'_>) {
    let folder = Folder::new(case);
    let sample = pick(&mut case.dice, SAMPLES);
    damaged(case, sample, &folder.path(sample.name));
    let is_there = case.dice.chance(0.7);
    let database = folder.path("lifecycle.duckdb");
    if is_there {
        fs::copy(case.prepared.join(DATABASE), &database).unwrap();
    }
    let before = fs::read(&database).ok();
    let mut arguments = vec!["import", sample.records.word(), sample.name];
    let dry = case.dice.chance(0.2);
    if dry {
        arguments.push("--dry-run");
    }
    if case.dice.chance(0.5) {
        arguments.push("--skip-bad");
        if !dry {
            arguments.extend(["--rejects", "rejects.csv"]);
        }
    }
    if case.dice.chance(0.5) {
        arguments.extend(["--on-conflict", pick(&mut case.dice, &["skip", "replace"])]);
    }
    let ran = folder.run(&arguments);
    ran.check();
    if ran.code == Some(0) && !dry {
        case.count("imports by the command");
        return;
    }
    assert_eq!(
        fs::read(&database).ok(),
        before,
        "the database after {arguments:?}, {:?}: {}",
        ran.code,
        ran.err
    );
    assert!(!folder.path("rejects.csv").exists(), "rejects of {arguments:?}, {:?}: {}", ran.code, ran.err);
    case.count("imports that the command refused or only tried");
}

/// Commands over a damaged database file.
const READING: &[&[&str]] = &[
    &["status"],
    &["status", "--checksum"],
    &["cohort", "report"],
    &["cohort", "verify"],
    &["grades", "--dry-run"],
    &["grades", "report"],
    &["propensity", "top"],
    &["query", "SELECT status, count(*), sum(amount) FROM orders GROUP BY ALL ORDER BY ALL"],
    &["export", "all", "--to", "out", "--as", "csv"],
];
const WRITING: &[&[&str]] = &[
    &["grades", "--as-of", "2025-06-01"],
    &["cohort", "run", "--as-of", "2025-06-01"],
    &["cohort", "rebuild"],
    &["cohort", "calendar"],
    &["import", "orders", "new.csv"],
    &["generate", "--continue"],
];

/// A damaged database file: said in words, and left as it was when nothing could be done.
pub fn database(case: &mut Case<'_>) {
    let folder = Folder::new(case);
    let path = folder.path("lifecycle.duckdb");
    let mut bytes = fs::read(case.prepared.join(DATABASE)).unwrap();
    damage_blocks(case, &mut bytes);
    fs::write(&path, &bytes).unwrap();
    fs::write(folder.path("new.csv"), "order_id,customer,date,amount\nn1,c1,2025-01-01,5\n").unwrap();
    let writes = case.dice.chance(0.4);
    let arguments = pick(&mut case.dice, if writes { WRITING } else { READING });
    let ran = folder.run(arguments);
    ran.check();
    if !writes || ran.code != Some(0) {
        assert!(
            fs::read(&path).unwrap() == bytes,
            "the file changed: {arguments:?}, {:?}: {}",
            ran.code,
            ran.err
        );
    }
    case.count(if ran.code == Some(0) { "damaged databases: done" } else { "damaged databases: refused" });
}

/// Flipped bits, blocks of zeros, blocks of other blocks, and cut ends.
fn damage_blocks(case: &mut Case<'_>, bytes: &mut Vec<u8>) {
    let dice = &mut case.dice;
    for _ in 0..=dice.below(4) {
        // The headers are short, and hit by nothing if all bytes are alike.
        let within = if dice.chance(0.4) { 12_288.min(bytes.len()) } else { bytes.len() };
        if within == 0 {
            return;
        }
        let at = dice.below(within as u64) as usize;
        let to = (at + 1 + dice.below(8_192) as usize).min(bytes.len());
        match dice.below(6) {
            0..3 => bytes[at] ^= 1 << dice.below(8),
            3 => bytes[at..to].fill(0),
            4 => {
                let from = dice.below((bytes.len() - (to - at) + 1) as u64) as usize;
                bytes.copy_within(from..from + (to - at), at);
            }
            _ => bytes.truncate(at),
        }
    }
}
