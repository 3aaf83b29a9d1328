//! Mapping a source's columns to ours, and converting their values.

mod dates;
mod expression;
mod find;
mod numbers;
mod view;

pub(in crate::import) use find::Mapping;
pub use find::{MapArgument, MappedColumn, MappingOrigin};
pub(in crate::import) use view::{Lines, mapped_view};
