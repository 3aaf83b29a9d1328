//! The grade update: one transaction over customers, changes and runs.

use chrono::{Duration, NaiveDateTime};

use super::{Criteria, determine_grade};
use crate::calendar::{format_instant, subtract_months};
use crate::config::GradeSettings;
use crate::domain::Grade;
use crate::money::Money;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// An error of the grade update.
#[derive(Debug, thiserror::Error)]
pub enum GradeError {
    /// The as-of is before the last run's.
    #[error("grades were already updated as of {}; an update as of {} would rewrite history",
        format_instant(*last), format_instant(*as_of))]
    BeforeLastRun {
        /// The requested as-of.
        as_of: NaiveDateTime,
        /// The last run's as-of.
        last: NaiveDateTime,
    },
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether an update is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateMode {
    /// Record customers, changes and the run.
    Record,
    /// Write nothing; report what would happen.
    DryRun,
}

/// The number of customers per grade before and after: `counts[from][to]`, in the order of
/// [`Grade::ALL`]. The diagonal counts those who kept their grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GradeTransitions {
    counts: [[i64; 4]; 4],
}

impl GradeTransitions {
    /// Customers who went from one grade to another.
    pub fn get(&self, from: Grade, to: Grade) -> i64 {
        self.counts[from.index()][to.index()]
    }

    pub(super) fn add(&mut self, from: Grade, to: Grade, customers: i64) {
        self.counts[from.index()][to.index()] += customers;
    }

    fn sum(&self, counted: impl Fn(Grade, Grade) -> bool) -> i64 {
        let mut sum = 0;
        for from in Grade::ALL {
            for to in Grade::ALL {
                if counted(*from, *to) {
                    sum += self.get(*from, *to);
                }
            }
        }
        sum
    }

    /// All customers.
    pub fn customers(&self) -> i64 {
        self.sum(|_, _| true)
    }

    /// Customers who were promoted.
    pub fn promoted(&self) -> i64 {
        self.sum(|from, to| to > from)
    }

    /// Customers who were demoted.
    pub fn demoted(&self) -> i64 {
        self.sum(|from, to| to < from)
    }

    /// Customers who kept their grade.
    pub fn kept(&self) -> i64 {
        self.sum(|from, to| to == from)
    }

    /// Customers with a grade afterwards.
    pub fn after(&self, grade: Grade) -> i64 {
        self.sum(|_, to| to == grade)
    }

    /// Customers with a grade before.
    pub fn before(&self, grade: Grade) -> i64 {
        self.sum(|from, _| from == grade)
    }
}

/// A customer's new grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewGrade {
    /// The customer.
    pub user_id: i64,
    /// The grade from the update's as-of on.
    pub grade: Grade,
}

/// The outcome of an update or of a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeUpdate {
    /// The run's number in the file; for a dry run, the number it would get.
    pub run_id: i64,
    /// The instant the orders were evaluated at.
    pub as_of: NaiveDateTime,
    /// The start of the window.
    pub window_start: NaiveDateTime,
    /// The transitions between grades.
    pub transitions: GradeTransitions,
    /// The customers whose grade changed, by `user_id`.
    pub changes: Vec<NewGrade>,
    /// Whether it was recorded.
    pub recorded: bool,
}

/// Grades every customer who signed up before `as_of` by the qualifying orders in
/// `[as_of - window, as_of)`.
///
/// `users`, `grade_changes` (changed customers only) and `grade_runs` are written in
/// one transaction; a second update at the same instant changes nothing. An instant
/// before the last run's is rejected, except in a dry run, which then starts from the
/// grades held at that instant.
///
/// Two settings soften demotions: one step at a time, and a grace period since the grade
/// was last earned. Neither needs state of its own: the first follows from the grade held,
/// the second from the orders.
pub fn update_all_grades(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    mode: UpdateMode,
) -> Result<GradeUpdate, GradeError> {
    store.require_orders()?;
    store.transaction(|store| {
        let (last, last_run_id) = store.row(query!("grades/last_run.sql"), &[], |row| {
            Ok((row.get::<_, Option<NaiveDateTime>>("as_of")?, row.get::<_, i64>("last_run_id")?))
        })?;
        let recorded = mode == UpdateMode::Record;
        if let Some(last) = last.filter(|last| recorded && *last > as_of) {
            return Err(GradeError::BeforeLastRun { as_of, last });
        }
        let run_id = last_run_id + 1;
        let window_start = stage_update(store, as_of, settings)?;
        let transitions = staged_transitions(store, as_of)?;
        let changes = store.rows(query!("grades/staged_changes.sql"), &[], |row| {
            Ok(NewGrade { user_id: row.get(0)?, grade: row.get(1)? })
        })?;
        if recorded {
            record(store, run_id, as_of, &transitions)?;
        }
        Ok(GradeUpdate { run_id, as_of, window_start, transitions, changes, recorded })
    })
}

