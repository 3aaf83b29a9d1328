//! Imports of customers and products: what they write, and what they refuse.

use super::*;
use crate::calendar::parse_instant;
use crate::grades::{UpdateMode, update_all_grades};

impl Shop {
    pub(super) fn records(&self, text: &str) -> RecordImport {
        Reading::of([self.file("records.csv", text)]).into()
    }

    pub(super) fn users(&self, text: &str) -> Result<UserOutcome, ImportError> {
        self.users_of(&self.records(text), None)
    }

    fn users_of(&self, request: &RecordImport, clock: Option<&str>) -> Result<UserOutcome, ImportError> {
        let clock = clock.map(|clock| parse_instant(clock).unwrap());
        let request = UserImport { records: request.clone(), clock, ..UserImport::default() };
        Importer::new(&self.store, &config()).users(&request)
    }

    fn products(&self, text: &str) -> Result<ProductOutcome, ImportError> {
        Importer::new(&self.store, &config()).products(&self.records(text))
    }

    pub(super) fn activities(&self, text: &str) -> Result<ActivityOutcome, ImportError> {
        self.activities_of(self.records(text))
    }

    pub(super) fn activities_of(&self, records: RecordImport) -> Result<ActivityOutcome, ImportError> {
        let request = ActivityImport { records, end_inclusive: false };
        Importer::new(&self.store, &config()).activities(&request)
    }

    pub(super) fn replaced(&self, text: &str) -> RecordImport {
        RecordImport { on_conflict: OnConflict::Replace, ..self.records(text) }
    }

    fn clock(&self) -> String {
        format_instant(self.store.meta().clock().unwrap().unwrap())
    }
}

pub(super) fn counts(created: i64, filled: i64, replaced: i64, skipped: i64) -> RecordCounts {
    RecordCounts { created, filled, replaced, skipped, already_there: 0 }
}

const USER_FACTS: &str = "external_id, coalesce(name, '-'), coalesce(CAST(gender AS VARCHAR), '-'), \
    coalesce(CAST(birth_date AS VARCHAR), '-'), coalesce(region, '-'), coalesce(CAST(status AS VARCHAR), '-'), \
    coalesce(CAST(marketing_agree AS VARCHAR), '-'), grade, signed_up_at";

#[test]
fn customers_are_understood_in_english_and_korean() {
    let shop = Shop::new();
    let outcome = shop
        .users(
            "Customer ID,Full Name,Sex,Birthday,City,Account Status,Accepts Marketing,Grade,Signup Date\n\
             c2,Kim,female,1990-02-03,Seoul,inactive,yes,gold,2024-01-05\n\
             007,,W,1985,,,,,2024-01-04 10:00\n\
             7,Lee,m,0000-00-00,Busan,Active,0,VIP,2024-01-06\n\
             c1,Park,other,,,unknown,n/a,,2024-01-06\n",
        )
        .unwrap();
    assert_eq!((outcome.read.lines, outcome.counts), (4, counts(4, 0, 0, 0)));
    assert_eq!(
        shop.rows(&format!("user_id, {USER_FACTS}"), "FROM users ORDER BY rowid"),
        [
            "7|7|Lee|M|-|Busan|ACTIVE|false|VIP|2024-01-06 00:00:00",
            "8|007|-|F|1985-07-01|-|-|-|BRONZE|2024-01-04 10:00:00",
            "9|c1|Park|-|-|-|-|-|BRONZE|2024-01-06 00:00:00",
            "10|c2|Kim|F|1990-02-03|Seoul|DORMANT|true|GOLD|2024-01-05 00:00:00",
        ]
    );
    assert_eq!(shop.clock(), "2024-01-07 00:00:00");
    let meta = shop.store.meta();
    assert_eq!(
        (meta.origin().unwrap(), meta.config().unwrap()),
        (Some(Origin::Imported), Some(config().to_json()))
    );

    let korean = Shop::new();
    korean
        .users("회원번호,이름,성별,생년월일,지역,회원상태,마케팅 동의,등급,가입일\n1,김,여,1990.02.03,서울,휴면,미동의,SILVER,2024.01.05\n")
        .unwrap();
    assert_eq!(
        korean.rows(USER_FACTS, "FROM users"),
        ["1|김|F|1990-02-03|서울|DORMANT|false|SILVER|2024-01-05 00:00:00"]
    );
}

