//! Broken files: the command's message for each, and that nothing is left behind.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_snapshot;

use crate::shell::{Shell, done, run};

const HEADER: &str = "order_id,customer,date,amount\n";

/// Words that no error may show: the engine's own, and internal ones.
const NOISE: &[&str] = &[
    "panicked",
    "Invalid Input",
    "Binder",
    "Parser Error",
    "Conversion",
    "IO Error",
    "INTERNAL",
    "Possible fixes",
    "Possible solutions",
    "LINE 1:",
    "read_csv",
    "state machine",
    "queries/",
    "sniff",
];

/// A broken file: the fault, its name, its contents, and further arguments.
struct Broken {
    what: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    arguments: &'static [&'static str],
}

fn broken(what: &'static str, name: &'static str, bytes: impl Into<Vec<u8>>) -> Broken {
    Broken { what, name, bytes: bytes.into(), arguments: &[] }
}

/// Lines under the usual header.
fn orders(lines: &str) -> String {
    format!("{HEADER}{lines}")
}

/// Two thousand good orders.
fn many() -> String {
    let line = |n: usize| format!("o{n},c{},2024-01-{:02},{n}.50\n", n % 7, n % 28 + 1);
    orders(&(1..=2_000).map(line).collect::<String>())
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// Random bytes, the same in every run.
fn junk(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

/// A SQLite database made by these statements.
fn sqlite(statements: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    fs::read(path).unwrap()
}

fn texts() -> Vec<Broken> {
    // "김철수" as Korean Windows writes it.
    let cp949 = |text: &str| text.replace("김철수", "\u{1}").into_bytes();
    let as_cp949 = |text: &str| {
        cp949(text).into_iter().flat_map(|byte| match byte {
            1 => b"\xb1\xe8\xc3\xb6\xbc\xf6".to_vec(),
            other => vec![other],
        })
    };
    vec![
        broken("an empty file", "empty.csv", ""),
        broken("a header and nothing else", "header.csv", HEADER),
        broken("a byte order mark and nothing else", "mark.csv", "\u{feff}"),
        broken("blank lines", "blank.csv", "\n\n\n"),
        broken(
            "Korean text that is not UTF-8",
            "cp949.csv",
            as_cp949(&orders("1,kim,2024-01-01,10\n2,김철수,2024-01-02,20\n")).collect::<Vec<u8>>(),
        ),
        broken("UTF-16", "utf16.csv", utf16(&orders("1,a,2024-01-01,10\n"), true)),
        broken("UTF-16 without a mark", "utf16-plain.csv", utf16(&orders("1,a,2024-01-01,10\n"), false)),
        broken(
            "a quote that is not closed",
            "quote.csv",
            orders("1,a,2024-01-01,1\n2,\"b,2024-01-02,2\n3,c,2024-01-03,3\n"),
        ),
        broken(
            "lines with too few and too many columns",
            "columns.csv",
            orders("1,a,2024-01-01,1\n2,b,2024-01-02\n3,c,2024-01-03,3,x,y\n4,d,2024-01-04,4\n"),
        ),
        broken("names of columns that mean nothing", "names.csv", "foo,bar,baz\n1,2,3\n"),
        broken("no header line", "headless.csv", "17850,2024-01-01 10:00,12.50\n17851,2024-01-02 11:00,7\n"),
        broken(
            "a title above the header",
            "title.csv",
            format!("Sales of 2024\n\n{}", orders("1,a,2024-01-01,1\n")),
        ),
        broken("a page of a web site", "page.csv", "<!DOCTYPE html>\n<html><body>Not found</body></html>\n"),
        broken(
            "dates that may be read in two ways",
            "dates.csv",
            orders("1,a,01/02/2024,1\n2,b,03/04/2024,2\n"),
        ),
        broken(
            "dates that are none",
            "no-dates.csv",
            orders("1,a,2024-02-30,1\n2,b,soon,2\n3,c,,3\n4,d,20240101,4\n"),
        ),
        broken(
            "amounts that are none",
            "amounts.csv",
            orders(
                "1,a,2024-01-01,ten\n2,b,2024-01-02,\"1.234,50\"\n3,c,2024-01-03,1e400\n4,d,2024-01-04,NaN\n5,d,2024-01-04,5\n",
            ),
        ),
        broken("every line unusable", "useless.csv", orders("1,,2024-01-01,1\n2,,2024-01-02,2\n")).with(&[
            "--skip-bad",
            "--rejects",
            "rejects.csv",
        ]),
        broken("line ends of two kinds", "ends.csv", orders("1,a,2024-01-01,1\r\n2,b,2024-01-02,2\n")),
        broken(
            "a carriage return among the lines",
            "return.csv",
            orders("1,a,2024-01-01,1\n2,b,2024-01-02,2\r3,c,2024-01-03,3\n"),
        ),
        broken("binary junk", "junk.csv", junk(5_000)),
        broken("binary junk after good lines", "tail.csv", [many().into_bytes(), junk(5_000)].concat()),
        broken("a line of 5 MB", "line.csv", "x".repeat(5_000_000)),
        broken(
            "a line of 5 MB among good ones",
            "long.csv",
            orders(&format!(
                "1,a,2024-01-01,1\n2,{},2024-01-02,2\n3,c,2024-01-03,3\n",
                "x".repeat(5_000_000)
            )),
        ),
    ]
}

fn others() -> Vec<Broken> {
    let whole = gzipped(&many());
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0xff;
    let shop = "CREATE TABLE customers (a); CREATE TABLE sales (order_id, customer, date, amount);
        INSERT INTO sales VALUES (1, 'a', '2024-01-01', 1), (2, CAST(x'b1e8' AS TEXT), '2024-01-02', 2);";
    let database = sqlite(shop);
    let cut = database[..database.len() - 1_000].to_vec();
    let object = |n: u8| {
        format!("{{\"order_id\": {n}, \"customer\": \"a\", \"date\": \"2024-01-0{n}\", \"amount\": {n}}}")
    };
    vec![
        broken("gzip, cut off", "cut.csv.gz", &whole[..whole.len() / 2]),
        broken("gzip, damaged", "damaged.csv.gz", damaged),
        broken("gzip of what is no text", "packed.csv.gz", gzipped("PK\u{3}\u{4} and \0 more")),
        broken("Parquet, cut off", "cut.parquet", [b"PAR1", &junk(500)[..]].concat()),
        broken("no Parquet at all", "not.parquet", "this is a text of some length"),
        broken(
            "JSON lines with one that is none",
            "line.jsonl",
            format!("{}\nhello\n{}\n", object(1), object(3)),
        ),
        broken("a JSON array, cut off", "cut.json", format!("[{},\n{}", object(1), &object(2)[..30])),
        broken("JSON without objects", "numbers.json", "[1, 2, 3]"),
        broken("JSON of another shape", "nested.json", format!("{{\"orders\": [{}]}}", object(1))),
        broken("SQLite without such a table", "shop.db", database.clone()).with(&["--table", "order_items"]),
        broken("SQLite with several tables", "tables.db", database.clone()),
        broken("SQLite with a text that is not UTF-8", "text.db", database.clone())
            .with(&["--table", "sales"]),
        broken("SQLite with a statement that is no query", "delete.db", database)
            .with(&["--table", "DELETE FROM sales"]),
        broken("SQLite, cut off", "cut.db", cut).with(&["--table", "sales"]),
        broken("SQLite, damaged", "damaged.db", [b"SQLite format 3\0", &junk(4_000)[..]].concat()),
        broken("a workbook by another name", "book.csv", [b"PK\x03\x04", &junk(500)[..]].concat()),
        broken("a rejects file in no folder", "some.csv", orders("1,,2024-01-01,1\n2,b,2024-01-02,2\n"))
            .with(&["--skip-bad", "--rejects", "nowhere/rejects.csv"]),
        broken(
            "a rejects file that is the source",
            "same.csv",
            orders("1,,2024-01-01,1\n2,b,2024-01-02,2\n"),
        )
        .with(&["--skip-bad", "--rejects", "same.csv"]),
        broken("files of two formats", "good.csv", many()).with(&["good.jsonl"]),
        broken("files of other columns", "good.csv", many()).with(&["other.csv"]),
        broken("a file named twice", "good.csv", many()).with(&["./good.csv"]),
        broken("a folder", "good.csv", many()).with(&["folder"]),
        broken("no such file", "good.csv", many()).with(&["nothing-*.csv"]),
        broken("a delimiter for what has none", "good.jsonl", object(1)).with(&["--delimiter", ";"]),
        broken("a table of what has none", "good.csv", many()).with(&["--table", "orders"]),
        broken("a mapping of no such column", "good.csv", many()).with(&["--map", "amount=\"Quantity\" * 2"]),
        broken("a mapping that is no expression", "good.csv", many())
            .with(&["--map", "amount=1; DROP TABLE orders"]),
        broken("a date format that is none", "good.csv", many()).with(&["--date-format", "%Q"]),
        broken("a date format that does not fit", "good.csv", many()).with(&["--date-format", "%d.%m.%Y"]),
    ]
}

impl Broken {
    fn with(self, arguments: &'static [&'static str]) -> Self {
        Broken { arguments, ..self }
    }
}

/// The names of all files, to check that a command has left none behind.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn broken_files_are_refused_in_words_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(
        path.join("good.jsonl"),
        "{\"order_id\": 1, \"customer\": \"a\", \"date\": \"2024-01-01\", \"amount\": 1}\n",
    )
    .unwrap();
    fs::write(path.join("other.csv"), "order_id,customer,amount,date\n1,a,1,2024-01-01\n").unwrap();
    fs::write(path.join("first.csv"), orders("9001,z,2023-05-01,12.34\n")).unwrap();
    fs::create_dir(path.join("folder")).unwrap();
    // One import into a new file, one into a file that holds orders.
    done(path, &["import", "orders", "first.csv", "--db", "held.duckdb", "-q"]);
    let held = || fs::read(path.join("held.duckdb")).unwrap();
    let before = held();
    let mut told = String::new();
    for Broken { what, name, bytes, arguments } in texts().into_iter().chain(others()) {
        fs::write(path.join(name), bytes).unwrap();
        let there = names(path);
        let mut command = vec!["import", "orders", name];
        command.extend(arguments);
        let (code, out, err) = run(path, &command);
        assert_eq!(out, "", "{what}: {err}");
        assert!(code == 1 || code == 2, "{what}: {code} {err}");
        for noise in NOISE {
            assert!(!err.contains(noise), "{what} shows `{noise}`: {err}");
        }
        assert!(err.lines().all(|line| line.chars().count() < 500), "{what}: {err}");
        assert_eq!(names(path), there, "{what} left something behind");
        let quoted: Vec<String> = command
            .iter()
            .map(|argument| {
                if argument.contains([' ', '*', '"', ';']) {
                    format!("'{argument}'")
                } else {
                    (*argument).into()
                }
            })
            .collect();
        write!(told, "## {what}\n$ lifecycle {}\n{err}[exit code {code}]\n\n", quoted.join(" ")).unwrap();
        command.extend(["--db", "held.duckdb"]);
        let (again, out, err_again) = run(path, &command);
        assert_eq!(
            (again, out.as_str(), err_again),
            (code, "", err),
            "{what}, into a file that holds orders"
        );
        assert_eq!(names(path), there, "{what} left something behind");
        assert!(held() == before, "{what} changed the file");
    }
    assert_snapshot!("broken_files", told);
}

