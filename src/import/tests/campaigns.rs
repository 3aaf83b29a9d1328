//! Campaigns to existing customers, credit notes, articles of orders, kept columns.

use super::*;

impl Shop {
    fn net(&self, text: &str) -> Result<ImportOutcome, ImportError> {
        self.import(&OrderImport { negative: Negative::Net, ..self.request(text) })
    }

    fn members(&self, text: &str, refreeze: bool) -> Result<MemberOutcome, ImportError> {
        let request = MemberImport { records: self.records(text), refreeze };
        Importer::new(&self.store, &config()).members(&request)
    }
}

#[test]
fn credit_notes_are_returned_by_the_sign_of_their_order() {
    let shop = Shop::new();
    let outcome = shop
        .net(
            "order_id,customer,date,amount,quantity,status\n\
             1,a,2024-01-02,10,1,paid\n\
             C2,a,2024-02-02,-4,-1,\n\
             3,b,2024-01-03,10,1,\n\
             3,b,2024-01-03,-3,-1,\n\
             C4,b,2024-03-04,5,1,\n\
             C4,b,2024-03-04,-9,-1,\n\
             5,c,2024-01-05,7,1,returned\n\
             C6,c,2024-01-06,-7,-1,refunded\n\
             C7,c,2024-01-07,-1,-1,cancelled\n",
        )
        .unwrap();
    assert_eq!(
        shop.rows(
            "coalesce(external_id, CAST(order_id AS VARCHAR)), amount, status",
            "FROM orders ORDER BY 1"
        ),
        [
            "1|10.00|Success",
            "3|7.00|Success",
            "5|7.00|Refunded",
            "C2|-4.00|Returned",
            "C4|-4.00|Returned",
            "C6|-7.00|Returned",
            "C7|-1.00|Cancelled",
        ]
    );
    // 10 - 4 + 7 - 4 - 7.
    assert_eq!((outcome.revenue.to_string().as_str(), outcome.negative), ("2.00", 2));
}

#[test]
fn a_status_that_is_given_is_kept_or_refused() {
    let text =
        "order_id,customer,date,amount,kind\n1,a,2024-01-02,10,S\n2,a,2024-01-03,-4,S\n3,a,2024-01-04,-1,R\n";
    for negative in [Negative::Refund, Negative::Net] {
        let shop = Shop::new();
        let mut request = OrderImport { negative, ..shop.request(text) };
        let status = |expression: &str| format!("status={expression}").parse().unwrap();
        request.reading.map = vec![status("CASE kind WHEN 'S' THEN 'Success' ELSE 'Refunded' END")];
        assert_eq!(
            reasons(&shop.import(&request).unwrap_err()),
            [("negative amount with status Success", 1, vec![3])]
        );
        request.reading.map = vec![status("CASE WHEN amount < 0 THEN 'Cancelled' ELSE 'Success' END")];
        shop.import(&request).unwrap();
        assert_eq!(
            shop.rows("status", "FROM orders ORDER BY order_id"),
            ["Success", "Cancelled", "Cancelled"]
        );
    }
}

#[test]
fn articles_of_orders_are_kept_when_asked_for() {
    let shop = Shop::new();
    let text = "order_id,customer,date,amount,quantity,product,status\n\
                x1,a,2024-01-02,10,2,tea,paid\n\
                x1,a,2024-01-02,5,1,cup,paid\n\
                x1,a,2024-01-02,9,1,pot,cancelled\n\
                2,b,2024-01-03,7,1,tea,paid\n";
    let request = OrderImport { keep_lines: true, ..shop.request(text) };
    assert_eq!(shop.import(&request).unwrap().order_lines, 3);
    let lines = "coalesce(orders.external_id, CAST(order_id AS VARCHAR)), line, products.name, order_lines.quantity, \
        order_lines.amount";
    let from = "FROM order_lines JOIN orders USING (order_id) JOIN products ON products.product_id = \
        order_lines.product_id ORDER BY 1";
    assert_eq!(shop.rows(lines, from), ["2|1|tea|1|7.00", "x1|1|tea|2|10.00", "x1|2|cup|1|5.00"]);
    // Each order's articles add up to it.
    assert_eq!(
        shop.rows("count(*)", "FROM orders JOIN (SELECT order_id, sum(amount) AS total FROM order_lines GROUP BY order_id) USING (order_id) WHERE total <> amount"),
        ["0"]
    );
    let replaced = OrderImport {
        keep_lines: true,
        on_conflict: OnConflict::Replace,
        ..shop.request("order_id,customer,date,amount,product\nx1,a,2024-01-02,1,pot\n")
    };
    shop.import(&replaced).unwrap();
    assert_eq!(shop.rows(lines, from), ["2|1|tea|1|7.00", "x1|1|pot|1|1.00"]);
    let without = OrderImport { keep_lines: true, ..shop.request("customer,date,amount\nz,2024-05-01,1\n") };
    assert!(matches!(shop.import(&without), Err(ImportError::NoOrderIdsForLines)));
}

