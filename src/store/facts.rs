//! The contents of a file in figures, and digests that are equal for equal contents.

use std::fs;

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

use super::place::log_of;
use super::{Query, Store, StoreError};
use crate::domain::Grade;
use crate::money::Money;
use crate::query;

/// The contents of a file in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Rows per table.
    pub rows: Vec<(String, i64)>,
    /// Time of the first order, of any status.
    pub first_order_at: Option<NaiveDateTime>,
    /// Time of the last order, of any status.
    pub last_order_at: Option<NaiveDateTime>,
    /// Number of qualifying orders.
    pub counted_orders: i64,
    /// Their revenue.
    pub revenue: Money,
    /// As-of of the last grade update.
    pub last_grade_run: Option<NaiveDateTime>,
    /// As-of of the last cohort batch that wrote rows.
    pub last_cohort_run: Option<NaiveDateTime>,
    /// Bytes on disk, the write-ahead log included; 0 for a file in memory.
    pub size: u64,
}

/// The tables with a digest, and the statements that give their rows as text in key order.
const DIGESTS: &[(&str, Query)] = &[
    ("meta", query!("status/digest_meta.sql")),
    ("users", query!("status/digest_users.sql")),
    ("products", query!("status/digest_products.sql")),
    ("campaigns", query!("status/digest_campaigns.sql")),
    ("campaign_activities", query!("status/digest_campaign_activities.sql")),
    ("orders", query!("status/digest_orders.sql")),
    ("order_lines", query!("status/digest_order_lines.sql")),
    ("user_attributes", query!("status/digest_user_attributes.sql")),
    ("listed_customers", query!("status/digest_listed_customers.sql")),
    ("grade_changes", query!("status/digest_grade_changes.sql")),
    ("cohort_members", query!("status/digest_cohort_members.sql")),
    ("ltv_batch", query!("status/digest_ltv_batch.sql")),
    ("predict_runs", query!("status/digest_predict_runs.sql")),
    ("ltv_predicted", query!("status/digest_ltv_predicted.sql")),
    ("customer_predictions", query!("status/digest_customer_predictions.sql")),
    ("predict_checks", query!("status/digest_predict_checks.sql")),
];

/// A table's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDigest {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over the rows' text in key order, in hexadecimal.
    pub sha256: String,
}

impl Store {
    /// The contents of the file in figures.
    pub fn facts(&self) -> Result<Facts, StoreError> {
        let rows = self.rows(query!("status/table_sizes.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (first_order_at, last_order_at, counted_orders, revenue) =
            self.row(query!("status/order_range.sql"), &[], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get::<_, Option<Money>>(3)?.unwrap_or_default(),
                ))
            })?;
        Ok(Facts {
            rows,
            first_order_at,
            last_order_at,
            counted_orders,
            revenue,
            last_grade_run: self.row(query!("grades/last_run.sql"), &[], |row| row.get(0))?,
            last_cohort_run: self.row(query!("status/last_cohort_run.sql"), &[], |row| row.get(0))?,
            size: self.path().map_or(0, |path| {
                [path, &log_of(path)]
                    .iter()
                    .filter_map(|path| fs::metadata(path).ok())
                    .map(|data| data.len())
                    .sum()
            }),
        })
    }

    /// How many customers hold each grade now, highest first, all four.
    pub fn grade_mix(&self) -> Result<Vec<(Grade, i64)>, StoreError> {
        let held = self.rows(query!("status/grade_mix.sql"), &[], |row| {
            Ok((row.get::<_, Grade>(0)?, row.get::<_, i64>(1)?))
        })?;
        Ok(Grade::ALL
            .iter()
            .rev()
            .map(|grade| {
                (*grade, held.iter().find(|(known, _)| known == grade).map_or(0, |(_, customers)| *customers))
            })
            .collect())
    }

    /// A digest per table, equal on any machine for equal contents. Excludes when a row was
    /// written (`collected_at`) and the log of runs (`grade_runs`).
    pub fn digests(&self) -> Result<Vec<TableDigest>, StoreError> {
        DIGESTS
            .iter()
            .map(|(table, query)| {
                let mut hash = Sha256::new();
                let mut rows = 0;
                self.each(*query, &[], |row| {
                    let text: String = row.get(0)?;
                    // Each row's length goes first, so that two rows cannot look like one.
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text.as_bytes());
                    rows += 1;
                    Ok(())
                })?;
                let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                Ok(TableDigest { table, rows, sha256 })
            })
            .collect()
    }
}
