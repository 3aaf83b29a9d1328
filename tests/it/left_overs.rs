//! Leftovers of killed commands: the next command with the same destination removes them, even if it is refused,
//! and never those of a command that is still running.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::shell::Shell;

/// A file whose orders take a long time to write.
fn large_shop() -> Shell {
    let shell = Shell::with_shop("10");
    shell.add_many_orders("2024-02-01");
    shell
}

/// The hidden entries of a folder.
fn hidden(shell: &Shell, folder: &str) -> Vec<String> {
    let mut names = shell.names(folder);
    names.retain(|name| name.starts_with('.'));
    names
}

/// Starts a command, and waits until it has begun to write into a folder: its hidden folder is held by then, and
/// something is in it.
fn begun(shell: &Shell, folder: &str, arguments: &[&str]) -> Child {
    let mut command = shell.command(arguments);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let is_at_work = |name: String| {
        let inside = fs::read_dir(shell.path(folder).join(name));
        inside.is_ok_and(|mut entries| entries.next().is_some())
    };
    while !shell.path(folder).is_dir() || !hidden(shell, folder).into_iter().any(is_at_work) {
        assert!(began.elapsed() < Duration::from_secs(60), "{arguments:?} writes nothing");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn what_a_killed_export_left_goes_with_the_next_one_even_if_it_is_refused() {
    let shell = large_shop();
    for (folder, arguments) in [
        (".", &["export", "orders", "--to", "orders.csv"][..]),
        (".", &["export", "orders", "--to", "shop.sqlite"]),
        (".", &["export", "orders", "--to", "months", "--by-month", "--as", "jsonl"]),
        ("all", &["export", "all", "--to", "all", "--as", "jsonl"]),
    ] {
        // The second one is refused, since the target exists.
        let target = shell.path(arguments[3]);
        if arguments.len() == 4 {
            fs::write(&target, "kept").unwrap();
        } else {
            fs::create_dir(&target).unwrap();
            let kept = if folder == "all" { "orders.jsonl" } else { "month=2024-02" };
            fs::write(target.join(kept), "kept").unwrap();
        }
        let before = (shell.names("."), shell.names(folder));
        // A folder with other files in it is never replaced, so folders of months come later.
        let is_months = arguments.contains(&"--by-month");
        let aside = shell.path("aside");
        if is_months {
            fs::rename(&target, &aside).unwrap();
        }
        let mut child = begun(&shell, folder, &[arguments, &["--overwrite"]].concat());
        if is_months {
            fs::rename(&aside, &target).unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_ne!(hidden(&shell, folder), [""; 0], "{arguments:?} was done before it was killed");
        let said = shell.fails(1, arguments);
        assert!(said.contains("already") || said.contains("is not empty"), "{said}");
        assert_eq!((shell.names("."), shell.names(folder)), before, "{arguments:?}");
    }
}

#[test]
fn a_new_folder_of_tables_is_there_when_all_of_them_are_in_it() {
    let shell = large_shop();
    let arguments = ["export", "all", "--to", "all", "--as", "jsonl"];
    let mut child = begun(&shell, ".", &arguments);
    signal(&child, "-STOP");
    assert!(!shell.path("all").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    // Nothing stands in the way of the next one.
    shell.done(&arguments);
    assert_eq!(hidden(&shell, "."), [""; 0]);
    assert_eq!(hidden(&shell, "all"), [""; 0]);
}

#[test]
fn an_export_at_work_is_left_alone() {
    let shell = large_shop();
    let arguments = ["export", "orders", "--to", "orders.csv"];
    let mut child = begun(&shell, ".", &arguments);
    signal(&child, "-STOP");
    let at_work = hidden(&shell, ".");
    fs::write(shell.path("orders.csv"), "another's").unwrap();
    shell.fails(1, &arguments);
    assert_eq!(hidden(&shell, "."), at_work);
    fs::remove_file(shell.path("orders.csv")).unwrap();
    signal(&child, "-CONT");
    assert!(child.wait().unwrap().success());
    assert_eq!(hidden(&shell, "."), [""; 0]);
    assert!(fs::metadata(shell.path("orders.csv")).unwrap().len() > 3_000_000);
}

#[test]
fn what_a_killed_import_left_of_its_rejects_goes_with_the_next_one() {
    let shell = Shell::with_shop("2");
    fs::write(shell.path("orders.csv"), "customer_id,created_at,amount\na,2024-01-20,1\nb,2024-01-21,x\n")
        .unwrap();
    let leave = |name: &str| {
        fs::create_dir(shell.path(name)).unwrap();
        fs::write(shell.path(name).join("rejects.csv"), "half").unwrap();
    };
    leave(".rejects.csv.AbCd12.partial");
    leave(".rejects.csv.EfGh34.partial");
    // Another import is running.
    let held = File::open(shell.path(".rejects.csv.EfGh34.partial")).unwrap();
    held.try_lock().unwrap();
    let into = ["--db", "imported.duckdb"];
    let rejecting = ["import", "orders", "orders.csv", "--skip-bad", "--rejects", "rejects.csv"];
    fs::write(shell.path("rejects.csv"), "something else").unwrap();
    shell.fails(1, &[&rejecting[..], &into].concat());
    assert_eq!(hidden(&shell, "."), [".rejects.csv.EfGh34.partial"]);
    fs::remove_file(shell.path("rejects.csv")).unwrap();
    shell.done(&[&rejecting[..], &into].concat());
    assert_eq!(hidden(&shell, "."), [".rejects.csv.EfGh34.partial"]);
    assert_eq!(fs::read_to_string(shell.path("rejects.csv")).unwrap().lines().count(), 2);
}
