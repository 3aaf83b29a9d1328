//! Output on a terminal: no text from a file acts on it, by whatever way it gets there.

use std::fs;

use super::shell::Shell;

/// A text that would colour a terminal, rename its window and reverse the direction of writing.
const HOSTILE: &str = "a\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}1m\u{202e}b\u{2066}\u{7f}";

fn assert_harmless(what: &str, text: &str) {
    let harmful = |letter: char| {
        letter != '\n' && letter.is_control() || "\u{202e}\u{2066}\u{200f}\u{feff}".contains(letter)
    };
    assert!(!text.contains(harmful), "{what}: {text:?}");
}

#[test]
fn a_files_headers_and_values_do_not_reach_the_terminal_as_they_are() {
    let shell = Shell::new();
    fs::write(shell.path("headers.csv"), format!("{HOSTILE},when\nx,2024-01-01\n")).unwrap();
    let lines = format!("customer_id,created_at,amount\n{HOSTILE},{HOSTILE},{HOSTILE}\n");
    fs::write(shell.path("values.csv"), lines).unwrap();
    fs::write(shell.path(HOSTILE), "customer_id,created_at,amount\n").unwrap();
    let map = format!("amount=\"{HOSTILE}\" + 1");
    for arguments in [
        vec!["import", "orders", "headers.csv"],
        vec!["import", "orders", "values.csv"],
        vec!["import", "orders", "values.csv", "--dry-run"],
        vec!["import", "orders", "values.csv", "--skip-bad", "--rejects", HOSTILE],
        vec!["import", "orders", "values.csv", "--map", &map],
        vec!["import", "orders", HOSTILE],
        vec!["status", "--db", HOSTILE],
    ] {
        let (_, out, err) = shell.run(&arguments);
        assert!(out.len() + err.len() > 20, "{arguments:?}");
        assert_harmless("stderr", &err);
        assert_harmless("stdout", &out);
    }
}

#[test]
fn words_of_the_command_line_do_not_reach_the_terminal_as_they_are() {
    let shell = Shell::new();
    for arguments in [
        &[HOSTILE][..],
        &["que\u{202e}ry", "DESCRIBE orders"],
        &["status", "--fo\r\rr\u{1b}[31m"],
        &["status", "--format", HOSTILE],
        &["status", "--threads", HOSTILE],
        &["help", HOSTILE],
    ] {
        let said = shell.fails(2, arguments);
        assert!(said.len() > 20, "{arguments:?}");
        assert_harmless(&arguments.join(" "), &said);
    }
}