#[test]
fn lines_of_customers_that_cannot_be_used_are_named() {
    let shop = Shop::new();
    let text = "customer,gender,birth_date,status,marketing_agree,grade,signed_up_at\n\
                ,F,1990-01-01,ACTIVE,y,VIP,2024-01-01\n\
                2,femme,1990-01-01,ACTIVE,y,VIP,2024-01-01\n\
                3,F,yesterday,ACTIVE,y,VIP,2024-01-01\n\
                4,F,1890-01-01,ACTIVE,y,VIP,2024-01-01\n\
                5,F,2024-01-03,ACTIVE,y,VIP,2024-01-01\n\
                6,F,1990-01-01,gone,y,VIP,2024-01-01\n\
                7,F,1990-01-01,ACTIVE,perhaps,VIP,2024-01-01\n\
                8,F,1990-01-01,ACTIVE,y,PLATINUM,2024-01-01\n\
                9,F,1990-01-01,ACTIVE,y,VIP,soon\n\
                10,F,1990-01-01,ACTIVE,y,VIP,2024-01-02\n\
                10,M,1990-01-01,ACTIVE,y,VIP,2024-01-02\n\
                11,M,1990-01-01,ACTIVE,y,VIP,2024-01-02\n";
    let error = shop.users(text).unwrap_err();
    let mut found = reasons(&error);
    found.sort();
    assert_eq!(
        found,
        [
            ("customer twice", 2, vec![11, 12]),
            ("impossible birth date", 2, vec![5, 6]),
            ("no customer", 1, vec![2]),
            ("unknown customer status", 1, vec![7]),
            ("unknown gender", 1, vec![3]),
            ("unknown grade", 1, vec![9]),
            ("unreadable birth date", 1, vec![4]),
            ("unreadable consent", 1, vec![8]),
            ("unreadable date", 1, vec![10]),
        ]
    );
    let message = error.to_string();
    assert!(message.contains("11 of 12 lines"), "{message}");
    assert!(message.contains("such as `PLATINUM`") && !message.contains("--"), "{message}");
    assert!(shop.rows("user_id", "FROM users").is_empty());
    assert_eq!(shop.store.meta().origin().unwrap(), None);

    let rejects = shop.folder.path().join("bad.csv");
    let mut request = shop.records(text);
    request.bad_lines = BadLines::Skip { rejects: Some(rejects.clone()) };
    let outcome = shop.users_of(&request, None).unwrap();
    assert_eq!((outcome.read.bad_lines, outcome.counts), (11, counts(1, 0, 0, 0)));
    assert_eq!(std::fs::read_to_string(rejects).unwrap().lines().count(), 12);
    assert_eq!(shop.rows("external_id", "FROM users"), ["11"]);
}

#[test]
fn a_column_mapped_to_null_is_left_out() {
    let shop = Shop::new();
    let mut request = shop.records("customer,grade,name,signed_up_at\n1,PLATINUM,a,2024-01-01\n");
    request.reading.map = vec!["grade=NULL".parse().unwrap()];
    shop.users_of(&request, None).unwrap();
    assert_eq!(shop.rows("grade, name", "FROM users"), ["BRONZE|a"]);
    let mut request = shop.replaced("customer,grade,name,signed_up_at\n1,VIP,,2024-01-01\n");
    request.reading.map = vec!["grade=null".parse().unwrap(), "name=NULL".parse().unwrap()];
    assert_eq!(shop.users_of(&request, None).unwrap().counts, counts(0, 0, 1, 0));
    assert_eq!(shop.rows("grade, name", "FROM users"), ["BRONZE|a"]);
}

#[test]
fn a_date_format_is_for_the_columns_that_are_written_so() {
    let shop = Shop::new();
    let mut request = shop.records("customer,birth_date,signed_up_at\n1,1990-02-03,05/01/2024 10:30\n");
    request.reading.date_format = Some("%d/%m/%Y %H:%M".to_owned());
    shop.users_of(&request, None).unwrap();
    assert_eq!(shop.rows("birth_date, signed_up_at", "FROM users"), ["1990-02-03|2024-01-05 10:30:00"]);
}

