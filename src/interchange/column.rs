//! The columns that an import of orders can give, and the names a source has for them.

use std::fmt;

/// A column that an import of orders can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderColumn {
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
    /// The product's name or code.
    Product,
    /// The number of a product that the file knows, else its name or code.
    ProductId,
    /// The campaign activity that brought it.
    ActivityId,
    /// The price of a piece.
    UnitPrice,
}

impl OrderColumn {
    /// All of them, as they are shown.
    pub const ALL: [OrderColumn; 10] = [
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

    /// Without these there is no order.
    pub(super) const REQUIRED: [OrderColumn; 3] =
        [OrderColumn::Customer, OrderColumn::CreatedAt, OrderColumn::Amount];

    /// The name in `--map` and in messages.
    pub const fn name(self) -> &'static str {
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

    /// The names of all of them.
    pub(super) fn names() -> Vec<&'static str> {
        OrderColumn::ALL.iter().map(|column| column.name()).collect()
    }

    /// The names under which a source's column is recognised, best first, in
    /// small letters without blanks, underscores and dashes.
    const fn known_as(self) -> &'static [&'static str] {
        match self {
            OrderColumn::OrderId => {
                &["orderid", "order", "orderno", "ordernumber", "invoice", "invoiceno", "transactionid"]
            }
            OrderColumn::Customer => {
                &["customerid", "customer", "userid", "user", "memberid", "clientid", "buyerid"]
            }
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
            ],
            OrderColumn::Amount => &[
                "amount",
                "total",
                "totalamount",
                "ordertotal",
                "dollarvalue",
                "revenue",
                "pricetotal",
                "sales",
                "value",
                "paid",
            ],
            OrderColumn::Quantity => &["quantity", "qty", "units", "count", "numberof*"],
            OrderColumn::Status => &["status", "orderstatus", "state"],
            OrderColumn::Product => &["product", "productname", "sku", "stockcode", "item"],
            OrderColumn::ProductId => &["productid"],
            OrderColumn::ActivityId => &["activityid", "campaignactivityid"],
            OrderColumn::UnitPrice => &["unitprice"],
        }
    }

    /// Whether its values are ids and words, which keep the source's text: an
    /// expression over the typed columns would turn `007` into a number.
    pub(super) const fn is_text(self) -> bool {
        matches!(
            self,
            OrderColumn::OrderId | OrderColumn::Customer | OrderColumn::Product | OrderColumn::ProductId
        )
    }

    /// How well a source's column name says that it is this one: its place in the
    /// list of known names.
    pub(super) fn rank(self, name: &str) -> Option<usize> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
            .collect::<String>()
            .to_lowercase();
        self.known_as().iter().position(|known| match known.strip_suffix('*') {
            Some(prefix) => plain.starts_with(prefix),
            None => plain == *known,
        })
    }
}

impl fmt::Display for OrderColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_whatever_their_case_and_joints() {
        assert_eq!(OrderColumn::Customer.rank("Customer ID"), Some(0));
        assert_eq!(OrderColumn::Customer.rank("user-id"), Some(2));
        assert_eq!(OrderColumn::OrderId.rank("InvoiceNo"), Some(5));
        assert_eq!(OrderColumn::Quantity.rank("number_of_cds"), Some(4));
        assert_eq!(OrderColumn::Amount.rank("Amounts"), None);
    }
}
