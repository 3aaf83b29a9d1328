//! Paths that are not ordinary files: rejected by name or followed, never replaced.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::shell::Shell;

/// Commands that create a file.
const CREATING: &[&[&str]] = &[
    &["generate", "--days", "1", "--users", "500"],
    &["generate", "--days", "1", "--users", "500", "--overwrite"],
    &["import", "orders", "orders.csv"],
    &["import", "orders", "orders.csv", "--dry-run"],
    &["import", "users", "users.csv"],
];

/// Commands that read one.
const ASKING: &[&[&str]] = &[&["status"], &["cohort", "run"], &["grades"], &["generate", "--continue"]];

fn shell_with_files() -> Shell {
    let shell = Shell::new();
    let settings = "[simulation]\nactivities = 2\n[cache]\nusers = 100\nproducts = 50\ncandidates = 20\n";
    fs::write(shell.path("lifecycle.toml"), settings).unwrap();
    fs::write(shell.path("orders.csv"), "order_id,customer,date,amount\n1,a,2024-01-01,10\n").unwrap();
    fs::write(shell.path("users.csv"), "customer,name,signed_up_at\na,Kim,2024-01-01\n").unwrap();
    shell
}

fn made_by(program: &str, arguments: &[&OsStr]) -> bool {
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

#[test]
fn devices_pipes_sockets_and_folders_are_refused_and_stay() {
    let shell = shell_with_files();
    let path = |name: &str| shell.path(name);
    assert!(made_by("mkfifo", &[path("pipe").as_os_str()]));
    let _socket = UnixListener::bind(path("socket")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    symlink("pipe", path("link-to-pipe")).unwrap();
    // Only root may create one.
    let device = ["c", "1", "3"].map(OsStr::new);
    let with_device = made_by("mknod", &[&[path("device").as_os_str()], &device[..]].concat());
    let mut names = vec!["pipe", "socket", "folder", "link-to-pipe"];
    names.extend(with_device.then_some("device"));
    for name in names {
        for command in CREATING.iter().chain(ASKING) {
            let (code, err) = shell.run_in_time(&[command, &["--db", name][..]].concat());
            assert_eq!(code, 1, "{command:?} --db {name}: {err}");
            let expected = if name == "folder" { "is a folder" } else { "is not a regular file" };
            assert!(err.contains(expected) && err.contains(name), "{command:?}: {err}");
            assert!(err.contains("--db"), "{err}");
        }
    }
    let kind = |name: &str| fs::symlink_metadata(path(name)).unwrap().file_type();
    assert!(kind("pipe").is_fifo() && kind("socket").is_socket() && kind("folder").is_dir());
    assert!(kind("link-to-pipe").is_symlink() && (!with_device || kind("device").is_char_device()));
}

#[test]
fn a_log_that_is_no_file_is_refused_too() {
    let shell = shell_with_files();
    assert!(made_by("mkfifo", &[shell.path("shop.duckdb.wal").as_os_str()]));
    let (code, err) = shell.run_in_time(&["import", "orders", "orders.csv", "--db", "shop.duckdb"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("shop.duckdb.wal is not a regular file"), "{err}");
}

#[test]
fn links_are_followed_and_stay() {
    let shell = shell_with_files();
    fs::create_dir(shell.path("data")).unwrap();
    symlink("data/shop.duckdb", shell.path("one.duckdb")).unwrap();
    symlink("one.duckdb", shell.path("two.duckdb")).unwrap();
    let is_link = |name: &str| fs::symlink_metadata(shell.path(name)).unwrap().is_symlink();
    let days = |days, more: &[&'static str]| {
        let arguments = ["generate", "--days", days, "--users", "500", "--db", "two.duckdb", "-q"];
        shell.done(&[&arguments[..], more].concat())
    };
    // Its target is created first, then replaced.
    days("1", &[]);
    assert!(fs::metadata(shell.path("data/shop.duckdb")).unwrap().is_file());
    let first = shell.done(&["status", "--checksum", "--db", "data/shop.duckdb"]);
    days("2", &["--overwrite"]);
    assert_ne!(shell.done(&["status", "--checksum", "--db", "one.duckdb"]), first);
    shell.done(&["grades", "--db", "one.duckdb", "-q"]);
    assert!(is_link("one.duckdb") && is_link("two.duckdb"));
    assert_eq!(shell.names("data"), ["shop.duckdb"]);
    // A link in a cycle leads nowhere.
    symlink("circle.duckdb", shell.path("circle.duckdb")).unwrap();
    let err = shell.fails(1, &["generate", "--db", "circle.duckdb"]);
    assert!(err.contains("cannot open circle.duckdb"), "{err}");
}

#[test]
fn the_log_lies_beside_the_file_and_not_beside_its_link() {
    let shell = shell_with_files();
    fs::create_dir(shell.path("data")).unwrap();
    symlink("data/shop.duckdb", shell.path("lifecycle.duckdb")).unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    let store = shell.store(lifecycle::store::Access::Write);
    store.meta().set("note", "not yet in the file").unwrap();
    assert_eq!(shell.names("data"), ["shop.duckdb", "shop.duckdb.wal"]);
    assert!(!shell.path("lifecycle.duckdb.wal").exists());
}

#[test]
fn an_empty_file_keeps_its_mode_and_its_place() {
    for through_link in [false, true] {
        for command in [CREATING[0], CREATING[2]] {
            let shell = shell_with_files();
            let file = shell.path("private.duckdb");
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            let before = fs::metadata(&file).unwrap();
            let db = if through_link {
                symlink("private.duckdb", shell.path("link.duckdb")).unwrap();
                "link.duckdb"
            } else {
                "private.duckdb"
            };
            shell.done(&[command, &["--db", db, "-q"]].concat());
            let after = fs::metadata(&file).unwrap();
            assert_eq!(after.mode() & 0o777, 0o600, "{command:?}");
            assert_eq!(after.ino(), before.ino(), "{command:?} made another file");
            shell.done(&["status", "--db", "private.duckdb"]);
            assert_eq!(shell.names("").iter().filter(|name| name.contains("private")).count(), 1);
        }
    }
}

#[test]
fn overwriting_keeps_the_mode() {
    let shell = Shell::with_shop("2");
    let file = shell.path("lifecycle.duckdb");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    shell.done(&["generate", "--days", "1", "--overwrite", "-q"]);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o640);
}

#[test]
fn a_database_in_memory_is_refused() {
    let shell = shell_with_files();
    for command in CREATING {
        for name in [":memory:", ":memory:shop"] {
            let (code, _, err) = shell.run(&[command, &["--db", name][..]].concat());
            assert_eq!(code, 1, "{command:?}: {err}");
            assert!(err.contains("which would be lost") && err.contains("./:memory:"), "{err}");
        }
    }
    // It is a path, whatever the engine would make of such a name.
    for name in ["./:memory:", "sqlite:shop", "a:b.duckdb"] {
        shell.done(&["import", "orders", "orders.csv", "--db", name, "-q"]);
        shell.done(&["status", "--db", name]);
        assert!(shell.path(name).is_file(), "{name}");
    }
}

#[test]
fn a_name_that_is_no_text_is_refused_before_anything_is_written() {
    let shell = shell_with_files();
    let before = shell.names("");
    for command in CREATING.iter().chain(ASKING) {
        let output =
            shell.command(command).arg("--db").arg(OsStr::from_bytes(b"shop-\xff.duckdb")).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {err}");
        assert!(err.contains("is not valid UTF-8"), "{err}");
        assert_eq!(shell.names(""), before, "{command:?}");
    }
}
