//! Output that cannot be written: the command says what happened to its work, and the exit code still reports findings.

#![cfg(target_os = "linux")]

use std::fs::{self, OpenOptions};
use std::process::Stdio;

use lifecycle::store::Access;

use crate::shell::Shell;

/// Runs a command whose stdout is a full device; its exit code and stderr.
fn to_full_device(shell: &Shell, arguments: &[&str]) -> (i32, String) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    run_with(shell, arguments, Stdio::from(full))
}

/// Runs a command whose stdout nobody reads; its exit code and stderr.
fn to_closed_pipe(shell: &Shell, arguments: &[&str]) -> (i32, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    run_with(shell, arguments, Stdio::from(writer))
}

fn run_with(shell: &Shell, arguments: &[&str], stdout: Stdio) -> (i32, String) {
    let child = shell.command(arguments).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

/// Commands that change the file and print, ordered so that each has something to do.
const WORKING: &[&[&str]] = &[
    &["generate", "--continue", "--days", "40"],
    &["live", "--speed", "max", "--for", "2h"],
    &["grades"],
    &["grades", "watch", "--once", "--format", "json"],
    &["cohort", "calendar"],
    &["cohort", "run"],
    &["cohort", "rebuild"],
    &["query", "--write", "UPDATE users SET region = 'Jeju' WHERE user_id = 1"],
    &["import", "orders", "orders.csv", "--db", "own.duckdb"],
    &["import", "users", "users.csv", "--db", "own.duckdb"],
];

fn shell_with_work() -> Shell {
    let shell = Shell::with_shop("30");
    fs::write(shell.path("orders.csv"), "order_id,customer,date,amount\n1,a,2024-01-01,10\n").unwrap();
    fs::write(shell.path("users.csv"), "customer,name,signed_up_at\nb,Kim,2024-01-01\n").unwrap();
    shell
}

#[test]
fn work_that_is_done_is_told_from_output_that_is_not() {
    let shell = shell_with_work();
    for command in WORKING {
        let (code, err) = to_full_device(&shell, command);
        assert_eq!(code, 1, "{command:?}: {err}");
        assert!(
            err.contains("the result could not be written: No space left on device"),
            "{command:?}: {err}"
        );
        assert!(err.contains("the work is done and saved in"), "{command:?}: {err}");
    }
    // And so it is.
    let again = shell.done(&["cohort", "run", "--format", "json"]);
    assert!(again.contains("\"rows\": 0"), "{again}");
    let imported = shell.done(&["status", "--db", "own.duckdb", "--format", "json"]);
    assert!(imported.contains("\"users\": 2"), "{imported}");
}

#[test]
fn where_nothing_is_changed_nothing_is_said_to_be_saved() {
    let shell = shell_with_work();
    for command in [
        &["status"][..],
        &["cohort", "report"],
        &["grades", "--dry-run"],
        &["cohort", "rebuild", "--dry-run"],
        &["import", "orders", "orders.csv", "--db", "own.duckdb", "--dry-run"],
        &["config"],
    ] {
        let (code, err) = to_full_device(&shell, command);
        assert_eq!(code, 1, "{command:?}: {err}");
        assert!(err.contains("the result could not be written"), "{command:?}: {err}");
        assert!(!err.contains("the work is done"), "{command:?}: {err}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly_and_the_work_is_done() {
    let shell = shell_with_work();
    for command in WORKING {
        let (code, err) = to_closed_pipe(&shell, &[command, &["-q"][..]].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{command:?}");
    }
}

#[test]
fn differences_are_told_by_the_exit_code_whoever_reads_them() {
    let shell = Shell::with_shop("100");
    let changed = lifecycle::store::Query::new(
        "(a test)",
        "UPDATE ltv_batch SET monthly_orders = monthly_orders + 1 WHERE month_offset = 0",
    );
    let rows = shell.store(Access::Write).execute(changed, &[]).unwrap();
    assert!(rows > 0);
    let verify = &["cohort", "verify"];
    let (code, err) = to_closed_pipe(&shell, verify);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("cells differ"), "{err}");
    let (code, err) = to_full_device(&shell, verify);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("cells differ") && err.contains("the result could not be written"), "{err}");
}
