//! The columns that an import of orders can give.

use crate::import::mapping::{ImportColumn, ValueKind};

/// A column that an import of orders can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum OrderColumn {
    /// The shop's own id of the order; lines that share it are one order.
    OrderId,
    /// The shop's own id of the customer.
    Customer,
    /// When the order was made.
    CreatedAt,
    /// What was paid.
    Amount,
    /// How many pieces.
    Quantity,
    /// What became of it, as a word.
    Status,
    /// The product's code or name.
    Product,
    /// The number of a product that the file knows, else its code or name.
    ProductId,
    /// The campaign activity that brought it: its id, or its name.
    ActivityId,
    /// The price of a piece.
    UnitPrice,
}

impl ImportColumn for OrderColumn {
    const ROWS: &'static str = "orders";

    const ALL: &'static [Self] = &[
        OrderColumn::OrderId,
        OrderColumn::Customer,
        OrderColumn::CreatedAt,
        OrderColumn::Amount,
        OrderColumn::Quantity,
        OrderColumn::Status,
        OrderColumn::Product,
        OrderColumn::ProductId,
        OrderColumn::ActivityId,
        OrderColumn::UnitPrice,
    ];

    const REQUIRED: &'static [Self] = &[OrderColumn::Customer, OrderColumn::CreatedAt, OrderColumn::Amount];

    fn name(self) -> &'static str {
        match self {
            OrderColumn::OrderId => "order_id",
            OrderColumn::Customer => "customer",
            OrderColumn::CreatedAt => "created_at",
            OrderColumn::Amount => "amount",
            OrderColumn::Quantity => "quantity",
            OrderColumn::Status => "status",
            OrderColumn::Product => "product",
            OrderColumn::ProductId => "product_id",
            OrderColumn::ActivityId => "activity_id",
            OrderColumn::UnitPrice => "unit_price",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            OrderColumn::Customer => &["customer_id", "user", "user_id"],
            OrderColumn::ActivityId => &["activity"],
            _ => &[],
        }
    }

    fn known_as(self) -> &'static [&'static str] {
        match self {
            OrderColumn::OrderId => &[
                "orderid",
                "order",
                "orderno",
                "ordernumber",
                "invoice",
                "invoiceno",
                "invoiceid",
                "transactionid",
                "주문번호",
            ],
            OrderColumn::Customer => &[
                "customerid",
                "customer",
                "customerno",
                "userid",
                "user",
                "memberid",
                "clientid",
                "buyerid",
                "고객번호",
                "회원번호",
                "고객id",
                "회원id",
            ],
            OrderColumn::CreatedAt => &[
                "createdat",
                "orderdate",
                "date",
                "datetime",
                "timestamp",
                "purchasedate",
                "purchasedat",
                "invoicedate",
                "orderedat",
                "paidat",
                "주문일시",
                "주문일자",
                "주문일",
                "결제일시",
                "결제일",
            ],
            OrderColumn::Amount => &[
                "amount",
                "total",
                "totalamount",
                "ordertotal",
                "totalprice",
                "dollarvalue",
                "revenue",
                "pricetotal",
                "sales",
                "value",
                "paid",
                "결제금액",
                "주문금액",
                "금액",
            ],
            OrderColumn::Quantity => &["quantity", "qty", "units", "count", "numberof*", "수량"],
            OrderColumn::Status => &["status", "orderstatus", "financialstatus", "state", "주문상태", "상태"],
            OrderColumn::Product => {
                &["product", "productname", "sku", "stockcode", "item", "상품코드", "상품명", "상품"]
            }
            OrderColumn::ProductId => &["productid"],
            OrderColumn::ActivityId => &["activityid", "campaignactivityid", "activity"],
            OrderColumn::UnitPrice => &["unitprice", "단가"],
        }
    }

    fn kind(self) -> ValueKind {
        match self {
            OrderColumn::OrderId | OrderColumn::Customer => ValueKind::NumberOrText,
            OrderColumn::Product | OrderColumn::ProductId | OrderColumn::ActivityId => ValueKind::Text,
            OrderColumn::Status => ValueKind::Word,
            OrderColumn::Amount | OrderColumn::UnitPrice => ValueKind::Amount,
            OrderColumn::Quantity => ValueKind::Quantity,
            OrderColumn::CreatedAt => ValueKind::Instant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_whatever_their_case_and_joints() {
        assert_eq!(OrderColumn::Customer.rank("Customer ID"), Some(0));
        assert_eq!(OrderColumn::Customer.rank("user-id"), Some(3));
        assert_eq!(OrderColumn::OrderId.rank("InvoiceNo"), Some(5));
        assert_eq!(OrderColumn::Quantity.rank("number_of_cds"), Some(4));
        assert_eq!(OrderColumn::Amount.rank("Amounts"), None);
        assert_eq!(OrderColumn::Amount.rank("결제 금액"), Some(11));
    }
}
