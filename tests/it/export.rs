//! What an export writes, read back by the engine and by SQLite, cell by cell.

use std::fs;
use std::process::Stdio;

use insta::assert_snapshot;
use lifecycle::store::{Access, OpenOptions, Store};
use rusqlite::types::ValueRef;

use crate::shell::{Shell, names_in};

const TABLES: &[&str] = &[
    "users",
    "products",
    "campaigns",
    "campaign_activities",
    "orders",
    "order_lines",
    "user_attributes",
    "listed_customers",
    "grade_runs",
    "grade_changes",
    "cohort_members",
    "ltv_batch",
    "predict_runs",
    "ltv_predicted",
    "customer_predictions",
    "predict_checks",
    "meta",
];

/// Values that writers and readers get wrong: quotes, separators, line ends, empty texts beside missing ones,
/// the largest amounts, fractions of seconds.
const AWKWARD: &[&str] = &[
    "INSERT INTO users (user_id, external_id, name, gender, birth_date, region, status, marketing_agree, grade, signed_up_at) VALUES
        (900001, '', 'a,b \"c\"', 'F', '1999-12-31', ' lead', 'ACTIVE', true, 'VIP', '2024-01-01 00:00:00.000001'),
        (900002, NULL, E'two\nlines\rand\ttab', NULL, NULL, NULL, NULL, NULL, 'BRONZE', '2024-01-01 23:59:59.5'),
        (900003, '#hash', '김철수 😀', 'M', '0001-01-01', '''quoted''', 'DORMANT', false, 'GOLD', '1999-01-01')",
    "INSERT INTO products (product_id, name, category, price, external_id) VALUES (900001, 'NULL', NULL, NULL, ''), (900002, '\\N', '', -0.05, 'x;y|z')",
    "INSERT INTO orders (order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at) VALUES
        (900001, '', 900001, 900001, NULL, NULL, NULL, 0, 'Failed', '2030-01-01'),
        (900002, NULL, 900002, 900002, NULL, 2147483647, 0.01, -0.01, 'Refunded', '2030-02-01 00:00:00.123456'),
        (900003, 'ord,er', 900003, NULL, NULL, 1, 9999999999999.99, 9999999999999999, 'Success', '2030-02-28 23:59:59')",
    "INSERT INTO order_lines SELECT order_id, 1, product_id, quantity, -amount FROM orders WHERE order_id <= 3",
    "INSERT INTO user_attributes SELECT user_id, 'a \"tier\"', 'x,\ny' FROM users WHERE user_id <= 3",
    "INSERT INTO listed_customers SELECT activity_id, 1 FROM campaign_activities",
];

fn awkward_shop() -> Shell {
    let shell = Shell::with_shop("70");
    shell.done(&["predict", "run", "--holdout", "30d", "-q"]);
    let store = shell.store(Access::Write);
    for statement in AWKWARD {
        store.execute_text("test", statement).unwrap();
    }
    store.close().unwrap();
    shell
}

/// Rows of a relation as text, in order; NULL is `None`.
fn rows(store: &Store, sql: &str) -> Vec<Vec<Option<String>>> {
    let columns = store.describe_text("test", sql).unwrap().len();
    let texts = format!("SELECT COLUMNS(*)::VARCHAR FROM ({sql})");
    store.rows_text("test", &texts, |row| (0..columns).map(|column| row.get(column)).collect()).unwrap()
}

fn sorted(mut rows: Vec<Vec<Option<String>>>) -> Vec<Vec<Option<String>>> {
    rows.sort();
    rows
}

/// A table's types as a struct, for the reader.
fn types_of(store: &Store, table: &str) -> String {
    let columns = store.describe_text("test", &format!("SELECT * FROM {table}")).unwrap();
    let typed: Vec<String> = columns
        .iter()
        .map(|column| {
            let is_enum = column.data_type.starts_with("ENUM");
            format!("'{}': '{}'", column.name, if is_enum { "VARCHAR" } else { &column.data_type })
        })
        .collect();
    format!("{{{}}}", typed.join(", "))
}

