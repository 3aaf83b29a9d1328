//! Verification: recomputing the batch from the orders, from scratch.
//!
//! The statements in `queries/verify` share nothing with those of the batch, so that a
//! mistake in either shows in the comparison.

use chrono::NaiveDateTime;

use super::audit::{self, AuditResult};
use super::scope::RebuildScope;
use crate::config::CohortSettings;
use crate::store::{EngineFailure, Row, Store, StoreError};
use crate::{named, query};

/// How many differences are kept to be shown.
const MOST_SHOWN: i64 = 20;

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowProblem {
    /// A cell differs from what the orders give.
    Cell,
    /// The row is missing.
    Missing,
    /// The row should not exist.
    Extra,
}

/// A row or a cell that differs from what the orders give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    /// The activity.
    pub activity_id: i64,
    /// The month.
    pub month_offset: i64,
    /// What is wrong.
    pub problem: RowProblem,
    /// The field of the cell.
    pub field: Option<String>,
    /// The stored value.
    pub stored: Option<String>,
    /// The expected value.
    pub expected: Option<String>,
}

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberProblem {
    /// By the orders as they are now, the customer is not a member.
    Left,
    /// By the orders as they are now, the customer is a member as well.
    Joined,
    /// The member's first order is a different one.
    Moved,
    /// The stored months of the member's first two orders are wrong.
    State,
}

/// A member who differs from what the orders give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDifference {
    /// The activity.
    pub activity_id: i64,
    /// The customer.
    pub user_id: i64,
    /// What is wrong.
    pub problem: MemberProblem,
    /// The field or fields that differ.
    pub field: String,
    /// The stored values.
    pub stored: Option<String>,
    /// The expected values.
    pub expected: Option<String>,
}

/// What is wrong with an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleActivity {
    /// The activity.
    pub activity_id: i64,
    /// The first month with a differing row, if any.
    pub from_offset: Option<i64>,
    /// Whether its members differ from what the orders give.
    pub of_membership: bool,
    /// Whether its members' state differs from what the orders give.
    pub of_state: bool,
}

impl StaleActivity {
    /// The scope of a [`rebuild`](super::rebuild()) that repairs it.
    pub fn repaired_by(&self) -> RebuildScope {
        match self.from_offset.map(u32::try_from) {
            _ if self.of_membership => RebuildScope::Refreeze,
            Some(Ok(from)) => RebuildScope::From(from),
            _ => RebuildScope::Stale,
        }
    }
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The instant the orders were evaluated at.
    pub as_of: NaiveDateTime,
    /// Activities with rows.
    pub activities: i64,
    /// Rows verified.
    pub rows: i64,
    /// Cells compared.
    pub cells: i64,
    /// Cells that differ.
    pub differing_cells: i64,
    /// Missing rows.
    pub missing_rows: i64,
    /// Rows that should not exist.
    pub extra_rows: i64,
    /// Frozen members.
    pub members: i64,
    /// Members that differ.
    pub differing_members: i64,
    /// The first row differences, by key.
    pub first_rows: Vec<RowDifference>,
    /// The first member differences, by key.
    pub first_members: Vec<MemberDifference>,
    /// Every activity with a difference.
    pub stale: Vec<StaleActivity>,
    /// The audits, in the order they were run.
    pub audits: Vec<AuditResult>,
}

impl Verification {
    /// Whether nothing differs and no audit has findings.
    pub fn is_clean(&self) -> bool {
        self.differences() == 0 && self.audits.iter().all(|audit| audit.broken == 0)
    }

    /// The number of cells, rows and members that differ.
    pub fn differences(&self) -> i64 {
        self.differing_cells + self.missing_rows + self.extra_rows + self.differing_members
    }
}

