//! What a sum over cohorts hides: customers in several of them, money given back, and customers that an
//! activity reached and did not acquire.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use crate::money::Money;
use crate::segment::{StagedSegment, of_segment};
use crate::store::{Datum, DatumType, Store, StoreError};
use crate::{named, query};

/// The temporary table of which activity belongs to which row.
const ROWS: &str = "report_rows";

/// The cohorts that a row pools, and the label of those of their members whom it is of.
pub(super) struct CohortsOfRow {
    pub activities: Vec<i64>,
    pub label: Option<String>,
}

/// How many customers are in more than one cohort of a row, by row; rows without any are not there.
pub(super) fn overlaps(
    store: &Store,
    segment: Option<StagedSegment>,
    rows: &[CohortsOfRow],
) -> Result<HashMap<usize, i64>, StoreError> {
    if rows.iter().all(|row| row.activities.len() < 2) {
        return Ok(HashMap::new());
    }
    let columns = [
        ("activity_id".to_owned(), DatumType::Int),
        ("report_row".to_owned(), DatumType::Int),
        ("label".to_owned(), DatumType::Text),
    ];
    let listed = |(row, cohorts): (usize, &CohortsOfRow)| -> Vec<Vec<Datum>> {
        let label = cohorts.label.clone().map_or(Datum::Null, Datum::Text);
        let line = |activity_id: &i64| vec![Datum::Int(*activity_id), Datum::Int(row as i64), label.clone()];
        cohorts.activities.iter().map(line).collect()
    };
    let listed: Vec<Vec<Datum>> = rows.iter().enumerate().flat_map(listed).collect();
    store.fill_temporary(ROWS, &columns, &listed)?;
    let asked = named! { "of_segment": of_segment(store, segment)? };
    let found = store.rows(query!("report/overlaps.sql"), asked, |row| {
        Ok((usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default(), row.get::<_, i64>(1)?))
    })?;
    Ok(found.into_iter().collect())
}

/// What was given back to each cohort's members in its written months: at most zero.
pub(super) fn returned(
    store: &Store,
    segment: Option<StagedSegment>,
    seen_by: Option<NaiveDateTime>,
) -> Result<HashMap<i64, Money>, StoreError> {
    let asked = named! { "seen_by": seen_by, "of_segment": of_segment(store, segment)? };
    let found = store.rows(query!("report/returned.sql"), asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

/// How many customers ordered through each acquiring activity in its window, new or not.
pub(super) fn touched_customers(store: &Store) -> Result<HashMap<i64, i64>, StoreError> {
    let counts =
        store.rows(query!("report/touched_customers.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.into_iter().collect())
}
