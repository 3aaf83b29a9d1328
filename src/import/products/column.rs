//! The columns that an import of products can give.

use crate::import::mapping::{ImportColumn, ValueKind};

/// A column that an import of products can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum ProductColumn {
    /// The shop's own id of the product.
    ProductId,
    /// What it is called.
    Name,
    /// The category that it belongs to.
    Category,
    /// The price of a piece.
    Price,
}

impl ImportColumn for ProductColumn {
    const ROWS: &'static str = "products";

    const TABLES: &'static [&'static str] = &["products", "catalogue", "catalog", "items"];

    const ALL: &'static [Self] =
        &[ProductColumn::ProductId, ProductColumn::Name, ProductColumn::Category, ProductColumn::Price];

    /// It takes an id or a name; see `Mapping::need_one_of`.
    const REQUIRED: &'static [Self] = &[];

    fn name(self) -> &'static str {
        match self {
            ProductColumn::ProductId => "product_id",
            ProductColumn::Name => "name",
            ProductColumn::Category => "category",
            ProductColumn::Price => "price",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            ProductColumn::ProductId => &["product", "sku", "code"],
            _ => &[],
        }
    }

    fn known_as(self) -> &'static [&'static str] {
        match self {
            ProductColumn::ProductId => &[
                "productid",
                "product",
                "productcode",
                "productno",
                "sku",
                "code",
                "stockcode",
                "itemid",
                "itemcode",
                "item",
                "id",
                "상품코드",
                "상품번호",
                "상품id",
                "상품",
            ],
            ProductColumn::Name => {
                &["name", "productname", "itemname", "title", "description", "상품명", "이름", "품명"]
            }
            ProductColumn::Category => &[
                "category",
                "categoryname",
                "productcategory",
                "producttype",
                "type",
                "department",
                "카테고리",
                "분류",
                "상품분류",
            ],
            ProductColumn::Price => &[
                "price",
                "unitprice",
                "listprice",
                "saleprice",
                "retailprice",
                "가격",
                "판매가",
                "판매가격",
                "단가",
                "정가",
            ],
        }
    }

    fn kind(self) -> ValueKind {
        match self {
            ProductColumn::ProductId | ProductColumn::Name | ProductColumn::Category => ValueKind::Text,
            ProductColumn::Price => ValueKind::Amount,
        }
    }
}
