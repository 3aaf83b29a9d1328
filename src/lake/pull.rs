//! Pulling a lake's results into a file: the one with the orders, or a separate one.

use std::fs;
use std::io;
use std::path::Path;

use chrono::NaiveDateTime;

use super::LakeError;
use super::files::read_parquet;
use super::manifest::{Manifest, require_finished};
use super::results::{Runs, copy_pushed};
use crate::query;
use crate::store::{Origin, Store};

/// The tables of a shop other than orders, in the order in which they are copied into a file of results.
const SHOP: &[&str] =
    &["users", "products", "campaigns", "campaign_activities", "grade_runs", "grade_changes"];

/// The outcome of a pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Whether the file holds only results, and their orders are in the lake.
    pub results_only: bool,
    /// The as-of of the cohorts; `None` when the lake has none.
    pub cohort_as_of: Option<NaiveDateTime>,
    /// Members of cohorts.
    pub members: usize,
    /// Rows of the batch.
    pub rows: usize,
    /// The as-of of the grades; `None` when the lake has none.
    pub grades_as_of: Option<NaiveDateTime>,
    /// Grade updates that the file did not have.
    pub grade_runs: usize,
    /// Changes of grade made by them.
    pub grade_changes: usize,
}

/// Pulls the results in a lake's folder into a file, in one transaction. An empty file also gets the rest of the shop,
/// without orders, and records that the orders are elsewhere.
///
/// The lake's cohorts replace the file's; its grade updates are appended to the file's.
///
/// # Errors
///
/// Results of another shop, results older than the file's, and grade updates older than the file's last are refused.
/// An empty file takes nothing from a lake whose push was not finished.
pub fn pull(store: &Store, folder: &Path) -> Result<Pulled, LakeError> {
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => return Err(LakeError::NotFolder { path: folder.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(LakeError::NoFolder { folder: folder.to_owned() });
        }
        _ => {}
    }
    let results = folder.join("out");
    let (cohorts, grades) = (Runs::read(store, &results, "cohort")?, Runs::read(store, &results, "grades")?);
    if cohorts.valid.is_empty() && grades.valid.is_empty() {
        return Err(LakeError::NoResults { folder: folder.to_owned() });
    }
    cohorts.stage_cohorts(store)?;
    grades.stage_grades(store)?;
    store.transaction(|store| {
        if store.meta().origin()?.is_none() {
            take_shop(store, folder)?;
        }
        refuse_others(store, folder, &cohorts)?;
        let mut pulled = Pulled {
            results_only: store.meta().orders_elsewhere()?.is_some(),
            cohort_as_of: cohorts.last_as_of(),
            grades_as_of: grades.last_as_of(),
            ..Pulled::default()
        };
        if !cohorts.valid.is_empty() {
            store.execute(query!("pull/delete_members.sql"), &[])?;
            pulled.members = store.execute(query!("pull/write_members.sql"), &[])?;
            store.execute(query!("pull/delete_rows.sql"), &[])?;
            pulled.rows = store.execute(query!("pull/write_rows.sql"), &[])?;
            store.execute(query!("pull/mark_frozen.sql"), &[])?;
        }
        store.execute(query!("pull/stage_new_grade_runs.sql"), &[])?;
        pulled.grade_changes = store.execute(query!("pull/write_grade_changes.sql"), &[])?;
        pulled.grade_runs = store.execute(query!("pull/write_grade_runs.sql"), &[])?;
        store.execute(query!("pull/apply_grades.sql"), &[])?;
        store.meta().raise_generation()?;
        if pulled.results_only {
            for as_of in pulled.cohort_as_of.into_iter().chain(pulled.grades_as_of) {
                store.meta().advance_clock(as_of)?;
            }
        }
        Ok(pulled)
    })
}

/// Copies the shop, except for its orders, into an empty file.
fn take_shop(store: &Store, folder: &Path) -> Result<(), LakeError> {
    require_finished(folder)?;
    for table in SHOP {
        copy_pushed(store, folder, table)?;
    }
    let meta = store.meta();
    let pushed = folder.join("meta.parquet");
    if !pushed.is_file() {
        return Err(LakeError::NoTable { folder: folder.to_owned(), table: "meta" });
    }
    let select =
        format!("SELECT key, value FROM {} WHERE key IN ('clock', 'config')", read_parquet(&[pushed]));
    let facts: Vec<(String, String)> =
        store.rows_text("reading the lake's facts", &select, |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (key, value) in facts {
        meta.set(&key, &value)?;
    }
    // The facts of the push override those that the pushed file held.
    if let Ok(settings) = fs::read_to_string(folder.join("settings.json")) {
        meta.set("config", &settings)?;
    }
    if let Some(shop) = Manifest::read(folder).and_then(|manifest| manifest.shop) {
        meta.set_shop(&shop)?;
    }
    meta.set("origin", Origin::Imported.as_str())?;
    let place = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    meta.set_orders_elsewhere(&place.to_string_lossy())?;
    Ok(())
}

/// Checks that results are of this shop and not older than the file's.
fn refuse_others(store: &Store, folder: &Path, cohorts: &Runs) -> Result<(), LakeError> {
    let (theirs, ours) = (Manifest::read(folder).and_then(|manifest| manifest.shop), store.meta().shop()?);
    if theirs.is_some() && ours.is_some() && theirs != ours {
        return Err(LakeError::AnotherShop { folder: folder.to_owned() });
    }
    let (activities, customers): (i64, i64) =
        store.row(query!("pull/strangers.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if activities > 0 || customers > 0 {
        return Err(LakeError::Strangers { folder: folder.to_owned(), activities, customers });
    }
    let held: Option<NaiveDateTime> = store.row(query!("pull/newest.sql"), &[], |row| row.get(0))?;
    if let (Some(held), Some(found)) = (held, cohorts.last_as_of())
        && held > found
    {
        return Err(LakeError::Older { folder: folder.to_owned(), held, found });
    }
    let runs: i64 = store.row(query!("pull/unknown_grade_runs.sql"), &[], |row| row.get(0))?;
    if runs > 0 { Err(LakeError::GradesApart { folder: folder.to_owned(), runs }) } else { Ok(()) }
}
