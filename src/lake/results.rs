//! The results of committed runs, as temporary tables for statements.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;

use super::LakeError;
use super::files::{entries, parquet_in, read_parquet};
use crate::store::{Store, StoreError};

/// A committed run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub run_id: i64,
    pub as_of: NaiveDateTime,
    /// The earliest run whose results still apply.
    base_run: i64,
}

/// The runs of one kind, `cohort` or `grades`, whose results still apply, in order.
#[derive(Debug)]
pub(super) struct Runs {
    folder: PathBuf,
    pub valid: Vec<Run>,
}

/// A temporary table of results: its name, the results' name, its columns.
struct Results(&'static str, &'static str, &'static str);

const MEMBERS: Results = Results(
    "lake_members",
    "members",
    "run INTEGER, activity_id BIGINT, user_id BIGINT, first_order_id BIGINT, first_order_at TIMESTAMP",
);
const FROZEN: Results = Results("lake_frozen", "frozen", "run INTEGER, activity_id BIGINT");
const STATES: Results = Results(
    "lake_states",
    "states",
    "run INTEGER, activity_id BIGINT, user_id BIGINT, first_offset INTEGER, repeat_offset INTEGER",
);
const ROWS: Results = Results(
    "lake_rows",
    "rows",
    "run INTEGER, activity_id BIGINT, month_offset INTEGER, collected_at TIMESTAMP, cohort_start_date DATE, \
     cohort_size BIGINT, avg_cac DECIMAL(18, 2), ltv_cumulative DECIMAL(18, 2), ltv_cac_ratio DOUBLE, \
     cumulative_profit DECIMAL(18, 2), is_break_even BOOLEAN, monthly_revenue DECIMAL(18, 2), monthly_orders BIGINT, \
     active_users BIGINT, repeat_purchase_rate DOUBLE, avg_purchase_frequency DOUBLE, \
     avg_order_value DECIMAL(18, 2), cumulative_orders BIGINT, repeat_customers BIGINT, slice_hash BIGINT",
);
const CHANGES: Results = Results(
    "lake_changes",
    "changes",
    "run INTEGER, as_of TIMESTAMP, user_id BIGINT, from_grade VARCHAR, to_grade VARCHAR, amount DECIMAL(18, 2), \
     orders BIGINT",
);

impl Runs {
    /// The committed runs of a kind. Runs without a commit row are ignored.
    pub fn read(store: &Store, results: &Path, kind: &str) -> Result<Self, LakeError> {
        let folder = results.join(kind);
        let mut files = Vec::new();
        for run in entries(&folder.join("runs"))? {
            files.extend(parquet_in(&run)?);
        }
        if files.is_empty() {
            return Ok(Runs { folder, valid: Vec::new() });
        }
        let select = format!("SELECT run_id, as_of, base_run FROM {} ORDER BY run_id", read_parquet(&files));
        let mut valid = store.rows_text("reading the lake's runs", &select, |row| {
            Ok(Run { run_id: row.get(0)?, as_of: row.get(1)?, base_run: row.get(2)? })
        })?;
        let base = valid.last().map_or(0, |run: &Run| run.base_run);
        valid.retain(|run| run.run_id >= base);
        Ok(Runs { folder, valid })
    }

    /// Defines the temporary tables of a cohort's results.
    pub fn stage_cohorts(&self, store: &Store) -> Result<(), LakeError> {
        [MEMBERS, FROZEN, STATES, ROWS].iter().try_for_each(|results| self.stage(store, results))
    }

    /// Defines the temporary tables of the grade updates.
    pub fn stage_grades(&self, store: &Store) -> Result<(), LakeError> {
        self.stage(store, &CHANGES)?;
        let counts = ["customers", "promoted", "demoted", "kept", "vip", "gold", "silver", "bronze"];
        let read = counts.map(|name| format!("CAST(counts ->> '$.{name}' AS BIGINT) AS {name}")).join(", ");
        let files = self.files("runs")?;
        let source = if files.is_empty() {
            "(SELECT 0 AS run, TIMESTAMP '2000-01-01' AS as_of, '{}' AS counts LIMIT 0)".to_owned()
        } else {
            read_parquet(&files)
        };
        let define = format!(
            "CREATE OR REPLACE TEMP TABLE lake_grade_runs AS SELECT run, as_of, {read} FROM {source}"
        );
        store.execute_text("reading the lake's grade updates", &define)?;
        Ok(())
    }

    fn stage(&self, store: &Store, Results(table, name, columns): &Results) -> Result<(), LakeError> {
        let define = format!("CREATE OR REPLACE TEMP TABLE {table} ({columns})");
        store.execute_text("making a temporary table", &define)?;
        let files = self.files(name)?;
        if !files.is_empty() {
            let fill = format!("INSERT INTO {table} BY NAME SELECT * FROM {}", read_parquet(&files));
            store.execute_text("reading the lake's results", &fill)?;
        }
        Ok(())
    }

    fn files(&self, name: &str) -> Result<Vec<PathBuf>, LakeError> {
        let mut files = Vec::new();
        for run in &self.valid {
            files.extend(parquet_in(&self.folder.join(name).join(format!("run-{}", run.run_id)))?);
        }
        Ok(files)
    }

    /// The as-of of the last run.
    pub fn last_as_of(&self) -> Option<NaiveDateTime> {
        self.valid.last().map(|run| run.as_of)
    }
}

/// Copies a pushed table into the file's empty one. Columns that the lake's table lacks stay NULL.
pub(super) fn copy_pushed(store: &Store, folder: &Path, table: &'static str) -> Result<usize, LakeError> {
    let file = folder.join(format!("{table}.parquet"));
    let files = if file.is_file() { vec![file] } else { months_of(&folder.join(table))? };
    if files.is_empty() {
        return Err(LakeError::NoTable { folder: folder.to_owned(), table });
    }
    let copy = format!("INSERT INTO {table} BY NAME SELECT * FROM {}", read_parquet(&files));
    store.execute_text("reading the lake's tables", &copy).map_err(StoreError::into)
}

fn months_of(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let mut files = Vec::new();
    for month in entries(folder)? {
        files.extend(parquet_in(&month)?);
    }
    Ok(files)
}
