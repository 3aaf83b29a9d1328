//! Customers: what a shop knows of them.

mod write;

pub use write::{MappedUser, UserImport, UserOutcome};
