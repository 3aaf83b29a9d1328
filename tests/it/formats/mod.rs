//! Every `--format` of every command, checked for shape.
//!
//! The list of commands is compared with `--help`, so that a new command cannot be forgotten: add
//! it to `CALLS`, with the shop in which to call it.

mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;
use tempfile::TempDir;

use crate::shell::{done, lifecycle, small_shop, subcommands};
use shape::{Printed, check_document, check_payload, check_people};

/// The folder in which a command is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// A folder with files to import, and no database.
    Files,
    /// A simulated shop; won have no decimals.
    Simulated,
    /// A shop's own orders in dollars and cents, with cohorts.
    Imported,
    /// The same, with late orders: rows of the batch are stale.
    Late,
}

/// What programs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payload {
    /// JSON is an array of objects; CSV has the same rows.
    Rows,
    /// JSON is one object, which may hold arrays of rows; CSV has its own values as one row.
    Record,
    /// JSON is one nested object; CSV has its leaves.
    Document,
    /// JSON is a line per event; there is no CSV and no Markdown.
    Log,
}

/// A call of a command: the command, its further arguments, where, what programs get,
/// and the exit code.
type Call = (&'static [&'static str], &'static [&'static str], Place, Payload, i32);

#[rustfmt::skip]
const CALLS: &[Call] = &[
    (&["generate"], &["--days", "3"], Place::Files, Payload::Record, 0),
    (&["live"], &["--for", "2h", "--speed", "max"], Place::Simulated, Payload::Record, 0),
    (&["overview"], &[], Place::Simulated, Payload::Rows, 0),
    (&["overview"], &["--view", "days"], Place::Imported, Payload::Rows, 0),
    (&["overview"], &["--view", "hours", "--by-origin"], Place::Simulated, Payload::Rows, 0),
    (&["overview"], &["--view", "concentration"], Place::Imported, Payload::Rows, 0),
    (&["overview"], &["--view", "grades"], Place::Simulated, Payload::Rows, 0),
    (&["overview"], &["--view", "migration"], Place::Simulated, Payload::Rows, 0),
    (&["overview"], &["--view", "outlook"], Place::Simulated, Payload::Rows, 0),
    (&["overview"], &["--view", "cohort-months"], Place::Simulated, Payload::Rows, 0),
    (&["report"], &[], Place::Simulated, Payload::Record, 0),
    (&["import", "orders"], &["orders.csv"], Place::Files, Payload::Record, 0),
    (&["import", "orders"], &["orders.csv", "--skip-bad", "--negative", "reject"], Place::Files, Payload::Record, 0),
    (&["import", "orders"], &["orders.csv", "--dry-run", "--negative", "reject"], Place::Files, Payload::Record, 0),
    (&["import", "orders"], &["orders.csv", "--on-conflict", "skip"], Place::Imported, Payload::Record, 0),
    (&["import", "orders"], &["late.csv"], Place::Imported, Payload::Record, 0),
    (&["import", "users"], &["users.csv"], Place::Files, Payload::Record, 0),
    (&["import", "users"], &["users.csv"], Place::Imported, Payload::Record, 0),
    (&["import", "users"], &["users.csv", "--dry-run"], Place::Imported, Payload::Record, 0),
    (&["import", "products"], &["products.csv"], Place::Imported, Payload::Record, 0),
    (&["import", "products"], &["products.csv", "--dry-run"], Place::Files, Payload::Record, 0),
    (&["import", "activities"], &["activities.csv"], Place::Imported, Payload::Record, 0),
    (&["import", "activities"], &["activities.csv", "--dry-run"], Place::Files, Payload::Record, 0),
    (&["import", "members"], &["members.csv"], Place::Imported, Payload::Record, 0),
    (&["import", "members"], &["members.csv", "--dry-run"], Place::Imported, Payload::Record, 0),
    (&["export"], &["orders", "--to", "orders.parquet"], Place::Imported, Payload::Rows, 0),
    (&["export"], &["all", "--to", "shop.sqlite"], Place::Simulated, Payload::Rows, 0),
    (&["query"], &["SELECT * FROM orders LIMIT 9"], Place::Imported, Payload::Rows, 0),
    (&["query"], &["SELECT 1.50 AS a, NULL AS b, DATE '2024-01-31' AS c, [1, 2] AS d, 'x|y' AS e"], Place::Imported, Payload::Rows, 0),
    (&["grades"], &[], Place::Simulated, Payload::Record, 0),
    (&["grades"], &["--dry-run", "--criteria", "SILVER=100000:1"], Place::Simulated, Payload::Rows, 0),
    (&["grades"], &["--dry-run"], Place::Imported, Payload::Record, 0),
    (&["grades", "watch"], &["--once"], Place::Simulated, Payload::Log, 0),
    (&["grades", "report"], &[], Place::Simulated, Payload::Rows, 0),
    (&["grades", "history"], &["--user", "7"], Place::Simulated, Payload::Record, 0),
    (&["grades", "gap"], &["--limit", "5"], Place::Simulated, Payload::Rows, 0),
    (&["grades", "gap"], &["--limit", "5"], Place::Imported, Payload::Rows, 0),
    (&["grades", "at-risk"], &["--limit", "5", "--within", "60"], Place::Simulated, Payload::Rows, 0),
    (&["grades", "at-risk"], &["--limit", "5", "--within", "60"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "calendar"], &["--by", "quarter", "--replace"], Place::Imported, Payload::Record, 0),
    (&["cohort", "run"], &[], Place::Simulated, Payload::Record, 0),
    (&["cohort", "compare"], &["1", "2"], Place::Simulated, Payload::Record, 0),
    (&["cohort", "compare"], &["2", "1", "--method", "bootstrap", "--resamples", "100"], Place::Simulated, Payload::Record, 0),
    (&["cohort", "run"], &["--lookback", "3"], Place::Late, Payload::Record, 0),
    (&["cohort", "report"], &[], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &[], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--activity", "1"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--activity", "1"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "ltv"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "ltv", "--as-of", "2024-02-20", "--cohorts", "acquired", "--chart"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "revenue"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "retention"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "orders"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "repeat"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "ratio"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "profit"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "payback"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "payback", "--predicted"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "ltv", "--predicted"], Place::Imported, Payload::Rows, 0),
    (&["cohort", "report"], &["--view", "ltv", "--by", "channel"], Place::Simulated, Payload::Rows, 0),
    (&["cohort", "verify"], &[], Place::Simulated, Payload::Record, 0),
    (&["cohort", "verify"], &[], Place::Late, Payload::Record, 3),
    (&["cohort", "rebuild"], &[], Place::Late, Payload::Record, 0),
    (&["cohort", "rebuild"], &["--dry-run", "--refreeze"], Place::Late, Payload::Record, 0),
    (&["predict", "run"], &[], Place::Simulated, Payload::Record, 0),
    (&["predict", "run"], &["--model", "mbg", "--months", "6", "--holdout", "60d"], Place::Imported, Payload::Record, 0),
    (&["predict", "cohorts"], &["--mean"], Place::Simulated, Payload::Rows, 0),
    (&["predict", "cohorts"], &[], Place::Simulated, Payload::Rows, 0),
    (&["predict", "cohorts"], &["--all-months"], Place::Imported, Payload::Rows, 0),
    (&["predict", "customers"], &["--top", "5", "--sort", "at-risk"], Place::Simulated, Payload::Rows, 0),
    (&["predict", "customers"], &["--user", "c|4, \"x\""], Place::Imported, Payload::Rows, 0),
    (&["predict", "check"], &[], Place::Simulated, Payload::Rows, 0),
    (&["predict", "check"], &["--pool", "customers"], Place::Imported, Payload::Rows, 0),
    (&["lake", "push"], &["lake"], Place::Simulated, Payload::Rows, 0),
    (&["lake", "pull"], &["lake", "--db", "results.duckdb"], Place::Simulated, Payload::Record, 0),
    (&["products"], &["--limit", "5"], Place::Simulated, Payload::Rows, 0),
    (&["products"], &[], Place::Imported, Payload::Rows, 0),
    (&["propensity", "top"], &["--top", "5"], Place::Simulated, Payload::Rows, 0),
    (&["propensity", "explain"], &["--user", "7"], Place::Simulated, Payload::Record, 0),
    (&["propensity", "hours"], &[], Place::Simulated, Payload::Rows, 0),
    (&["status"], &[], Place::Simulated, Payload::Record, 0),
    (&["status"], &[], Place::Imported, Payload::Record, 0),
    (&["status"], &["--checksum"], Place::Simulated, Payload::Rows, 0),
    (&["migrate"], &[], Place::Simulated, Payload::Record, 0),
    (&["doctor"], &[], Place::Simulated, Payload::Rows, 0),
    (&["config"], &[], Place::Simulated, Payload::Document, 0),
    (&["config"], &["--default"], Place::Files, Payload::Document, 0),
];