#[test]
fn rejects_do_not_take_the_place_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("some.csv"), orders("1,,2024-01-01,1\n2,b,2024-01-02,2\n")).unwrap();
    let arguments = ["import", "orders", "some.csv", "--skip-bad", "--rejects", "./lifecycle.duckdb"];
    for is_there in [false, true] {
        if is_there {
            done(path, &["import", "orders", "some.csv", "--skip-bad", "--clock", "2025-01-01", "-q"]);
        }
        let (code, _, err) = run(path, &[&arguments[..], &["--on-conflict", "replace"]].concat());
        assert_eq!(code, 1);
        assert!(err.contains("it is the file that is imported into"), "{err}");
        assert_eq!(path.join("lifecycle.duckdb").exists(), is_there);
    }
    assert!(done(path, &["status"]).contains("2025-01-01 00:00:00"));
}

#[test]
fn unusual_files_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let lines = "1,a,2024-01-01,1.50\n2,\"b\nb\",2024-01-02,2\n";
    let mut told = String::new();
    for (what, name, bytes) in [
        ("a byte order mark", "mark.csv", format!("\u{feff}{}", orders(lines)).into_bytes()),
        ("lines that end in \\r", "return.csv", orders("1,a,2024-01-01,1.50\n2,b,2024-01-02,2\n").replace('\n', "\r").into_bytes()),
        ("lines that end in \\r\\n, with \\n in quotes", "crlf.csv", orders(lines).replace(['\n'], "\r\n").replace("b\r\nb", "b\nb").into_bytes()),
        ("no line end at the end", "open.csv", orders("1,a,2024-01-01,1.50\n2,b,2024-01-02,2").into_bytes()),
        ("a name that comes twice", "twice.csv", "order_id,customer,date,amount,amount\n1,a,2024-01-01,1.5,9\n2,b,2024-01-02,2,9\n".into()),
        ("gzip in two parts", "parts.csv.gz", [gzipped(&orders("1,a,2024-01-01,1.50\n")), gzipped("2,b,2024-01-02,2\n")].concat()),
        ("a name that says gzip of what is none", "plain.csv.gz", orders(lines).into()),
        ("a name that says CSV of what is JSON", "json.csv", "[{\"customer\": \"a\", \"date\": \"2024-01-01\", \"amount\": 1.5},\n {\"customer\": \"b\", \"amount\": 2, \"date\": \"2024-01-02\"}]".into()),
        ("JSON over several lines", "pretty.json", "{\"customer\": \"a\",\n \"date\": \"2024-01-01\",\n \"amount\": 1.5}\n{\n\"customer\": \"b\", \"amount\": 2, \"date\": \"2024-01-02\"}\n".into()),
    ] {
        fs::write(path.join(name), bytes).unwrap();
        let (code, out, err) = run(path, &["import", "orders", name, "-q"]);
        assert_eq!((code, err.as_str()), (0, ""), "{what}: {out}");
        let revenue = "SELECT count(*), sum(amount) FROM orders";
        let store = lifecycle::store::Store::open(
            &path.join("lifecycle.duckdb"),
            lifecycle::store::Access::Read,
            lifecycle::store::OpenOptions::default(),
        )
        .unwrap();
        let sums: (i64, lifecycle::money::Money) =
            store.row(crate::shop::test_query(revenue), &[], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((sums.0, sums.1.hundredths()), (2, 350), "{what}");
        drop(store);
        fs::remove_file(path.join("lifecycle.duckdb")).unwrap();
        if name == "twice.csv" {
            write!(told, "## {what}\n{out}").unwrap();
        }
    }
    assert_snapshot!("twice_named_column", told);
}

