//! What real files and hostile ones hold: dates and amounts that are none, names that are no text,
//! very many columns, and places that are no files.

use std::time::{Duration, Instant};

use super::*;
use crate::import::source::Input;
use crate::store::quote_literal;

fn import_json(text: &str, name: &str) -> (Shop, Result<ImportOutcome, ImportError>) {
    let shop = Shop::new();
    let path = shop.file(name, text);
    let outcome = shop.import(&shop.reading(vec![path]));
    (shop, outcome)
}

#[test]
fn words_that_the_engine_takes_for_dates_are_none() {
    for word in ["infinity", "-infinity", "Infinity", "inf", "epoch", "EPOCH", "now", "today"] {
        let error = Shop::new().failure(&format!("user,date,amount\na,{word},1\nb,2024-01-02,1\n"));
        assert_eq!(reasons(&error), [("unreadable date", 1, vec![2])], "{word}");
        let shop = Shop::new();
        let mut request = shop.request(&format!("user,date,amount\na,{word},1\nb,02.01.2024,1\n"));
        for format in [None, Some("%d.%m.%Y".to_owned())] {
            request.reading.date_format = format;
            assert_eq!(
                reasons(&shop.import(&request).unwrap_err()),
                [("unreadable date", 1, vec![2])],
                "{word}"
            );
        }
        // In an expression it is no date either.
        request.reading.date_format = None;
        request.reading.map = vec!["created_at=coalesce(date, date)".parse().unwrap()];
        assert!(matches!(shop.import(&request), Err(ImportError::BadLines { total: 1, .. })), "{word}");
        let born = Shop::new().users(&format!("customer,birth_date,joined\nx,{word},2024-01-01\n"));
        assert_eq!(reasons(&born.unwrap_err()), [("unreadable birth date", 1, vec![2])], "{word}");
    }
}

#[test]
fn exponents_are_read_exactly() {
    let amount = |text: &str| {
        let shop = Shop::new();
        shop.import(&shop.request(&format!("user,date,amount\na,2024-01-01,{text}\n")))
            .map(|_| shop.rows("amount", "FROM orders").concat())
    };
    for (text, expected) in [
        ("6e-4", "0.00"),
        ("4e-3", "0.00"),
        ("5e-3", "0.01"),
        ("-5e-3", "-0.01"),
        ("1.25e2", "125.00"),
        ("1e+06", "1000000.00"),
        ("1.005E0", "1.01"),
        (".5e1", "5.00"),
        ("123456e-2", "1234.56"),
        ("9.99999999999999e12", "9999999999999.99"),
    ] {
        assert_eq!(amount(text).unwrap(), expected, "{text}");
    }
    for text in ["1e13", "1e99", "-1e13", "10000000000000"] {
        assert_eq!(reasons(&amount(text).unwrap_err()), [("amount too large", 1, vec![2])], "{text}");
    }
    for text in ["1e", "e5", "1_000", "1e1.5", "0x10"] {
        assert_eq!(reasons(&amount(text).unwrap_err()), [("unreadable amount", 1, vec![2])], "{text}");
    }
    // In an expression they are the same numbers.
    let shop = Shop::new();
    let mut request = shop.request("user,date,price\na,2024-01-01,6e-4\nb,2024-01-01,2e-2\n");
    request.reading.map = vec!["amount=price * 100".parse().unwrap()];
    shop.import(&request).unwrap();
    assert_eq!(shop.rows("amount", "FROM orders ORDER BY amount"), ["0.06", "2.00"]);
}

#[test]
fn json_numbers_keep_every_digit() {
    let object = "{\"user\": 17850, \"date\": \"2024-01-01\", \"amount\": 9007199254740.93, \"order_id\": 9007199254740993}";
    for (name, text) in [
        ("a.jsonl", format!("{object}\n\n{object}x\n{}\n", object.replace("993}", "994}"))),
        ("a.json", format!("[{object}, {}]", object.replace("993}", "994}"))),
        ("b.json", format!("{object}\n{}", object.replace("993}", "994}").replace(", ", ",\n  "))),
    ] {
        let (shop, outcome) = import_json(&text, name);
        if name == "a.jsonl" {
            // A blank line is no record; one that is no object is bad.
            assert_eq!(reasons(&outcome.unwrap_err()), [("not a JSON object", 1, vec![2])]);
            continue;
        }
        assert_eq!(outcome.unwrap().orders, 2, "{name}");
        assert_eq!(
            shop.rows("order_id, amount, user_id", "FROM orders ORDER BY order_id"),
            ["9007199254740993|9007199254740.93|17850", "9007199254740994|9007199254740.93|17850"]
        );
    }
    let (_, outcome) = import_json("[{\"user\": 1},\n {\"user\": }]", "c.json");
    assert!(matches!(outcome, Err(ImportError::Malformed { line: Some(2), .. })), "{outcome:?}");
    let (_, outcome) = import_json("[1, 2]", "d.json");
    assert!(matches!(outcome, Err(ImportError::Unreadable { .. })), "{outcome:?}");
}

