//! The file: opening, schema and migrations, statements, bulk loading.
//!
//! The only module that talks to the database engine. It knows tables and
//! transactions, but no business rules.

mod dense;
mod error;
mod facts;
mod interrupt;
mod load;
mod lookup;
mod measure;
mod meta;
mod migrate;
mod open;
mod parameter;
mod place;
mod query;
mod row;
mod rows;
mod schema;
mod stream;
mod temporary;
mod text;
mod text_table;
mod trouble;
mod values;

pub use error::StoreError;
pub use facts::{Facts, TableDigest};
pub use interrupt::Interrupter;
pub use load::BulkRow;
pub use lookup::Lookup;
pub use measure::RowGroups;
pub use meta::{Meta, Origin};
pub use migrate::Migration;
pub use open::{Access, OpenOptions, Store};
pub use parameter::{Parameter, Parameters};
pub use query::Query;
pub use row::{Column, ColumnKey, EngineFailure, Row};
pub use rows::{
    ActivityRow, CampaignRow, CustomerPredictionRow, LtvPredictedRow, OrderRow, PredictCheckRow,
    PredictRunRow, ProductRow, UserRow,
};
pub use schema::SCHEMA_VERSION;
pub use stream::{Batch, ResultColumn, RowStream, Value};
pub use temporary::{Datum, DatumType};
pub use text::{RelationColumn, quote_identifier, quote_literal};
pub use text_table::TextTable;
pub use trouble::Trouble;

/// Embeds a statement from `queries/`, with its path for error messages; the path may come in parts.
#[macro_export]
#[doc(hidden)]
macro_rules! query {
    ($($path:literal),+) => {
        $crate::store::Query::new(
            concat!($($path),+),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/", $($path),+)),
        )
    };
}

/// Named parameters of a statement: `named! { "as_of": as_of }`.
#[macro_export]
#[doc(hidden)]
macro_rules! named {
    ($($name:literal : $value:expr),* $(,)?) => {
        &[$(($name, &$value as &dyn $crate::store::Parameter)),*] as $crate::store::Parameters<'_>
    };
}
