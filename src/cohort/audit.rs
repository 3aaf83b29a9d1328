//! Audits: statements in `queries/audit` that select the rows violating a rule.

use chrono::NaiveDateTime;

use crate::store::{Query, Store, StoreError};
use crate::{named, query};

/// How many findings per audit are kept to be shown.
const MOST_SHOWN: usize = 5;

/// The audit whose statement is the file of this name in `queries/audit`.
macro_rules! audit {
    ($name:literal, $rule:literal) => {
        Audit {
            name: $name,
            rule: $rule,
            query: query!("audit/", $name, ".sql"),
            needs_as_of: false,
            proof: None,
        }
    };
}

/// A quick proof: true only if the rule holds; false decides nothing.
type Proof = fn(&Store) -> Result<bool, StoreError>;

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
    /// Spares the statement where it succeeds.
    proof: Option<Proof>,
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
        audit!("cumulative_is_sum_of_months", "cumulative figures are the sum of the months"),
        audit!("no_gap_in_offsets", "no month is missing between two others"),
        audit!("active_within_size", "active customers are at most the members"),
        audit!("active_within_orders", "active customers are at most the orders"),
        audit!("members_unique", "a customer is a member only once"),
        audit!("first_orders_own", "a member's first order is the member's own"),
        audit!("no_row_of_an_open_month", "no month is written before it is closed").as_of(),
        audit!("orphan_rows", "every row belongs to a frozen cohort"),
        audit!("orphan_members", "every member is a customer and has a cohort"),
        audit!("orphan_orders", "every order's customer and activity exist"),
        audit!("duplicate_rows", "an activity has one row per month"),
        audit!("duplicate_orders", "order numbers are unique").proven_by(order_numbers_are_unique),
        audit!("duplicate_users", "customer and activity numbers are unique"),
        audit!("negative_amounts", "no qualifying order is negative"),
        audit!("positive_returns", "no return has an amount above zero"),
    ];

    const fn as_of(self) -> Self {
        Audit { needs_as_of: true, ..self }
    }

    const fn proven_by(self, proof: Proof) -> Self {
        Audit { proof: Some(proof), ..self }
    }
}

/// Order numbers with wider gaps than this are grouped: the bits for them would take memory that cannot be spilled.
const BITS_PER_ORDER: i64 = 4;

fn order_numbers_are_unique(store: &Store) -> Result<bool, StoreError> {
    let (orders, first, last): (i64, Option<i64>, Option<i64>) =
        store.row(query!("verify/order_numbers.sql"), &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(true) };
    Ok(store.count_dense("orders", "order_id", (first, last), orders.saturating_mul(BITS_PER_ORDER))?
        == Some(orders))
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
    if let Some(proof) = audit.proof
        && proof(store)?
    {
        return Ok(result);
    }
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
