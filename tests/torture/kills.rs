//! SIGKILL at a random moment of a command that writes.
//!
//! After each: the file is absent, or opens, and is what it was before, what it comes to be, or, where the work
//! is a series of whole steps, one of the states between; all audits pass; and going on as a user would
//! reaches the digest of an undisturbed run, with no file left over.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lifecycle::store::{Access, OpenOptions, Store, StoreError};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::shell::{lifecycle, names_in};
use crate::worker::Case;

/// A shop that is simulated in a moment.
const SETTINGS: &str = "
[simulation]
users = 300
activities = 36
[cache]
users = 60
products = 60
candidates = 30
";

/// The simulated weeks of the whole shop, and those of the shop that is gone on with.
const WHOLE_DAYS: &str = "84";
const HALF_DAYS: &str = "42";

const DB: &str = "shop.duckdb";

/// What is killed, and how it is gone on with.
struct Scenario {
    name: &'static str,
    /// Prepared files that it begins with, and their names in its folder.
    given: &'static [(&'static str, &'static str)],
    command: &'static [&'static str],
    /// What must be there when all is done, besides what was given.
    comes: &'static [&'static str],
    kind: Aftermath,
}

/// What may be found after a kill, and how a user goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aftermath {
    /// A simulation from nothing: absent, or a prefix of the whole.
    Begun,
    /// A simulation that takes the place of another: that one, absent, or a prefix.
    Overwritten,
    /// A simulation that was gone on with: a prefix.
    Continued,
    /// The live shop: a prefix, gone on with for the rest of the time.
    Live,
    /// One transaction: before or after. Running again is done or refused when it is after.
    Once,
    /// A file beside the database: the old or the new.
    Exported,
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "generate",
        given: &[],
        command: &["generate", "--days", WHOLE_DAYS],
        comes: &[DB],
        kind: Aftermath::Begun,
    },
    Scenario {
        name: "generate --overwrite",
        given: &[("other.duckdb", DB)],
        command: &["generate", "--days", WHOLE_DAYS, "--overwrite"],
        comes: &[],
        kind: Aftermath::Overwritten,
    },
    Scenario {
        name: "generate --continue",
        given: &[("half.duckdb", DB)],
        command: &["generate", "--continue", "--days", HALF_DAYS],
        comes: &[],
        kind: Aftermath::Continued,
    },
    Scenario {
        name: "live",
        given: &[("half.duckdb", DB)],
        command: &["live", "--speed", "max", "--for", "10d", "--grade-interval", "12h"],
        comes: &[],
        kind: Aftermath::Live,
    },
    Scenario {
        name: "grades",
        given: &[("imported.duckdb", DB)],
        command: &["grades"],
        comes: &[],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "cohort run",
        given: &[("imported.duckdb", DB)],
        command: &["cohort", "run"],
        comes: &[],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "cohort rebuild",
        given: &[("late.duckdb", DB)],
        command: &["cohort", "rebuild", "--refreeze"],
        comes: &[],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "import orders, the first",
        given: &[("orders.csv", "orders.csv")],
        command: &["import", "orders", "orders.csv", "--skip-bad", "--rejects", "rejects.csv"],
        comes: &[DB, "rejects.csv"],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "import orders, late ones",
        given: &[("imported.duckdb", DB), ("late.csv", "late.csv")],
        command: &[
            "import",
            "orders",
            "late.csv",
            "--skip-bad",
            "--rejects",
            "rejects.csv",
            "--on-conflict",
            "replace",
        ],
        comes: &["rejects.csv"],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "import users",
        given: &[("imported.duckdb", DB), ("users.csv", "users.csv")],
        command: &["import", "users", "users.csv", "--on-conflict", "replace"],
        comes: &[],
        kind: Aftermath::Once,
    },
    Scenario {
        name: "export a file",
        given: &[("half.duckdb", DB), ("old.csv", "orders.csv")],
        command: &["export", "orders", "--to", "orders.csv", "--overwrite"],
        comes: &[],
        kind: Aftermath::Exported,
    },
    Scenario {
        name: "export SQLite",
        given: &[("half.duckdb", DB), ("old.sqlite", "shop.sqlite")],
        command: &["export", "all", "--to", "shop.sqlite", "--overwrite"],
        comes: &[],
        kind: Aftermath::Exported,
    },
    Scenario {
        name: "export a folder",
        given: &[("half.duckdb", DB)],
        command: &["export", "all", "--to", "folder", "--as", "parquet"],
        comes: &["folder"],
        kind: Aftermath::Exported,
    },
    Scenario {
        name: "export months",
        given: &[("half.duckdb", DB), ("old-months", "months")],
        command: &["export", "orders", "--to", "months", "--as", "csv", "--by-month", "--overwrite"],
        comes: &[],
        kind: Aftermath::Exported,
    },
];