#[test]
fn keys_that_differ_in_case_alone_are_columns_of_their_own() {
    let text = "{\"user\": \"a\", \"USER\": \"b\", \"date\": \"2024-01-01\", \"amount\": 1, \"note\": {\"x\": [1.50]}}\n";
    let (shop, outcome) = import_json(text, "a.jsonl");
    assert_eq!(outcome.unwrap().read.unused, ["USER_1", "note"]);
    assert_eq!(shop.rows("external_id", "FROM users"), ["a"]);
}

#[test]
fn a_whole_number_id_is_one_however_it_is_written() {
    let shop = Shop::new();
    shop.import_text(
        "order_id,user,date,amount\n1.0,17850.0,2024-01-01,1\n2,17850,2024-01-02,1\n3,v1.0,2024-01-02,1\n",
    );
    assert_eq!(
        shop.rows("order_id, user_id", "FROM orders ORDER BY order_id"),
        ["1|17850", "2|17850", "3|17851"]
    );
    shop.users("customer,name,joined\n17850.00,Kim,2023-01-01\n").unwrap();
    assert_eq!(shop.rows("user_id, name", "FROM users ORDER BY user_id"), ["17850|Kim", "17851"]);
}

#[test]
fn amounts_whose_sum_does_not_fit_are_refused_in_words() {
    let shop = Shop::new();
    let lines: String = (0..1_001)
        .map(|n| format!("a,2024-01-01 00:{:02}:{:02},9999999999999.99\n", n / 60 % 60, n % 60))
        .collect();
    assert!(matches!(shop.failure(&format!("user,date,amount\n{lines}")), ImportError::TooMuch));
    let half: String = lines.lines().take(600).map(|line| format!("{line}\n")).collect();
    shop.import_text(&format!("user,date,amount\n{half}"));
    let later = half.replace("2024-01-01", "2024-02-01");
    assert!(matches!(shop.failure(&format!("user,date,amount\n{later}")), ImportError::TooMuch));
}