#[test]
fn every_table_reads_back_from_every_format_as_it_was() {
    let shell = awkward_shop();
    for (format, extension) in [("csv", "csv"), ("parquet", "parquet"), ("jsonl", "jsonl")] {
        shell.done(&["export", "all", "--to", format, "--as", format]);
        assert_eq!(shell.names(format).len(), TABLES.len());
        let store = shell.store(Access::Read);
        for table in TABLES {
            let path = shell.path(&format!("{format}/{table}.{extension}")).display().to_string();
            let types = types_of(&store, table);
            let reader = match format {
                "csv" => format!(
                    "read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', \
                     new_line = '\\r\\n', nullstr = '', allow_quoted_nulls = false, columns = {types})"
                ),
                "parquet" => format!("read_parquet('{path}')"),
                _ => format!("read_json('{path}', format = 'newline_delimited', columns = {types})"),
            };
            let read = rows(&store, &format!("SELECT * FROM {reader}"));
            let held = rows(&store, &format!("SELECT * FROM {table}"));
            assert!(!held.is_empty(), "{table} tests nothing");
            assert_eq!(sorted(read), sorted(held), "{table} as {format}");
        }
    }
}

#[test]
fn parquet_keeps_the_types() {
    let shell = awkward_shop();
    shell.done(&["export", "orders", "--to", "orders.parquet"]);
    let store = shell.store(Access::Read);
    let path = shell.path("orders.parquet").display().to_string();
    let types = |relation: &str| -> Vec<(String, String)> {
        let columns = store.describe_text("test", &format!("SELECT * FROM {relation}")).unwrap();
        columns.into_iter().map(|column| (column.name, column.data_type)).collect()
    };
    let mut held = types("orders");
    for (_, data_type) in held.iter_mut().filter(|(_, data_type)| data_type.starts_with("ENUM")) {
        *data_type = "VARCHAR".to_owned();
    }
    assert_eq!(types(&format!("'{path}'")), held);
}

/// A SQLite value as the engine writes the same one.
fn sqlite_text(value: ValueRef<'_>, data_type: &str) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) if data_type == "BOOLEAN" => Some((number == 1).to_string()),
        ValueRef::Integer(number) if data_type.starts_with("DECIMAL") => Some(format!("{number}.00")),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) if data_type.starts_with("DECIMAL") => Some(format!("{number:.2}")),
        ValueRef::Real(number) => Some(format!("{number:?}")),
        ValueRef::Text(text) => Some(String::from_utf8(text.to_vec()).unwrap()),
        ValueRef::Blob(_) => panic!("a blob"),
    }
}