/// A folder in which the command is run.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("torture-").tempdir().unwrap();
        fs::write(folder.path().join("lifecycle.toml"), SETTINGS).unwrap();
        Place { folder }
    }

    fn of(prepared: &Path, scenario: &Scenario) -> Self {
        let place = Place::new();
        for (from, to) in scenario.given {
            copy(&prepared.join(from), &place.path(to));
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lifecycle(self.folder.path());
        command.args(["--db", DB, "-q"]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(0..=3)),
            "{arguments:?} ends with {}: {words}",
            output.status
        );
        assert!(!words.contains("panicked"), "{arguments:?}: {words}");
        output
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// What the file says of all its tables; a file that holds no shop is as good as none.
    fn digest(&self) -> String {
        if !holds_shop(self) {
            return "absent".to_owned();
        }
        self.done(&["status", "--checksum", "--format", "csv"])
    }

    fn clock(&self) -> String {
        let status: serde_json::Value =
            serde_json::from_str(&self.done(&["status", "--format", "json"])).unwrap();
        status["clock"].as_str().unwrap_or_default().replace('T', " ")
    }

    /// Everything in the folder but the database, its log and the settings: names and contents.
    fn others(&self) -> BTreeMap<String, Vec<u8>> {
        let mut others = BTreeMap::new();
        contents(self.folder.path(), "", &mut others);
        others.retain(|name, _| !name.starts_with(DB) && name != "lifecycle.toml");
        others
    }

    /// What `cohort verify` says, with its exit code.
    fn verified(&self) -> (Option<i32>, String) {
        let output = self.run(&["cohort", "verify"]);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }
}

/// Files by their names under a folder, with a digest of what is in them.
fn contents(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            contents(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, Sha256::digest(fs::read(&path).unwrap()).to_vec());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            copy(&path, &to.join(path.file_name().unwrap()));
        }
    } else {
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}

/// Makes what the scenarios begin with, and what each comes to undisturbed.
pub fn prepare(folder: &Path) {
    let shop = Place::new();
    shop.done(&["generate", "--days", HALF_DAYS]);
    fs::copy(shop.path(DB), folder.join("half.duckdb")).unwrap();
    shop.done(&["generate", "--continue", "--days", "120"]);
    for table in ["users", "products", "campaign_activities", "orders"] {
        let file = format!("{table}.csv");
        shop.done(&["export", table, "--to", &file]);
        fs::copy(shop.path(&file), folder.join(&file)).unwrap();
    }
    // A few orders that come late, some of them changed, some not to be used.
    let orders = fs::read_to_string(folder.join("orders.csv")).unwrap();
    let late: Vec<String> = orders
        .lines()
        .enumerate()
        .filter(|(number, _)| *number == 0 || number % 5 == 0)
        .map(|(number, line)| match number % 35 {
            5 => line.replace("Success", "Refunded"),
            20 => line.replace(":", "x"),
            _ => line.to_owned(),
        })
        .collect();
    fs::write(folder.join("late.csv"), late.join("\n")).unwrap();

    let imported = Place::new();
    for (kind, table) in [
        ("users", "users"),
        ("products", "products"),
        ("activities", "campaign_activities"),
        ("orders", "orders"),
    ] {
        let file = folder.join(format!("{table}.csv"));
        imported.done(&["import", kind, file.to_str().unwrap()]);
    }
    fs::copy(imported.path(DB), folder.join("imported.duckdb")).unwrap();
    imported.done(&["cohort", "run"]);
    let late = "UPDATE orders SET status = 'Refunded' WHERE order_id % 9 = 0";
    imported.done(&["query", "--write", late]);
    fs::copy(imported.path(DB), folder.join("late.duckdb")).unwrap();

    let other = Place::new();
    other.done(&["generate", "--days", "21", "--seed", "5"]);
    fs::copy(other.path(DB), folder.join("other.duckdb")).unwrap();
    other.done(&["export", "orders", "--to", "old.csv"]);
    other.done(&["export", "all", "--to", "old.sqlite"]);
    other.done(&["export", "orders", "--to", "old-months", "--as", "csv", "--by-month"]);
    for name in ["old.csv", "old.sqlite", "old-months"] {
        copy(&other.path(name), &folder.join(name));
    }
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        undisturbed(folder, number, scenario);
    }
}

