//! The worker as a process: it keeps running, sees others' changes, and stops cleanly.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::shell::{done, lifecycle};

/// A shop of one customer who lacks an order for SILVER.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let orders = "order_id,customer,date,amount\nA,kim,2024-05-01,200000\nB,kim,2024-05-02,200000\n";
    fs::write(folder.path().join("orders.csv"), orders).unwrap();
    fs::write(folder.path().join("late.csv"), "order_id,customer,date,amount\nC,kim,2024-05-03,200000\n")
        .unwrap();
    done(folder.path(), &["import", "orders", "orders.csv", "-q"]);
    folder
}

fn watch(folder: &Path, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut all = vec!["grades", "watch", "--format", "json"];
    all.extend(arguments);
    let mut child =
        lifecycle(folder).args(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

fn next_run(out: &mut BufReader<ChildStdout>) -> serde_json::Value {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("`{line}`: {error}"))
}

#[test]
fn an_import_between_two_runs_is_picked_up() {
    let folder = shop();
    let (mut child, mut out) = watch(folder.path(), &["--interval", "1", "--max-runs", "30"]);
    let first = next_run(&mut out);
    assert_eq!((first["run"].as_i64(), first["bronze"].as_i64()), (Some(1), Some(1)));
    done(folder.path(), &["import", "orders", "late.csv", "-q"]);
    let promoted = (0..20).map(|_| next_run(&mut out)).find(|run| run["promoted"].as_i64() == Some(1));
    assert_eq!(promoted.expect("no run saw the order")["silver"].as_i64(), Some(1));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn term_ends_it_with_a_summary_and_code_0() {
    let folder = shop();
    let (child, mut out) = watch(folder.path(), &["--interval", "3600"]);
    next_run(&mut out);
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "1 updates done, 0 failed; 0 promoted, 0 demoted\n");
}

#[test]
fn other_commands_work_between_runs() {
    let folder = shop();
    let (mut child, mut out) = watch(folder.path(), &["--interval", "1", "--max-runs", "3"]);
    next_run(&mut out);
    for _ in 0..5 {
        done(folder.path(), &["grades", "report", "-q"]);
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
