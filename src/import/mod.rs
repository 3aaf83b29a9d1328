//! Importing a shop's own data.
//!
//! A source is a set of files of one format, or a table of a database, seen as one relation of
//! lines, which are read into a table whose row numbers serve as line numbers from then on. A mapping computes our columns from the source's; lines are checked one by one, then
//! as a set, and written in one transaction. Unusable lines stop the import, or are
//! skipped and reported.

mod activities;
mod error;
mod importer;
mod mapping;
mod members;
mod orders;
mod problems;
mod products;
mod records;
mod rejects;
mod request;
mod source;
mod spec;
mod stage;
#[cfg(test)]
mod tests;
mod users;

pub use activities::{ActivityImport, ActivityOutcome, MappedActivity};
pub use error::{ImportError, Suggestion};
pub use importer::Importer;
pub use mapping::{MapArgument, MappedColumn, MappingOrigin};
pub use members::{MappedMember, MemberImport, MemberOutcome};
pub use orders::{ImportOutcome, ImportPreview, MappedRow, Negative, OrderImport};
pub use problems::{Place, Problem, Reason};
pub use products::{MappedProduct, ProductOutcome};
pub use records::{RecordCounts, RecordImport, RecordPreview};
pub use request::{BadLines, OnConflict, Reading, Step};
pub use source::Delimiter;
pub use spec::RecordKind;
pub use stage::LinesRead;
pub use users::{MappedUser, UserImport, UserOutcome};
