//! Every figure that is shown, as typed tables: what the command prints, an export
//! writes and a page draws.
//!
//! A report is read from the file as plain structs ([`cohort::Summary`],
//! [`grades::GradeHistory`], ...) and becomes a [`Table`](crate::render::Table) whose columns are
//! declared: key, heading, type and unit. Totals and pools are made here and nowhere
//! else. Nothing here prints, or knows how it is asked for.

pub mod cohort;
pub mod compare;
pub mod expected;
pub mod grades;
pub mod outlook;
pub mod overview;
pub mod predict;
pub mod products;
mod view;

pub use view::{RISK_DAYS, ReportView};
