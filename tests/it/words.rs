//! Messages about damaged files, full devices, and a run among many.

use std::fs;
use std::io::Write;
use std::process::Command;

use lifecycle::store::Access;

use crate::shell::Shell;
use crate::shop::test_query;

#[test]
fn a_flipped_byte_is_damage_and_not_another_programs_file() {
    let shell = Shell::with_shop("20");
    let whole = fs::read(shell.path("lifecycle.duckdb")).unwrap();
    let mut damaged = 0;
    for position in (13_000..whole.len()).step_by(whole.len() / 16) {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x10;
        fs::write(shell.path("flipped.duckdb"), bytes).unwrap();
        for command in [&["status"][..], &["cohort", "verify"]] {
            let (code, out, err) = shell.run(&[command, &["--db", "flipped.duckdb", "-q"]].concat());
            if code == 0 {
                continue;
            }
            assert_eq!((code, out.as_str()), (1, ""), "{command:?}, byte {position}: {err}");
            assert!(!err.contains("not one of lifecycle's"), "byte {position}: {err}");
            assert!(
                err.contains("Corrupt database file") && err.contains("restore it from a backup"),
                "{err}"
            );
            assert!(!err.contains("Unknown error code"), "{err}");
            damaged += 1;
        }
    }
    assert!(damaged > 3, "only {damaged} of the flips were seen");
}

/// A memory disk of a few megabytes, which only root can mount.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(SmallDisk(folder))
    }

    fn grow(&self, megabytes: u32) {
        let options = format!("remount,size={megabytes}m");
        assert!(Command::new("mount").args(["-o", &options]).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_called_full_and_the_run_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mounted(2) else {
        eprintln!("skipped: a small disk cannot be mounted here");
        return;
    };
    let shell = Shell::with_shop("1");
    let db = disk.0.path().join("shop.duckdb");
    let db = db.to_str().unwrap();
    let simulate = ["generate", "--days", "365", "--users", "8000", "-q"];
    let err = shell.fails(1, &[&simulate[..], &["--db", db]].concat());
    assert!(err.contains("No space left on device") && err.contains("free some space"), "{err}");
    assert!(!err.contains("may write"), "{err}");
    // There is no room even for an empty file.
    let mut filler = fs::File::create(disk.0.path().join("filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
    let other = disk.0.path().join("other.duckdb");
    let err = shell.fails(1, &["generate", "--days", "1", "--db", other.to_str().unwrap(), "-q"]);
    assert!(err.contains("space left") && !err.contains("may write"), "{err}");
    // What was committed is there, and can be continued.
    fs::remove_file(disk.0.path().join("filler")).unwrap();
    disk.grow(64);
    shell.done(&["generate", "--continue", "--users", "8000", "--db", db, "-q"]);
    shell.done(&[&simulate[..], &["--db", "whole.duckdb"]].concat());
    let checksum = |db| shell.done(&["status", "--checksum", "--db", db]);
    assert_eq!(checksum(db), checksum("whole.duckdb"));
}

#[test]
fn a_file_with_nothing_in_it_is_not_another_programs() {
    let shell = Shell::new();
    fs::write(shell.path("lifecycle.duckdb"), "").unwrap();
    let err = shell.fails(1, &["status"]);
    assert!(err.contains("lifecycle.duckdb is empty") && err.contains("generate"), "{err}");
}

#[test]
fn a_grade_update_is_called_by_its_number_in_the_file() {
    let shell = Shell::with_shop("30");
    let runs = test_query("SELECT max(run_id) FROM grade_runs");
    let runs: i64 = shell.store(Access::Read).row(runs, &[], |row| row.get(0)).unwrap();
    assert_eq!(runs, 4);
    assert!(shell.done(&["grades", "--dry-run"]).contains("grade update #5 dry run"));
    assert!(shell.done(&["grades"]).contains("grade update #5 done"));
    assert!(shell.done(&["grades", "--lang", "ko"]).contains("등급 갱신 #6 완료"));
    let watched = shell.done(&["grades", "watch", "--interval", "1", "--max-runs", "2", "-q"]);
    assert!(watched.contains("#7 done") && watched.contains("#8 done"), "{watched}");
    let json = shell.done(&["grades", "watch", "--once", "--format", "json", "-q"]);
    assert!(json.contains("\"run\":9"), "{json}");
    let live = shell.done(&["live", "--speed", "max", "--for", "20m", "-q"]);
    assert!(!live.contains("#1 "), "{live}");
}

#[test]
fn the_last_day_that_can_be_kept_is_named() {
    let shell = Shell::new();
    fs::write(shell.path("o.csv"), "order_id,customer,date,amount\n1,a,9999-12-31,10\n").unwrap();
    let err = shell.fails(1, &["import", "orders", "o.csv"]);
    assert!(err.contains("9999-12-30") && !err.contains("years 1 to 9999"), "{err}");
    fs::write(shell.path("o.csv"), "order_id,customer,date,amount\n1,a,9999-12-30 23:59:59,10\n").unwrap();
    shell.done(&["import", "orders", "o.csv", "-q"]);
    assert!(shell.done(&["status"]).contains("9999-12-31 00:00:00"));
}