/// Runs a scenario to its end: its digest, its files and how long it takes go to the prepared folder.
fn undisturbed(prepared: &Path, number: usize, scenario: &Scenario) {
    let place = Place::of(prepared, scenario);
    fs::write(prepared.join(format!("{number}.before")), place.digest()).unwrap();
    let began = Instant::now();
    place.done(scenario.command);
    let micros = began.elapsed().as_micros();
    let mut expected: Vec<String> = scenario.given.iter().map(|(_, name)| (*name).to_owned()).collect();
    expected.extend(scenario.comes.iter().map(|name| (*name).to_owned()));
    expected.push("lifecycle.toml".to_owned());
    expected.sort();
    assert_eq!(names_in(place.folder.path()), expected, "{}", scenario.name);
    let (code, said) = place.verified();
    assert_eq!(code, Some(0), "{}: {said}", scenario.name);
    fs::write(prepared.join(format!("{number}.digest")), place.digest()).unwrap();
    fs::write(prepared.join(format!("{number}.micros")), micros.to_string()).unwrap();
    let target = prepared.join(format!("{number}.target"));
    fs::create_dir(&target).unwrap();
    for name in names_in(place.folder.path()) {
        copy(&place.path(&name), &target.join(&name));
    }
}

/// One kill.
pub fn run(mut case: Case<'_>) {
    let number = case.dice.below(SCENARIOS.len() as u64) as usize;
    let scenario = &SCENARIOS[number];
    let mut micros: u64 = read(&case, number, "micros").parse().unwrap();
    let target = Target {
        digest: read(&case, number, "digest"),
        folder: case.prepared.join(format!("{number}.target")),
    };
    loop {
        let place = Place::of(case.prepared, scenario);
        let before = Before { digest: read(&case, number, "before"), others: place.others() };
        // The machine does other things too: a run may take longer than the one that was measured.
        let moment = Duration::from_micros((micros as f64 * 1.5 * case.dice.unit()) as u64);
        let began = Instant::now();
        let mut child = place.start(scenario.command);
        while began.elapsed() < moment && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1).min(moment.saturating_sub(began.elapsed())));
        }
        child.kill().unwrap();
        let killed = child.wait().unwrap().code().is_none();
        if !killed {
            micros = began.elapsed().as_micros() as u64;
        }
        eprintln!("{}: {} after {moment:?}", scenario.name, if killed { "killed" } else { "done" });
        if killed {
            aftermath(&place, scenario, &before, &target);
            case.count(&format!("killed: {}", scenario.name));
        }
        if case.keep {
            println!("kept: {}", place.folder.keep().display());
        }
        if killed {
            return;
        }
        case.count("runs that were done before the kill, and are not counted");
    }
}

fn read(case: &Case<'_>, number: usize, what: &str) -> String {
    fs::read_to_string(case.prepared.join(format!("{number}.{what}"))).unwrap()
}

/// What was there before.
struct Before {
    digest: String,
    others: BTreeMap<String, Vec<u8>>,
}

/// What an undisturbed run comes to.
struct Target {
    digest: String,
    folder: PathBuf,
}

impl Target {
    fn others(&self) -> BTreeMap<String, Vec<u8>> {
        let mut others = BTreeMap::new();
        contents(&self.folder, "", &mut others);
        others.retain(|name, _| !name.starts_with(DB) && name != "lifecycle.toml");
        others
    }
}

fn aftermath(place: &Place, scenario: &Scenario, before: &Before, target: &Target) {
    let found = place.digest();
    let there = holds_shop(place);
    if there {
        let (code, said) = place.verified();
        // What was to be repaired may still be as it was.
        let is_stale = scenario.name == "cohort rebuild" && found == before.digest;
        assert_eq!(code, Some(if is_stale { 3 } else { 0 }), "{said}");
    }
    match scenario.kind {
        Aftermath::Begun => {
            prefix_of(place, target);
            go_on(place, scenario, there, target);
        }
        Aftermath::Overwritten => {
            if found == before.digest {
                place.done(scenario.command);
            } else {
                prefix_of(place, target);
                go_on(place, scenario, there, target);
            }
        }
        Aftermath::Continued => {
            prefix_of(place, target);
            go_on(place, scenario, true, target);
        }
        Aftermath::Live => {
            prefix_of(place, target);
            live_on(place, target);
        }
        Aftermath::Once => {
            assert!(found == before.digest || found == target.digest, "neither before nor after:\n{found}");
            let again = place.run(scenario.command);
            let words = String::from_utf8_lossy(&again.stderr);
            // What is in already may be refused.
            assert!(again.status.success() || found == target.digest, "again: {words}");
        }
        Aftermath::Exported => {
            assert_eq!(found, before.digest, "an export changes nothing");
            old_or_new(&place.others(), &before.others, &target.others());
            let again = place.run(scenario.command);
            let words = String::from_utf8_lossy(&again.stderr).into_owned();
            assert!(again.status.success() || words.contains("already"), "again: {words}");
            assert_eq!(place.others(), target.others(), "what was exported, after {words}");
        }
    }
    assert_eq!(place.digest(), target.digest, "what going on comes to");
    let (code, said) = place.verified();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(names_in(place.folder.path()), names_in(&target.folder), "the files when all is done");
}

