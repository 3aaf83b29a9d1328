//! Importing a shop's own data from its files.
//!
//! A source is files of one format, or a table of a database, as one relation of
//! lines. It is read once, into a table whose row numbers are the lines' numbers from
//! then on. A mapping says how each of our columns comes from the source's; the lines
//! are judged one by one, checked as a set, and written in one transaction. Lines that
//! cannot be used stop the import, or are set aside and said.

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