/// Commands without figures: their output is for a shell, a manual's reader or a newcomer.
const WITHOUT_FIGURES: [&str; 4] = ["completions", "demo", "help", "man"];

/// The commands that do something by themselves, according to `--help`.
fn commands_of_help(path: &[String], found: &mut BTreeSet<String>) {
    let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
    arguments.push("--help");
    let folder = tempfile::tempdir().unwrap();
    let help = done(folder.path(), &arguments);
    let usage = help.split("Usage:").nth(1).unwrap().split("\n\n").next().unwrap();
    if usage.lines().any(|line| !line.contains("<COMMAND>")) {
        found.insert(path.join(" "));
    }
    for name in subcommands(&help) {
        commands_of_help(&[path, &[name]].concat(), found);
    }
}

#[test]
fn no_command_is_forgotten() {
    let mut named = BTreeSet::new();
    commands_of_help(&[], &mut named);
    assert!(
        named.contains("grades") && named.contains("grades watch") && named.contains("status"),
        "{named:?}"
    );
    assert!(!named.contains("cohort") && !named.contains(""), "{named:?}");
    assert!(WITHOUT_FIGURES.iter().all(|command| named.remove(*command)), "{named:?}");
    let called: BTreeSet<String> = CALLS.iter().map(|(command, ..)| command.join(" ")).collect();
    assert_eq!(called, named, "the calls (left) and the commands that --help names (right)");
}

