//! Orders: lines become rows of the file, with the customers and products that they name.

mod outcome;
mod stage;
mod write;

pub use outcome::{ImportOutcome, ImportPreview, MappedRow, Negative, OrderImport};
