//! Statements over a file in memory.

use super::check::FUNCTIONS;
use super::*;
use crate::store::{OpenOptions, Value};

fn store() -> Store {
    Store::in_memory(OpenOptions::default()).unwrap()
}

/// The names and values of an answer.
fn told(mut answer: Answer<'_>) -> Result<(Vec<String>, Vec<String>), ScriptError> {
    let names = answer.columns.iter().map(|column| column.name.clone()).collect();
    let mut values = Vec::new();
    while let Some(batch) = answer.rows.next_batch()? {
        for row in 0..batch.rows() {
            values.extend(batch.row(row).map(|value| match value {
                Value::Text(text) => text.into_owned(),
                other => format!("{other:?}"),
            }));
        }
    }
    Ok((names, values))
}

fn refused(store: &Store, text: &str) -> ScriptError {
    read(store, text).map(|_| ()).unwrap_err()
}

#[test]
fn a_text_without_a_statement_is_refused() {
    for text in ["", " ; ", "-- nothing", "/* ; */"] {
        assert!(matches!(refused(&store(), text), ScriptError::Empty), "{text}");
        let written = write(&store(), text, told);
        assert!(matches!(written, Err(ScriptError::Empty)), "{text}");
    }
}

#[test]
fn types_without_a_form_of_their_own_are_the_engines_text_in_the_order_of_the_rows() {
    let store = store();
    let rows =
        "SELECT [range] AS list, range AS list, INTERVAL 1 DAY AS length FROM range(3) ORDER BY range DESC";
    for text in [rows, &format!("{rows};\n"), &format!("{rows} -- a comment")] {
        let (names, values) = told(read(&store, text).unwrap()).unwrap();
        assert_eq!(names, ["list", "list_1", "length"]);
        assert_eq!(values, ["[2]", "Int(2)", "1 day", "[1]", "Int(1)", "1 day", "[0]", "Int(0)", "1 day"]);
    }
}

#[test]
fn a_failure_is_told_with_its_line() {
    let error = refused(&store(), "SELECT\n\n\n nothing FROM users").to_string();
    assert!(error.contains("\nLINE 4:  nothing FROM users\n         ^"), "{error}");
    let error = refused(&store(), "SELECT 1\nFORM FROM FROM users").to_string();
    assert!(error.contains("\nLINE 2: FORM FROM FROM users\n"), "{error}");
}

