//! The command itself: what it prints, to which stream, and its exit code.

use std::fs;
use std::path::Path;

use insta::{Settings, assert_snapshot};
use tempfile::TempDir;

use crate::shell::{SMALL_SHOP, Shell, done, fails, lifecycle, run, small_shop, subcommands};

/// Times differ from run to run.
fn without_times() -> Settings {
    let mut settings = Settings::clone_current();
    settings.add_filter(r"(Time[^\n]*?) +[0-9][0-9hmsu ]*s", "$1 [time]");
    settings.add_filter(r"Size on disk +[0-9.]+ [kM]B", "Size on disk [size]");
    settings
}

#[test]
fn the_main_job_prints_tables_worth_reading() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lifecycle.toml"), SMALL_SHOP).unwrap();
    without_times().bind(|| {
        assert_snapshot!("generate", done(folder.path(), &["generate", "--days", "100"]));
        assert_snapshot!("status", done(folder.path(), &["status"]));
    });
    assert_snapshot!("grades", done(folder.path(), &["grades"]));
    assert_snapshot!("grades_ko", done(folder.path(), &["grades", "--lang", "ko"]));
    assert_snapshot!("cohort_report", done(folder.path(), &["cohort", "report"]));
    assert_snapshot!("cohort_report_activity", done(folder.path(), &["cohort", "report", "--activity", "1"]));
    assert_snapshot!(
        "propensity_top",
        done(folder.path(), &["propensity", "top", "--hour", "20", "--top", "5"])
    );
    assert_snapshot!(
        "propensity_explain",
        done(folder.path(), &["propensity", "explain", "--user", "7", "--hour", "20"])
    );
    assert_snapshot!("propensity_hours", done(folder.path(), &["propensity", "hours"]));
    assert_snapshot!("grades_report", done(folder.path(), &["grades", "report"]));
    assert_snapshot!("grades_gap", done(folder.path(), &["grades", "gap", "--limit", "5"]));
    assert_snapshot!("grades_at_risk", done(folder.path(), &["grades", "at-risk", "--limit", "5"]));
}

#[test]
fn results_go_to_stdout_and_the_rest_to_stderr() {
    let folder = small_shop("40");
    let (_, out, err) = run(folder.path(), &["grades", "--dry-run"]);
    assert!(out.contains("grade update #6 dry run"), "{out}");
    assert_eq!(err, "as of 2024-02-25 00:00:00 (the file's clock)\n");
    let (_, _, err) = run(folder.path(), &["grades", "--dry-run", "-q"]);
    assert_eq!(err, "");
}