#[test]
fn customers_known_from_orders_are_filled_and_others_settled() {
    let shop = Shop::new();
    shop.import_text(
        "order_id,user,date,amount\n1,kim,2024-01-10 12:00,1\n2,7,2024-01-20,1\n3,kim,2024-02-01,1\n",
    );
    let text = "customer,name,region,signed_up_at\n\
                kim,Kim,Seoul,2024-01-15\n\
                7,Lee,Busan,2023-12-01\n\
                9,Park,,2024-01-31\n";
    let outcome = shop.users(text).unwrap();
    assert_eq!((outcome.counts, outcome.sign_ups_moved), (counts(1, 2, 0, 0), 1));
    let facts = "user_id, external_id, coalesce(name, '-'), coalesce(region, '-'), signed_up_at";
    let first = [
        "7|7|Lee|Busan|2023-12-01 00:00:00",
        "8|kim|Kim|Seoul|2024-01-10 12:00:00",
        "9|9|Park|-|2024-01-31 00:00:00",
    ];
    assert_eq!(shop.rows(facts, "FROM users ORDER BY user_id"), first);
    assert_eq!((shop.clock(), outcome.clock_before), ("2024-02-02 00:00:00".to_owned(), outcome.clock));

    let again = shop.users(text).unwrap_err();
    assert!(
        matches!(&again, ImportError::Known { rows: "users", count: 3, first } if first == &["7", "9", "kim"]),
        "{again}"
    );
    let changed = "customer,region\n7,\nkim,Jeju\nnew,Jeju\n";
    let skip = RecordImport { on_conflict: OnConflict::Skip, ..shop.records(changed) };
    assert_eq!(shop.users_of(&skip, None).unwrap().counts, counts(1, 0, 0, 2));
    assert_eq!(shop.rows(facts, "FROM users WHERE user_id < 10 ORDER BY user_id"), first);
    // Empty is unknown; what the source does not give stays.
    assert_eq!(shop.users_of(&shop.replaced(changed), None).unwrap().counts, counts(0, 0, 3, 0));
    assert_eq!(
        shop.rows(facts, "FROM users ORDER BY user_id"),
        [
            "7|7|Lee|-|2023-12-01 00:00:00",
            "8|kim|Kim|Jeju|2024-01-10 12:00:00",
            "9|9|Park|-|2024-01-31 00:00:00",
            // A day before the clock.
            "10|new|-|Jeju|2024-02-01 00:00:00",
        ]
    );
    // Orders that come later are the same customer's, and may move the sign-up back.
    shop.import_text("order_id,user,date,amount\n4,new,2024-01-25,1\n5,9,2024-03-01,1\n");
    assert_eq!(
        shop.rows("user_id, signed_up_at", "FROM users WHERE user_id > 8 ORDER BY user_id"),
        ["9|2024-01-31 00:00:00", "10|2024-01-25 00:00:00"]
    );
}

#[test]
fn the_clock_sees_every_sign_up() {
    let shop = Shop::new();
    let unknown = shop.users("customer,name\n1,a\n2,b\n").unwrap_err();
    assert!(matches!(unknown, ImportError::NoSignUps { count: 2 }), "{unknown}");
    let request = shop.records("customer,name,signed_up_at\n1,a,\n2,b,2024-01-05 09:00\n");
    let early = shop.users_of(&request, Some("2024-01-05 09:00")).unwrap_err();
    assert!(matches!(early, ImportError::ClockBeforeSignUp { .. }), "{early}");
    let outcome = shop.users_of(&request, None).unwrap();
    assert_eq!((outcome.sign_ups_untold, shop.clock().as_str()), (1, "2024-01-06 00:00:00"));
    assert_eq!(
        shop.rows("signed_up_at", "FROM users ORDER BY user_id"),
        ["2024-01-05 00:00:00", "2024-01-05 09:00:00"]
    );
    let later = shop.records("customer,name,signed_up_at\n3,c,2024-01-02\n");
    assert!(matches!(shop.users_of(&later, Some("2024-01-05 12:00")), Err(ImportError::ClockBack { .. })));
    shop.users_of(&later, Some("2024-02-01")).unwrap();
    assert_eq!(shop.clock(), "2024-02-01 00:00:00");
}

