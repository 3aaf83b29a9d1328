//! Products: a shop's catalogue.

mod write;

pub use write::{MappedProduct, ProductOutcome};