#[test]
fn json_and_csv_are_what_machines_expect() {
    let folder = small_shop("100");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--format", "json", "-q"]);
        serde_json::from_str(&done(folder.path(), &arguments)).unwrap()
    };
    let grades = json(&["grades", "--dry-run"]);
    let held = ["vip", "gold", "silver", "bronze"].map(|grade| grades[grade].as_i64().unwrap());
    assert_eq!(grades["customers"].as_i64(), Some(held.iter().sum()));
    let activities = json(&["cohort", "report"]);
    let first = &activities.as_array().unwrap()[0];
    assert!(first["name"].is_string() && first["ltv_cumulative"].is_i64() && first["months"].is_i64());
    for arguments in [
        &["status"][..],
        &["status", "--checksum"],
        &["config"],
        &["propensity", "hours"],
        &["grades", "report"],
    ] {
        json(arguments);
    }
    let csv = done(folder.path(), &["cohort", "report", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(&reader.headers().unwrap()[0], "activity_id");
    // The reader refuses a record that is not as long as the header.
    assert!(reader.records().map(Result::unwrap).count() > 0);
}

#[test]
fn with_little_memory_the_same_comes_out() {
    let shell = Shell::new();
    let mut orders = String::from("order_id,customer_id,order_date,amount\n");
    for n in 0..400_000_u64 {
        let minute = n * 7_919 % 500_000;
        let (day, at) = (minute / 1_440, minute % 1_440);
        let time = format!("2024-{:02}-{:02} {:02}:{:02}", day / 28 % 12 + 1, day % 28 + 1, at / 60, at % 60);
        orders += &format!("{n},{},{time},{}.25\n", n * 31 % 90_001, n % 997);
    }
    std::fs::write(shell.path("orders.csv"), orders).unwrap();
    let mut checksums = Vec::new();
    for (file, memory) in [("ample.duckdb", "4GB"), ("little.duckdb", "100MB")] {
        let with =
            |arguments: &[&str]| shell.done(&[arguments, &["--db", file, "--memory", memory]].concat());
        with(&["import", "orders", "orders.csv", "-q"]);
        with(&["grades", "-q"]);
        with(&["cohort", "calendar", "--by", "month", "-q"]);
        with(&["cohort", "run", "-q"]);
        with(&["cohort", "verify", "-q"]);
        checksums.push(with(&["status", "--checksum"]).replace(file, ""));
    }
    assert_eq!(checksums[0], checksums[1]);
    let limit =
        ["query", "SELECT current_setting('memory_limit')", "--db", "little.duckdb", "--format", "csv"];
    assert!(shell.done(&[&limit[..], &["--memory", "100MB"]].concat()).contains("95.3 MiB"));
    assert!(shell.fails(2, &["status", "--memory", "4"]).contains("is not a size such as"));
    let left: Vec<String> = shell.names(".").into_iter().filter(|name| name.contains("tmp")).collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn split_killed_and_whole_runs_have_one_checksum() {
    let whole = small_shop("100");
    let split = small_shop("33");
    done(split.path(), &["generate", "--continue", "--days", "67", "-q", "--threads", "1"]);
    let checksum = |folder: &TempDir| done(folder.path(), &["status", "--checksum"]);
    assert_eq!(checksum(&whole), checksum(&split));
    let live = small_shop("33");
    done(live.path(), &["live", "--speed", "max", "--for", "67d", "--grade-interval", "7d", "-q"]);
    done(live.path(), &["cohort", "run", "-q"]);
    assert_eq!(checksum(&whole), checksum(&live));
}

#[test]
fn a_live_shop_stopped_within_an_hour_goes_on_as_if_it_had_not() {
    let whole = small_shop("30");
    done(whole.path(), &["live", "--speed", "max", "--for", "1d", "-q"]);
    let stopped = small_shop("30");
    for duration in ["13h", "1517s", "38083s"] {
        done(stopped.path(), &["live", "--speed", "max", "--for", duration, "-q"]);
    }
    let checksum = |folder: &TempDir| done(folder.path(), &["status", "--checksum"]);
    assert_eq!(checksum(&whole), checksum(&stopped));
}

#[test]
fn wrong_usage_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| fails(folder.path(), 2, arguments);
    assert!(said(&["generate", "--bogus"]).contains("--bogus"));
    assert!(said(&["generate", "--days", "0"]).contains("--days"));
    assert!(said(&["generate", "--days", "many"]).contains("many"));
    assert!(said(&["generate", "--start", "2024-02-30"]).contains("2024-02-30"));
    assert!(said(&["generate", "--start", "2024-05-01", "--until", "2024-04-01"]).contains("not before"));
    assert!(said(&["generate", "--top", "2000"]).contains("--top"));
    assert!(said(&["grades", "--as-of", "soon"]).contains("soon"));
    assert!(said(&["grades", "--criteria", "VIP=1:1"]).contains("--dry-run"));
    assert!(said(&["live", "--speed", "0"]).contains("speed"));
    let config = |text: &str| {
        fs::write(folder.path().join("bad.toml"), text).unwrap();
        said(&["config", "--config", "bad.toml"])
    };
    assert!(config("[grades.VIP]\nmin_amout = 1").contains("did you mean `grades.VIP.min_amount`"));
    assert!(config("[life_events]\nweights = [1, -1, 1]").contains("life_events.weights"));
    assert!(config("[grades.GOLD]\nmin_orders = 1").contains("grades.GOLD.min_orders"));
    assert!(config("[grades").contains("bad.toml"));
    assert!(!folder.path().join("lifecycle.duckdb").exists(), "a refused command left a file");
}

#[test]
fn files_that_are_not_ours_are_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.duckdb");
    let refused = |arguments: &[&str]| {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--db", "other.duckdb"]);
        let before = fs::read(&path).ok();
        let said = fails(folder.path(), 1, &arguments);
        assert_eq!(fs::read(&path).ok(), before, "{arguments:?} touched the file");
        said
    };
    assert!(refused(&["grades"]).contains("there is no file"));
    fs::write(&path, "hello").unwrap();
    for command in [&["grades"][..], &["generate"], &["generate", "--overwrite"], &["generate", "--continue"]]
    {
        assert!(refused(command).contains("not a DuckDB file"));
    }
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (i); ").unwrap();
    assert!(refused(&["generate", "--overwrite"]).contains("not a DuckDB file"));
    assert!(fails(folder.path(), 1, &["status", "--db", "."]).contains("is a folder"));
}

