//! Campaign activities: what brought customers, and what it cost.

mod write;

pub use write::{ActivityImport, ActivityOutcome, MappedActivity};