#[test]
fn many_columns_take_no_time_and_very_many_are_refused() {
    let wide = |columns: usize| {
        let names: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
        let values: Vec<String> = (0..columns).map(|n| n.to_string()).collect();
        format!("user,date,amount,{}\na,2024-01-01,1,{}\n", names.join(","), values.join(","))
    };
    let shop = Shop::new();
    let mut request = shop.request(&wide(1_000));
    request.reading.map = vec!["amount=c1 + c999".parse().unwrap()];
    let began = Instant::now();
    shop.import(&request).unwrap();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(shop.rows("amount", "FROM orders"), ["1000.00"]);
    let began = Instant::now();
    let error = shop.failure(&wide(100_000));
    assert!(matches!(error, ImportError::TooManyColumns { columns: 100_003, .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let keys: Vec<String> = (0..20_000).map(|n| format!("\"k{n}\": 1")).collect();
    let (_, outcome) = import_json(&format!("{{{}}}", keys.join(", ")), "wide.jsonl");
    assert!(matches!(outcome, Err(ImportError::TooManyColumns { .. })), "{outcome:?}");
}

#[test]
fn names_of_a_database_that_are_no_text_are_shown_as_far_as_they_are() {
    let shop = Shop::new();
    let path = shop.folder.path().join("shop.sqlite");
    // No statement can say such names, so they are written into the file itself.
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE orders (user, date, amount, naXme); CREATE TABLE tX (a); \
             INSERT INTO orders VALUES ('a', '2024-01-01', 1, 2);",
        )
        .unwrap();
    database.close().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    for at in 0..bytes.len() - 5 {
        if &bytes[at..at + 5] == b"naXme" {
            bytes[at + 2] = 0xff;
        }
        if &bytes[at..at + 2] == b"tX" {
            bytes[at + 1] = 0xff;
        }
    }
    std::fs::write(&path, bytes).unwrap();
    let outcome = shop.import(&shop.reading(vec![path.clone()])).unwrap();
    assert_eq!((outcome.orders, outcome.read.unused), (1, vec!["na\u{fffd}me".to_owned()]));
    let mut request = shop.reading(vec![path]);
    request.reading.table = Some("SELECT *, 5 AS amount FROM orders; DROP TABLE orders".to_owned());
    assert!(matches!(shop.import(&request), Err(ImportError::BadTable { .. })));
    request.reading.table = Some("DELETE FROM orders".to_owned());
    assert!(matches!(shop.import(&request), Err(ImportError::BadTable { .. })));
}

#[cfg(unix)]
#[test]
fn rejects_follow_links_keep_modes_and_go_into_no_special_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let shop = Shop::new();
    let folder = shop.folder.path();
    let text = "user,date,amount\na,2024-01-01,1\nb,bad,1\n";
    let request = |rejects: PathBuf| {
        let mut request = shop.request(text);
        request.bad_lines = BadLines::Skip { rejects: Some(rejects) };
        request
    };
    let fifo = folder.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for special in [fifo, PathBuf::from("/dev/null"), folder.to_owned()] {
        let failure = shop.import(&request(special.clone()));
        assert!(
            matches!(failure, Err(ImportError::RejectsNotWritten { .. })),
            "{}: {failure:?}",
            special.display()
        );
    }
    assert!(shop.rows("order_id", "FROM orders").is_empty());

    let target = folder.join("target.csv");
    std::fs::write(&target, "").unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("target.csv", folder.join("link.csv")).unwrap();
    // What a killed import left behind is taken away.
    std::fs::create_dir(folder.join(".target.csv.AbCd12.partial")).unwrap();
    shop.import(&request(folder.join("link.csv"))).unwrap();
    assert!(folder.join("link.csv").is_symlink());
    let written = std::fs::read_to_string(&target).unwrap();
    assert!(written.contains(",3,unreadable date,b,bad,1,"), "{written}");
    assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    // A link that leads nowhere yet leads there afterwards.
    let other = Shop::new();
    symlink(folder.join("new.csv"), other.folder.path().join("link.csv")).unwrap();
    let mut again = other.request(text);
    again.bad_lines = BadLines::Skip { rejects: Some(other.folder.path().join("link.csv")) };
    other.import(&again).unwrap();
    let usual = std::fs::metadata(folder.join("orders.csv")).unwrap().permissions().mode();
    assert_eq!(std::fs::metadata(folder.join("new.csv")).unwrap().permissions().mode(), usual);
    let left: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_not_said_to_be_missing() {
    let shop = Shop::new();
    let circle = shop.folder.path().join("circle");
    std::os::unix::fs::symlink("circle", &circle).unwrap();
    for path in [circle.clone(), circle.join("orders.csv"), circle.join("*.csv")] {
        let failure = shop.import(&shop.reading(vec![path.clone()])).unwrap_err();
        assert!(matches!(failure, ImportError::Unreadable { .. }), "{}: {failure}", path.display());
    }
}

#[test]
fn american_dates_are_read_in_the_format_of_most() {
    let shop = Shop::new();
    shop.import_text("user,date,amount\na,1/13/2024 9:05,1\nb,12/1/2024 18:26,2\nc,2/3/24,3\n");
    assert_eq!(
        shop.rows("created_at", "FROM orders ORDER BY amount"),
        ["2024-01-13 09:05:00", "2024-12-01 18:26:00", "2024-02-03 00:00:00"]
    );
}

/// A hundred dates that settle the order of day and month settle it for all; fewer are weighed against all others.
#[test]
fn the_order_of_day_and_month_is_settled_by_the_first_hundred_dates_or_by_all() {
    let read = |settling: usize, others: usize| {
        let shop = Shop::new();
        // None among the first lines, which are all of the fourth of May.
        let ambiguous = "a,05/04/2024,1\n".repeat(1_500);
        let months_first = "b,12/31/2024,2\n".repeat(settling);
        let days_first = "c,31/12/2024,3\n".repeat(others);
        let text = format!("user,date,amount\n{ambiguous}{months_first}{days_first}");
        let mut request = OrderImport::from(Reading::of([shop.file("orders.csv", &text)]));
        request.bad_lines = BadLines::Skip { rejects: None };
        let outcome = shop.import(&request).unwrap();
        (shop.rows("min(created_at)", "FROM orders").remove(0), outcome.read.bad_lines)
    };
    assert_eq!(read(100, 200), ("2024-05-04 00:00:00".to_owned(), 200));
    assert_eq!(read(99, 200), ("2024-04-05 00:00:00".to_owned(), 99));
    assert_eq!(read(1, 0), ("2024-05-04 00:00:00".to_owned(), 0));
}

#[test]
fn fractions_of_a_second_before_1970_are_instants_too() {
    let shop = Shop::new();
    let outcome = shop.import_text("user,date,amount\na,1965-03-01 10:00:00.25,1\nb,2024-01-01,2\n");
    let first = outcome.first_order_at.map(|at| at.to_string());
    assert_eq!(first.as_deref(), Some("1965-03-01 10:00:00.250"));
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let shop = Shop::new();
    let lines = "{\"user\": \"a\", \"date\": \"2024-01-01\", \"amount\": 1}\n".repeat(150_000);
    let path = shop.file("orders.jsonl", &lines);
    let (store, config) = (&shop.store, config());
    let mut importer = Importer::new(store, &config).on_progress(|step| {
        if step == Step::TakenOver(100_000) {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            std::io::Write::write_all(&mut file, b"{}\n").unwrap();
        }
    });
    for rejects in [None, Some(shop.folder.path().join("rejects.csv"))] {
        let mut request: OrderImport = shop.reading(vec![path.clone()]);
        request.bad_lines = BadLines::Skip { rejects };
        let error = importer.orders(&request).unwrap_err();
        assert!(matches!(error, ImportError::Changed { .. }), "{error}");
        assert_eq!(shop.rows("count(*)", "FROM orders"), ["0"]);
    }
    // Cut off before its first line has been read, it cannot be read at all, which is for the same reason.
    let cut = shop.file("cut.jsonl", "{\"user\": \"a\"}\n");
    let input = Input::find(store, std::slice::from_ref(&cut)).unwrap();
    std::fs::write(&cut, "").unwrap();
    assert!(matches!(input.expect_unchanged(), Err(ImportError::Changed { .. })));
}

/// `rowid` is what the engine calls a row's number.
#[test]
fn a_column_called_rowid_is_one_like_any_other() {
    for column in ["rowid", "RowID"] {
        let shop = Shop::new();
        let lines: String = (1..=30)
            .map(|n| {
                format!(
                    "{},{n},c{n},2024-01-01,{}\n",
                    100 - n,
                    if n % 9 == 0 { "x".into() } else { n.to_string() }
                )
            })
            .collect();
        let text = format!("{column},order_id,customer,date,amount\n{lines}");
        let rejects = shop.folder.path().join("rejects.csv");
        let mut request: OrderImport = shop.reading(vec![shop.file("orders.csv", &text)]);
        request.bad_lines = BadLines::Skip { rejects: Some(rejects.clone()) };
        assert_eq!(shop.import(&request).unwrap().orders, 27);
        let written = std::fs::read_to_string(rejects).unwrap();
        let ids: Vec<&str> = written.lines().skip(1).map(|line| line.split(',').nth(4).unwrap()).collect();
        assert_eq!(ids, ["9", "18", "27"], "{written}");
        let members = shop.records("rowid,activity,user\n3,w,a\n2,w,\n1,w,c\n");
        let error = Importer::new(&shop.store, &config())
            .members(&MemberImport { records: members, refreeze: false })
            .unwrap_err();
        let ImportError::BadLines { problems, .. } = error else { panic!("{error}") };
        let lines: Vec<i64> =
            problems.iter().flat_map(|problem| &problem.first).map(|place| place.line).collect();
        assert_eq!(lines, [2, 4, 3]);
    }
}

#[test]
fn a_preview_shows_no_instant_that_no_calendar_has() {
    let shop = Shop::new();
    let path = shop.folder.path().join("orders.parquet");
    let rows = "SELECT 'a' AS customer, unnest([TIMESTAMP '2024-01-01', TIMESTAMP 'infinity']) AS date, 1.5 AS amount";
    let copy = format!("COPY ({rows}) TO {} (FORMAT parquet)", quote_literal(path.to_str().unwrap()));
    shop.store.execute_text("test", &copy).unwrap();
    let request: OrderImport = shop.reading(vec![path]);
    let preview = Importer::new(&shop.store, &config()).preview_orders(&request).unwrap();
    let shown: Vec<bool> = preview.rows.iter().map(|row| row.created_at.is_some()).collect();
    assert_eq!(shown, [true, false]);
    assert_eq!(preview.outcome.read.problems[0].reason.as_str(), "date out of range");
}
