//! Users' SQL: what is printed, and what is refused.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use insta::assert_snapshot;
use lifecycle::store::Access;

use crate::shell::Shell;

#[test]
fn an_answer_is_printed_in_every_format() {
    let shell = Shell::with_shop("40");
    let sql = "SELECT grade, count(*) AS customers, sum(amount) AS revenue, avg(amount) AS mean, max(created_at) AS last,
                      NULL AS nothing, count(*) = 1 AS alone
               FROM users JOIN orders USING (user_id) GROUP BY grade ORDER BY grade";
    let mut printed = String::new();
    for format in ["table", "csv", "json", "markdown"] {
        let out = shell.done(&["query", sql, "--format", format]);
        printed.push_str(&format!("{format}\n{}\n", out.replace("\r\n", "\n")));
    }
    assert_snapshot!("query_formats", printed);
}

#[test]
fn no_type_stops_an_answer_in_any_format() {
    let shell = Shell::with_shop("5");
    let all = "SELECT * FROM test_all_types()";
    for format in ["table", "csv", "json", "markdown"] {
        let out = shell.done(&["query", all, "--format", format]);
        assert!(out.len() > 1_000, "{out}");
    }
    let values: &[(&str, &str)] = &[
        ("(2::HUGEINT ** 100)::HUGEINT", "\"1267650600228229401496703205376\""),
        ("sum(1)", "1"),
        ("170141183460469231731687303715884105727::HUGEINT", "\"170141183460469231731687303715884105727\""),
        ("340282366920938463463374607431768211455::UHUGEINT", "\"340282366920938463463374607431768211455\""),
        ("1.10::DECIMAL(3,2)", "\"1.10\""),
        ("7.00::DECIMAL(3,2)", "7"),
        ("0.1::DOUBLE", "0.1"),
        ("'nan'::DOUBLE", "null"),
        ("[1, NULL, 3]", "\"[1, NULL, 3]\""),
        ("{'a': 1, 'b': [DATE '2024-01-01']}", "\"{'a': 1, 'b': [2024-01-01]}\""),
        ("MAP {'k': 1.50}", "\"{k=1.50}\""),
        ("INTERVAL 26 HOURS", "\"26:00:00\""),
        ("UUID '47183823-2574-4bfd-b411-99ed177d3e43'", "\"47183823-2574-4bfd-b411-99ed177d3e43\""),
        ("'\\xFF\\x00a'::BLOB", "\"\\\\xFF\\\\x00a\""),
        ("TIME '12:34:56.7'", "\"12:34:56.7\""),
        ("'0101'::BIT", "\"0101\""),
        ("TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", "\"2024-01-01 00:00:00.123456789\""),
        ("TIMESTAMPTZ '2024-01-01 00:00:00+00'", "\"2024-01-01 00:00:00+00\""),
        ("TIMESTAMP '2024-01-01 00:00:00.5'", "\"2024-01-01T00:00:00.500000\""),
        ("DATE '2024-02-29'", "\"2024-02-29\""),
        ("DATE 'infinity'", "\"infinity\""),
        ("true", "true"),
        ("NULL", "null"),
        ("'b'::ENUM('a', 'b')", "\"b\""),
        ("'x'::VARIANT", "\"x\""),
    ];
    for (expression, json) in values {
        let out = shell.done(&["query", &format!("SELECT {expression} AS v"), "--format", "json"]);
        assert_eq!(out, format!("[\n  {{\n    \"v\": {json}\n  }}\n]\n"), "{expression}");
    }
    let moment = shell.done(&[
        "query",
        "SELECT TIMESTAMP '2024-01-01 00:00:00.5' AS at, 1234567.5 AS n, 0.1 + 0.2::DOUBLE AS x",
    ]);
    assert!(moment.contains("2024-01-01 00:00:00.500") && moment.contains("1234567.5"), "{moment}");
    assert!(moment.contains("0.30000000000000004"), "{moment}");
}

