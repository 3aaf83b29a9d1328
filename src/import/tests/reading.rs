//! How files are read: formats, dates, amounts, mappings.

use super::*;

#[test]
fn places_name_the_file_when_there_are_several() {
    let shop = Shop::new();
    let one = shop.file("o1.csv", "user,date,amount\na,2024-01-01,1\na,2024-01-01,x\n");
    let two = shop.file("o2.csv", "user,date,amount\na,2024-01-01,1\na,2024-01-01,2\na,2024-01-01,y\n");
    let request = shop.reading(vec![shop.folder.path().join("o?.csv")]);
    let message = shop.import(&request).unwrap_err().to_string();
    assert!(message.contains(&format!("{}:3, {}:4", one.display(), two.display())), "{message}");
    let other = shop.file("o3.csv", "user,amount,date\na,1,2024-01-01\n");
    let request = shop.reading(vec![one, other]);
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

#[test]
fn words_are_recognised_whatever_joins_their_parts() {
    let shop = Shop::new();
    shop.import_text(
        "user,date,amount,status\n\
         a,2024-01-01,1,on-hold\n\
         a,2024-01-02,2,On Hold\n\
         a,2024-01-03,3,PENDING_PAYMENT\n\
         a,2024-01-04,4,partially-refunded\n",
    );
    assert_eq!(
        shop.rows("amount, status", "FROM orders ORDER BY order_id"),
        ["1.00|Failed", "2.00|Failed", "3.00|Failed", "4.00|Success"]
    );
}

#[test]
fn a_preview_shows_nothing_for_what_it_cannot_read() {
    let shop = Shop::new();
    let text = "user,date,amount,quantity,status\na,2024-01-01,1,two,paid\na,2024-01-02,2,2,abandoned\n";
    let preview = Importer::new(&shop.store, &config()).preview_orders(&shop.request(text)).unwrap();
    let shown: Vec<_> = preview.rows.iter().map(|row| (row.quantity, row.status.as_deref())).collect();
    assert_eq!(shown, [(None, Some("Success")), (Some(2), None)]);
}

fn dates_of(values: &[&str], format: Option<&str>) -> Result<Vec<String>, ImportError> {
    let shop = Shop::new();
    let lines: String = values.iter().map(|value| format!("a;{value};1\n")).collect();
    let mut request = shop.request(&format!("user;date;amount\n{lines}"));
    request.reading.date_format = format.map(str::to_owned);
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
    request.reading.map = map.iter().map(|argument| argument.parse().unwrap()).collect();
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
        outcome.read.mapping.iter().map(|mapped| (mapped.column, mapped.origin.as_str())).collect();
    assert!(given.contains(&("amount", "given")) && given.contains(&("order_id", "recognised")), "{given:?}");

    let Err(ImportError::ColumnsNotFound { suggestions, .. }) = mapped(&Shop::new(), text, &[]) else {
        panic!("no column gives amounts");
    };
    let suggested: Vec<_> = suggestions.iter().map(|one| (one.column, one.expression.as_str())).collect();
    assert_eq!(suggested, [("amount", "\"Quantity\" * \"UnitPrice\"")]);
    for expression in [
        "amount=nope",
        "amount=sum(\"Quantity\")",
        "amount=1; DROP TABLE orders",
        "amount=unnest([1,2])",
        "amount=columns('Quantity|UnitPrice')",
        "amount=(SELECT count(*) FROM enable_logging())",
        "amount=random()",
    ] {
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
    let outcome = shop
        .import(&OrderImport { reading: Reading { map, ..Reading::of([path]) }, ..OrderImport::default() })
        .unwrap();
    assert_eq!(outcome.orders, 1);
}

#[test]
fn the_first_of_the_known_names_wins_and_the_others_are_noted() {
    let shop = Shop::new();
    let outcome = shop.import_text("value,user,customer-ID,date,Total\n1,u,c,2024-01-01,2\n");
    let passed_over: Vec<_> =
        outcome.read.mapping.iter().flat_map(|mapped| mapped.passed_over.clone()).collect();
    assert_eq!(passed_over, ["user", "value"]);
    assert_eq!(outcome.revenue.to_string(), "2.00");
}

#[test]
fn blanks_separate_columns_when_nothing_else_does() {
    let text = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n";
    for delimiter in [None, Some(Delimiter::Blanks)] {
        let shop = Shop::new();
        let mut request = shop.request(text);
        request.reading.delimiter = delimiter;
        let outcome = shop.import(&request).unwrap();
        assert_eq!((outcome.orders, outcome.revenue.to_string().as_str()), (2, "88.77"));
        assert_eq!(shop.rows("external_id, user_id", "FROM users ORDER BY 1"), ["00001|1", "00002|2"]);
    }
    let shop = Shop::new();
    let mut request = shop.request(&format!("{text} 00003 19970101 1\r\n"));
    request.reading.delimiter = Some(Delimiter::Blanks);
    assert_eq!(reasons(&shop.import(&request).unwrap_err()), [("wrong number of columns", 1, vec![4])]);
}

#[test]
fn delimiters_are_found_or_given() {
    for (name, delimiter) in [(",", ','), ("tab", '\t'), (";", ';'), ("|", '|'), ("~", '~')] {
        let text = "user,date,amount\na,2024-01-01,1\nb,2024-01-02,2\n".replace(',', &delimiter.to_string());
        let shop = Shop::new();
        let mut request = shop.request(&text);
        request.reading.delimiter = Some(name.parse().unwrap());
        assert_eq!(shop.import(&request).unwrap().orders, 2, "{name}");
        if delimiter != '~' {
            assert_eq!(Shop::new().import_text(&text).orders, 2, "{name}");
        }
    }
    assert!("ab".parse::<Delimiter>().is_err());
    assert!("".parse::<Delimiter>().is_err());
}

#[test]
fn lines_that_are_no_records_are_named_with_their_true_numbers() {
    for (text, reason, line) in [
        ("user,date,amount\na,2024-01-01,1\nb,2024-01-02,2,9\n", "wrong number of columns", 3),
        ("user,date,amount\na,2024-01-01,1\nb,2024-01-02\n", "wrong number of columns", 3),
        ("user,date,amount\na,2024-01-01,1\n\"b\"x,2024-01-02,2\n", "broken quotes", 3),
    ] {
        assert_eq!(reasons(&Shop::new().failure(text)), [(reason, 1, vec![line])]);
    }
    let shop = Shop::new();
    let mut request = shop.request("user date amount\na 2024-01-01 1\nb 2024-01-02\n");
    request.reading.delimiter = Some(Delimiter::Blanks);
    assert_eq!(reasons(&shop.import(&request).unwrap_err()), [("wrong number of columns", 1, vec![3])]);
    let text = "user,date,amount\n\
                x\n\
                a,2024-01-01,1\n\
                x,x\n\
                x,x,x,x\n\
                a,2024-01-01,bad\n\
                a,2024-01-01,2\n\
                x\n\
                a,2024-01-01,worse\n";
    assert_eq!(
        reasons(&Shop::new().failure(text)),
        [("wrong number of columns", 4, vec![2, 4, 5, 8]), ("unreadable amount", 2, vec![6, 9])]
    );
}

#[test]
fn files_that_are_no_source_are_refused() {
    let shop = Shop::new();
    let import = |files: &[PathBuf]| shop.import(&shop.reading(files.to_vec())).unwrap_err();
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
    assert!(message.contains("\"who\", \"when\"") && !message.contains("--"), "{message}");
    let ImportError::ColumnsNotFound { suggestions, .. } = failure else { panic!("{message}") };
    // A column is proposed for one of ours alone.
    let suggested: Vec<_> = suggestions.iter().map(|one| (one.column, one.expression.as_str())).collect();
    assert_eq!(suggested, [("customer", "\"who\""), ("created_at", "\"when\""), ("amount", "...")]);
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
    let outcome = shop.import(&shop.reading(vec![path])).unwrap();
    assert_eq!((outcome.orders, outcome.revenue.to_string().as_str()), (2, "5.39"));
    assert_eq!(shop.rows("user_id, external_id", "FROM users ORDER BY 1"), ["17|17", "18|18"]);
    assert_eq!(shop.rows("order_id, unit_price", "FROM orders ORDER BY 1"), ["1|0.15", "2|5.10"]);
}
