//! Files of older versions: rejected and left unchanged until they are migrated explicitly.

use std::fs;

use lifecycle::store::{Access, OpenOptions, Row, SCHEMA_VERSION, Store, StoreError};

use crate::shell::Shell;
use crate::shop::test_query;

/// A file of the first schema, with a customer and two orders.
fn old_file(path: &std::path::Path) {
    let old = duckdb::Connection::open(path).unwrap();
    old.execute_batch(include_str!("../../queries/schema/0001_tables.sql")).unwrap();
    old.execute_batch(
        "INSERT INTO meta VALUES ('schema_version', '1'), ('origin', 'imported'), ('clock', '2024-03-01 00:00:00');
         INSERT INTO users (user_id, external_id, grade, signed_up_at) VALUES (1, 'a', 'BRONZE', TIMESTAMP '2024-01-01');
         INSERT INTO orders (order_id, external_id, user_id, quantity, unit_price, amount, status, created_at)
         VALUES (7, '7', 1, 1, 10.50, 10.50, 'Success', TIMESTAMP '2024-01-01'),
                (8, 'x', 1, 1, 1, 1, 'Refunded', TIMESTAMP '2024-02-01');",
    )
    .unwrap();
    old.close().unwrap();
}

#[test]
fn an_older_file_is_left_alone_until_it_is_migrated() {
    let shell = Shell::new();
    let db = shell.path("lifecycle.duckdb");
    old_file(&db);
    let before = fs::read(&db).unwrap();
    fs::write(shell.path("o.csv"), "order_id,customer,date,amount\n9,a,2024-03-01,10\n").unwrap();
    for command in [
        &["status"][..],
        &["grades"],
        &["cohort", "run"],
        &["import", "orders", "o.csv"],
        &["generate", "--overwrite"],
    ] {
        let err = shell.fails(1, command);
        assert!(err.contains("schema 1") && err.contains("lifecycle migrate"), "{command:?}: {err}");
    }
    for access in [Access::Read, Access::Write, Access::Create] {
        let error = Store::open(&db, access, OpenOptions::default()).unwrap_err();
        assert!(matches!(error, StoreError::Older { found: 1, known: SCHEMA_VERSION, .. }), "{error}");
    }
    assert!(fs::read(&db).unwrap() == before, "the file was changed");
    assert_eq!(shell.names(""), ["lifecycle.duckdb", "o.csv"]);

    // Half a copy, of a migration that was killed.
    let half = shell.path(".lifecycle.schema-1.duckdb.Ab3dE9.partial");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("lifecycle.schema-1.duckdb"), &before[..100]).unwrap();
    let done = shell.done(&["migrate", "--format", "json"]);
    assert!(!half.exists());
    assert!(done.contains("\"from\": 1") && done.contains("lifecycle.schema-1.duckdb"), "{done}");
    assert!(fs::read(shell.path("lifecycle.schema-1.duckdb")).unwrap() == before, "the copy is another");
    let orders =
        test_query("SELECT order_id, external_id, CAST(amount AS VARCHAR) FROM orders ORDER BY order_id");
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let orders: Vec<(i64, Option<String>, String)> =
        shell.store(Access::Read).rows(orders, &[], read).unwrap();
    let expected = [(7, None, "10.50".to_owned()), (8, Some("x".to_owned()), "1.00".to_owned())];
    assert_eq!(orders, expected);
    shell.done(&["import", "orders", "o.csv", "-q"]);

    let (code, _, err) = shell.run(&["migrate"]);
    assert_eq!((code, err.as_str()), (0, "lifecycle.duckdb is up to date\n"));
    assert_eq!(shell.names(""), ["lifecycle.duckdb", "lifecycle.schema-1.duckdb", "o.csv"]);
}

#[test]
fn a_copy_takes_the_place_of_nothing() {
    let shell = Shell::new();
    fs::write(shell.path("lifecycle.schema-1.duckdb"), "another copy").unwrap();
    old_file(&shell.path("lifecycle.duckdb"));
    shell.done(&["migrate", "-q"]);
    assert_eq!(fs::read_to_string(shell.path("lifecycle.schema-1.duckdb")).unwrap(), "another copy");
    assert!(shell.path("lifecycle.schema-1-2.duckdb").exists());
}