/// Whether there is a file with a shop in it, simulated or brought in.
fn holds_shop(place: &Place) -> bool {
    let path = place.path(DB);
    path.exists()
        && match Store::open(&path, Access::Read, OpenOptions::default()) {
            Ok(store) => store.meta().origin().unwrap().is_some(),
            // Killed before its first commit.
            Err(StoreError::Blank { .. }) => false,
            Err(error) => panic!("the file does not open: {error}"),
        }
}

/// What is in the file is what an undisturbed run had at that instant.
fn prefix_of(place: &Place, target: &Target) {
    if !holds_shop(place) {
        return;
    }
    let clock = place.clock();
    let parts = |path: &Path| -> Vec<String> {
        let store = Store::open(path, Access::Read, OpenOptions::default()).unwrap();
        let facts = format!(
            "SELECT concat_ws(' ', 'orders', count(*), bit_xor(hash(orders))) FROM orders WHERE created_at < '{clock}'
             UNION ALL
             SELECT concat_ws(' ', 'changes', count(*), bit_xor(hash(grade_changes))) FROM grade_changes
             WHERE as_of <= '{clock}'
             UNION ALL
             SELECT concat_ws(' ', 'users', count(*), bit_xor(hash(user_id, name, signed_up_at))) FROM users
             WHERE signed_up_at < '{clock}'
             ORDER BY 1"
        );
        store.rows_text("torture", &facts, |row| row.get(0)).unwrap()
    };
    assert_eq!(parts(&place.path(DB)), parts(&target.folder.join(DB)), "at {clock}");
    let store = Store::open(&place.path(DB), Access::Read, OpenOptions::default()).unwrap();
    let beyond = format!("SELECT count(*) FROM orders WHERE created_at >= '{clock}'");
    let beyond: Vec<i64> = store.rows_text("torture", &beyond, |row| row.get(0)).unwrap();
    assert_eq!(beyond, [0], "orders at or after the clock {clock}");
}

/// Goes on with a simulation that was killed.
fn go_on(place: &Place, scenario: &Scenario, there: bool, target: &Target) {
    if !there {
        place.done(scenario.command);
        return;
    }
    let again = place.run(&["generate", "--continue"]);
    if !again.status.success() {
        let words = String::from_utf8_lossy(&again.stderr);
        // Killed before it had remembered how far to go.
        if scenario.kind == Aftermath::Continued && place.digest() != target.digest {
            place.done(scenario.command);
        } else {
            assert_eq!(place.digest(), target.digest, "--continue refuses, and not all is there: {words}");
        }
    }
}

/// Lets the live shop run for the rest of its time.
fn live_on(place: &Place, target: &Target) {
    let end = {
        let store = Store::open(&target.folder.join(DB), Access::Read, OpenOptions::default()).unwrap();
        store.meta().clock().unwrap().unwrap()
    };
    let clock = {
        let store = Store::open(&place.path(DB), Access::Read, OpenOptions::default()).unwrap();
        store.meta().clock().unwrap().unwrap()
    };
    let rest = format!("{}s", (end - clock).num_seconds());
    if clock < end {
        place.done(&["live", "--speed", "max", "--for", &rest, "--grade-interval", "12h"]);
    } else {
        // Killed after its last commit: the engine's log stays until the next one who may write.
        Store::open(&place.path(DB), Access::Write, OpenOptions::default()).unwrap().close().unwrap();
    }
}

/// Each exported file is the old one or the new; nothing else is to be seen.
fn old_or_new(
    found: &BTreeMap<String, Vec<u8>>,
    old: &BTreeMap<String, Vec<u8>>,
    new: &BTreeMap<String, Vec<u8>>,
) {
    let is_seen = |name: &str| !name.split('/').any(|part| part.starts_with('.'));
    for (name, digest) in found.iter().filter(|(name, _)| is_seen(name)) {
        let known = [old.get(name), new.get(name)];
        assert!(known.contains(&Some(digest)), "{name} is neither the old file nor the new");
    }
    for name in old.keys().filter(|name| new.contains_key(*name)) {
        assert!(found.contains_key(name), "{name} is gone");
    }
}
