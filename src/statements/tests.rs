//! Statements over a file in memory.

use super::*;
use crate::store::{OpenOptions, Value};

fn store() -> Store {
    Store::in_memory(OpenOptions::default()).unwrap()
}

/// The names and values of the last statement's answer.
fn answered(store: &Store, text: &str) -> (Vec<String>, Vec<String>) {
    let mut found = (Vec::new(), Vec::new());
    let script = Script::parse(text).unwrap();
    script
        .run(store, Mode::Reading, |mut answer: Answer<'_>| {
            found.0 = answer.columns.iter().map(|column| column.name.clone()).collect();
            while let Some(batch) = answer.rows.next_batch()? {
                for row in 0..batch.rows() {
                    found.1.extend(batch.row(row).map(|value| match value {
                        Value::Text(text) => text.into_owned(),
                        other => format!("{other:?}"),
                    }));
                }
            }
            Ok::<(), ScriptError>(())
        })
        .unwrap();
    found
}

fn failed(store: &Store, text: &str, mode: Mode) -> ScriptError {
    let script = Script::parse(text).unwrap();
    let run = script.run(store, mode, |mut answer: Answer<'_>| {
        while answer.rows.next_batch()?.is_some() {}
        Ok::<(), ScriptError>(())
    });
    run.unwrap_err()
}

#[test]
fn a_text_without_a_statement_is_refused() {
    for text in ["", " ; ", "-- nothing", "/* ; */"] {
        assert!(matches!(Script::parse(text), Err(ScriptError::Empty)), "{text}");
    }
}

#[test]
fn types_without_a_form_of_their_own_are_the_engines_text_in_the_order_of_the_rows() {
    let (names, values) = answered(
        &store(),
        "SELECT [range] AS list, range AS list, INTERVAL 1 DAY AS length FROM range(3) ORDER BY range DESC",
    );
    assert_eq!(names, ["list", "list_1", "length"]);
    assert_eq!(values, ["[2]", "Int(2)", "1 day", "[1]", "Int(1)", "1 day", "[0]", "Int(0)", "1 day"]);
}

#[test]
fn a_failure_is_told_with_the_line_of_the_whole_text() {
    let text =
        "SELECT 1;\n\nSELECT [1],\n  CAST(name AS INTEGER) FROM (SELECT 'x' || range AS name FROM range(2))";
    let error = failed(&store(), text, Mode::Reading).to_string();
    assert!(error.starts_with("statement 2 of 2 failed: Conversion Error"), "{error}");
    let error = failed(&store(), "SELECT 1;\n\n\nSELECT\n nothing FROM users", Mode::Reading).to_string();
    assert!(error.contains("\nLINE 5:  nothing FROM users\n         ^"), "{error}");
}

#[test]
fn nothing_is_run_before_everything_may_be() {
    let store = store();
    let error = failed(&store, "CREATE TEMP TABLE seen AS SELECT 1;\nDROP TABLE users", Mode::Reading);
    assert!(matches!(&error, ScriptError::NotReading { name, line: Some(2) } if name == "DROP"), "{error}");
    assert!(store.describe_text("test", "FROM seen").is_err());
}

#[test]
fn a_failure_takes_every_change_back() {
    let store = store();
    let error =
        failed(&store, "CREATE TABLE a (i INT); INSERT INTO a VALUES (1); SELECT nothing", Mode::Writing);
    assert!(error.to_string().starts_with("statement 3 of 3 failed"), "{error}");
    assert!(store.describe_text("test", "FROM a").is_err());
    let script = Script::parse("CREATE TABLE a (i INT); INSERT INTO a VALUES (1), (2)").unwrap();
    let outcome = script.run(&store, Mode::Writing, |_| Ok::<(), ScriptError>(())).unwrap();
    assert_eq!(outcome.changes.iter().map(|change| change.rows).collect::<Vec<_>>(), [None, Some(2)]);
    assert!(!outcome.answered && !outcome.touched_orders);
}
