//! Products: sales, and how many customers who began with each came back.

use chrono::NaiveDateTime;

use crate::money::Money;
use crate::render::{Cell, Column, Kind, Table};
use crate::store::{Store, StoreError};
use crate::{named, query};

/// The sales of a product. Orders count by their articles where these are known.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSales {
    /// The product; `None` for orders of no product.
    pub product_id: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// Revenue, net of returns.
    pub revenue: Money,
    /// Pieces sold.
    pub quantity: i64,
    /// Orders that include it.
    pub orders: i64,
    /// Customers who bought it.
    pub buyers: i64,
    /// Customers whose first order includes it.
    pub first_buyers: i64,
    /// Of these, those who ordered again.
    pub first_repeat: i64,
}

impl ProductSales {
    /// Percentage of buyers who began with it.
    pub fn first_order_share(&self) -> Option<f64> {
        (self.buyers > 0).then(|| self.first_buyers as f64 * 100.0 / self.buyers as f64)
    }

    /// Percentage of those who began with it who ordered again.
    pub fn repeat_rate(&self) -> Option<f64> {
        (self.first_buyers > 0).then(|| self.first_repeat as f64 * 100.0 / self.first_buyers as f64)
    }
}

/// Every product with a qualifying order before an instant, by revenue.
pub fn product_sales(
    store: &Store,
    as_of: NaiveDateTime,
    limit: i64,
) -> Result<Vec<ProductSales>, StoreError> {
    store.rows(query!("report/products.sql"), named! { "as_of": as_of, "row_limit": limit }, |row| {
        Ok(ProductSales {
            product_id: row.get("product_id")?,
            name: row.get("name")?,
            category: row.get("category")?,
            revenue: row.get("revenue")?,
            quantity: row.get("quantity")?,
            orders: row.get("orders")?,
            buyers: row.get("buyers")?,
            first_buyers: row.get("first_buyers")?,
            first_repeat: row.get("first_repeat")?,
        })
    })
}

/// A row per product.
pub fn product_table(sales: &[ProductSales]) -> Table {
    Table::new("products")
        .title("Products by revenue")
        .column(Column::new(Kind::Id, "product_id", "ID"))
        .column(Column::new(Kind::Text, "name", "Product").least(10))
        .column(Column::new(Kind::Text, "category", "Category").rank(2))
        .column(Column::new(Kind::Money, "revenue", "Revenue"))
        .column(Column::new(Kind::Count, "quantity", "Pieces").unit("pieces").rank(3))
        .column(Column::new(Kind::Count, "orders", "Orders").unit("orders").rank(1))
        .column(Column::new(Kind::Count, "buyers", "Buyers").unit("customers"))
        .column(Column::new(Kind::Count, "first_buyers", "Began").unit("customers").rank(4))
        .column(Column::new(Kind::Percent, "first_order_share", "First order"))
        .column(Column::new(Kind::Percent, "repeat_rate", "Came back"))
        .rows(sales.iter().map(|sales| {
            vec![
                sales.product_id.map(Cell::Id).into(),
                sales.name.clone().into(),
                sales.category.clone().into(),
                Cell::Money(sales.revenue),
                Cell::Int(sales.quantity),
                Cell::Int(sales.orders),
                Cell::Int(sales.buyers),
                Cell::Int(sales.first_buyers),
                sales.first_order_share().map(Cell::Percent).into(),
                sales.repeat_rate().map(Cell::Percent).into(),
            ]
        }))
        .note("First order: share of buyers whose first order it was in. Came back: share of those who ordered again.")
}
