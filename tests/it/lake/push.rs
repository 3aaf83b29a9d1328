//! What `lifecycle lake push` finds in its folder and may not harm, and what it leaves when it is stopped.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lifecycle::store::Access;

use crate::shell::Shell;

/// Every file under a folder, hidden ones too, with its contents.
fn contents(shell: &Shell, folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for name in shell.names(folder) {
        let path = format!("{folder}/{name}");
        match shell.path(&path).is_dir() {
            true => found.extend(contents(shell, &path)),
            false => found.push((path.clone(), fs::read(shell.path(&path)).unwrap())),
        }
    }
    found
}

/// Pushes, and expects a refusal that says this and changes nothing.
fn refused(shell: &Shell, arguments: &[&str], says: &str) {
    let before = contents(shell, arguments[0]);
    let said = shell.fails(1, &[&["lake", "push"], arguments].concat());
    assert!(said.contains(says), "{said}");
    assert!(contents(shell, arguments[0]) == before, "{said}");
}

fn manifest(shell: &Shell) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(shell.path("lake/pushed.json")).unwrap()).unwrap()
}

fn set_in_manifest(shell: &Shell, key: &str, value: Option<serde_json::Value>) {
    let mut changed = manifest(shell);
    let fields = changed.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(key.to_owned(), value)),
        None => drop(fields.remove(key)),
    }
    fs::write(shell.path("lake/pushed.json"), changed.to_string()).unwrap();
}

#[test]
fn what_somebody_else_wrote_is_neither_removed_nor_replaced() {
    let shell = Shell::with_shop("40");
    let held = ["orders/month=2023-01/orders.parquet", "users.parquet", "settings.json"];
    for name in held {
        let path = shell.path("lake").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "theirs").unwrap();
    }
    fs::write(shell.path("lake/notes.txt"), "mine").unwrap();
    refused(
        &shell,
        &["lake"],
        "lake holds users.parquet, orders, settings.json, which no push of this shop wrote",
    );
    // Each by itself too.
    for name in held {
        let alone = shell.path("alone").join(name);
        fs::create_dir_all(alone.parent().unwrap()).unwrap();
        fs::write(&alone, "theirs").unwrap();
        refused(&shell, &["alone"], "--overwrite");
        fs::remove_dir_all(shell.path("alone")).unwrap();
    }
    shell.done(&["lake", "push", "lake", "--overwrite"]);
    assert_eq!(shell.names("lake/orders"), ["month=2024-01", "month=2024-02"]);
    assert_eq!(fs::read_to_string(shell.path("lake/notes.txt")).unwrap(), "mine");
    shell.done(&["lake", "push", "lake"]);
    // What an export by month wrote.
    fs::create_dir(shell.path("months")).unwrap();
    shell.done(&["export", "orders", "--by-month", "--to", "months/orders"]);
    refused(&shell, &["months"], "months holds orders, which no push of this shop wrote");
}

#[test]
fn the_lake_of_another_shop_is_refused() {
    let shell = Shell::with_shop("70");
    shell.done(&["lake", "push", "lake"]);
    shell.done(&["generate", "--days", "40", "--users", "500", "--seed", "9", "--db", "other.duckdb", "-q"]);
    refused(&shell, &["lake", "--db", "other.duckdb"], "which a push of another shop wrote");
    // The results of the other shop are not this one's, whatever may be replaced.
    fs::create_dir_all(shell.path("lake/out/cohort")).unwrap();
    refused(&shell, &["lake", "--db", "other.duckdb", "--overwrite"], "holds the results of another shop");
    fs::remove_dir_all(shell.path("lake/out")).unwrap();
    shell.done(&["lake", "push", "lake", "--db", "other.duckdb", "--overwrite"]);
    assert_eq!(shell.names("lake/orders"), ["month=2024-01", "month=2024-02"]);
    // A copy of a shop is that shop.
    fs::copy(shell.path("other.duckdb"), shell.path("copy.duckdb")).unwrap();
    shell.done(&["lake", "push", "lake", "--db", "copy.duckdb"]);
}

#[test]
fn a_manifest_without_the_shops_name_serves_as_long_as_a_month_agrees() {
    let shell = Shell::with_shop("40");
    fs::copy(shell.path("lifecycle.duckdb"), shell.path("unnamed.duckdb")).unwrap();
    shell.done(&["lake", "push", "lake"]);
    let name = manifest(&shell)["shop"].clone();
    assert!(name.is_string());
    // A file from before its first push, as a backup is, is known by its orders.
    shell.done(&["lake", "push", "lake", "--db", "unnamed.duckdb"]);
    assert_eq!(manifest(&shell)["shop"], name);
    set_in_manifest(&shell, "shop", None);
    shell.done(&["lake", "push", "lake"]);
    assert_eq!(manifest(&shell)["shop"], name);
    set_in_manifest(&shell, "shop", None);
    shell
        .store(Access::Write)
        .execute_text("other amounts", "UPDATE orders SET amount = amount + 1")
        .unwrap();
    refused(&shell, &["lake"], "did not name its shop");
}