/// A year of orders in cents: some customers come back, some orders are returned, some names are odd.
fn own_orders() -> String {
    let mut text = "order_id,customer,date,amount,sku\n".to_owned();
    for n in 0..400_i32 {
        let (year, month, day) = (2023 + n / 360, n / 30 % 12 + 1, n * 7 % 28 + 1);
        let amount: i32 = if n % 50 == 49 { -500 } else { 1_000 + n * 37 };
        text += &format!(
            "A{n},\"c|{}, \"\"x\"\"\",{year}-{month:02}-{day:02},{}{}.{:02},sku {}\n",
            n * n % 90,
            if amount < 0 { "-" } else { "" },
            amount.abs() / 100,
            amount.abs() % 100,
            n % 5
        );
    }
    text
}

/// The folders in which commands are called, made once and copied for each call.
struct Places {
    files: TempDir,
    simulated: TempDir,
    imported: TempDir,
    late: TempDir,
}

impl Places {
    fn new() -> Self {
        let imported = || {
            let folder = tempfile::tempdir().unwrap();
            fs::write(
                folder.path().join("lifecycle.toml"),
                "currency = 'USD'\n[grades.SILVER]\nmin_amount = 100\nmin_orders = 2\n",
            )
            .unwrap();
            fs::write(folder.path().join("orders.csv"), own_orders()).unwrap();
            let users = "customer_id,name,gender,birth_date,signed_up_at\n\"c|4, \"\"x\"\"\",Kim,F,1990-02-28,2022-12-31\nnew,\"Lee | 2\",m,,2023-01-05 10:00\n";
            fs::write(folder.path().join("users.csv"), users).unwrap();
            let products = "sku,name,category,price\nsku 1,Mug,Kitchen,12.50\nsku 9,\"Tea, green\",,0.05\n";
            fs::write(folder.path().join("products.csv"), products).unwrap();
            let members = "activity_id,customer\nWINBACK,\"c|4, \"\"x\"\"\"\n";
            fs::write(folder.path().join("members.csv"), members).unwrap();
            let targets = "activity_id,name,start_at,cohort\nWINBACK,Win back,2023-03-01,listed\n";
            fs::write(folder.path().join("targets.csv"), targets).unwrap();
            let activities = "activity_id,name,channel,budget,start_at,end_at\nSPRING,Spring,mail,1000.50,2023-03-01,2023-04-01\n";
            fs::write(folder.path().join("activities.csv"), activities).unwrap();
            let late = "order_id,customer,date,amount\nL1,\"c|4, \"\"x\"\"\",2023-02-03,10.05\nL2,new,2023-01-05,0.05\n";
            fs::write(folder.path().join("late.csv"), late).unwrap();
            folder
        };
        let with_cohorts = || {
            let folder = imported();
            done(folder.path(), &["import", "orders", "orders.csv", "-q"]);
            done(folder.path(), &["import", "activities", "targets.csv", "-q"]);
            done(folder.path(), &["grades", "-q"]);
            done(folder.path(), &["cohort", "calendar", "-q"]);
            done(folder.path(), &["cohort", "run", "-q"]);
            done(folder.path(), &["predict", "run", "-q"]);
            folder
        };
        let late = with_cohorts();
        done(late.path(), &["import", "orders", "late.csv", "-q"]);
        let simulated = small_shop("100");
        done(simulated.path(), &["predict", "run", "-q"]);
        done(simulated.path(), &["lake", "push", "lake", "-q"]);
        crate::lake::command::results(simulated.path(), "lifecycle.duckdb", "lake/out");
        Places { files: imported(), simulated, imported: with_cohorts(), late }
    }

