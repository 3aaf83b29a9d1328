//! Audits: statements in `queries/audit` that select the rows violating a rule.

use chrono::NaiveDateTime;

use crate::store::{Query, Store, StoreError};
use crate::{named, query};

/// How many findings per audit are kept to be shown.
const MOST_SHOWN: usize = 5;

/// A rule and the statement that selects its violations.
#[derive(Clone, Copy, Debug)]
pub struct Audit {
    /// The name of its file.
    pub name: &'static str,
    /// The rule in words.
    pub rule: &'static str,
    query: Query,
    /// Whether the statement takes the instant by which months must be closed.
    needs_as_of: bool,
}

/// A violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFinding {
    /// The activity, where there is one.
    pub activity_id: Option<i64>,
    /// The month, where there is one.
    pub month_offset: Option<i64>,
    /// What was found.
    pub found: String,
}

/// The result of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditResult {
    /// The audit's name.
    pub name: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// The number of violations.
    pub broken: i64,
    /// The first findings.
    pub findings: Vec<AuditFinding>,
}

impl Audit {
    /// Every audit.
    pub const ALL: &'static [Audit] = &[
        Audit::new(
            "cumulative_is_sum_of_months",
            "cumulative figures are the sum of the months",
            query!("audit/cumulative_is_sum_of_months.sql"),
        ),
        Audit::new(
            "no_gap_in_offsets",
            "no month is missing between two others",
            query!("audit/no_gap_in_offsets.sql"),
        ),
        Audit::new(
            "active_within_size",
            "active customers are at most the members",
            query!("audit/active_within_size.sql"),
        ),
        Audit::new(
            "active_within_orders",
            "active customers are at most the orders",
            query!("audit/active_within_orders.sql"),
        ),
        Audit::new("members_unique", "a customer is a member only once", query!("audit/members_unique.sql")),
        Audit::new(
            "first_orders_own",
            "a member's first order is the member's own",
            query!("audit/first_orders_own.sql"),
        ),
        Audit::new(
            "no_row_of_an_open_month",
            "no month is written before it is closed",
            query!("audit/no_row_of_an_open_month.sql"),
        )
        .as_of(),
        Audit::new("orphan_rows", "every row belongs to a frozen cohort", query!("audit/orphan_rows.sql")),
        Audit::new(
            "orphan_members",
            "every member is a customer and has a cohort",
            query!("audit/orphan_members.sql"),
        ),
        Audit::new(
            "orphan_orders",
            "every order's customer and activity exist",
            query!("audit/orphan_orders.sql"),
        ),
        Audit::new("duplicate_rows", "an activity has one row per month", query!("audit/duplicate_rows.sql")),
        Audit::new("duplicate_orders", "order numbers are unique", query!("audit/duplicate_orders.sql")),
        Audit::new(
            "duplicate_users",
            "customer and activity numbers are unique",
            query!("audit/duplicate_users.sql"),
        ),
        Audit::new(
            "negative_amounts",
            "no qualifying order is negative",
            query!("audit/negative_amounts.sql"),
        ),
        Audit::new(
            "positive_returns",
            "no return has an amount above zero",
            query!("audit/positive_returns.sql"),
        ),
    ];

    const fn new(name: &'static str, rule: &'static str, query: Query) -> Self {
        Audit { name, rule, query, needs_as_of: false }
    }

    const fn as_of(self) -> Self {
        Audit { needs_as_of: true, ..self }
    }
}

/// Runs every audit, for all activities or for one.
pub(super) fn run_all(
    store: &Store,
    as_of: NaiveDateTime,
    activity_id: Option<i64>,
) -> Result<Vec<AuditResult>, StoreError> {
    Audit::ALL.iter().map(|audit| run_one(store, audit, as_of, activity_id)).collect()
}

fn run_one(
    store: &Store,
    audit: &Audit,
    as_of: NaiveDateTime,
    activity_id: Option<i64>,
) -> Result<AuditResult, StoreError> {
    let with_as_of = named! { "as_of": as_of };
    let mut result = AuditResult { name: audit.name, rule: audit.rule, broken: 0, findings: Vec::new() };
    store.each(audit.query, if audit.needs_as_of { with_as_of } else { &[] }, |row| {
        let finding =
            AuditFinding { activity_id: row.get(0)?, month_offset: row.get(1)?, found: row.get(2)? };
        if activity_id.is_none() || finding.activity_id == activity_id {
            result.broken += 1;
            if result.findings.len() < MOST_SHOWN {
                result.findings.push(finding);
            }
        }
        Ok(())
    })?;
    Ok(result)
}