#[test]
fn a_file_that_holds_data_says_the_ways_on() {
    let folder = small_shop("10");
    let said = fails(folder.path(), 1, &["generate"]);
    assert!(
        said.contains("already holds data") && said.contains("--continue") && said.contains("--overwrite")
    );
    assert!(fails(folder.path(), 2, &["generate", "--continue", "--seed", "1"]).contains("simulation.seed"));
    assert!(fails(folder.path(), 2, &["generate", "--continue"]).contains("reached its end"));
    done(folder.path(), &["generate", "--overwrite", "--days", "5", "-q"]);
    assert!(done(folder.path(), &["status"]).contains("2024-01-21 00:00:00"));
}

#[test]
fn the_past_is_not_rewritten() {
    let folder = small_shop("40");
    let said = fails(folder.path(), 1, &["grades", "--as-of", "2024-01-20"]);
    assert!(said.contains("rewrite history") && said.contains("--dry-run"), "{said}");
    done(folder.path(), &["grades", "--as-of", "2024-01-20", "--dry-run"]);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::process::Stdio;
    let folder = small_shop("10");
    let mut child = lifecycle(folder.path())
        .args(["status", "--checksum", "-q"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn another_program_with_the_file_is_named() {
    let folder = small_shop("10");
    let path = folder.path().join("lifecycle.duckdb");
    let held = lifecycle::store::Store::open(
        &path,
        lifecycle::store::Access::Write,
        lifecycle::store::OpenOptions::default(),
    )
    .unwrap();
    let said = fails(folder.path(), 1, &["status", "--wait", "0.2"]);
    assert!(said.contains("is in use"), "{said}");
    drop(held);
    done(folder.path(), &["status", "--wait", "0.2"]);
}

#[test]
fn the_reference_of_commands_is_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut reference = String::new();
    describe(folder.path(), &[], &mut reference);
    assert_snapshot!("commands", reference);
}

/// The help of a command, then that of each of its subcommands, as it names them.
fn describe(folder: &Path, command: &[&str], reference: &mut String) {
    let help = done(folder, &[command, &["-h"]].concat());
    // The global options are the same everywhere.
    let own = help.split("Global options:").next().unwrap_or(&help);
    reference.push_str(if command.is_empty() { &help } else { own });
    reference.push_str("\n----\n\n");
    for name in subcommands(&help) {
        describe(folder, &[command, &[&name]].concat(), reference);
    }
}

#[test]
fn topics_examples_pages_and_completions_are_there() {
    let folder = tempfile::tempdir().unwrap();
    for topic in ["grades", "cohorts", "mapping", "options"] {
        assert!(done(folder.path(), &["help", topic]).lines().count() > 10, "{topic}");
    }
    assert!(
        done(folder.path(), &["help", "cohort", "report"]).contains("Examples:\n  # a line per activity")
    );
    assert!(fails(folder.path(), 2, &["help", "nothing"]).contains("neither a command nor a topic"));
    assert!(done(folder.path(), &["man", "cohort", "report"]).contains(".TH"));
    done(folder.path(), &["man", "--to", "pages"]);
    assert!(folder.path().join("pages/lifecycle-cohort-report.1").exists());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(done(folder.path(), &["completions", shell]).contains("LIFECYCLE_COMPLETE"), "{shell}");
    }
    for records in ["orders", "users", "products", "activities"] {
        let said = fails(folder.path(), 2, &["import", records]);
        assert!(said.contains("looks like this"), "{said}");
    }
}

/// What a shell is offered for the last of these words.
fn offered(shell: &Shell, words: &[&str]) -> Vec<String> {
    let line = [&["--", "lifecycle"], words].concat();
    let mut asked = shell.command(&line);
    asked
        .env("LIFECYCLE_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    let out = asked.output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().lines().map(|word| word.trim().to_owned()).collect()
}

#[test]
fn completions_offer_what_the_file_holds() {
    let shell = Shell::with_shop("40");
    let activities = offered(&shell, &["cohort", "report", "--activity", ""]);
    assert_eq!(activities[..2], ["1", "2"]);
    let channels = offered(&shell, &["overview", "--channel", ""]);
    assert!(channels.contains(&"organic".to_owned()) && channels.len() > 2, "{channels:?}");
    assert_eq!(offered(&shell, &["cohort", "report", "--where", "re"]), ["region"]);
    assert_eq!(offered(&shell, &["grades", "report", "--by", "age"]), ["age_group"]);
    assert!(offered(&shell, &["export", "al"]).contains(&"all".to_owned()));
    assert!(offered(&Shell::new(), &["overview", "--channel", "s"]).is_empty());
}

#[test]
fn a_demo_that_was_interrupted_is_taken_up() {
    let shell = Shell::new();
    fs::write(shell.path("demo.duckdb"), "").unwrap();
    shell.done(&["demo", "--days", "40", "-q"]);
    let clock = |shell: &Shell| {
        shell.done(&[
            "query",
            "SELECT value FROM meta WHERE key = 'clock'",
            "--format",
            "csv",
            "--db",
            "demo.duckdb",
        ])
    };
    // Half of it, as Ctrl-C leaves it: the file knows how far it was to go.
    let half = Shell::new();
    half.done(&["generate", "--days", "20", "--db", "demo.duckdb", "-q"]);
    let until = "UPDATE meta SET value = CAST(CAST(value AS TIMESTAMP) + INTERVAL 20 DAY AS VARCHAR) WHERE key = 'sim_until'";
    half.done(&["query", "--write", until, "--db", "demo.duckdb"]);
    assert!(half.run(&["demo", "--days", "40"]).2.contains("was interrupted: it is continued"));
    assert_eq!(clock(&half), clock(&shell));
    // What is in its way is said before a year is simulated.
    let other = Shell::new();
    fs::write(other.path("demo.html"), "mine").unwrap();
    let said = other.fails(1, &["demo"]);
    assert!(
        said.contains("no page of this command") && said.contains("--db") && !said.contains("--out"),
        "{said}"
    );
    assert_eq!(other.names(""), ["demo.html"]);
}

#[test]
fn an_empty_name_is_no_file() {
    let shell = Shell::new();
    assert!(shell.fails(2, &["status", "--db", ""]).contains("it is empty"));
    assert!(shell.fails(2, &["generate", "--db", ""]).contains("it is empty"));
    assert_eq!(shell.names(""), [""; 0]);
    let said = shell.command(&["status"]).env("LIFECYCLE_DB", "").output().unwrap();
    assert!(String::from_utf8_lossy(&said.stderr).contains("lifecycle.duckdb"));
}

#[test]
fn a_doctor_changes_nothing_and_names_what_is_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    assert!(done(folder.path(), &["doctor"]).contains("does not exist yet"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(folder.path().join("notes.txt"), "not a database, but longer than its header").unwrap();
    let (code, out, err) = run(folder.path(), &["doctor", "--db", "notes.txt"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("problem") && out.contains("not a DuckDB file"), "{out}");
}

#[test]
fn a_demonstration_shows_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lifecycle.toml"), SMALL_SHOP).unwrap();
    let first = done(folder.path(), &["demo", "--days", "100"]);
    assert!(first.contains("What to try next") && folder.path().join("demo.duckdb").exists(), "{first}");
    assert!(first.contains("demo.html") && folder.path().join("demo.html").exists(), "{first}");
    let again = done(folder.path(), &["demo"]);
    assert!(first.ends_with(&again), "{again}");
}
