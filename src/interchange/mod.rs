//! A shop's own data: reading orders from files.
//!
//! A source is files of one format, read by the engine. A mapping
//! says how each of our columns comes from the source's. The lines are staged
//! once, checked as a set, and written in one transaction; nothing is written
//! unless every line can be used.

mod column;
mod dates;
mod dialect;
mod error;
pub mod export;
mod expression;
mod files;
mod import;
mod mapping;
mod numbers;
mod outcome;
mod problems;
mod source;
mod stage;
#[cfg(test)]
mod tests;

pub use column::OrderColumn;
pub use dialect::Delimiter;
pub use error::ImportError;
pub use import::{import_orders, preview_orders};
pub use mapping::{MapArgument, MappedColumn, MappingOrigin};
pub use outcome::{ImportOutcome, ImportPreview, MappedRow, OrderImport};
pub use problems::{Place, Problem, Reason};
