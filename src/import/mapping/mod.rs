//! What a source's columns mean: which of them, or which expression over them, gives
//! each of ours, and how their values are read.

mod dates;
mod expression;
mod find;
mod numbers;
mod view;

pub(in crate::import) use find::Mapping;
pub use find::{MapArgument, MappedColumn, MappingOrigin};
pub(in crate::import) use view::mapped_view;