#[test]
fn an_answers_headings_and_values_are_shown_and_written_safely() {
    let shell = Shell::with_shop("2");
    let sql = format!("SELECT '{HOSTILE}' AS \"{HOSTILE}\", '<script>' AS tag, '=1+1' AS formula");
    for format in ["table", "markdown", "json"] {
        let out = shell.done(&["query", &sql, "--format", format]);
        assert_harmless(format, &out);
        assert_eq!(format != "markdown" && out.contains("<script>"), format != "markdown", "{out}");
    }
    assert_harmless("plan", &shell.done(&["query", &format!("EXPLAIN {sql}")]));
    let error = shell.fails(1, &["query", &format!("SELECT CAST('{HOSTILE}' AS INTEGER)")]);
    assert_harmless("error", &error);
    // Data for programs is exact.
    let json: serde_json::Value =
        serde_json::from_str(&shell.done(&["query", &sql, "--format", "json"])).unwrap();
    assert_eq!(json[0][HOSTILE], HOSTILE);
    let csv = shell.done(&["query", &sql, "--format", "csv"]);
    assert_eq!(csv, format!("{HOSTILE},tag,formula\r\n{HOSTILE},<script>,=1+1\r\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn data_for_programs_is_harmless_on_a_terminal_too() {
    let shell = Shell::with_shop("2");
    let sql = format!("SELECT '{HOSTILE}' AS \"{HOSTILE}\"");
    let store = shell.store(lifecycle::store::Access::Write);
    store
        .execute_text("test", &format!("UPDATE products SET name = '{HOSTILE}', category = '{HOSTILE}'"))
        .unwrap();
    store.close().unwrap();
    for arguments in [
        &["query", &sql, "--format", "csv"][..],
        &["query", &sql, "--format", "json"],
        &["query", &sql, "--format", "markdown"],
        &["query", &sql, "--color", "never"],
        &["products", "--format", "csv"],
        &["export", "products", "--to", "-", "--as", "csv"],
        &["export", "products", "--to", "-", "--as", "jsonl"],
    ] {
        // Terminals get a carriage return with each line end.
        let sent = shell.on_terminal(arguments).replace("\r\n", "\n");
        assert!(sent.contains("[31m") && sent.contains("owned"), "{arguments:?}: {sent:?}");
        assert_harmless(&arguments.join(" "), &sent);
    }
    // In a pipe they are unchanged.
    assert!(shell.done(&["export", "products", "--to", "-", "--as", "csv"]).contains(HOSTILE));
}

#[test]
#[cfg(unix)]
fn an_export_replaces_files_only_and_keeps_their_manners() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let shell = Shell::with_shop("2");
    let mode = |name: &str| fs::metadata(shell.path(name)).unwrap().permissions().mode() & 0o777;
    let made = std::process::Command::new("mkfifo").arg(shell.path("pipe.csv")).status().unwrap();
    assert!(made.success());
    symlink("/dev/null", shell.path("null.csv")).unwrap();
    for name in ["pipe.csv", "null.csv"] {
        let said = shell.fails(1, &["export", "users", "--to", name, "--overwrite"]);
        assert!(said.contains("neither a file nor a folder"), "{said}");
    }
    assert!(fs::metadata(shell.path("pipe.csv")).unwrap().file_type().is_fifo());
    fs::write(shell.path("private.csv"), "old").unwrap();
    fs::set_permissions(shell.path("private.csv"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("private.csv", shell.path("link.csv")).unwrap();
    symlink("later.csv", shell.path("dangling.csv")).unwrap();
    shell.done(&["export", "users", "--to", "link.csv", "--overwrite"]);
    shell.done(&["export", "users", "--to", "dangling.csv"]);
    assert_eq!((mode("private.csv"), mode("later.csv")), (0o600, mode("lifecycle.duckdb")));
    for link in ["link.csv", "dangling.csv"] {
        assert!(fs::symlink_metadata(shell.path(link)).unwrap().is_symlink(), "{link}");
    }
    let hidden: Vec<String> = shell.names(".").into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn curves_are_drawn_on_a_terminal_and_never_in_a_pipe() {
    let shell = Shell::with_shop("150");
    shell.done(&["predict", "run", "-q"]);
    let is_braille = |letter: char| ('\u{2801}'..='\u{28ff}').contains(&letter);
    for (arguments, legend) in [
        ("cohort report --chart", ["Mean", "평균"]),
        ("cohort report --view retention --by channel --chart", ["Mean", "평균"]),
        ("cohort report --view payback --chart", ["Mean", "평균"]),
        ("predict cohorts --chart", ["Expected", "기대값"]),
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        let without: Vec<&str> = words.iter().copied().filter(|word| *word != "--chart").collect();
        let piped = shell.done(&words);
        assert_eq!(piped, shell.done(&without), "{arguments}");
        assert!(!piped.contains(is_braille), "{arguments}");
        for format in ["json", "csv", "markdown"] {
            let drawn = shell.on_terminal(&[&words[..], &["--format", format]].concat());
            assert!(!drawn.contains(is_braille), "{arguments} {format}");
        }
        let drawn = shell.on_terminal(&words);
        assert!(drawn.contains(is_braille) && drawn.contains(legend[0]), "{drawn}");
        let korean = shell.on_terminal(&[&words[..], &["--lang", "ko"]].concat());
        assert!(korean.contains(legend[1]), "{korean}");
    }
}