#[test]
fn grades_that_the_file_found_stay() {
    let shop = Shop::new();
    let text = "customer,name,grade,signed_up_at\n1,a,GOLD,2024-01-01\n2,b,,2024-01-01\n";
    shop.users(text).unwrap();
    shop.import_text("order_id,user,date,amount\n1,1,2024-01-10,1\n");
    let changed = "customer,grade\n1,VIP\n2,SILVER\n";
    let outcome = shop.users_of(&shop.replaced(changed), None).unwrap();
    assert_eq!(
        (outcome.grades_kept, shop.rows("grade", "FROM users ORDER BY user_id")),
        (0, vec!["VIP".into(), "SILVER".into()])
    );
    let clock = shop.store.meta().clock().unwrap().unwrap();
    update_all_grades(&shop.store, clock, &config().grades, UpdateMode::Record).unwrap();
    assert_eq!(shop.rows("grade", "FROM users ORDER BY user_id"), ["BRONZE", "BRONZE"]);
    let outcome = shop.users_of(&shop.replaced(changed), None).unwrap();
    assert_eq!(outcome.grades_kept, 2);
    assert_eq!(shop.rows("grade", "FROM users ORDER BY user_id"), ["BRONZE", "BRONZE"]);
}

#[test]
fn products_of_orders_are_filled_however_orders_call_them() {
    let shop = Shop::new();
    shop.import_text(
        "order_id,user,date,amount,product\n\
         1,a,2024-01-10,1,P1\n2,a,2024-01-11,1,Green tea\n3,a,2024-01-12,1,007\n4,a,2024-01-13,1,Cup\n",
    );
    assert_eq!(
        shop.rows("product_id, name", "FROM products ORDER BY product_id"),
        ["7|007", "8|Cup", "9|Green tea", "10|P1"]
    );
    let outcome = shop
        .products(
            "sku,product_name,category,price\n\
             P1,Black tea,Tea,\"1,200\"\n\
             P2,Green tea,Tea,1.005\n\
             7,Pot,Ware,\n\
             P4,Cup,Ware,3\n\
             P5,Cup,Ware,4\n",
        )
        .unwrap();
    // Two cups: which one the order is of, nobody knows.
    assert_eq!(outcome.counts, counts(2, 3, 0, 0));
    let facts =
        "product_id, external_id, name, coalesce(category, '-'), coalesce(CAST(price AS VARCHAR), '-')";
    assert_eq!(
        shop.rows(facts, "FROM products ORDER BY product_id"),
        [
            "7|007|Pot|Ware|-",
            "8|Cup|Cup|-|-",
            "9|P2|Green tea|Tea|1.01",
            "10|P1|Black tea|Tea|1200.00",
            "11|P4|Cup|Ware|3.00",
            "12|P5|Cup|Ware|4.00",
        ]
    );
    let again = shop.products("sku,price\nP1,5\nP6,6\n").unwrap_err();
    assert!(matches!(&again, ImportError::Known { count: 1, first, .. } if first == &["P1"]), "{again}");
    let request = shop.replaced("sku,price\nP1,5\nP2,\n");
    let outcome = Importer::new(&shop.store, &config()).products(&request).unwrap();
    assert_eq!(outcome.counts, counts(0, 0, 2, 0));
    assert_eq!(
        shop.rows(facts, "FROM products WHERE product_id IN (9, 10) ORDER BY product_id"),
        ["9|P2|Green tea|Tea|-", "10|P1|Black tea|Tea|5.00"]
    );
    // Later orders mean the same products.
    let later = shop.import_text("order_id,user,date,amount,product\n5,a,2024-01-20,1,P2\n6,a,2024-01-21,1,Black tea\n7,a,2024-01-22,1,007\n");
    assert_eq!(later.products_created, 0);
    assert_eq!(shop.rows("product_id", "FROM orders WHERE order_id > 4 ORDER BY order_id"), ["9", "10", "7"]);
}

