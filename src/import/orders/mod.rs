//! Orders: lines become rows of the file, with the customers and products that they name.

mod column;
mod outcome;
mod stage;
mod write;

pub use outcome::{ImportOutcome, ImportPreview, MappedRow, Negative, OrderImport};
pub use write::{import_orders, preview_orders};