#[test]
fn further_columns_of_customers_are_kept() {
    let shop = Shop::new();
    let import = |text: &str, keep: &[&str], on_conflict| {
        let keep_columns = keep.iter().map(|name| (*name).to_owned()).collect();
        let records = RecordImport { on_conflict, ..shop.records(text) };
        let request = UserImport { records, keep_columns, ..UserImport::default() };
        Importer::new(&shop.store, &config()).users(&request)
    };
    let text = "customer,name,Tier,source,joined\n1,Kim,gold,,2024-01-01\n2,Lee,silver,ads,2024-01-01\n";
    let outcome = import(text, &["tier", "source"], OnConflict::Error).unwrap();
    assert_eq!((outcome.attributes, outcome.read.unused.len()), (3, 0));
    let held = || shop.rows("user_id, name, value", "FROM user_attributes ORDER BY ALL");
    assert_eq!(held(), ["1|Tier|gold", "2|Tier|silver", "2|source|ads"]);
    let changed = "customer,name,Tier\n2,Lee,\n";
    import(changed, &["Tier"], OnConflict::Replace).unwrap();
    assert_eq!(held(), ["1|Tier|gold", "2|source|ads"]);
    let missing = import(text, &["rank"], OnConflict::Skip);
    assert!(matches!(missing, Err(ImportError::NoSuchColumn { .. })));
}

#[test]
fn lines_that_say_the_same_of_a_customer_merge() {
    let shop = Shop::new();
    let outcome = shop
        .users("customer,city,joined\n1,Seoul,2024-01-01\n1,Seoul,2024-01-01\n2,Busan,2024-01-01\n")
        .unwrap();
    assert_eq!((outcome.counts.created, outcome.read.repeated_lines, outcome.read.lines), (2, 1, 3));
    let differ = Shop::new().users("customer,city,joined\n1,Seoul,2024-01-01\n1,Busan,2024-01-01\n");
    assert_eq!(reasons(&differ.unwrap_err()), [("customer twice", 2, vec![2, 3])]);
}

#[test]
fn a_list_has_the_customers_that_are_brought() {
    let shop = Shop::new();
    shop.users("customer,name,joined\na,A,2023-01-01\nb,B,2023-01-01\n7,C,2023-01-01\n").unwrap();
    shop.activities(
        "activity_id,name,start_at,cohort,budget\n\
         w,Winback,2024-01-01,listed,100\n\
         t,Mail,2024-01-01,touched,\n\
         n,News,2024-01-01,,\n",
    )
    .unwrap();
    assert_eq!(
        shop.rows("external_id, cohort", "FROM campaign_activities ORDER BY external_id"),
        ["n|acquired", "t|touched", "w|listed"]
    );
    let outcome = shop.members("activity_id,customer_id\nw,a\nWinback,7\nw,a\n", false).unwrap();
    assert_eq!((outcome.counts.created, outcome.activities, outcome.read.repeated_lines), (2, 1, 1));
    let listed =
        || shop.rows("users.external_id", "FROM listed_customers JOIN users USING (user_id) ORDER BY 1");
    assert_eq!(listed(), ["7", "a"]);
    let error = shop.members("activity_id,customer_id\nw,zz\nt,a\nq,a\n,a\nw,\n", false).unwrap_err();
    let mut found = reasons(&error);
    found.sort();
    assert_eq!(
        found,
        [
            ("activity without a list", 1, vec![3]),
            ("no activity", 1, vec![5]),
            ("no customer", 1, vec![6]),
            ("unknown activity", 1, vec![4]),
            ("unknown customer", 1, vec![2]),
        ]
    );
    // Again: known ones are refused or left.
    assert!(matches!(
        shop.members("activity,user\nw,a\nw,b\n", false),
        Err(ImportError::Known { count: 1, .. })
    ));
    let request = MemberImport {
        records: RecordImport { on_conflict: OnConflict::Skip, ..shop.records("activity,user\nw,a\nw,b\n") },
        refreeze: false,
    };
    let outcome = Importer::new(&shop.store, &config()).members(&request).unwrap();
    assert_eq!((outcome.counts.created, outcome.counts.skipped), (1, 1));
    assert_eq!(listed(), ["7", "a", "b"]);
}

