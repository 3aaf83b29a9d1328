//! Campaign activities: what brought customers, and what it cost.

mod column;
mod write;

pub use write::{ActivityOutcome, MappedActivity, import_activities, preview_activities};