#[test]
fn a_statement_comes_as_an_argument_a_file_or_through_a_pipe() {
    let shell = Shell::with_shop("5");
    let sql = "-- first a helper\nWITH t AS (SELECT 1 AS a)\nSELECT a, 4 AS x FROM t; -- done\n;;\n";
    fs::write(shell.path("ask.sql"), sql).unwrap();
    assert_eq!(shell.done(&["query", "ask.sql", "--format", "csv"]), "a,x\r\n1,4\r\n");
    // Several statements need --write, even with temporary helpers; the rows of the last one are printed.
    let several =
        "CREATE TEMP TABLE t AS SELECT 1 AS a; SET VARIABLE x = 2; SELECT a, getvariable('x') AS x FROM t";
    fs::write(shell.path("several.sql"), several).unwrap();
    assert_eq!(shell.done(&["query", "several.sql", "--write", "--format", "csv"]), "a,x\r\n1,2\r\n");
    fs::write(shell.path("without an ending"), "SELECT 7 AS n").unwrap();
    assert_eq!(shell.done(&["query", "without an ending", "--format", "csv"]), "n\r\n7\r\n");
    let mut child = shell
        .command(&["query", "-", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("SELECT 'é' AS piped".as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, "piped\r\né\r\n".as_bytes());
}

#[test]
fn names_are_kept_apart_and_our_arithmetic_is_there() {
    let shell = Shell::with_shop("5");
    let csv = |sql: &str| shell.done(&["query", sql, "--format", "csv"]);
    assert_eq!(csv("SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a"), "a,a_2,a_1,a_3\r\n1,2,3,4\r\n");
    assert_eq!(csv("SELECT [1] AS a, 2 AS a"), "a,a_1\r\n[1],2\r\n");
    assert_eq!(
        csv(
            "SELECT month_offset_of(TIMESTAMP '2024-01-31', TIMESTAMP '2024-02-29') AS m, divide_half_up(1.00, 8) AS d"
        ),
        "m,d\r\n1,0.13\r\n"
    );
    assert_eq!(csv("FROM orders WHERE false LIMIT 0").lines().count(), 1);
    assert_eq!(shell.done(&["query", "SELECT 1 AS a WHERE false", "--format", "json"]), "[]\n");
    assert_eq!(shell.done(&["query", "SELECT 1 AS a WHERE false"]), "(no rows)\n");
    assert!(csv("SHOW TABLES").contains("ltv_batch"));
    assert!(csv("DESCRIBE orders").contains("order_id,BIGINT"));
    assert!(csv("SUMMARIZE SELECT amount FROM orders").starts_with("column_name,"));
    assert!(
        csv("PIVOT orders ON status IN ('Success', 'Failed') USING sum(quantity) GROUP BY user_id")
            .contains(",Success,Failed")
    );
    assert!(csv("SHOW ALL TABLES").contains("cohort_members"));
    fs::write(shell.path("x.csv"), "a\n1\n2\n").unwrap();
    assert_eq!(csv("SELECT sum(a) AS s FROM 'x.csv'"), "s\r\n3\r\n");
    let plan = shell.done(&["query", "EXPLAIN SELECT user_id, count(*) FROM orders GROUP BY user_id"]);
    assert!(plan.contains("┌─") && plan.lines().count() > 5, "{plan}");
}

#[test]
fn a_wide_answer_stays_readable_at_80_columns() {
    let shell = Shell::with_shop("5");
    let wide = |arguments: &[&str]| {
        let output = shell.command(arguments).env("COLUMNS", "80").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let out = wide(&["query", "FROM orders ORDER BY order_id LIMIT 2"]);
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    assert_snapshot!("query_at_80", out);
}

#[test]
fn a_million_rows_are_written_as_they_come() {
    let shell = Shell::with_shop("5");
    let sql = "SELECT range AS n, 'row ' || range AS text FROM range(1_000_000)";
    let csv = shell.done(&["query", sql, "--format", "csv"]);
    assert_eq!((csv.lines().count(), csv.lines().last()), (1_000_001, Some("999999,row 999999")));
    let json = shell.done(&["query", sql, "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!((rows.len(), rows[999_999]["n"].as_i64()), (1_000_000, Some(999_999)));
    // Rows are streamed: a reader that stops after ten ends the query.
    let endless = "SELECT a.range AS n FROM range(1_000_000_000) a, range(1_000_000_000) b";
    for format in ["csv", "json"] {
        let mut child = shell
            .command(&["query", endless, "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 100];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

#[test]
fn only_reading_is_possible_without_being_told() {
    let shell = Shell::with_shop("10");
    let before = shell.names(".");
    let file = fs::read(shell.path("lifecycle.duckdb")).unwrap();
    let refused = [
        "DELETE FROM orders",
        "WITH a AS (SELECT 1) INSERT INTO orders SELECT * FROM orders",
        "CREATE TABLE t (a INT)",
        "DROP TABLE orders",
        "COPY orders TO 'x.csv'",
        "EXPORT DATABASE 'x'",
        "ATTACH 'x.duckdb' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "PRAGMA enable_profiling",
        "PRAGMA profile_output = 'x'",
        "CALL enable_logging(storage = 'file', storage_path = 'x')",
        "FROM enable_logging(storage = 'file', storage_path = 'x')",
        "SELECT 1 FROM query('FROM enable_' || 'logging(storage = ''file'', storage_path = ''x'')')",
        "CREATE TEMP TABLE t AS FROM enable_logging(storage = 'file', storage_path = 'x')",
        "CREATE TEMP MACRO f() AS TABLE FROM enable_logging(storage = 'file', storage_path = 'x'); FROM f()",
        "EXPLAIN ANALYZE COPY orders TO 'x.csv'",
        "-- a comment\rCOPY (SELECT 42) TO 'x.csv';\nEXPLAIN SELECT 1",
        "-- a comment\rATTACH 'x.csv' AS other;\nEXPLAIN ANALYZE SELECT 1",
        "EXPLAIN ANALYZE FROM enable_logging(storage = 'file', storage_path = 'x')",
        "SET VARIABLE x = (SELECT count(*) FROM enable_profiling(format = 'query_tree', save_location = 'x'))",
        "CREATE TEMP TYPE e AS ENUM (SELECT 'a' FROM enable_profiling(format = 'query_tree', save_location = 'x'))",
        "SELECT (SELECT count(*) FROM enable_profiling(format = 'json', save_location = 'x'))",
        "FROM json_execute_serialized_sql(json_serialize_sql('FROM enable_logging(storage = ''file'', storage_path = ''x'')'))",
        "WITH a AS (FROM enable_logging(storage = 'file', storage_path = 'x')) SELECT 1",
        "DESCRIBE FROM enable_logging(storage = 'file', storage_path = 'x')",
        "SUMMARIZE FROM enable_logging(storage = 'file', storage_path = 'x')",
        "SELECT write_log('x')",
        "CREATE PERSISTENT SECRET s (TYPE http)",
        "CHECKPOINT",
        "BEGIN",
        "SELECT 1; DELETE FROM orders",
    ];
    for sql in refused {
        let said = shell.fails(2, &["query", sql]);
        assert!(said.contains("only reading is") && said.contains("--write"), "{sql}: {said}");
        assert_eq!(shell.names("."), before, "{sql} wrote something");
    }
    assert_eq!(fs::read(shell.path("lifecycle.duckdb")).unwrap(), file, "the file has changed");
}

#[test]
fn what_is_wrong_with_a_statement_is_shown_where_it_is() {
    let shell = Shell::with_shop("5");
    fs::write(shell.path("broken.sql"), "-- here\n\n\nSELECT order_id,\n       amout\nFROM orders;\n")
        .unwrap();
    fs::write(shell.path("latin.sql"), b"SELECT '\xe9'").unwrap();
    let cases: &[(i32, &[&str])] = &[
        (1, &["SELECT * FORM orders"]),
        (1, &["SELECT amout FROM orders"]),
        (1, &["orders"]),
        (1, &["broken.sql"]),
        (1, &["SELECT [1], CAST('x' AS INTEGER) FROM orders"]),
        (1, &["SELECT CAST(name AS INTEGER) FROM products WHERE product_id = 1"]),
        (1, &["SELECT 'not closed"]),
        (1, &["SELECT $1"]),
        (1, &["missing.sql"]),
        (1, &["latin.sql"]),
        (2, &[""]),
        (2, &[" ; -- nothing\n /* at all */ ; "]),
        (2, &["SELECT 1;\nUPDATE orders SET amount = 0"]),
        (2, &["SELECT 1; SELECT 2"]),
        (2, &["PIVOT orders ON status USING count(*)"]),
        (2, &["SELECT * FROM query('SELECT 1')"]),
        (1, &["SELECT 1; COMMIT", "--write"]),
        (1, &["SELECT 1", "--db", "none.duckdb"]),
    ];
    let mut said = String::new();
    for (code, arguments) in cases {
        let error = shell.fails(*code, &[&["query"], *arguments].concat());
        said.push_str(&format!("$ lifecycle query {arguments:?}\n{error}\n"));
    }
    assert_snapshot!("query_errors", said);
}

#[test]
fn writing_is_all_or_nothing_and_says_how_much() {
    let shell = Shell::with_shop("100");
    let count =
        |sql: &str| -> i64 { shell.store(Access::Read).rows_text("test", sql, |row| row.get(0)).unwrap()[0] };
    let orders = count("SELECT count(*) FROM orders");
    let known = "SELECT count(*) FROM meta WHERE key = 'first_orders_before'";
    shell.done(&["cohort", "run", "-q"]);
    assert_eq!(count(known), 1);
    // The second statement fails, which undoes the first.
    let said = shell.fails(1, &["query", "DELETE FROM orders; SELECT nothing", "--write"]);
    assert!(said.contains("Binder Error"), "{said}");
    assert_eq!(count("SELECT count(*) FROM orders"), orders);
    assert_snapshot!(
        "query_write",
        shell.done(&[
            "query",
            "CREATE TABLE mine (a INT); UPDATE users SET region = NULL WHERE user_id <= 3",
            "--write"
        ])
    );
    assert_eq!(count("SELECT count(*) FROM users WHERE region IS NULL"), 3);
    // The batch's cache of first orders is rebuilt, whatever the statements did.
    assert_eq!(count(known), 0);
    let (code, out, err) = shell.run(&[
        "query",
        "DELETE FROM orders WHERE order_id <= 2 RETURNING order_id",
        "--write",
        "--format",
        "csv",
    ]);
    assert_eq!((code, out.as_str()), (0, "order_id\r\n1\r\n2\r\n"));
    assert!(err.contains("lifecycle cohort verify"), "{err}");
    assert_eq!((count("SELECT count(*) FROM orders"), count(known)), (orders - 2, 0));
    let json = shell.done(&["query", "INSERT INTO mine VALUES (1), (2)", "--write", "--format", "json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), serde_json::json!([{"Count": 2}]));
}
