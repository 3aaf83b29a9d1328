//! The schema's numbered files, and bringing an older file up to date.

use super::{Store, StoreError};

/// Migrations in order: number `n` brings a file from version `n - 1` to `n`.
const MIGRATIONS: &[&str] = &[
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0001_tables.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0002_cohort_state.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0003_external_ids.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0004_existing_customers.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0005_own_checksums.sql")),
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

#[cfg(test)]
mod tests {
    use duckdb::Connection;

    use super::*;
    use crate::query;
    use crate::store::{Access, OpenOptions};

    /// Widening the words of a status must neither move an order nor change what it says.
    #[test]
    fn orders_of_an_older_file_stay_as_and_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.duckdb");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(query!("store/macros.sql").sql()).unwrap();
        for migration in &MIGRATIONS[..3] {
            old.execute_batch(migration).unwrap();
        }
        old.execute_batch(
            "INSERT INTO meta VALUES ('schema_version', '3');
             INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, start_at)
                 VALUES (1, 1, 'a', 'mail', TIMESTAMP '2024-01-01');
             INSERT INTO orders
             SELECT 7919 * i % 300007, NULL, 1, NULL, NULL, 1, 1, i % 977,
                    (['Success', 'Failed', 'Cancelled', 'Refunded'])[1 + i % 4], TIMESTAMP '2024-01-01' + to_seconds(i)
             FROM range(300000) AS numbers(i);",
        )
        .unwrap();
        let stored = "SELECT CAST(sum(hash(rowid, order_id, amount, CAST(status AS VARCHAR), created_at)) AS VARCHAR) FROM orders";
        let before: String = old.query_row(stored, [], |row| row.get(0)).unwrap();
        drop(old);

        let store = Store::open(&path, Access::Write, OpenOptions::default()).unwrap();
        let after: Vec<String> = store.rows_text("test", stored, |row| row.get(0)).unwrap();
        assert_eq!(after, [before]);
        let cohorts: Vec<String> =
            store.rows_text("test", "SELECT cohort FROM campaign_activities", |row| row.get(0)).unwrap();
        assert_eq!(cohorts, ["acquired"]);
        store
            .execute_text("test", "UPDATE orders SET status = 'Returned', amount = -1 WHERE order_id = 1")
            .unwrap();
    }
}