#[test]
fn a_list_in_use_gets_new_members_only_when_asked() {
    let shop = Shop::new();
    shop.users("customer,name,joined\na,A,2023-01-01\nb,B,2023-01-01\n").unwrap();
    shop.activities("activity_id,name,start_at,cohort\nw,Winback,2024-01-01,listed\n").unwrap();
    shop.members("activity,customer\nw,a\n", false).unwrap();
    shop.store
        .execute_text(
            "test",
            "INSERT INTO ltv_batch (activity_id, month_offset, collected_at, cohort_start_date, cohort_size, \
                ltv_cumulative, cumulative_profit, is_break_even, monthly_revenue, monthly_orders, active_users, \
                repeat_purchase_rate, avg_purchase_frequency, cumulative_orders, repeat_customers) \
             SELECT activity_id, 0, start_at, CAST(start_at AS DATE), 1, 0, 0, true, 0, 0, 0, 0, 0, 0, 0 \
             FROM campaign_activities",
        )
        .unwrap();
    let refused = shop.members("activity,customer\nw,b\n", false);
    assert!(
        matches!(&refused, Err(ImportError::ListsInUse { activities }) if activities == "Winback"),
        "{refused:?}"
    );
    let outcome = shop.members("activity,customer\nw,b\n", true).unwrap();
    assert_eq!((outcome.counts.created, outcome.stale_activities.as_deref()), (1, Some("Winback")));
}

#[test]
fn inclusive_ends_belong_to_their_activity() {
    let shop = Shop::new();
    let text = "activity_id,start_at,end_at\na,2024-01-01,2024-01-31\nb,2024-01-01,2024-01-31 23:59\nc,2024-01-01,2024-01-31 23:59:59\n";
    let request = ActivityImport { records: shop.records(text), end_inclusive: true };
    let outcome = Importer::new(&shop.store, &config()).activities(&request).unwrap();
    assert_eq!(shop.rows("end_at", "FROM campaign_activities GROUP BY end_at"), ["2024-02-01 00:00:00"]);
    assert_eq!((outcome.ends, outcome.ends_of_days), (3, 3));
}

#[test]
fn a_preview_counts_and_checks_what_the_import_would() {
    let shop = Shop::new();
    shop.import_text("order_id,user,date,amount\n1,a,2024-01-10,1\n");
    let text = "order_id,user,date,amount,note\n1,a,2024-01-10,1,x\n2,a,2024-01-11,5,x\n3,b,2024-01-12,-2,x\n4,c,bad,1,x\n";
    let preview = Importer::new(&shop.store, &config()).preview_orders(&shop.request(text)).unwrap();
    let outcome = &preview.outcome;
    assert_eq!((preview.already_there, outcome.orders, outcome.read.bad_lines), (1, 2, 1));
    assert_eq!((outcome.customers_created, outcome.customers_known, outcome.negative), (1, 1, 1));
    assert_eq!(
        (outcome.revenue.to_string().as_str(), outcome.read.unused.as_slice()),
        ("5.00", ["note".to_owned()].as_slice())
    );
    assert!(preview.refused.is_none());
    let early = OrderImport {
        clock: Some(crate::calendar::parse_instant("2024-01-01").unwrap()),
        ..shop.request("order_id,user,date,amount\n9,a,2024-02-10,1\n")
    };
    let preview = Importer::new(&shop.store, &config()).preview_orders(&early).unwrap();
    assert!(matches!(preview.refused, Some(ImportError::ClockTooEarly { .. })));

    let empty = Shop::new();
    let users = UserImport { records: empty.records("customer,name\na,A\n"), ..UserImport::default() };
    let preview = Importer::new(&empty.store, &config()).preview_users(&users).unwrap();
    assert!(matches!(preview.refused, Some(ImportError::NoSignUps { count: 1 })));
    assert!(shop.rows("table_name", "FROM duckdb_tables() WHERE table_name LIKE 'import%'").is_empty());
}