#[test]
fn a_line_that_is_no_object_is_in_the_rejects_as_it_was() {
    let shell = Shell::new();
    let broken = r#"{"order_id":2,"customer_id":11,"date":"2024-01-02","amount":6,}"#;
    let good = r#"{"order_id":1,"customer_id":10,"date":"2024-01-01","amount":5}"#;
    fs::write(shell.path("o.jsonl"), format!("{good}\n{broken}\n")).unwrap();
    shell.done(&["import", "orders", "o.jsonl", "--skip-bad", "--rejects", "bad.csv"]);
    let mut rejects = csv::Reader::from_path(shell.path("bad.csv")).unwrap();
    let text = rejects.headers().unwrap().iter().position(|name| name == "reject_text").unwrap();
    let lines: Vec<_> = rejects.records().map(|line| line.unwrap()[text].to_owned()).collect();
    assert_eq!(lines, [broken]);
}

/// The engine's reader goes through the whole line for each field too many, minutes for this one.
#[test]
fn a_line_of_a_hundred_thousand_fields_ends_an_import_at_once() {
    let shell = Shell::new();
    let text = format!(
        "order_id,customer_id,date,amount\n1,a,2024-01-01,10\n2,b,2024-01-02,1{}\n",
        ",".repeat(170_000)
    );
    fs::write(shell.path("o.csv"), &text).unwrap();
    let mut packed =
        GzEncoder::new(fs::File::create(shell.path("o.csv.gz")).unwrap(), Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap();
    for file in ["o.csv", "o.csv.gz"] {
        let said = shell.fails(1, &["import", "orders", file, "--skip-bad"]);
        assert!(said.contains(":3: ") && said.contains("170004 fields"), "{said}");
    }
}
