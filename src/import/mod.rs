//! Importing a shop's own data from its files.
//!
//! A source is files of one format, or a table of a database, as one relation of
//! lines. A mapping says how each of our columns comes from the source's. The lines
//! are staged once, checked as a set, and written in one transaction. Lines that
//! cannot be used stop the import, or are set aside and said.

mod activities;
mod error;
mod mapping;
mod orders;
mod problems;
mod products;
mod records;
mod rejects;
mod request;
mod source;
mod stage;
#[cfg(test)]
mod tests;
mod users;

pub use activities::{ActivityOutcome, MappedActivity, import_activities, preview_activities};
pub use error::ImportError;
pub use mapping::{MapArgument, MappedColumn, MappingOrigin};
pub use orders::{
    ImportOutcome, ImportPreview, MappedRow, Negative, OrderImport, import_orders, preview_orders,
};
pub use problems::{Place, Problem, Reason};
pub use products::{MappedProduct, ProductOutcome, import_products, preview_products};
pub use records::{RecordCounts, RecordImport, RecordPreview};
pub use request::{BadLines, OnConflict, Progress, Reading, Step};
pub use source::Delimiter;
pub use stage::LinesRead;
pub use users::{MappedUser, UserOutcome, import_users, preview_users};