#[test]
fn reading_is_one_select_in_any_of_its_forms() {
    let store = store();
    for text in [
        "SELECT 1",
        "(SELECT 1);",
        "FROM orders",
        "TABLE orders",
        "VALUES (1)",
        "WITH a AS (SELECT 1 AS n) SELECT sum(n) OVER () FROM a",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "DESCRIBE orders",
        "SUMMARIZE orders",
        "PIVOT orders ON status IN ('Success') USING sum(amount)",
        "UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b",
        "EXPLAIN SELECT 1",
        "-- how\nexplain analyze SELECT 1",
        "EXPLAIN (FORMAT JSON) SELECT 1",
        "EXPLAIN (SELECT 1)",
        "SELECT month_offset_of(TIMESTAMP '2024-01-31', TIMESTAMP '2024-02-29'), random(), now()",
        "FROM duckdb_settings()",
    ] {
        read(&store, text).and_then(told).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    assert!(matches!(refused(&store, "SELECT 1; SELECT 2"), ScriptError::Several(2)));
    for text in [
        "SELECT 1; DROP TABLE users",
        "EXPLAIN DROP TABLE users",
        "EXPLAIN ANALYZE DROP TABLE users",
        "EXPLAIN (ANALYZE) DROP TABLE users",
        "CREATE TEMP TABLE t AS SELECT 1",
        "SET VARIABLE x = 1",
        "PRAGMA version",
        "CALL pragma_version()",
    ] {
        assert!(matches!(refused(&store, text), ScriptError::NotReading), "{text}");
    }
}

#[test]
fn no_function_that_changes_something_is_reached_by_any_way() {
    let store = store();
    let hostile = "SELECT 1 AS a FROM enable_profiling(format = 'json', save_location = 'x')";
    for definition in [
        format!("CREATE VIEW plain AS {hostile}"),
        format!("CREATE VIEW \"a AS SELECT 1; --\" AS {hostile}"),
        "CREATE VIEW over AS FROM plain".to_owned(),
        format!("CREATE MACRO one() AS ({hostile})"),
        format!("CREATE MACRO many() AS TABLE {hostile}"),
        "CREATE MACRO sum(a) AS one()".to_owned(),
        "CREATE SEQUENCE s".to_owned(),
    ] {
        store.execute_text("test", &definition).unwrap();
    }
    for text in [
        hostile,
        "SELECT (SELECT count(*) FROM ENABLE_PROFILING(format = 'json'))",
        "WITH a AS (FROM enable_logging()) SELECT 1",
        "SELECT 1 ORDER BY (SELECT 1 FROM checkpoint())",
        "SELECT 1 LIMIT (SELECT count(*) FROM force_checkpoint())",
        "VALUES ((SELECT count(*) FROM truncate_duckdb_logs()))",
        "FROM query('SELECT 1')",
        "FROM query_table('orders')",
        "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT nextval('s')",
        "SELECT write_log('x')",
        "FROM plain",
        "FROM Over",
        "FROM \"a AS SELECT 1; --\"",
        "SELECT one()",
        "SELECT main.one()",
        "FROM many()",
        "SELECT sum(1)",
        "DESCRIBE FROM plain",
        "EXPLAIN ANALYZE FROM plain",
    ] {
        let error = refused(&store, text);
        assert!(matches!(error, ScriptError::Function(_)), "{text}: {error:?}");
    }
}

#[test]
fn settings_stay_as_they_are_after_reading() {
    let store = store();
    read(&store, "SELECT 1").and_then(told).unwrap();
    assert!(store.execute_text("test", "SET threads = 1").is_err());
}

#[test]
fn every_function_of_the_engine_that_may_do_more_has_been_judged() {
    let known = store()
        .rows_text(
            "test",
            "SELECT DISTINCT function_name, function_type FROM duckdb_functions()
             WHERE internal AND (function_type = 'table' OR has_side_effects) ORDER BY ALL",
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .unwrap();
    assert!(known.len() > 80, "{}", known.len());
    let judged = |(name, kind): &&(String, String)| {
        let allowed = if kind == "table" { &FUNCTIONS.tables } else { &FUNCTIONS.volatile };
        !allowed.contains(name) && !FUNCTIONS.refused.contains(name)
    };
    let unknown: Vec<_> = known.iter().filter(judged).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(FUNCTIONS.refused.is_disjoint(&FUNCTIONS.tables));
    assert!(FUNCTIONS.refused.is_disjoint(&FUNCTIONS.volatile));
}

#[test]
fn an_expression_is_one_value_of_one_line() {
    let store = store();
    store.execute_text("test", "CREATE MACRO twice(n) AS n * 2").unwrap();
    store.execute_text("test", "CREATE MACRO total(n) AS (SELECT sum(n))").unwrap();
    for text in [
        "\"Quantity\" * \"UnitPrice\"",
        "'a;b--(' || x",
        "(a - -b) / 2",
        "\"odd;name\"",
        "'it''s'",
        "1 -- a comment",
        "CASE WHEN code IN ('POST', 'DOT') THEN 0 ELSE try_cast(replace(a, ',', '') AS DECIMAL(18, 2)) END",
        "list_transform([1, 2], lambda n: n + 1)[1]",
        "strptime(x, '%d/%m/%Y')",
        "twice(a)",
        "x[1:3] COLLATE nocase",
        "coalesce(a, b) IS NOT NULL AND a BETWEEN 1 AND 2",
        "no_such_function(a)",
    ] {
        check_expression(&store, text).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    for text in [
        "",
        " ",
        "-- nothing",
        "1; SELECT 2",
        "1) FROM orders WHERE (true",
        "1) FROM orders --",
        "1) UNION SELECT (2",
        "1; DROP TABLE orders",
        "1) AS a, (2",
        "(1",
        "'open",
        "1 ORDER BY 1",
        "DISTINCT 1",
        "(SELECT count(*) FROM enable_profiling(format = 'json', save_location = 'x'))",
        "EXISTS (FROM orders)",
        "sum(a)",
        "count(*)",
        "row_number() OVER ()",
        "unnest([1, 2])",
        "columns('order_id|amount')",
        "columns(*)",
        "*",
        "orders.*",
        "$1",
        "?",
        "#1",
        "random()",
        "nextval('s')",
        "total(a)",
    ] {
        assert!(check_expression(&store, text).is_err(), "{text}");
    }
}

#[test]
fn a_failure_takes_every_change_back() {
    let store = store();
    let text = "CREATE TABLE a (i INT); INSERT INTO a VALUES (1); SELECT nothing";
    assert!(matches!(write(&store, text, told), Err(ScriptError::Failed(_))));
    assert!(store.describe_text("test", "FROM a").is_err());
    let text = "CREATE TABLE a (i INT); INSERT INTO a VALUES (1), (2)";
    assert_eq!(write(&store, text, told).unwrap().1, ["Int(2)"]);
    // What cannot be shown does not happen.
    let unshown = write(&store, "DELETE FROM a", |_| Err::<(), _>(ScriptError::Empty));
    assert!(unshown.is_err());
    assert_eq!(read(&store, "SELECT count(*) FROM a").and_then(told).unwrap().1, ["Int(2)"]);
}

#[test]
fn a_transaction_that_is_ended_by_the_text_is_not_passed_over() {
    let store = store();
    for text in ["CREATE TABLE a (i INT); COMMIT", "COMMIT; SELECT 1", "COMMIT; SELECT nothing"] {
        let ended = write(&store, text, told);
        assert!(matches!(ended, Err(ScriptError::EndedTransaction(_))), "{ended:?}");
        store.transaction(|_| Ok::<_, StoreError>(())).unwrap();
    }
    let begun = write(&store, "BEGIN; CREATE TABLE b (i INT)", told);
    assert!(matches!(begun, Err(ScriptError::Failed(_))), "{begun:?}");
    assert!(store.describe_text("test", "FROM b").is_err());
    assert_eq!(write(&store, "CREATE TABLE b AS SELECT 1 AS n; FROM b", told).unwrap().1, ["Int(1)"]);
}

/// A text may write to any table, the file's own facts among them.
#[test]
fn facts_that_a_text_has_changed_are_read_again() {
    let store = store();
    store.meta().set("origin", "simulated").unwrap();
    store.meta().set_generation(2).unwrap();
    let generation = |text: &str| {
        write(&store, text, told).unwrap();
        store.meta().generation().unwrap()
    };
    assert_eq!(generation("UPDATE meta SET value = '500' WHERE key = 'generation'"), 501);
    assert_eq!(generation("DELETE FROM meta WHERE key = 'generation'"), 1);
    assert_eq!(generation("INSERT INTO meta VALUES ('note', NULL)"), 2);
    assert_eq!(store.meta().get("note").unwrap(), None);
    store.meta().set("note", "told").unwrap();
    let notes: Vec<String> =
        store.rows_text("test", "SELECT value FROM meta WHERE key = 'note'", |row| row.get(0)).unwrap();
    assert_eq!(notes, ["told"]);
    // What did not come about is not known.
    let failed: Result<(), StoreError> = store.transaction(|store| {
        store.meta().set("note", "otherwise")?;
        store.execute_text("test", "SELECT error('no')").map(|_| ())
    });
    assert!(failed.is_err());
    assert_eq!(store.meta().get("note").unwrap().as_deref(), Some("told"));
}
