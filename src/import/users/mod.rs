//! Customers: what a shop knows of them.

mod column;
mod write;

pub use write::{MappedUser, UserOutcome, import_users, preview_users};
