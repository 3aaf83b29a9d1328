//! Importing products.

mod write;

pub use write::{MappedProduct, ProductOutcome};