    /// A copy of a folder for one call.
    fn copy(&self, place: Place) -> TempDir {
        let from = match place {
            Place::Files => &self.files,
            Place::Simulated => &self.simulated,
            Place::Imported => &self.imported,
            Place::Late => &self.late,
        };
        let folder = tempfile::tempdir().unwrap();
        copy_folder(from.path(), folder.path());
        folder
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&copy).unwrap();
            copy_folder(&entry.path(), &copy);
        } else {
            fs::copy(entry.path(), copy).unwrap();
        }
    }
}

/// A disk that others write to has another room from call to call.
fn without_room(text: String) -> String {
    let Some(unit) = text.find("B free in ").and_then(|at| text[..at].rfind(' ')) else { return text };
    let begins = text[..unit].rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |at| at + 1);
    format!("{}9{}", &text[..begins], &text[unit..])
}

/// What a call prints in a format; asserts that stdout holds nothing but the result.
fn print(folder: &Path, call: &Call, format: &str) -> Printed {
    let (command, arguments, _, payload, code) = call;
    // Without a width, no column is left out.
    let output = lifecycle(folder)
        .env_remove("COLUMNS")
        .args(*command)
        .args(*arguments)
        .args(["--format", format])
        .output()
        .unwrap();
    let out = without_room(String::from_utf8(output.stdout).unwrap());
    let err = String::from_utf8(output.stderr).unwrap();
    let what = format!("{} {} --format {format}", command.join(" "), arguments.join(" "));
    let refused = *payload == Payload::Log && ["csv", "markdown"].contains(&format);
    assert_eq!(output.status.code(), Some(if refused { 2 } else { *code }), "{what}: {err}");
    assert_eq!(out.is_empty(), refused, "{what}: {out}");
    assert!(!out.contains('\u{1b}'), "{what} colours a pipe");
    // What stderr says must not be repeated in the result.
    for line in err.lines().filter(|line| !line.is_empty()) {
        assert!(!out.contains(line), "{what}: `{line}` is on both streams");
    }
    Printed { what, out }
}

/// The names in each command's JSON, which CSV shares.
type Names = BTreeMap<String, BTreeSet<String>>;

fn collect_names(value: &serde_json::Value, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                collect_names(value, names);
            }
        }
        _ => {}
    }
}

/// Programs depend on the names of the last release: only a major release may remove one.
/// `RECORD_NAMES=1` records them for a release.
fn check_names_of_last_release(names: &Names) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/formats/names-0.1.0.json");
    if std::env::var_os("RECORD_NAMES").is_some() {
        fs::write(&path, serde_json::to_string_pretty(names).unwrap() + "\n").unwrap();
    }
    let released: Names = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(released.len() > 30);
    for (command, released) in &released {
        let now = names.get(command).unwrap_or_else(|| panic!("`{command}` is gone"));
        let gone: Vec<_> = released.difference(now).collect();
        assert!(gone.is_empty(), "`{command}` no longer has {gone:?}");
    }
}

#[test]
fn every_format_of_every_command_has_its_shape() {
    let places = Places::new();
    let names = Mutex::new(Names::new());
    CALLS.par_iter().for_each(|call| {
        let [table, csv, json, markdown] = ["table", "csv", "json", "markdown"]
            .map(|format| print(places.copy(call.2).path(), call, format));
        match call.3 {
            Payload::Rows => check_payload(&json, &csv, true),
            Payload::Record => check_payload(&json, &csv, false),
            Payload::Document => check_document(&json, &csv, &table),
            Payload::Log => {
                for line in json.out.lines() {
                    assert!(serde_json::from_str::<serde_json::Value>(line).unwrap().is_object(), "{line}");
                }
            }
        }
        if matches!(call.3, Payload::Rows | Payload::Record) {
            check_people(&table, &markdown, &json);
            // The columns of a query are the user's own, and a call that fails says why on stderr.
            if call.0 != ["query"] {
                let value = serde_json::from_str(&json.out).unwrap();
                collect_names(&value, names.lock().unwrap().entry(call.0.join(" ")).or_default());
            }
        }
    });
    check_names_of_last_release(&names.lock().unwrap());
}
