//! The schema's numbered files, and bringing an older file up to date.

use super::{Store, StoreError};

/// Migrations in order: number `n` brings a file from version `n - 1` to `n`.
const MIGRATIONS: &[&str] = &[
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0001_tables.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0002_cohort_state.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0003_external_ids.sql")),
];

/// The schema version that this program writes.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

impl Store {
    /// Applies the migrations after `from`, in one transaction.
    pub(super) fn migrate(&self, from: u32) -> Result<(), StoreError> {
        self.transaction(|store| {
            for migration in MIGRATIONS.iter().skip(from as usize) {
                store.connection().execute_batch(migration)?;
            }
            store.meta().set("schema_version", &SCHEMA_VERSION.to_string())
        })
    }
}
