//! What a sum over cohorts hides: customers in several of them, money given back, and customers that an
//! activity reached and did not acquire.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use crate::money::Money;
use crate::store::{Datum, DatumType, Store, StoreError};
use crate::{named, query};

/// The temporary table of which activity belongs to which row.
const ROWS: &str = "report_rows";

/// How many customers are in more than one cohort of a row, by row; rows without any are not there.
/// `rows` gives the activities of each.
pub(super) fn overlaps(store: &Store, rows: &[Vec<i64>]) -> Result<HashMap<usize, i64>, StoreError> {
    if rows.iter().all(|activities| activities.len() < 2) {
        return Ok(HashMap::new());
    }
    let columns = [("activity_id".to_owned(), DatumType::Int), ("report_row".to_owned(), DatumType::Int)];
    let listed: Vec<Vec<Datum>> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, activities)| {
            activities.iter().map(move |activity_id| vec![Datum::Int(*activity_id), Datum::Int(row as i64)])
        })
        .collect();
    store.fill_temporary(ROWS, &columns, &listed)?;
    let found = store.rows(query!("report/overlaps.sql"), &[], |row| {
        Ok((usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default(), row.get::<_, i64>(1)?))
    })?;
    Ok(found.into_iter().collect())
}

/// What was given back to each cohort's members in its written months: at most zero.
pub(super) fn returned(
    store: &Store,
    seen_by: Option<NaiveDateTime>,
) -> Result<HashMap<i64, Money>, StoreError> {
    Ok(store
        .rows(query!("report/returned.sql"), named! { "seen_by": seen_by }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .into_iter()
        .collect())
}

/// How many customers ordered through each acquiring activity in its window, new or not.
pub(super) fn touched_customers(store: &Store) -> Result<HashMap<i64, i64>, StoreError> {
    let counts =
        store.rows(query!("report/touched_customers.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.into_iter().collect())
}