fn stage_update(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
) -> Result<NaiveDateTime, StoreError> {
    let window_start = subtract_months(as_of, settings.window_months);
    let criteria = Criteria::from(settings);
    store.execute(query!("grades/stage_grades_then.sql"), named! { "as_of": as_of })?;
    // Determined here, because in a small shop the engine takes as long to plan it as to run the rest.
    let without_orders = determine_grade(&criteria, Money::ZERO, 0).as_str();
    let bounds = named! { "window_start": window_start, "as_of": as_of, "without_orders": without_orders };
    store.execute(query!("grades/stage_update.sql"), &criteria.bind(bounds))?;
    if settings.demotion_grace_days > 0 {
        soften_by_grace(store, as_of, settings)?;
    }
    if settings.one_step_demotion {
        store.execute(query!("grades/soften_to_one_step.sql"), &[])?;
    }
    if settings.demotion_grace_days > 0 || settings.one_step_demotion {
        store.execute(query!("grades/drop_unchanged.sql"), &[])?;
    }
    Ok(window_start)
}

/// Keeps grades that were earned on any day of the grace period.
fn soften_by_grace(store: &Store, as_of: NaiveDateTime, settings: &GradeSettings) -> Result<(), StoreError> {
    let days = 0..=i64::from(settings.demotion_grace_days);
    super::windows::stage_windows(store, days.map(|day| as_of - Duration::days(day)), settings)?;
    let first = as_of - Duration::days(settings.demotion_grace_days.into());
    let first_window_start = subtract_months(first, settings.window_months);
    let bounds = named! { "first_window_start": first_window_start, "as_of": as_of };
    store.execute(query!("grades/soften_by_grace.sql"), &Criteria::from(settings).bind(bounds))?;
    Ok(())
}

/// The transitions: all customers keep their grade except for the staged changes.
fn staged_transitions(store: &Store, as_of: NaiveDateTime) -> Result<GradeTransitions, StoreError> {
    let mut transitions = GradeTransitions::default();
    let before = store.rows(query!("grades/mix_before.sql"), named! { "as_of": as_of }, |row| {
        Ok((row.get::<_, Grade>(0)?, row.get::<_, i64>(1)?))
    })?;
    for (grade, customers) in before {
        transitions.counts[grade.index()][grade.index()] = customers;
    }
    let staged = store.rows(query!("grades/staged_transitions.sql"), &[], |row| {
        Ok((row.get::<_, Grade>(0)?, row.get::<_, Grade>(1)?, row.get::<_, i64>(2)?))
    })?;
    for (from, to, customers) in staged {
        transitions.counts[from.index()][from.index()] -= customers;
        transitions.counts[from.index()][to.index()] += customers;
    }
    Ok(transitions)
}

fn record(
    store: &Store,
    run_id: i64,
    as_of: NaiveDateTime,
    transitions: &GradeTransitions,
) -> Result<(), StoreError> {
    store.execute(query!("grades/record_changes.sql"), named! { "as_of": as_of, "run_id": run_id })?;
    store.execute(query!("grades/apply_update.sql"), &[])?;
    store.execute(
        query!("grades/record_run.sql"),
        named! {
            "run_id": run_id,
            "as_of": as_of,
            "customers": transitions.customers(),
            "promoted": transitions.promoted(),
            "demoted": transitions.demoted(),
            "kept": transitions.kept(),
            "vip": transitions.after(Grade::Vip),
            "gold": transitions.after(Grade::Gold),
            "silver": transitions.after(Grade::Silver),
            "bronze": transitions.after(Grade::Bronze),
        },
    )?;
    store.meta().raise_generation()
}
