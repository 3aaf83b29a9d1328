//! Imports of small files into stores in memory.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::calendar::format_instant;
use crate::config::Config;
use crate::store::{OpenOptions, Origin, Store};

struct Shop {
    store: Store,
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let store = Store::in_memory(OpenOptions { threads: Some(2) }).unwrap();
        Shop { store, folder: TempDir::new().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn request(&self, text: &str) -> OrderImport {
        OrderImport { files: vec![self.file("orders.csv", text)], ..OrderImport::default() }
    }

    fn import(&self, request: &OrderImport) -> Result<ImportOutcome, ImportError> {
        import_orders(&self.store, &config(), request)
    }

    fn import_text(&self, text: &str) -> ImportOutcome {
        self.import(&self.request(text)).unwrap()
    }

    fn failure(&self, text: &str) -> ImportError {
        self.import(&self.request(text)).unwrap_err()
    }

    /// The rows of a query, as text with `|` between the columns.
    fn rows(&self, columns: &str, rest: &str) -> Vec<String> {
        let sql = format!("SELECT concat_ws('|', {columns}) {rest}");
        self.store.rows_text("test", &sql, |row| row.get(0)).unwrap()
    }
}

fn config() -> Config {
    Config::from_layers(&[]).unwrap()
}

fn reasons(error: &ImportError) -> Vec<(&'static str, i64, Vec<i64>)> {
    match error {
        ImportError::BadLines { problems, .. } => problems
            .iter()
            .map(|problem| {
                let lines = problem.first.iter().map(|place| place.line).collect();
                (problem.reason.as_str(), problem.count, lines)
            })
            .collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn ids_that_are_numbers_keep_them_and_others_are_numbered_on() {
    let shop = Shop::new();
    let outcome = shop.import_text(
        "order_id,customer,date,amount\n\
         B-2,kim,2024-01-02,10\n\
         A-1,00007,2024-01-01 10:00,5.005\n\
         40,7,2024-01-03,1\n\
         040,kim,2024-01-04,1\n",
    );
    assert_eq!((outcome.orders, outcome.lines_merged, outcome.customers_created), (4, 0, 3));
    assert_eq!(outcome.revenue.to_string(), "17.01");
    assert_eq!(
        shop.rows("order_id, external_id, user_id, amount, created_at", "FROM orders ORDER BY rowid"),
        [
            "41|A-1|8|5.01|2024-01-01 10:00:00",
            "42|B-2|9|10.00|2024-01-02 00:00:00",
            "40|40|7|1.00|2024-01-03 00:00:00",
            "43|040|9|1.00|2024-01-04 00:00:00",
        ]
    );
    assert_eq!(
        shop.rows("user_id, external_id, grade, signed_up_at", "FROM users ORDER BY user_id"),
        [
            "7|7|BRONZE|2024-01-03 00:00:00",
            "8|00007|BRONZE|2024-01-01 10:00:00",
            "9|kim|BRONZE|2024-01-02 00:00:00",
        ]
    );
    let meta = shop.store.meta();
    assert_eq!(meta.origin().unwrap(), Some(Origin::Imported));
    assert_eq!(meta.config().unwrap(), Some(config().to_json()));
    assert_eq!(format_instant(meta.clock().unwrap().unwrap()), "2024-01-05 00:00:00");
}

#[test]
fn without_order_ids_every_line_is_an_order_numbered_in_time() {
    let shop = Shop::new();
    let text = "user,date,value\nb,2024-01-02,1\na,2024-01-01,2\nb,2024-01-01,3\n";
    shop.import_text(text);
    let expected = ["1|2.00", "2|3.00", "3|1.00"];
    assert_eq!(
        shop.rows("order_id, amount", "FROM orders WHERE external_id IS NULL ORDER BY rowid"),
        expected
    );
    assert_eq!(shop.rows("user_id, external_id", "FROM users ORDER BY user_id"), ["1|a", "2|b"]);
}

#[test]
fn lines_of_one_order_are_one_order() {
    let shop = Shop::new();
    let outcome = shop.import_text(
        "order_id,customer,date,amount,quantity,status,product\n\
         1,a,2024-01-02 12:00,10,2,paid,tea\n\
         1,a,2024-01-02 11:00,5,1,Shipped,cup\n\
         2,a,2024-01-03,7,1,paid,tea\n\
         2,a,2024-01-03,3,1,cancelled,tea\n\
         3,b,2024-01-04,10,1,,tea\n\
         3,b,2024-01-04,-25,-2,,tea\n\
         4,b,2024-01-05,1,1,failed,\n\
         4,b,2024-01-05,2,1,cancelled,\n",
    );
    assert_eq!((outcome.lines, outcome.orders, outcome.lines_merged), (8, 4, 4));
    assert_eq!((outcome.negative_refunded, outcome.products_created), (1, 2));
    assert_eq!(outcome.revenue.to_string(), "22.00");
    assert_eq!(
        shop.rows(
            "order_id, amount, quantity, status, created_at, coalesce(CAST(product_id AS VARCHAR), '-'), unit_price",
            "FROM orders ORDER BY rowid"
        ),
        [
            "1|15.00|3|Success|2024-01-02 11:00:00|-|5.00",
            "2|7.00|1|Success|2024-01-03 00:00:00|2|7.00",
            // A negative quantity gives no price of a piece.
            "3|-15.00|-1|Refunded|2024-01-04 00:00:00|2",
            "4|3.00|2|Failed|2024-01-05 00:00:00|-|1.50",
        ]
    );
    assert_eq!(shop.rows("product_id, name", "FROM products ORDER BY product_id"), ["1|cup", "2|tea"]);
}

#[test]
fn lines_that_cannot_be_used_are_counted_and_nothing_is_written() {
    let shop = Shop::new();
    let error = shop.failure(
        "order_id,customer,date,amount,quantity,status,activity_id\n\
         1,,2024-01-01,1,1,paid,\n\
         2,a,,1,1,paid,\n\
         3,a,2024-02-30,1,1,paid,\n\
         4,a,2024-01-01,,1,paid,\n\
         5,a,2024-01-01,ten,1,paid,\n\
         6,a,2024-01-01,99999999999999999,1,paid,\n\
         7,a,2024-01-01,1,1.5,paid,\n\
         8,a,2024-01-01,1,1,maybe,\n\
         9,a,2024-01-01,1,1,paid,12\n\
         10,a,2024-01-01,1,1,paid,\n\
         11,a,infinity,1,1,paid,\n\
         12,a,2024-01-01,1,1,paid,\n\
         12,b,2024-01-01,1,1,paid,\n\
         ,b,2024-01-01,1,1,paid,\n\
         13,a,2024-01-01,12 50,1,paid,\n\
         14,a,2024-01-01,\"12,50\",1,paid,\n",
    );
    let mut found = reasons(&error);
    found.sort();
    assert_eq!(
        found,
        [
            ("amount too large", 1, vec![7]),
            ("date out of range", 1, vec![12]),
            ("no amount", 1, vec![5]),
            ("no customer", 1, vec![2]),
            ("no date", 1, vec![3]),
            ("no order id", 1, vec![15]),
            ("two customers under one order id", 2, vec![13, 14]),
            ("unknown activity", 1, vec![10]),
            ("unknown status", 1, vec![9]),
            ("unreadable amount", 3, vec![6, 16, 17]),
            ("unreadable date", 1, vec![4]),
            ("unreadable quantity", 1, vec![8]),
        ]
    );
    let message = error.to_string();
    assert!(message.contains("15 of 16 lines"), "{message}");
    assert!(message.contains("unreadable amount: 3 (lines 6, 16, 17), such as `ten`"), "{message}");
    assert!(shop.rows("user_id", "FROM users").is_empty());
    assert!(shop.rows("order_id", "FROM orders").is_empty());
    assert_eq!(shop.store.meta().origin().unwrap(), None);
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let shop = Shop::new();
    let error = shop.failure(
        "order_id,customer,date,amount,quantity\n\
         1,a,2024-01-01,9999999999999999,1\n\
         1,a,2024-01-01,9999999999999999,1\n\
         2,a,2024-01-01,1,2147483647\n\
         2,a,2024-01-01,1,1\n",
    );
    assert_eq!(reasons(&error), [("amount too large", 2, vec![2, 3]), ("quantity too large", 2, vec![4, 5])]);
}

#[test]
fn places_name_the_file_when_there_are_several() {
    let shop = Shop::new();
    let one = shop.file("o1.csv", "user,date,amount\na,2024-01-01,1\na,2024-01-01,x\n");
    let two = shop.file("o2.csv", "user,date,amount\na,2024-01-01,1\na,2024-01-01,2\na,2024-01-01,y\n");
    let request = OrderImport { files: vec![shop.folder.path().join("o?.csv")], ..OrderImport::default() };
    let message = shop.import(&request).unwrap_err().to_string();
    assert!(message.contains(&format!("{}:3, {}:4", one.display(), two.display())), "{message}");
    let other = shop.file("o3.csv", "user,amount,date\na,1,2024-01-01\n");
    let request = OrderImport { files: vec![one, other], ..OrderImport::default() };
    assert!(matches!(shop.import(&request), Err(ImportError::DifferentColumns { .. })));
}

#[test]
fn amounts_are_exact_however_they_are_written() {
    let shop = Shop::new();
    shop.import_text(
        "user,date,amount\n\
         a,2024-01-01 00:00:01,\"1,234.505\"\n\
         a,2024-01-01 00:00:02,(12.00)\n\
         a,2024-01-01 00:00:03,$ 7\n\
         a,2024-01-01 00:00:04,₩1\n\
         a,2024-01-01 00:00:05,-0.005\n\
         a,2024-01-01 00:00:06,1.0049999\n\
         a,2024-01-01 00:00:07,0\n",
    );
    assert_eq!(
        shop.rows("amount, status", "FROM orders ORDER BY rowid"),
        [
            "1234.51|Success",
            "-12.00|Refunded",
            "7.00|Success",
            "1.00|Success",
            "-0.01|Refunded",
            "1.00|Success",
            "0.00|Success"
        ]
    );
}

fn dates_of(values: &[&str], format: Option<&str>) -> Result<Vec<String>, ImportError> {
    let shop = Shop::new();
    let lines: String = values.iter().map(|value| format!("a;{value};1\n")).collect();
    let mut request = shop.request(&format!("user;date;amount\n{lines}"));
    request.date_format = format.map(str::to_owned);
    shop.import(&request)?;
    Ok(shop.rows("created_at", "FROM orders ORDER BY created_at"))
}

#[test]
fn dates_are_read_as_the_column_writes_them() {
    let one = |value: &str| dates_of(&[value], None).map(|dates| dates.join(" ")).unwrap();
    for value in [
        "2024-03-01 10:20",
        "2024-03-01T10:20:00+09:00",
        "2024-03-01T10:20:00Z",
        "2024/3/1 10:20",
        " 2024-03-01 10:20 ",
    ] {
        assert_eq!(one(value), "2024-03-01 10:20:00", "{value}");
    }
    for value in ["20240301", "2024.03.01", "01.03.2024", "1 Mar 2024", "2024. 3. 1.", "01-Mar-24"] {
        assert_eq!(one(value), "2024-03-01 00:00:00", "{value}");
    }
    assert_eq!(
        dates_of(&["12/1/10 8:26", "1/13/10 18:26"], None).unwrap(),
        ["2010-01-13 18:26:00", "2010-12-01 08:26:00"]
    );
    assert_eq!(
        dates_of(&["12/1/2010", "13/1/2010"], None).unwrap(),
        ["2010-01-12 00:00:00", "2010-01-13 00:00:00"]
    );
    assert!(matches!(dates_of(&["12/1/2010", "11/1/2010"], None), Err(ImportError::AmbiguousDates { .. })));
    assert_eq!(dates_of(&["12/1/2010"], Some("%d/%m/%Y")).unwrap(), ["2010-01-12 00:00:00"]);
    assert_eq!(
        dates_of(&["12/1/2010 10:00 +0900"], Some("%d/%m/%Y %H:%M %z")).unwrap(),
        ["2010-01-12 10:00:00"]
    );
    assert!(matches!(dates_of(&["1"], Some("%Q")), Err(ImportError::BadDateFormat { .. })));
    // The year may come first, and have two digits.
    for value in ["24-01-02", "24.01.02", "12/1/10"] {
        assert!(matches!(dates_of(&[value], None), Err(ImportError::AmbiguousDates { .. })), "{value}");
    }
    assert_eq!(dates_of(&["70/01/02"], None).unwrap(), ["1970-01-02 00:00:00"]);
    assert_eq!(dates_of(&["31/12/99"], None).unwrap(), ["1999-12-31 00:00:00"]);
}

fn mapped(shop: &Shop, text: &str, map: &[&str]) -> Result<ImportOutcome, ImportError> {
    let mut request = shop.request(text);
    request.map = map.iter().map(|argument| argument.parse().unwrap()).collect();
    shop.import(&request)
}

#[test]
fn columns_can_be_given_as_expressions() {
    let text = "InvoiceNo,Customer ID,InvoiceDate,Quantity,UnitPrice,ref\n\
                A1,007,2024-01-01,3,0.335,x\nA2,8,2024-01-02,-1,2.5,y\n";
    let shop = Shop::new();
    let outcome =
        mapped(&shop, text, &["amount=\"Quantity\" * \"UnitPrice\"", "customer='c-' || \"Customer ID\""])
            .unwrap();
    assert_eq!(
        shop.rows("external_id, amount, quantity, unit_price, status", "FROM orders ORDER BY rowid"),
        ["A1|1.01|3|0.34|Success", "A2|-2.50|-1|2.50|Refunded"]
    );
    assert_eq!(shop.rows("external_id", "FROM users ORDER BY user_id"), ["c-007", "c-8"]);
    let given: Vec<_> =
        outcome.mapping.iter().map(|mapped| (mapped.column.name(), mapped.origin.as_str())).collect();
    assert!(given.contains(&("amount", "given")) && given.contains(&("order_id", "recognised")), "{given:?}");

    let message = mapped(&Shop::new(), text, &[]).unwrap_err().to_string();
    assert!(message.contains("--map amount='\"Quantity\" * \"UnitPrice\"'"), "{message}");
    for expression in
        ["amount=nope", "amount=sum(\"Quantity\")", "amount=1; DROP TABLE orders", "amount=unnest([1,2])"]
    {
        let failure = mapped(&Shop::new(), text, &[expression]);
        assert!(matches!(failure, Err(ImportError::BadExpression { .. })), "{expression}: {failure:?}");
    }
    let twice = mapped(&Shop::new(), text, &["amount=1", "amount=2"]);
    assert!(matches!(twice, Err(ImportError::MappedTwice { .. })));
}

#[test]
fn names_of_columns_and_files_cannot_break_out() {
    let shop = Shop::new();
    let path = shop.file("it's [1]*; --.csv", "user,\"da\"\"te; --\",amount\na,2024-01-01,1\n");
    let map = vec!["created_at=da\"te; --".parse().unwrap()];
    let outcome = shop.import(&OrderImport { files: vec![path], map, ..OrderImport::default() }).unwrap();
    assert_eq!(outcome.orders, 1);
}

#[test]
fn the_first_of_the_known_names_wins_and_the_others_are_noted() {
    let shop = Shop::new();
    let outcome = shop.import_text("value,user,customer-ID,date,Total\n1,u,c,2024-01-01,2\n");
    let passed_over: Vec<_> = outcome.mapping.iter().flat_map(|mapped| mapped.passed_over.clone()).collect();
    assert_eq!(passed_over, ["user", "value"]);
    assert_eq!(outcome.revenue.to_string(), "2.00");
}

#[test]
fn blanks_separate_columns_when_nothing_else_does() {
    let text = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n";
    for delimiter in [None, Some(Delimiter::Blanks)] {
        let shop = Shop::new();
        let mut request = shop.request(text);
        request.delimiter = delimiter;
        let outcome = shop.import(&request).unwrap();
        assert_eq!((outcome.orders, outcome.revenue.to_string().as_str()), (2, "88.77"));
        assert_eq!(shop.rows("external_id, user_id", "FROM users ORDER BY 1"), ["00001|1", "00002|2"]);
    }
    let shop = Shop::new();
    let mut request = shop.request(&format!("{text} 00003 19970101 1\r\n"));
    request.delimiter = Some(Delimiter::Blanks);
    assert_eq!(reasons(&shop.import(&request).unwrap_err()), [("wrong number of columns", 1, vec![4])]);
}

#[test]
fn delimiters_are_found_or_given() {
    for (name, delimiter) in [(",", ','), ("tab", '\t'), (";", ';'), ("|", '|'), ("~", '~')] {
        let text = "user,date,amount\na,2024-01-01,1\nb,2024-01-02,2\n".replace(',', &delimiter.to_string());
        let shop = Shop::new();
        let mut request = shop.request(&text);
        request.delimiter = Some(name.parse().unwrap());
        assert_eq!(shop.import(&request).unwrap().orders, 2, "{name}");
        if delimiter != '~' {
            assert_eq!(Shop::new().import_text(&text).orders, 2, "{name}");
        }
    }
    assert!("ab".parse::<Delimiter>().is_err());
    assert!("".parse::<Delimiter>().is_err());
}

#[test]
fn a_line_that_is_no_record_is_named() {
    for (text, line, said) in [
        ("user,date,amount\na,2024-01-01,1\nb,2024-01-02,2,9\n", 3, "4 columns, the header has 3"),
        ("user,date,amount\na,2024-01-01,1\nb,2024-01-02\n", 3, "2 columns, the header has 3"),
        ("user,date,amount\na,2024-01-01,1\n\"b\"x,2024-01-02,2\n", 3, "a quote is not closed"),
    ] {
        match Shop::new().failure(text) {
            ImportError::Malformed { line: found, message, path } => {
                assert_eq!(found, Some(line));
                assert!(message.contains(said), "{message}");
                assert!(path.ends_with("orders.csv"));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn files_that_are_no_source_are_refused() {
    let shop = Shop::new();
    let import = |files: &[PathBuf]| {
        shop.import(&OrderImport { files: files.to_vec(), ..OrderImport::default() }).unwrap_err()
    };
    let folder = shop.folder.path();
    assert!(matches!(import(&[]), ImportError::NoFiles));
    assert!(matches!(import(&[folder.join("none.csv")]), ImportError::Missing { .. }));
    assert!(matches!(import(&[folder.join("none*.csv")]), ImportError::Missing { .. }));
    assert!(matches!(import(&[folder.to_owned()]), ImportError::IsFolder { .. }));
    assert!(matches!(import(&[shop.file("e.csv", "")]), ImportError::Empty { .. }));
    assert!(matches!(import(&[shop.file("h.csv", "user,date,amount\n")]), ImportError::Empty { .. }));
    assert!(matches!(import(&[shop.file("b.parquet", "no parquet")]), ImportError::Unreadable { .. }));
    let mixed = [shop.file("a.csv", "a,b\n1,2\n"), shop.file("a.parquet", "x")];
    assert!(matches!(import(&mixed), ImportError::MixedFormats { .. }));
    let failure = import(&[shop.file("c.csv", "who,when\n1,2\n")]);
    let message = failure.to_string();
    assert!(matches!(failure, ImportError::ColumnsNotFound { .. }));
    assert!(message.contains("\"who\", \"when\"") && message.contains("--map customer="), "{message}");
    shop.store.meta().set("origin", "simulated").unwrap();
    let simulated = shop.import(&shop.request("user,date,amount\na,2024-01-01,1\n"));
    assert!(matches!(simulated, Err(ImportError::Simulated)));
}

#[test]
fn parquet_gives_the_same_orders_as_text() {
    let shop = Shop::new();
    let path = shop.folder.path().join("orders.parquet");
    let sql = format!(
        "COPY (SELECT * FROM (VALUES \
            ('o1', 17.0::DOUBLE, TIMESTAMP '2024-01-01 10:00', 0.285::DOUBLE, 2::BIGINT), \
            ('o2', 18.0, TIMESTAMP '2024-01-02 10:00', 5.1, 1)) AS t (order_id, user_id, created_at, amount, quantity)) \
         TO {} (FORMAT parquet)",
        crate::store::quote_literal(path.to_str().unwrap())
    );
    shop.store.execute_text("test", &sql).unwrap();
    let outcome = shop.import(&OrderImport { files: vec![path], ..OrderImport::default() }).unwrap();
    assert_eq!((outcome.orders, outcome.revenue.to_string().as_str()), (2, "5.39"));
    assert_eq!(shop.rows("user_id, external_id", "FROM users ORDER BY 1"), ["17|17", "18|18"]);
    assert_eq!(shop.rows("order_id, unit_price", "FROM orders ORDER BY 1"), ["1|0.15", "2|5.10"]);
}

#[test]
fn a_preview_writes_nothing() {
    let shop = Shop::new();
    let lines: String = (1..=9).map(|n| format!("{n},u,2024-01-0{n},{n}\n")).collect();
    let request = shop.request(&format!("order,user,date,amount\n{lines}10,u,bad,1\n"));
    let preview = preview_orders(&shop.store, &request).unwrap();
    assert_eq!((preview.lines, preview.rows.len(), preview.already_there), (10, 5, 0));
    assert_eq!(preview.problems.len(), 1);
    assert_eq!(preview.rows[4].order_id.as_deref(), Some("5"));
    assert_eq!(shop.rows("table_name", "FROM duckdb_tables() WHERE table_name LIKE 'import%'"), [""; 0]);
    assert!(shop.rows("user_id", "FROM users").is_empty());
    assert_eq!(shop.store.meta().clock().unwrap(), None);
}

#[test]
fn a_second_import_goes_on_from_the_first() {
    let shop = Shop::new();
    shop.import_text("order_id,user,date,amount\nx1,a,2024-01-05,1\nx2,b,2024-01-10,2\n");
    let again = shop.failure("order_id,user,date,amount\nx3,a,2024-02-05,1\nx2,b,2024-01-10,2\n");
    assert!(matches!(&again, ImportError::AlreadyThere { count: 1, first } if first == &["x2"]), "{again}");
    // A late order of a known customer, one number that is taken, one that is free.
    let outcome = shop
        .import_text("order_id,user,date,amount\nx3,a,2024-01-01,4\n2,c,2024-01-07,8\n9,2,2024-01-20,16\n");
    assert_eq!((outcome.customers_created, outcome.customers_known), (2, 1));
    assert_eq!(
        shop.rows("order_id, external_id, user_id, created_at", "FROM orders ORDER BY rowid"),
        [
            "10|x3|1|2024-01-01 00:00:00",
            "1|x1|1|2024-01-05 00:00:00",
            "11|2|4|2024-01-07 00:00:00",
            "2|x2|2|2024-01-10 00:00:00",
            "9|9|3|2024-01-20 00:00:00",
        ]
    );
    assert_eq!(
        shop.rows("external_id, signed_up_at", "FROM users ORDER BY user_id"),
        ["a|2024-01-01 00:00:00", "b|2024-01-10 00:00:00", "2|2024-01-20 00:00:00", "c|2024-01-07 00:00:00"]
    );
}

#[test]
fn imports_in_parts_make_the_file_of_one_import() {
    let lines: Vec<String> = (0..200)
        .map(|n| format!("o{n},u{},2024-01-{:02} {:02}:00,{n}.5\n", n % 17, 1 + n * 7 % 28, n % 24))
        .collect();
    let text = |lines: &[String]| format!("order_id,user,date,amount\n{}", lines.concat());
    let (whole, parts) = (Shop::new(), Shop::new());
    whole.import_text(&text(&lines));
    for part in lines.chunks(70) {
        parts.import_text(&text(part));
    }
    let facts = "external_id, amount, status, created_at";
    let sorted = "FROM orders ORDER BY created_at, external_id";
    assert_eq!(whole.rows(facts, sorted), parts.rows(facts, sorted));
    let in_order = "FROM orders ORDER BY rowid";
    let mut times = parts.rows("created_at", in_order);
    assert_eq!(times.len(), 200);
    assert!(times.is_sorted());
    times = whole.rows("lpad(CAST(order_id AS VARCHAR), 9, '0')", in_order);
    assert!(times.is_sorted());
    let signed_up = ("external_id, signed_up_at", "FROM users ORDER BY external_id");
    assert_eq!(whole.rows(signed_up.0, signed_up.1), parts.rows(signed_up.0, signed_up.1));
}

#[test]
fn the_clock_is_the_midnight_after_the_latest_order_or_as_given() {
    let shop = Shop::new();
    let at = |text: &str| Some(crate::calendar::parse_instant(text).unwrap());
    let mut request = shop.request("user,date,amount\na,2024-01-31 23:00,1\n");
    request.clock = at("2024-01-31 23:00");
    assert!(matches!(shop.import(&request), Err(ImportError::ClockTooEarly { .. })));
    request.clock = at("2024-03-01");
    assert_eq!(shop.import(&request).unwrap().clock, at("2024-03-01").unwrap());
    request.clock = at("2024-02-20");
    assert!(matches!(shop.import(&request), Err(ImportError::ClockBack { .. })));
    request.clock = None;
    assert_eq!(shop.import(&request).unwrap().clock, at("2024-03-01").unwrap());
}

#[test]
fn late_orders_make_written_months_stale_and_first_orders_unknown() {
    let shop = Shop::new();
    shop.import_text("order_id,user,date,amount\n1,a,2024-01-10,10\n2,b,2024-01-20,10\n3,a,2024-04-02,5\n");
    for sql in [
        "INSERT INTO campaigns VALUES (1, 'c')",
        "INSERT INTO campaign_activities VALUES \
            (1, 1, 'a', 'organic', NULL, TIMESTAMP '2024-01-01', TIMESTAMP '2024-02-01', false)",
    ] {
        shop.store.execute_text("test", sql).unwrap();
    }
    let clock = shop.store.meta().clock().unwrap().unwrap();
    let batch = crate::cohort::run(&shop.store, clock, 12).unwrap();
    assert_eq!(batch.rows, 3);
    // In the month that is still open: nothing is stale.
    assert_eq!(shop.import_text("order_id,user,date,amount\n4,a,2024-04-03,5\n").stale_months, 0);
    // A refund does not count; a customer outside the cohort does not matter.
    let outcome = shop.import_text("order_id,user,date,amount\n5,a,2024-02-03,-5\n6,z,2024-02-03,5\n");
    assert_eq!(outcome.stale_months, 0);
    assert_eq!(shop.rows("value", "FROM meta WHERE key = 'first_orders_before'"), ["2024-02-01 00:00:00"]);
    let outcome = shop.import_text("order_id,user,date,amount\n7,b,2024-01-05,5\n8,a,2024-02-09,1\n");
    assert_eq!(outcome.stale_months, 3);
    assert_eq!(shop.rows("value", "FROM meta WHERE key = 'first_orders_before'"), ["2024-01-05 00:00:00"]);
    assert!(shop.rows("user_id", "FROM first_orders").is_empty());
}

#[test]
fn cdnow_comes_in_without_a_word() {
    let Some(folder) = std::env::var_os("LIFECYCLE_TEST_DATA") else {
        eprintln!("skipped: LIFECYCLE_TEST_DATA names no folder");
        return;
    };
    for delimiter in [None, Some(Delimiter::Blanks)] {
        let shop = Shop::new();
        let files = vec![PathBuf::from(&folder).join("cdnow_master.txt")];
        let outcome = shop.import(&OrderImport { files, delimiter, ..OrderImport::default() }).unwrap();
        assert_eq!((outcome.orders, outcome.customers_created), (69_659, 23_570));
        assert_eq!(outcome.revenue.to_string(), "2500315.63");
        assert_eq!(format_instant(outcome.clock), "1998-07-01 00:00:00");
        assert_eq!(shop.rows("sum(quantity), count(*) FILTER (amount = 0)", "FROM orders"), ["167881|80"]);
    }
}
