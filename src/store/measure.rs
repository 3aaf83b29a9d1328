//! How much a statement read, from the engine's own counts.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::parameter::Parameters;
use super::row::EngineFailure;
use super::{Query, Store, StoreError};
use crate::{named, query};

/// How many row groups of `orders` may hold orders between two instants, by the file's own statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowGroups {
    /// Row groups of `orders`.
    pub all: i64,
    /// Those that can hold an order between the instants.
    pub met: i64,
}

impl Store {
    /// Runs a statement and returns how many rows of `orders` it read, from the
    /// engine's profile of this very run.
    pub fn execute_counting_orders(&self, query: Query, params: Parameters<'_>) -> Result<u64, StoreError> {
        let sql = format!("EXPLAIN (ANALYZE, FORMAT JSON)\n{}", query.with(params)?);
        let profile: String = self.connection().query_row(&sql, [], |row| row.get(1)).map_err(|source| {
            StoreError::Query { query: query.path(), source: EngineFailure::new(source) }
        })?;
        Ok(serde_json::from_str(&profile).map_or(0, |profile: Value| orders_scanned(&profile)))
    }

    /// The row groups of `orders`, and those with an order between two instants.
    pub fn order_row_groups(
        &self,
        slice_start: NaiveDateTime,
        slice_end: NaiveDateTime,
    ) -> Result<RowGroups, StoreError> {
        self.row(
            query!("store/row_groups.sql"),
            named! { "slice_start": slice_start, "slice_end": slice_end },
            |row| Ok(RowGroups { all: row.get(0)?, met: row.get(1)? }),
        )
    }
}

/// Adds up the scans of `orders` in a profile's tree of operators.
fn orders_scanned(operator: &Value) -> u64 {
    let table = operator["extra_info"]["Table"].as_str().unwrap_or_default();
    let own = if table.rsplit('.').next() == Some("orders") {
        operator["operator_rows_scanned"].as_u64().unwrap_or_default()
    } else {
        0
    };
    let children = operator["children"].as_array().into_iter().flatten();
    own + children.map(orders_scanned).sum::<u64>()
}