#[test]
fn among_the_months_nothing_else_is_touched() {
    let shell = Shell::with_shop("40");
    shell.done(&["lake", "push", "lake"]);
    fs::create_dir(shell.path("lake/orders/month=2030-01")).unwrap();
    fs::write(shell.path("lake/orders/month=2030-01/orders.parquet"), "theirs").unwrap();
    refused(&shell, &["lake"], "orders/month=2030-01, which no push of this shop wrote");
    shell.done(&["lake", "push", "lake", "--overwrite"]);
    assert_eq!(shell.names("lake/orders"), ["month=2024-01", "month=2024-02"]);
    fs::write(shell.path("lake/orders/month=2024-01/more.parquet"), "theirs").unwrap();
    for more in [&["lake"][..], &["lake", "--overwrite"]] {
        refused(&shell, more, "move them out of the lake");
    }
}

#[test]
fn a_month_that_is_damaged_without_a_change_of_its_size_is_written_again() {
    let shell = Shell::with_shop("40");
    shell.done(&["lake", "push", "lake"]);
    let path = shell.path("lake/orders/month=2024-01/orders.parquet");
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&path, damaged).unwrap();
    let said = shell.done(&["lake", "push", "lake", "--format", "json"]);
    let pushed: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&pushed[0]["files"], &pushed[0]["kept"]), (&1.into(), &1.into()), "{said}");
    assert!(fs::read(&path).unwrap() == whole);
}

#[test]
#[cfg(unix)]
fn links_and_pipes_under_names_that_pushes_once_used_are_left_alone() {
    use std::os::unix::fs::symlink;
    let shell = Shell::with_shop("40");
    shell.done(&["lake", "push", "lake"]);
    fs::write(shell.path("victim.txt"), "precious").unwrap();
    symlink("../victim.txt", shell.path("lake/settings.partial")).unwrap();
    let pipe = shell.path("lake/pushed.partial");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    shell.done(&["lake", "push", "lake"]);
    assert_eq!(fs::read_to_string(shell.path("victim.txt")).unwrap(), "precious");
    // A manifest that is a pipe is not waited for.
    fs::rename(&pipe, shell.path("lake/pushed.json")).unwrap();
    assert_eq!(shell.run_in_time(&["lake", "push", "lake"]).0, 1);
}

#[test]
fn a_file_is_no_lake_and_what_is_not_there_is_none() {
    let shell = Shell::with_shop("40");
    fs::write(shell.path("file"), "mine").unwrap();
    for command in ["push", "pull"] {
        let said = shell.fails(1, &["lake", command, "file"]);
        assert!(said.contains("file is not a folder"), "{said}");
    }
    let said = shell.fails(1, &["lake", "pull", "nosuch"]);
    assert!(said.contains("there is no folder nosuch"), "{said}");
}

#[test]
fn a_lake_whose_push_was_cut_off_is_known_and_the_next_push_repairs_it() {
    let shell = Shell::with_shop("200");
    shell.done(&["cohort", "run"]);
    shell.done(&["grades"]);
    shell.done(&["lake", "push", "lake"]);
    super::command::results(&shell.path("."), "lifecycle.duckdb", "lake/out");
    set_in_manifest(&shell, "finished", Some(false.into()));
    let said = shell.fails(1, &["lake", "pull", "lake", "--db", "results.duckdb"]);
    assert!(said.contains("the last push into lake was not finished"), "{said}");
    shell.done(&["lake", "push", "lake"]);
    assert_eq!(manifest(&shell)["finished"], true);
    shell.done(&["lake", "pull", "lake", "--db", "results.duckdb"]);
    // What cannot be put in its place leaves a push unfinished, and that is said.
    #[cfg(unix)]
    {
        fs::remove_file(shell.path("lake/users.parquet")).unwrap();
        fs::create_dir(shell.path("lake/users.parquet")).unwrap();
        let said = shell.fails(1, &["lake", "push", "lake"]);
        assert!(said.contains("is a folder"), "{said}");
        assert_eq!(manifest(&shell)["finished"], true);
    }
}

#[test]
#[cfg(unix)]
fn a_push_that_is_stopped_changes_nothing() {
    let shell = Shell::with_shop("70");
    shell.add_many_orders("2024-01-20");
    // Into nothing, and over what is there.
    for with_lake in [false, true] {
        if with_lake {
            shell.done(&["lake", "push", "lake"]);
            let more = "UPDATE orders SET amount = amount + 1 WHERE order_id >= 1000000";
            shell.store(Access::Write).execute_text("test", more).unwrap();
        }
        let before = with_lake.then(|| contents(&shell, "lake"));
        let mut command = shell.command(&["lake", "push", "lake"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        let months = |name: &str| name.starts_with(".month=");
        while !shell.path("lake/orders").is_dir()
            || !shell.names("lake/orders").iter().any(|name| months(name))
        {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing is written");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("stopped: nothing was written"), "{said}");
        match before {
            Some(before) => assert!(contents(&shell, "lake") == before),
            None => assert!(!shell.path("lake").exists()),
        }
    }
}
