//! Outlook: what customers lack for a grade, and who is about to lose one.

use chrono::{Duration, NaiveDateTime};

use super::Criteria;
use super::windows::stage_windows;
use crate::calendar::subtract_months;
use crate::config::GradeSettings;
use crate::domain::Grade;
use crate::money::Money;
use crate::store::{EngineFailure, Parameters, Query, Row, Store, StoreError};
use crate::{named, query};

/// What a customer lacks for a grade.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The customer.
    pub user_id: i64,
    /// The shop's own id for the customer.
    pub external_id: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The grade held.
    pub grade: Grade,
    /// The target grade.
    pub to_grade: Grade,
    /// Amount of the qualifying orders in the window.
    pub amount: Money,
    /// Number of qualifying orders in the window.
    pub orders: i64,
    /// The missing amount; zero if none is missing.
    pub lacks_amount: Money,
    /// The missing orders; zero if none are missing.
    pub lacks_orders: i64,
    /// The larger of the two shares missing, 0 to 1.
    pub distance: f64,
}

/// The question that [`gaps`] answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct GapQuestion {
    /// The target grade; `None` for each customer's next one.
    pub to_grade: Option<Grade>,
    /// The customer; `None` for all.
    pub user_id: Option<i64>,
    /// Only customers who lack at most this share, 0 to 1; `None` for any.
    pub within: Option<f64>,
    /// The maximum number of rows.
    pub limit: i64,
}

/// What customers below a grade lack for it as of an instant, nearest first.
pub fn gaps(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    question: GapQuestion,
) -> Result<Vec<Gap>, StoreError> {
    with_gaps(store, as_of, settings, question, |query, params| store.rows(query, params, read_gap))
}

/// Leaves what [`gaps`] finds in a temporary table.
pub fn stage_gaps(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    question: GapQuestion,
    table: &str,
) -> Result<(), StoreError> {
    with_gaps(store, as_of, settings, question, |query, params| store.stage(table, query, params))
}

fn with_gaps<T>(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    question: GapQuestion,
    ask: impl FnOnce(Query, Parameters<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store.require_orders()?;
    let to_grade = question.to_grade.map(|grade| grade.as_str().to_owned());
    let window_start = subtract_months(as_of, settings.window_months);
    let criteria = Criteria::from(settings);
    let asked = named! {
        "window_start": window_start,
        "as_of": as_of,
        "to_grade": to_grade,
        "user_id": question.user_id,
        "within": question.within,
        "row_limit": question.limit,
    };
    store.execute(query!("grades/stage_grades_then.sql"), named! { "as_of": as_of })?;
    ask(query!("grades/gaps.sql"), &criteria.bind(asked))
}

fn read_gap(row: &Row<'_>) -> Result<Gap, EngineFailure> {
    Ok(Gap {
        user_id: row.get("user_id")?,
        external_id: row.get("external_id")?,
        name: row.get("name")?,
        grade: row.get("grade")?,
        to_grade: row.get("to_grade")?,
        amount: row.get("amount")?,
        orders: row.get("orders")?,
        lacks_amount: row.get("lacks_amount")?,
        lacks_orders: row.get("lacks_orders")?,
        distance: row.get("distance")?,
    })
}

/// A customer who will be demoted unless they buy more.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// The customer.
    pub user_id: i64,
    /// The shop's own id for the customer.
    pub external_id: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The grade held.
    pub grade: Grade,
    /// The grade afterwards.
    pub falls_to: Grade,
    /// The first as-of, in whole days after the given one, at which an update would demote the customer.
    pub falls_at: NaiveDateTime,
    /// The amount left in the window then.
    pub amount: Money,
    /// The orders left in the window then.
    pub orders: i64,
}

/// Customers who will be demoted within some days of an instant, soonest first, as orders
/// leave the window and no new ones come in. By the criteria alone: a grace period or
/// one-step demotion delays or softens the outcome.
pub fn at_risk(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    within_days: u32,
    limit: i64,
) -> Result<Vec<Risk>, StoreError> {
    with_risks(store, as_of, settings, within_days, limit, |query, params| {
        store.rows(query, params, read_risk)
    })
}

/// Leaves what [`at_risk`] finds, without a limit, in a temporary table.
pub fn stage_at_risk(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    within_days: u32,
    table: &str,
) -> Result<(), StoreError> {
    with_risks(store, as_of, settings, within_days, i64::MAX, |query, params| {
        store.stage(table, query, params)
    })
}

fn with_risks<T>(
    store: &Store,
    as_of: NaiveDateTime,
    settings: &GradeSettings,
    within_days: u32,
    limit: i64,
    ask: impl FnOnce(Query, Parameters<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store.require_orders()?;
    let days = 0..=i64::from(within_days);
    stage_windows(store, days.map(|day| as_of + Duration::days(day)), settings)?;
    let last = as_of + Duration::days(within_days.into());
    let (window_start, last_window_start) =
        (subtract_months(as_of, settings.window_months), subtract_months(last, settings.window_months));
    let criteria = Criteria::from(settings);
    let asked = named! {
        "window_start": window_start,
        "last_window_start": last_window_start,
        "as_of": as_of,
        "row_limit": limit,
    };
    store.execute(query!("grades/stage_grades_then.sql"), named! { "as_of": as_of })?;
    ask(query!("grades/at_risk.sql"), &criteria.bind(asked))
}

fn read_risk(row: &Row<'_>) -> Result<Risk, EngineFailure> {
    Ok(Risk {
        user_id: row.get("user_id")?,
        external_id: row.get("external_id")?,
        name: row.get("name")?,
        grade: row.get("grade")?,
        falls_to: row.get("falls_to")?,
        falls_at: row.get("falls_at")?,
        amount: row.get("amount")?,
        orders: row.get("orders")?,
    })
}
