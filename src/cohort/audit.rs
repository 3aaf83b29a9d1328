//! Audits: statements of `queries/audit` that select the rows that break a rule.

use chrono::NaiveDateTime;

use crate::store::{Query, Store, StoreError};
use crate::{named, query};

/// How many findings of an audit are kept to be shown.
const MOST_SHOWN: usize = 5;

/// A rule and the statement that selects what breaks it.
#[derive(Clone, Copy, Debug)]
pub struct Audit {
    /// Its short name, that of its file.
    pub name: &'static str,
    /// The rule, as people read it.
    pub rule: &'static str,
    query: Query,
    /// It needs the instant that months must be closed by.
    needs_as_of: bool,
}

/// One thing that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFinding {
    /// The activity, where there is one.
    pub activity_id: Option<i64>,
    /// The month, where there is one.
    pub month_offset: Option<i64>,
    /// What was found.
    pub found: String,
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditResult {
    /// The audit's name.
    pub name: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// How much breaks it.
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
            "no month is missing between two",
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
        Audit::new("members_unique", "a customer is a member once", query!("audit/members_unique.sql")),
        Audit::new(
            "first_orders_own",
            "a member's first order is the member's own",
            query!("audit/first_orders_own.sql"),
        ),
        Audit::new(
            "no_row_of_an_open_month",
            "no row of a month that is open",
            query!("audit/no_row_of_an_open_month.sql"),
        )
        .as_of(),
        Audit::new("orphan_rows", "every row has a frozen cohort", query!("audit/orphan_rows.sql")),
        Audit::new(
            "orphan_members",
            "every member has a cohort and is a customer",
            query!("audit/orphan_members.sql"),
        ),
        Audit::new(
            "orphan_orders",
            "every order has its customer and activity",
            query!("audit/orphan_orders.sql"),
        ),
        Audit::new("duplicate_rows", "an activity's month has one row", query!("audit/duplicate_rows.sql")),
        Audit::new("duplicate_orders", "an order's number is its own", query!("audit/duplicate_orders.sql")),
        Audit::new(
            "duplicate_users",
            "a customer's and an activity's number is its own",
            query!("audit/duplicate_users.sql"),
        ),
        Audit::new("negative_amounts", "no counted order is negative", query!("audit/negative_amounts.sql")),
        Audit::new(
            "positive_returns",
            "money given back is not above zero",
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

/// Runs every audit; with an activity, keeps only what concerns it.
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