/// Compares every cell of the batch, and every member, with what the orders before an instant
/// give, then runs the audits. Cells are recomputed over the members as frozen; membership is
/// compared separately.
pub fn verify(
    store: &Store,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    activity_id: Option<i64>,
) -> Result<Verification, StoreError> {
    store.require_orders()?;
    stage(store, as_of, settings, activity_id)?;
    let most = named! { "most": MOST_SHOWN };
    let first_rows = store.rows(query!("verify/row_differences.sql"), most, row_difference)?;
    let first_members = store.rows(query!("verify/member_differences.sql"), most, member_difference)?;
    let stale = store.rows(query!("verify/stale_activities.sql"), &[], |row| {
        Ok(StaleActivity {
            activity_id: row.get("activity_id")?,
            from_offset: row.get("from_offset")?,
            of_membership: row.get("of_membership")?,
            of_state: row.get("of_state")?,
        })
    })?;
    let audits = audit::run_all(store, as_of, activity_id)?;
    let counted = named! { "activity_id": activity_id };
    store.row(query!("verify/counts.sql"), counted, |row| {
        Ok(Verification {
            as_of,
            activities: row.get("activities")?,
            rows: row.get("rows")?,
            cells: row.get::<_, i64>("fields")? * row.get::<_, i64>("compared_rows")?,
            differing_cells: row.get("differing_cells")?,
            missing_rows: row.get("missing_rows")?,
            extra_rows: row.get("extra_rows")?,
            members: row.get("members")?,
            differing_members: row.get("differing_members")?,
            first_rows,
            first_members,
            stale,
            audits,
        })
    })
}

/// Recomputes everything into temporary tables and compares them.
pub(super) fn stage(
    store: &Store,
    as_of: NaiveDateTime,
    settings: CohortSettings,
    activity_id: Option<i64>,
) -> Result<(), StoreError> {
    let months = i64::from(settings.months);
    let margin = settings.gross_margin.millionths();
    let of_activity = named! { "activity_id": activity_id };
    store.execute(query!("verify/stage_lifetime_firsts.sql"), named! { "as_of": as_of })?;
    store
        .execute(query!("verify/stage_members.sql"), named! { "activity_id": activity_id, "as_of": as_of })?;
    store.execute(
        query!("verify/stage_months.sql"),
        named! { "as_of": as_of, "months": months, "activity_id": activity_id },
    )?;
    store.execute(query!("verify/stage_purchases.sql"), &[])?;
    store.execute(query!("verify/stage_member_state.sql"), &[])?;
    store.execute(query!("verify/stage_rows.sql"), named! { "gross_margin": margin })?;
    store.execute(
        query!("verify/stage_row_differences.sql"),
        named! { "months": months, "activity_id": activity_id },
    )?;
    store.execute(query!("verify/stage_member_differences.sql"), of_activity)?;
    Ok(())
}

fn unknown_kind() -> EngineFailure {
    EngineFailure::unexpected("kind")
}

fn row_difference(row: &Row<'_>) -> Result<RowDifference, EngineFailure> {
    Ok(RowDifference {
        activity_id: row.get("activity_id")?,
        month_offset: row.get("month_offset")?,
        problem: match row.get::<_, String>("kind")?.as_str() {
            "cell" => RowProblem::Cell,
            "missing" => RowProblem::Missing,
            "extra" => RowProblem::Extra,
            _ => return Err(unknown_kind()),
        },
        field: row.get("field")?,
        stored: row.get("stored")?,
        expected: row.get("expected")?,
    })
}

fn member_difference(row: &Row<'_>) -> Result<MemberDifference, EngineFailure> {
    Ok(MemberDifference {
        activity_id: row.get("activity_id")?,
        user_id: row.get("user_id")?,
        problem: match row.get::<_, String>("kind")?.as_str() {
            "left" => MemberProblem::Left,
            "joined" => MemberProblem::Joined,
            "moved" => MemberProblem::Moved,
            "state" => MemberProblem::State,
            _ => return Err(unknown_kind()),
        },
        field: row.get("field")?,
        stored: row.get("stored")?,
        expected: row.get("expected")?,
    })
}
