//! Products: a shop's catalogue.

mod column;
mod write;

pub use write::{MappedProduct, ProductOutcome, import_products, preview_products};
