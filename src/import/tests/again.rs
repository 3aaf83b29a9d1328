//! Importing again: what is there already, what cannot be used, and both at once.

use super::*;

impl Shop {
    fn orders(&self) -> Vec<String> {
        self.rows(
            "coalesce(external_id, CAST(order_id AS VARCHAR)), amount, status",
            "FROM orders ORDER BY ALL",
        )
    }

    fn with(&self, text: &str, change: impl FnOnce(&mut OrderImport)) -> Result<ImportOutcome, ImportError> {
        let mut request = self.request(text);
        change(&mut request);
        self.import(&request)
    }
}

fn skip_bad(rejects: Option<PathBuf>) -> BadLines {
    BadLines::Skip { rejects }
}

#[test]
fn an_id_whose_number_is_taken_is_known_again() {
    let shop = Shop::new();
    shop.import_text("customer,date,amount\na,2024-01-01,10\n");
    let text = "order_id,customer,date,amount\n1,b,2024-01-02,20\n2,b,2024-01-02,1\n";
    shop.import_text(text);
    let held = shop.orders();
    assert_eq!(held.len(), 3);
    assert!(matches!(shop.failure(text), ImportError::AlreadyThere { count: 2, .. }));
    let outcome = shop.with(text, |request| request.on_conflict = OnConflict::Skip).unwrap();
    assert_eq!((outcome.orders, outcome.orders_skipped, outcome.last_order_at), (0, 2, None));
    assert_eq!(shop.orders(), held);
    let dearer = text.replace(",20", ",30").replace(",1\n", ",2\n");
    let outcome = shop.with(&dearer, |request| request.on_conflict = OnConflict::Replace).unwrap();
    assert_eq!((outcome.orders, outcome.orders_replaced), (2, 2));
    // The first is the one without an id, which was given the number 1.
    assert_eq!(shop.orders(), ["1|10.00|Success", "1|30.00|Success", "2|2.00|Success"]);
}

#[test]
fn an_order_stays_if_what_would_replace_it_cannot_be_used() {
    let shop = Shop::new();
    shop.import_text(
        "order_id,customer,date,amount\n5,a,2024-01-01,10\nx6,b,2024-01-02,20\n7,b,2024-01-02,7\n",
    );
    let again = "order_id,customer,date,amount\n\
                 5,a,2024-01-01,bad\n\
                 x6,b,2024-01-02,25\n\
                 7,b,2024-01-02,-7\n";
    let outcome = shop
        .with(again, |request| {
            request.on_conflict = OnConflict::Replace;
            request.negative = Negative::Reject;
            request.bad_lines = skip_bad(None);
        })
        .unwrap();
    assert_eq!((outcome.orders, outcome.orders_replaced, outcome.read.bad_lines), (1, 1, 2));
    assert_eq!(shop.orders(), ["5|10.00|Success", "7|7.00|Success", "x6|25.00|Success"]);
}

#[test]
fn skipping_what_is_there_does_not_shift_the_lines() {
    let shop = Shop::new();
    shop.import_text("order_id,customer,date,amount\n1,a,2024-01-01,10\n");
    let text = "order_id,customer,date,amount\n\
                1,a,2024-01-01,10\n\
                9,a,2024-01-01,zz\n\
                2,b,2024-01-02,5\n\
                8,b,2024-01-02,yy\n";
    let error = shop.with(text, |request| request.on_conflict = OnConflict::Skip).unwrap_err();
    assert_eq!(reasons(&error), [("unreadable amount", 2, vec![3, 5])]);
    let both = |expected: i64| {
        let outcome = shop
            .with(text, |request| {
                request.on_conflict = OnConflict::Skip;
                request.bad_lines = skip_bad(None);
            })
            .unwrap();
        assert_eq!((outcome.read.lines, outcome.read.bad_lines, outcome.orders), (4, 2, expected));
    };
    both(1);
    // Again there is nothing new, which is no failure.
    both(0);
}

#[test]
fn half_an_order_is_none_also_if_a_line_is_no_record() {
    let shop = Shop::new();
    let text = "order_id,customer,date,amount\n1,a,2024-01-01,10\n1,a,2024-01-01\n2,b,2024-01-02,5\n";
    let outcome = shop.with(text, |request| request.bad_lines = skip_bad(None)).unwrap();
    assert_eq!((outcome.orders, outcome.read.bad_lines), (1, 2));
    assert_eq!(shop.orders(), ["2|5.00|Success"]);
}

#[test]
fn what_is_given_back_is_subtracted_whatever_it_is_called() {
    let shop = Shop::new();
    shop.import_text(
        "order_id,customer,date,amount,quantity,status\n\
         1,a,2024-01-01,100,2,paid\n1,a,2024-01-02,-50,-1,returned\n1,a,2024-01-02,30,1,cancelled\n",
    );
    assert_eq!(shop.rows("amount, quantity, status", "FROM orders"), ["50.00|1|Success"]);
}

#[test]
fn orders_without_ids_that_look_like_known_ones_are_counted() {
    let shop = Shop::new();
    shop.import_text("customer,date,amount\na,2024-01-01,10\na,2024-01-01,10\nb,2024-01-02,5\n");
    let outcome = shop.import_text("customer,date,amount\na,2024-01-01,10\nb,2024-01-02,6\n");
    assert_eq!((outcome.orders, outcome.orders_alike), (2, 1));
}

#[test]
fn a_column_can_be_left_out() {
    let shop = Shop::new();
    let text = "order_id,customer,date,amount\n1,a,2024-01-01,10\n1,a,2024-01-02,20\n";
    let outcome =
        shop.with(text, |request| request.reading.map = vec!["order_id=NULL".parse().unwrap()]).unwrap();
    assert_eq!((outcome.orders, outcome.lines_merged), (2, 0));
}

#[test]
fn rejects_take_no_other_files_place_and_come_with_the_import() {
    let shop = Shop::new();
    let text = "line,customer,date,amount,record\nx,a,2024-01-01,10,1\ny,b,bad,20,2\n";
    let settings = shop.file("settings.toml", "currency = 'USD'\n");
    let refused = shop.with(text, |request| request.bad_lines = skip_bad(Some(settings.clone())));
    assert!(matches!(refused, Err(ImportError::RejectsNotWritten { .. })));
    assert_eq!(std::fs::read_to_string(settings).unwrap(), "currency = 'USD'\n");
    let rejects = shop.folder.path().join("rejects.csv");
    let early = crate::calendar::parse_instant("2020-01-01").unwrap();
    let failed = shop.with(text, |request| {
        request.bad_lines = skip_bad(Some(rejects.clone()));
        request.clock = Some(early);
    });
    assert!(matches!(failed, Err(ImportError::ClockTooEarly { .. })));
    assert!(!rejects.exists());
    shop.with(text, |request| request.bad_lines = skip_bad(Some(rejects.clone()))).unwrap();
    assert_eq!(
        std::fs::read_to_string(&rejects).unwrap(),
        "reject_file,reject_line,reject_reason,line,customer,date,amount,record,reject_text\n\
         ,3,unreadable date,y,b,bad,20,2,\n"
    );
    let files = std::fs::read_dir(shop.folder.path()).unwrap().count();
    assert_eq!(files, 3, "orders.csv, settings.toml, rejects.csv");
}
