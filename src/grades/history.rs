//! Past grades, from `grade_changes` and `grade_runs`.

use chrono::NaiveDateTime;

use super::GradeTransitions;
use crate::domain::Grade;
use crate::money::Money;
use crate::segment::{StagedSegment, of_segment};
use crate::store::{Query, Row, Store, StoreError};
use crate::{named, query};

/// A recorded grade update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are documented with the file
pub struct GradeRun {
    pub run_id: i64,
    pub as_of: NaiveDateTime,
    pub customers: i64,
    pub promoted: i64,
    pub demoted: i64,
    pub kept: i64,
    pub vip: i64,
    pub gold: i64,
    pub silver: i64,
    pub bronze: i64,
}

impl GradeRun {
    /// The number of customers with a grade after the update.
    pub fn holding(&self, grade: Grade) -> i64 {
        match grade {
            Grade::Vip => self.vip,
            Grade::Gold => self.gold,
            Grade::Silver => self.silver,
            Grade::Bronze => self.bronze,
        }
    }
}

/// The updates with an as-of in `[from, to)`, in order.
pub fn runs_between(
    store: &Store,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Result<Vec<GradeRun>, StoreError> {
    read_runs(store, query!("grades/runs_between.sql"), from, to)
}

/// The same updates, counted over the customers in a segment.
pub fn runs_of_segment(
    store: &Store,
    from: NaiveDateTime,
    to: NaiveDateTime,
    _segment: StagedSegment,
) -> Result<Vec<GradeRun>, StoreError> {
    store.execute(query!("grades/stage_steps.sql"), &[])?;
    read_runs(store, query!("grades/runs_of_segment.sql"), from, to)
}

fn read_runs(
    store: &Store,
    query: Query,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Result<Vec<GradeRun>, StoreError> {
    store.rows(query, named! { "from": from, "to": to }, |row: &Row<'_>| {
        Ok(GradeRun {
            run_id: row.get("run_id")?,
            as_of: row.get("as_of")?,
            customers: row.get("customers")?,
            promoted: row.get("promoted")?,
            demoted: row.get("demoted")?,
            kept: row.get("kept")?,
            vip: row.get("vip")?,
            gold: row.get("gold")?,
            silver: row.get("silver")?,
            bronze: row.get("bronze")?,
        })
    })
}

/// How customers moved between grades from one instant to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    /// Transitions of the customers who had signed up before the first instant.
    pub transitions: GradeTransitions,
    /// Customers who signed up in between, by their grade at the second instant.
    pub newcomers: [i64; 4],
}

/// The migration between two instants, of all customers or of those in a segment. A change takes effect at its
/// as-of.
pub fn migration(
    store: &Store,
    from: NaiveDateTime,
    to: NaiveDateTime,
    segment: Option<StagedSegment>,
) -> Result<Migration, StoreError> {
    store.execute(query!("grades/stage_moves.sql"), named! { "from": from, "to": to })?;
    let asked = named! { "of_segment": of_segment(store, segment)? };
    let pairs = store.rows(query!("grades/migration.sql"), asked, |row| {
        Ok((row.get::<_, Option<Grade>>(0)?, row.get::<_, Grade>(1)?, row.get::<_, i64>(2)?))
    })?;
    let mut migration = Migration::default();
    for (from, to, customers) in pairs {
        match from {
            Some(from) => migration.transitions.add(from, to, customers),
            None => migration.newcomers[to.index()] += customers,
        }
    }
    Ok(migration)
}

/// A change of a customer's grade, with the figures that caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradeChange {
    /// The update's as-of.
    pub as_of: NaiveDateTime,
    /// The grade before.
    pub from_grade: Grade,
    /// The grade after.
    pub to_grade: Grade,
    /// Amount of the qualifying orders in the window.
    pub amount: Money,
    /// Number of qualifying orders in the window.
    pub orders: i64,
}

/// All changes of a customer's grade, in order.
pub fn changes_of(store: &Store, user_id: i64) -> Result<Vec<GradeChange>, StoreError> {
    store.rows(query!("grades/changes_of_customer.sql"), named! { "user_id": user_id }, |row: &Row<'_>| {
        Ok(GradeChange {
            as_of: row.get("as_of")?,
            from_grade: row.get("from_grade")?,
            to_grade: row.get("to_grade")?,
            amount: row.get("amount")?,
            orders: row.get("orders")?,
        })
    })
}

/// The grade at an instant of a customer with these changes whose grade is now `now`.
/// A change takes effect at its as-of.
pub fn grade_at(changes: &[GradeChange], now: Grade, at: NaiveDateTime) -> Grade {
    changes.iter().find(|change| change.as_of > at).map_or(now, |change| change.from_grade)
}
