//! Order exports of shop systems are imported without any options. The files are made by hand, with
//! the headers that the systems' manuals list.

use std::fs;

use lifecycle::store::{Access, OpenOptions, Store};
use tempfile::TempDir;

use crate::shell::run;

/// The expected orders of an export: one row each, as `order|customer|amount|quantity|status|day`.
fn orders_of(name: &str, text: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let (code, out, err) = run(folder.path(), &["import", "orders", name, "-q"]);
    assert_eq!(code, 0, "{name}: {out}{err}");
    let store =
        Store::open(&folder.path().join("lifecycle.duckdb"), Access::Read, OpenOptions::default()).unwrap();
    let sql = "SELECT concat_ws('|', coalesce(orders.external_id, CAST(order_id AS VARCHAR)), users.external_id, \
                amount, quantity, orders.status, CAST(created_at AS DATE)) \
         FROM orders JOIN users USING (user_id) ORDER BY created_at, order_id";
    store.rows_text("test", sql, |row| row.get(0)).unwrap()
}

#[test]
fn shopify() {
    // Only an order's first line has customer, status and total.
    let text = "Name,Email,Financial Status,Paid at,Fulfillment Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Id,Vendor\n\
        #1001,kim@example.com,paid,2024-01-05 10:00:05 +0900,fulfilled,yes,KRW,30000,0,0,30000,,2024-01-05 10:00:00 +0900,1,Green tea,10000,T-1,Kim,4501,Tea House\n\
        #1001,,,,,,,,,,,,2024-01-05 10:00:00 +0900,2,Cup,10000,C-1,,,Tea House\n\
        #1002,lee@example.com,refunded,2024-01-06 11:00:00 +0900,fulfilled,no,KRW,5000,0,0,5000,,2024-01-06 11:00:00 +0900,1,Cup,5000,C-1,Lee,4502,Tea House\n\
        #1003,kim@example.com,partially_refunded,,,yes,KRW,7000,0,0,7000,,2024-01-07 12:00:00 +0900,1,Pot,7000,P-1,Kim,4503,Tea House\n";
    assert_eq!(
        orders_of("orders_export.csv", text),
        [
            "#1001|kim@example.com|30000.00|3|Success|2024-01-05",
            "#1002|lee@example.com|5000.00|1|Refunded|2024-01-06",
            "#1003|kim@example.com|7000.00|1|Success|2024-01-07",
        ]
    );
}

#[test]
fn woocommerce() {
    let text = "Date,\"Order #\",\"N. Revenue (formatted)\",Status,Customer,\"Customer type\",Product(s),\"Items sold\",Coupon(s),\"N. Revenue\",Attribution\n\
        \"2024-01-05 10:00:00\",101,\"$1,030.50\",completed,Kim,new,\"2x Green tea\",2,,1030.5,Direct\n\
        \"2024-01-06 11:00:00\",102,$5.00,processing,Lee,new,\"1x Cup\",1,,5,Direct\n\
        \"2024-01-07 12:00:00\",103,$7.00,on-hold,Kim,returning,\"1x Pot\",1,,7,Direct\n";
    assert_eq!(
        orders_of("wc-orders-report-export.csv", text),
        [
            "101|Kim|1030.50|2|Success|2024-01-05",
            "102|Lee|5.00|1|Success|2024-01-06",
            "103|Kim|7.00|1|Failed|2024-01-07",
        ]
    );
}

#[test]
fn magento() {
    let text = "ID,\"Purchase Point\",\"Purchase Date\",\"Bill-to Name\",\"Ship-to Name\",\"Grand Total (Base)\",\"Grand Total (Purchased)\",Status,\"Customer Email\",\"Customer Group\",Subtotal\n\
        000000101,\"Main Website\",\"Jan 5, 2024 10:00:00 AM\",Kim,Kim,$30.00,$30.00,Complete,kim@example.com,General,$25.00\n\
        000000102,\"Main Website\",\"Jan 16, 2024 11:00:00 PM\",Lee,Lee,\"$1,005.00\",\"$1,005.00\",Closed,lee@example.com,General,$5.00\n";
    assert_eq!(
        orders_of("export.csv", text),
        [
            "000000101|kim@example.com|30.00|1|Success|2024-01-05",
            "000000102|lee@example.com|1005.00|1|Refunded|2024-01-16",
        ]
    );
}

#[test]
fn cafe24() {
    let text = "주문번호,품목별 주문번호,주문일시,주문자ID,주문자명,상품번호,상품명,수량,판매가,상품구매금액,총 결제금액,주문상태\n\
        20240105-0000011,20240105-0000011-01,2024-01-05 10:00:00,kim01,김영희,11,녹차,2,\"10,000\",\"20,000\",\"25,000\",배송완료\n\
        20240105-0000011,20240105-0000011-02,2024-01-05 10:00:00,kim01,김영희,12,찻잔,1,\"5,000\",\"5,000\",\"25,000\",배송완료\n\
        20240106-0000012,20240106-0000012-01,2024-01-06 11:00:00,lee02,이철수,12,찻잔,1,\"5,000\",\"5,000\",\"5,000\",취소완료\n";
    assert_eq!(
        orders_of("orders.csv", text),
        [
            "20240105-0000011|kim01|25000.00|3|Success|2024-01-05",
            "20240106-0000012|lee02|5000.00|1|Cancelled|2024-01-06",
        ]
    );
}

#[test]
fn analytics_events() {
    let text = "{\"event_date\": \"20240105\", \"event_timestamp\": 1704416400000000, \"user_pseudo_id\": \"1.2\", \"transaction_id\": \"T1\", \"purchase_revenue\": 30.5, \"total_item_quantity\": 2}\n\
        {\"event_date\": \"20240106\", \"event_timestamp\": 1704502800000000, \"user_pseudo_id\": \"3.4\", \"transaction_id\": \"T2\", \"purchase_revenue\": 5, \"total_item_quantity\": 1}\n";
    assert_eq!(
        orders_of("purchases.jsonl", text),
        ["T1|1.2|30.50|1|Success|2024-01-05", "T2|3.4|5.00|1|Success|2024-01-06"]
    );
}

#[test]
fn amazon() {
    let text = "amazon-order-id\tmerchant-order-id\tshipment-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\tsku\tproduct-name\tquantity-shipped\tcurrency\titem-price\titem-tax\n\
        111-1\t\tS1\t2024-01-05T10:00:00+00:00\t2024-01-05T10:01:00+00:00\ta@marketplace.example\tKim\tT-1\tGreen tea\t2\tUSD\t20.00\t1.60\n\
        111-1\t\tS1\t2024-01-05T10:00:00+00:00\t2024-01-05T10:01:00+00:00\ta@marketplace.example\tKim\tC-1\tCup\t1\tUSD\t5.00\t0.40\n";
    assert_eq!(orders_of("shipments.txt", text), ["111-1|a@marketplace.example|25.00|3|Success|2024-01-05"]);
}
