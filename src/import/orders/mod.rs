//! Importing orders, with their customers and products.

mod outcome;
mod stage;
mod write;

pub use outcome::{ImportOutcome, ImportPreview, MappedRow, Negative, OrderImport};
