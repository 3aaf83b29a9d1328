//! The schema and its migrations.

use super::{Store, StoreError};
use crate::query;

/// Migrations in order: number `n` brings a file from version `n - 1` to `n`.
const MIGRATIONS: &[&str] = &[
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0001_tables.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0002_cohort_state.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0003_external_ids.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0004_existing_customers.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0005_own_checksums.sql")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/schema/0006_predictions.sql")),
];

/// The schema version that this program writes.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

impl Store {
    /// Drops everything in the file, users' own tables too, and creates the schema anew, in one
    /// transaction. The file itself stays, so that no other process can open it in between, and so
    /// does its generation.
    pub fn erase(&self) -> Result<(), StoreError> {
        let generation = self.meta().generation()?;
        self.commit_into_file(|store| {
            let drops: Vec<String> =
                store.rows(query!("store/drop_statements.sql"), &[], |row| row.get(0))?;
            for drop in drops {
                store.execute_text("emptying the file", &drop)?;
            }
            store.apply_migrations(0, SCHEMA_VERSION)?;
            store.meta().set_generation(generation)
        })
    }

    /// Applies the migrations after `from`: in one transaction to an empty file, else each in its own,
    /// because the engine cannot commit changes to a table's rows together with a later change of its
    /// columns. An interrupted migration leaves a file of a version in between.
    pub(super) fn migrate(&self, from: u32) -> Result<(), StoreError> {
        if from == 0 {
            return self.commit_into_file(|store| store.apply_migrations(0, SCHEMA_VERSION));
        }
        (from..SCHEMA_VERSION).try_for_each(|version| {
            self.commit_into_file(|store| store.apply_migrations(version, version + 1))
        })
    }

    fn apply_migrations(&self, from: u32, to: u32) -> Result<(), StoreError> {
        for migration in &MIGRATIONS[from as usize..to as usize] {
            self.connection().execute_batch(migration)?;
        }
        self.forget_facts();
        self.meta().set("schema_version", &to.to_string())
    }

    /// Runs `work` in one transaction that is committed to the file itself, not to its log. The
    /// engine cannot replay an `ALTER TABLE` that sets a default or a type (duckdb/duckdb#18259,
    /// #20543), so a process killed before the next checkpoint would leave a file that never
    /// opens again.
    fn commit_into_file(
        &self,
        work: impl FnOnce(&Store) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.execute(query!("store/commit_into_the_file.sql"), &[])?;
        self.transaction(work)?;
        self.execute(query!("store/commit_into_the_log.sql"), &[])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use duckdb::Connection;

    use super::*;
    use crate::store::{Access, OpenOptions};

    /// The file of a killed process must open, from the first commit on.
    #[test]
    fn a_file_that_was_not_closed_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let left_behind = |path: &std::path::Path, name: &str| {
            let copy = folder.path().join(name);
            std::fs::copy(path, &copy).unwrap();
            let log = path.with_extension("duckdb.wal");
            if log.exists() {
                std::fs::copy(log, copy.with_extension("duckdb.wal")).unwrap();
            }
            Store::open(&copy, Access::Read, OpenOptions::default()).unwrap();
        };
        let new = folder.path().join("new.duckdb");
        let _open = Store::open(&new, Access::Create, OpenOptions::default()).unwrap();
        left_behind(&new, "new-killed.duckdb");

        let old = folder.path().join("old.duckdb");
        let connection = Connection::open(&old).unwrap();
        connection.execute_batch(query!("store/macros.sql").sql()).unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.execute_batch("INSERT INTO meta VALUES ('schema_version', '1')").unwrap();
        drop(connection);
        let (migrated, from) = Store::open_any(&old, Access::Write, OpenOptions::default()).unwrap();
        migrated.migrate(from).unwrap();
        left_behind(&old, "old-killed.duckdb");
    }

    /// Adding a value to the status ENUM must neither move nor change an order.
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

        let migration = Store::migrate_file(&path, OpenOptions::default()).unwrap().unwrap();
        assert_eq!((migration.from, migration.to), (3, SCHEMA_VERSION));
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