#[test]
fn a_sqlite_file_holds_every_cell_with_keys_that_hold() {
    let shell = awkward_shop();
    shell.done(&["export", "all", "--to", "shop.sqlite"]);
    let store = shell.store(Access::Read);
    let sqlite = rusqlite::Connection::open(shell.path("shop.sqlite")).unwrap();
    for table in TABLES {
        let columns = store.describe_text("test", &format!("SELECT * FROM {table}")).unwrap();
        let held = rows(&store, &format!("SELECT * FROM {table}"));
        let mut statement = sqlite.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let read: Vec<Vec<Option<String>>> = statement
            .query_map([], |row| {
                let cell = |(n, column): (usize, &lifecycle::store::RelationColumn)| {
                    Ok(sqlite_text(row.get_ref(n)?, &column.data_type))
                };
                columns.iter().enumerate().map(cell).collect()
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        // The two write the same doubles differently.
        let exact = |rows: Vec<Vec<Option<String>>>| {
            let number = |text: String| text.parse::<f64>().map_or(text, |number| format!("{number:?}"));
            let of_type = |(cell, column): (Option<String>, &lifecycle::store::RelationColumn)| {
                if column.data_type == "DOUBLE" { cell.map(number) } else { cell }
            };
            sorted(rows.into_iter().map(|row| row.into_iter().zip(&columns).map(of_type).collect()).collect())
        };
        assert_eq!(exact(read), exact(held), "{table}");
    }
    let asked = |sql: &str| -> String { sqlite.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(asked("PRAGMA integrity_check"), "ok");
    assert_eq!(asked("SELECT count(*) || '' FROM pragma_foreign_key_check()"), "0");
    assert_eq!(
        asked("SELECT group_concat(typeof(amount), ' ') FROM orders WHERE order_id > 900000"),
        "integer real integer"
    );
    for refused in [
        "INSERT INTO users SELECT * FROM users LIMIT 1",
        "UPDATE users SET grade = 'PLATINUM'",
        "UPDATE users SET marketing_agree = 2",
        "UPDATE orders SET user_id = -1 WHERE order_id = 900001",
        "UPDATE orders SET created_at = NULL",
        "DELETE FROM campaigns",
        "INSERT INTO ltv_batch SELECT * FROM ltv_batch LIMIT 1",
    ] {
        let error = sqlite.execute(refused, []).unwrap_err();
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::ConstraintViolation),
            "{refused}: {error}"
        );
    }
    let schema = "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid)";
    assert_snapshot!("sqlite_schema", asked(schema));
}

#[test]
fn one_table_in_sqlite_refers_to_nothing_and_large_cents_are_text() {
    let shell = awkward_shop();
    let store = shell.store(Access::Write);
    let large = "INSERT INTO orders (order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at) VALUES
        (900004, NULL, 900001, NULL, NULL, 1, 5, -9999999999999999.99, 'Refunded', '2030-03-01')";
    store.execute_text("test", large).unwrap();
    store.close().unwrap();
    let (code, _, said) = shell.run(&["export", "orders", "--to", "orders.db"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Warning: amount of orders is text in the SQLite file"), "{said}");
    let sqlite = rusqlite::Connection::open(shell.path("orders.db")).unwrap();
    let asked = |sql: &str| -> String { sqlite.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(asked("SELECT amount FROM orders WHERE order_id = 900004"), "-9999999999999999.99");
    assert_eq!(asked("SELECT typeof(unit_price) FROM orders WHERE order_id = 900004"), "integer");
    assert_eq!(asked("SELECT count(*) || '' FROM pragma_foreign_key_list('orders')"), "0");
}

#[test]
fn what_a_view_exports_is_what_its_report_gives_to_programs() {
    let shell = Shell::with_shop("230");
    let reports: &[(&str, &[&str])] = &[
        ("cohort", &["cohort", "report"]),
        ("cohort:ltv", &["cohort", "report", "--view", "ltv"]),
        ("cohort:retention", &["cohort", "report", "--view", "retention"]),
        ("cohort:payback", &["cohort", "report", "--view", "payback"]),
        ("cohort:ratio", &["cohort", "report", "--view", "ratio"]),
        ("grades:report", &["grades", "report"]),
        ("grades:at-risk", &["grades", "at-risk"]),
    ];
    for (view, report) in reports {
        let json: serde_json::Value =
            serde_json::from_str(&shell.done(&[report, &["--format", "json", "-q"][..]].concat())).unwrap();
        let lines = shell.done(&["export", view, "--to", "-", "--as", "jsonl", "-q"]);
        let exported: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!exported.is_empty(), "{view} tests nothing");
        assert_eq!(serde_json::Value::Array(exported), json, "{view}");
        // Keys are in the same order, too; the JSON values above preserve it.
        let header = |text: &str| text.lines().next().unwrap().to_owned();
        let csv = shell.done(&[report, &["--format", "csv", "-q"][..]].concat());
        assert_eq!(header(&shell.done(&["export", view, "--to", "-", "-q"])), header(&csv), "{view}");
    }
    shell.done(&["export", "cohort:ltv", "--to", "ltv.sqlite", "-q"]);
    let sqlite = rusqlite::Connection::open(shell.path("ltv.sqlite")).unwrap();
    let rows: i64 = sqlite.query_row("SELECT count(offset_0) FROM cohort_ltv", [], |row| row.get(0)).unwrap();
    assert!(rows > 0);
}

#[test]
fn a_file_a_pipe_and_another_run_have_the_same_bytes() {
    let shell = awkward_shop();
    for (format, name) in
        [("csv", "a.csv"), ("jsonl", "a.jsonl"), ("parquet", "a.parquet"), ("csv", "a.csv.gz")]
    {
        for table in ["orders", "users"] {
            let again = format!("again-{name}");
            shell.done(&["export", table, "--to", name, "--overwrite", "--threads", "1"]);
            shell.done(&["export", table, "--to", &again, "--overwrite", "--threads", "4"]);
            let written = fs::read(shell.path(name)).unwrap();
            assert_eq!(written, fs::read(shell.path(&again)).unwrap(), "{table} {name}");
            if !name.ends_with(".gz") && format != "parquet" {
                let piped = shell.done(&["export", table, "--to", "-", "--as", format]);
                assert_eq!(written, piped.as_bytes(), "{table} {name}");
            }
        }
    }
}

#[test]
fn months_are_folders_and_together_the_whole_table_in_its_order() {
    let shell = awkward_shop();
    for format in ["parquet", "csv", "jsonl"] {
        let to = format!("by-{format}");
        shell.done(&["export", "orders", "--by-month", "--to", &to, "--as", format]);
        assert_eq!(
            shell.names(&to),
            ["month=2024-01", "month=2024-02", "month=2024-03", "month=2030-01", "month=2030-02"]
        );
    }
    let store = shell.store(Access::Read);
    let path = shell.path("by-parquet/*/*.parquet").display().to_string();
    let read = "SELECT * EXCLUDE (month, filename, file_row_number) FROM";
    let reader =
        format!("read_parquet('{path}', hive_partitioning = true, filename = true, file_row_number = true)");
    let held = "SELECT * FROM orders ORDER BY date_trunc('month', created_at), rowid";
    assert_eq!(
        rows(&store, &format!("{read} {reader} ORDER BY filename, file_row_number")),
        rows(&store, held)
    );
    let wrong = format!("SELECT count(*) FROM {reader} WHERE strftime(created_at, '%Y-%m') <> month");
    assert_eq!(rows(&store, &wrong), [[Some("0".to_owned())]]);
}

#[test]
fn every_table_by_month_where_it_has_one() {
    let shell = Shell::with_shop("40");
    shell.done(&["export", "all", "--by-month", "--to", "out", "--as", "csv"]);
    assert_eq!(
        shell.names("out"),
        [
            "campaign_activities",
            "campaigns.csv",
            "cohort_members",
            "customer_predictions.csv",
            "grade_changes",
            "grade_runs",
            "listed_customers.csv",
            "ltv_batch",
            "ltv_predicted.csv",
            "meta.csv",
            "order_lines.csv",
            "orders",
            "predict_checks.csv",
            "predict_runs",
            "products.csv",
            "user_attributes.csv",
            "users"
        ]
    );
    assert_eq!(names_in(&shell.path("out/orders/month=2024-02")), ["orders.csv"]);
    // Only with --overwrite, and then only what an export wrote is replaced.
    assert!(
        shell
            .fails(1, &["export", "all", "--by-month", "--to", "out", "--as", "csv"])
            .contains("--overwrite")
    );
    let again = ["export", "all", "--by-month", "--to", "out", "--as", "csv", "--overwrite"];
    fs::create_dir(shell.path("out/orders/month=1999-01")).unwrap();
    fs::write(shell.path("out/orders/month=1999-01/orders.parquet"), "old").unwrap();
    shell.done(&again);
    assert_eq!(shell.names("out/orders"), ["month=2024-01", "month=2024-02"]);
    fs::write(shell.path("out/orders/month=2024-01/notes.txt"), "mine").unwrap();
    let said = shell.fails(1, &again);
    assert!(said.contains("contains month=2024-01, which is not from an export of this kind"), "{said}");
    assert!(shell.path("out/orders/month=2024-01/notes.txt").exists());
    assert_eq!(shell.names("out").len(), 17, "something was left behind");
}

#[test]
fn members_on_lists_have_a_folder_of_their_own() {
    let shell = Shell::new();
    for (records, lines) in [
        ("users", "customer_id,signup_date\nann,2024-01-02\nbob,2024-01-02\n"),
        (
            "activities",
            "activity_id,name,channel,start,end,cohort\n1,spring,email,2024-02-01,2024-03-01,listed\n",
        ),
        ("orders", "order_id,customer_id,date,amount\n1,ann,2024-01-05,10\n2,ann,2024-06-05,10\n"),
        ("members", "activity_id,customer_id\n1,ann\n1,bob\n"),
    ] {
        let file = format!("{records}.csv");
        fs::write(shell.path(&file), lines).unwrap();
        shell.done(&["import", records, &file, "-q"]);
    }
    shell.done(&["cohort", "run", "-q"]);
    shell.done(&["export", "all", "--by-month", "--to", "out", "-q"]);
    assert_eq!(shell.names("out/cohort_members"), ["month=__HIVE_DEFAULT_PARTITION__"]);
    let store = Store::in_memory(OpenOptions::default()).unwrap();
    let months = format!(
        "SELECT coalesce(CAST(month AS VARCHAR), '-'), CAST(count(DISTINCT user_id) AS VARCHAR)
         FROM read_parquet('{}/*/*.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL",
        shell.path("out/cohort_members").display()
    );
    let found: Vec<(String, String)> =
        store.rows_text("the members", &months, |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(found, [("-".to_owned(), "2".to_owned())]);
    shell.done(&["export", "all", "--by-month", "--to", "out", "--overwrite", "-q"]);
}

#[test]
fn what_was_written_is_told_in_every_format() {
    let shell = Shell::with_shop("40");
    assert_snapshot!("export_all", shell.done(&["export", "all", "--to", "shop.sqlite"]));
    assert_snapshot!("export_ko", shell.done(&["export", "products", "--to", "p.csv", "--lang", "ko"]));
    let json = shell.done(&["export", "products", "--to", "p.parquet", "--format", "json"]);
    let written: serde_json::Value = serde_json::from_str(&json).unwrap();
    let bytes = fs::metadata(shell.path("p.parquet")).unwrap().len();
    let products: i64 = shell
        .store(Access::Read)
        .rows_text("test", "SELECT count(*) FROM products", |row| row.get(0))
        .unwrap()[0];
    let expected = serde_json::json!([
        {"name": "products", "rows": products, "file": "p.parquet", "files": 1, "bytes": bytes}
    ]);
    assert_eq!(written, expected);
}

#[test]
fn the_bytes_of_a_sqlite_files_tables_add_up_to_the_file() {
    let shell = Shell::with_shop("40");
    let json = shell.done(&["export", "all", "--to", "shop.sqlite", "--format", "json"]);
    let written: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let sum: u64 = written.iter().map(|table| table["bytes"].as_u64().unwrap()).sum();
    assert_eq!(sum, fs::metadata(shell.path("shop.sqlite")).unwrap().len());
}

#[test]
fn wrong_exports_are_refused_in_words_and_leave_nothing() {
    let shell = Shell::with_shop("10");
    fs::write(shell.path("there.csv"), "mine").unwrap();
    fs::create_dir(shell.path("folder")).unwrap();
    let before = shell.names(".");
    let cases: &[(i32, &[&str])] = &[
        (2, &["ordrs", "--to", "x.csv"]),
        (2, &["cohort:ltf", "--to", "x.csv"]),
        (2, &["nothing at all", "--to", "x.csv"]),
        (2, &["orders", "--to", "orders"]),
        (2, &["orders", "--to", "orders.xlsx"]),
        (2, &["all", "--to", "all.csv"]),
        (2, &["all", "--to", "-"]),
        (2, &["orders", "--to", "-", "--as", "parquet"]),
        (2, &["orders", "--to", "-", "--by-month"]),
        (2, &["orders", "--to", "orders.csv", "--by-month"]),
        (2, &["products", "--to", "products", "--by-month"]),
        (2, &["cohort:ltv", "--to", "ltv", "--by-month"]),
        (2, &["orders", "--to", "orders.sqlite", "--by-month"]),
        (2, &["orders", "--to", "x.csv", "--as", "xlsx"]),
        (1, &["orders", "--to", "there.csv"]),
        (1, &["orders", "--to", "folder", "--as", "csv"]),
        (1, &["orders", "--to", "no/such/folder/orders.csv"]),
        (1, &["orders", "--to", "lifecycle.duckdb", "--as", "csv", "--overwrite"]),
        (1, &["all", "--to", "there.csv/x", "--as", "csv"]),
        (1, &["orders", "--to", "there.csv", "--as", "parquet", "--overwrite", "--db", "none.duckdb"]),
    ];
    let mut said = String::new();
    for (code, arguments) in cases {
        let error = shell.fails(*code, &[&["export"], *arguments].concat());
        said.push_str(&format!("$ lifecycle export {}\n{error}\n", arguments.join(" ")));
        assert_eq!(shell.names("."), before, "{arguments:?} left something");
    }
    assert_snapshot!("export_errors", said);
    assert_eq!(fs::read_to_string(shell.path("there.csv")).unwrap(), "mine");
    shell.done(&["export", "orders", "--to", "there.csv", "--overwrite"]);
    assert!(fs::read_to_string(shell.path("there.csv")).unwrap().starts_with("order_id,"));
}

#[test]
fn keys_that_do_not_hold_stop_a_sqlite_file_but_no_other() {
    for (statement, told) in [
        ("INSERT INTO users SELECT * FROM users LIMIT 1", "users has two rows with the same key (user_id)"),
        ("UPDATE orders SET user_id = 123456789 WHERE order_id <= 3", "3 rows of orders refer to users"),
    ] {
        let shell = Shell::with_shop("10");
        let store = shell.store(Access::Write);
        store.execute_text("test", statement).unwrap();
        store.close().unwrap();
        let before = shell.names(".");
        let said = shell.fails(1, &["export", "all", "--to", "shop.sqlite"]);
        assert!(said.contains(told) && said.contains("lifecycle cohort verify"), "{said}");
        assert_eq!(shell.names("."), before);
        shell.done(&["export", "all", "--to", "out"]);
    }
}

#[test]
fn a_journal_beside_a_sqlite_file_is_respected() {
    let shell = Shell::with_shop("10");
    fs::write(shell.path("shop.sqlite"), "").unwrap();
    fs::write(shell.path("shop.sqlite-wal"), "unfinished").unwrap();
    let said = shell.fails(1, &["export", "products", "--to", "shop.sqlite", "--overwrite"]);
    assert!(said.contains("shop.sqlite is in use: shop.sqlite-wal is beside it"), "{said}");
}

#[test]
fn a_closed_pipe_ends_an_export_quietly() {
    let shell = Shell::with_shop("60");
    for format in ["csv", "jsonl"] {
        let mut child = shell
            .command(&["export", "users", "--to", "-", "--as", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

/// A file whose orders take a long time to write.
#[cfg(unix)]
fn large_shop() -> Shell {
    let shell = Shell::with_shop("10");
    let store = shell.store(Access::Write);
    let many = "INSERT INTO orders (order_id, external_id, user_id, product_id, activity_id, quantity, unit_price, amount, status, created_at) SELECT 1000000 + range, NULL, 1, 1, NULL, 1, 1.5, 1.5, 'Success',
                TIMESTAMP '2024-02-01' + to_seconds(range) FROM range(3_000_000)";
    store.execute_text("test", many).unwrap();
    store.close().unwrap();
    shell
}

#[cfg(unix)]
#[test]
fn a_stopped_export_leaves_nothing_behind() {
    let shell = large_shop();
    let before = shell.names(".");
    for arguments in [
        &["export", "orders", "--to", "o.sqlite"][..],
        &["export", "orders", "--to", "o.jsonl.gz"],
        &["export", "orders", "--by-month", "--to", "months", "--as", "jsonl"],
        &["export", "all", "--to", "out", "--as", "jsonl"],
    ] {
        let child = shell.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Once it has begun to write, however long that takes on a busy machine.
        let begun = std::time::Instant::now();
        while shell.names(".") == before && begun.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let signalled =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(signalled.success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(1), "Error: stopped: nothing was written\n"),
            "{arguments:?}"
        );
        assert_eq!(shell.names("."), before, "{arguments:?}");
    }
}

#[test]
fn exported_orders_can_be_imported_again() {
    let shell = Shell::with_shop("100");
    // The activities are not part of the file, so its orders cannot refer to them.
    let bare = "activity_id=CAST(NULL AS BIGINT)";
    let sums = "SELECT status, count(*), sum(amount), min(created_at), max(created_at) FROM orders GROUP BY status ORDER BY status";
    let held = rows(&shell.store(Access::Read), sums);
    for name in ["orders.parquet", "orders.csv"] {
        shell.done(&["export", "orders", "--to", name]);
        let db = format!("{name}.duckdb");
        shell.done(&["--db", &db, "import", "orders", name, "--map", bare, "-q"]);
        let again = Store::open(&shell.path(&db), Access::Read, OpenOptions::default()).unwrap();
        assert_eq!(rows(&again, sums), held, "{name}");
    }
}

#[test]
fn an_export_of_some_rows_has_those_and_no_others() {
    let shell = Shell::with_shop("70");
    let where_ = "status = 'Success' AND amount >= 50000";
    let count = |sql: &str| {
        let said = shell.done(&["query", sql, "--format", "csv"]);
        said.lines().nth(1).unwrap().to_owned()
    };
    let wanted = count(&format!("SELECT count(*), sum(amount) FROM orders WHERE {where_}"));
    assert_ne!(wanted, count("SELECT count(*), sum(amount) FROM orders"));
    for file in ["part.csv", "part.parquet", "part.jsonl"] {
        shell.done(&["export", "orders", "--to", file, "--where", where_]);
        assert_eq!(
            count(&format!("SELECT count(*), sum(amount::DECIMAL(18, 2)) FROM '{file}'")),
            wanted,
            "{file}"
        );
    }
    shell.done(&["export", "orders", "--to", "months", "--by-month", "--where", where_]);
    assert_eq!(count("SELECT count(*), sum(amount) FROM 'months/*/*.parquet'"), wanted);
    let piped = shell.done(&["export", "orders", "--to", "-", "--where", where_]);
    assert_eq!(fs::read_to_string(shell.path("part.csv")).unwrap(), piped);
    let said = shell.fails(2, &["export", "orders", "--to", "-", "--where", "amunt > 1"]);
    assert!(said.contains("amunt") && said.contains("created_at"), "{said}");
    for refused in ["order_id IN (SELECT 1)", "true; DELETE FROM orders", "sum(amount) > 1"] {
        shell.fails(2, &["export", "orders", "--to", "x.csv", "--where", refused]);
    }
    let said = shell.fails(2, &["export", "orders", "--to", "x.csv", "--where", "amount"]);
    assert!(said.contains("not a condition"), "{said}");
    shell.fails(2, &["export", "all", "--to", "all", "--where", "true"]);
    assert!(!shell.path("x.csv").exists() && !shell.path("all").exists());
}