#[test]
fn products_need_an_id_or_a_name_and_a_price_that_is_one() {
    let shop = Shop::new();
    let none = shop.products("category,price\nx,1\n").unwrap_err();
    assert!(
        matches!(&none, ImportError::ColumnsNotFound { columns, .. } if columns == &["product_id", "name"]),
        "{none}"
    );
    let error = shop
        .products("sku,name,price\n,,1\nA,a,-1\nB,b,dear\nC,c,99999999999999999999\nD,d,1\nD,e,1\n,f,1\n")
        .unwrap_err();
    let mut found = reasons(&error);
    found.sort();
    assert_eq!(
        found,
        [
            ("amount too large", 1, vec![5]),
            ("negative price", 1, vec![3]),
            ("no product", 1, vec![2]),
            ("product twice", 2, vec![6, 7]),
            ("unreadable price", 1, vec![4]),
        ]
    );
    assert_eq!(shop.products("name,price\nTea,1\n").unwrap().counts, counts(1, 0, 0, 0));
    assert_eq!(shop.rows("product_id, external_id IS NULL, name", "FROM products"), ["1|true|Tea"]);
}

#[test]
fn previews_write_nothing_and_simulated_files_take_nothing() {
    let shop = Shop::new();
    shop.import_text("order_id,user,date,amount\n1,a,2024-01-10,1\n");
    let request = shop.records("customer,name\na,A\nb,B\n,C\n");
    let request = UserImport { records: request, ..UserImport::default() };
    let preview = Importer::new(&shop.store, &config()).preview_users(&request).unwrap();
    assert_eq!((preview.read.lines, preview.rows.len(), preview.read.problems.len()), (3, 3, 1));
    assert_eq!(preview.counts, counts(1, 1, 0, 0));
    assert_eq!(preview.rows[1].name.as_deref(), Some("B"));
    assert_eq!(shop.rows("external_id, name IS NULL", "FROM users"), ["a|true"]);
    assert_eq!(shop.rows("table_name", "FROM duckdb_tables() WHERE table_name LIKE 'import%'"), [""; 0]);

    shop.store.meta().set("origin", "simulated").unwrap();
    assert!(matches!(shop.users("customer\na\n"), Err(ImportError::Simulated)));
    assert!(matches!(shop.products("sku\na\n"), Err(ImportError::Simulated)));
    assert!(matches!(shop.activities("id,start\na,2024-01-01\n"), Err(ImportError::Simulated)));
}

#[test]
fn every_kind_of_source_gives_the_same_customers() {
    let shop = Shop::new();
    let csv = "user_id,external_id,name,gender,birth_date,marketing_agree,signed_up_at\n\
               1,x,Kim,F,1990-02-03,true,2024-01-05 10:00:00\n2,y,,,,,2024-01-06 00:00:00\n";
    shop.users(csv).unwrap();
    let expected = shop.rows(&format!("user_id, {USER_FACTS}"), "FROM users ORDER BY 1");
    assert_eq!(expected[0], "1|1|Kim|F|1990-02-03|-|-|true|BRONZE|2024-01-05 10:00:00");
    let folder = shop.folder.path();
    let source = folder.join("records.csv");
    let copy = |name: &str, options: &str| {
        let path = folder.join(name);
        let sql = format!(
            "COPY (FROM read_csv({}, types = {{'gender': 'VARCHAR'}})) TO {} ({options})",
            crate::store::quote_literal(source.to_str().unwrap()),
            crate::store::quote_literal(path.to_str().unwrap())
        );
        shop.store.execute_text("test", &sql).unwrap();
        path
    };
    let database = folder.join("shop.sqlite");
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute_batch(
            "CREATE TABLE other (i); CREATE TABLE customers (user_id INTEGER, name TEXT, gender TEXT, \
             birth_date TEXT, marketing_agree INTEGER, signed_up_at TEXT); \
             INSERT INTO customers VALUES (1, 'Kim', 'F', '1990-02-03', 1, '2024-01-05 10:00:00'), \
                (2, NULL, NULL, NULL, NULL, '2024-01-06');",
        )
        .unwrap();
    for path in [copy("u.parquet", "FORMAT parquet"), copy("u.jsonl", "FORMAT json"), database] {
        let other = Shop::new();
        let request = Reading::of([path.clone()]).into();
        other.users_of(&request, None).unwrap();
        assert_eq!(
            other.rows(&format!("user_id, {USER_FACTS}"), "FROM users ORDER BY 1"),
            expected,
            "{}",
            path.display()
        );
    }
}
