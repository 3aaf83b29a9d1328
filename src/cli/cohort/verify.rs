//! `lifecycle cohort verify`: the batch against the orders.

use clap::Args;

use lifecycle::cohort::{
    self, AuditResult, MemberDifference, MemberProblem, RebuildScope, RowDifference, RowProblem,
    StaleActivity, Verification,
};
use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Format, Report, Table};
use lifecycle::report::cohort::activity_months;
use lifecycle::store::Access;

use super::{CommandError, Context, no_activity};
use crate::cli::error::FailureKind;
use crate::cli::facts::{Fact, fact_record, fact_table};

/// How many commands are named before the one that repairs everything.
const MOST_COMMANDS: usize = 3;

/// Recompute every cell from the orders and compare; exits with 3 if any differs
///
/// Values are recomputed over the members as they were frozen. Who should be a
/// member by the orders as they are now is compared separately: only `cohort
/// rebuild --refreeze` changes a frozen cohort. Then the audits run: rules
/// that every file must satisfy.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Only this activity
    #[arg(long, value_name = "ID")]
    activity: Option<i64>,
}

pub fn run(context: &Context<'_>, args: &VerifyArgs) -> Result<(), CommandError> {
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let as_of = context.as_of(&store, None)?;
    if let Some(activity_id) = args.activity {
        activity_months(&store, activity_id)?.ok_or_else(|| no_activity(activity_id))?;
    }
    let found = cohort::verify(&store, as_of, config.cohort, args.activity)?;
    let printed = context.ui.report(&report(context, &found), &config.currency());
    // What was found is told by the exit code too, whoever reads the tables.
    if found.is_clean() {
        return printed;
    }
    let failure = failure(&found);
    Err(match printed {
        Err(unprinted) if unprinted.kind == FailureKind::Output => failure.hint(unprinted.to_string()),
        _ => failure,
    })
}

fn report(context: &Context<'_>, found: &Verification) -> Report {
    let broken = found.audits.iter().filter(|audit| audit.broken > 0).count();
    let record: Vec<Fact<'_>> = vec![
        ("as_of", "As of", found.as_of.into()),
        ("activities", "Activities", Cell::Int(found.activities)),
        ("rows", "Rows", Cell::Int(found.rows)),
        ("cells", "Cells compared", Cell::Int(found.cells)),
        ("differing_cells", "Cells that differ", Cell::Int(found.differing_cells)),
        ("missing_rows", "Rows missing", Cell::Int(found.missing_rows)),
        ("extra_rows", "Extra rows", Cell::Int(found.extra_rows)),
        ("members", "Members compared", Cell::Int(found.members)),
        ("differing_members", "Members that differ", Cell::Int(found.differing_members)),
        ("audits", "Audits", found.audits.len().into()),
        ("broken_audits", "Audits with findings", broken.into()),
    ];
    let shown = fact_table(context.ui, &Currency::default(), "Verified", &record);
    let mut report = fact_record(record).table(shown);
    // Programs get every table; people those that say something.
    let for_programs = matches!(context.ui.format(), Format::Csv | Format::Json);
    if for_programs || !found.first_rows.is_empty() {
        report = report.table(row_table(&found.first_rows));
    }
    if for_programs || !found.first_members.is_empty() {
        report = report.table(member_table(&found.first_members));
    }
    if for_programs || broken > 0 {
        report = report.table(audit_table(&found.audits));
    }
    report
}

fn row_table(differences: &[RowDifference]) -> Table {
    let problem = |problem| match problem {
        RowProblem::Cell => "differs",
        RowProblem::Missing => "row missing",
        RowProblem::Extra => "extra row",
    };
    Table::new("differences")
        .title("The first differences")
        .column(Column::number("activity_id", "Activity"))
        .column(Column::number("month_offset", "Month"))
        .column(Column::text("problem", "Problem"))
        .column(Column::text("field", "Field"))
        .column(Column::number("stored", "Stored"))
        .column(Column::number("expected", "Expected"))
        .rows(differences.iter().map(|difference| {
            vec![
                Cell::Int(difference.activity_id),
                Cell::Int(difference.month_offset),
                problem(difference.problem).into(),
                difference.field.clone().into(),
                difference.stored.clone().into(),
                difference.expected.clone().into(),
            ]
        }))
}

fn member_table(differences: &[MemberDifference]) -> Table {
    let problem = |problem| match problem {
        MemberProblem::Left => "not a member by the orders",
        MemberProblem::Joined => "a member by the orders",
        MemberProblem::Moved => "different first order",
        MemberProblem::State => "different months of the first two orders",
    };
    Table::new("member_differences")
        .title("The first members that differ")
        .column(Column::number("activity_id", "Activity"))
        .column(Column::number("user_id", "Customer"))
        .column(Column::text("problem", "Problem"))
        .column(Column::text("field", "Field"))
        .column(Column::text("stored", "Stored"))
        .column(Column::text("expected", "Expected"))
        .rows(differences.iter().map(|difference| {
            vec![
                Cell::Int(difference.activity_id),
                Cell::Int(difference.user_id),
                problem(difference.problem).into(),
                difference.field.clone().into(),
                difference.stored.clone().into(),
                difference.expected.clone().into(),
            ]
        }))
}

fn audit_table(audits: &[AuditResult]) -> Table {
    let first = |audit: &AuditResult| {
        audit.findings.first().map(|finding| match (finding.activity_id, finding.month_offset) {
            (Some(id), Some(month)) => format!("activity {id}, month {month}: {}", finding.found),
            (Some(id), None) => format!("activity {id}: {}", finding.found),
            _ => finding.found.clone(),
        })
    };
    Table::new("audit_findings")
        .title("Audits")
        .column(Column::text("audit", "Audit"))
        .column(Column::text("rule", "Rule").rank(1))
        .column(Column::number("broken", "Broken by"))
        .column(Column::text("first", "The first"))
        .rows(audits.iter().map(|audit| {
            vec![audit.name.into(), audit.rule.into(), Cell::Int(audit.broken), first(audit).into()]
        }))
}

/// The command that repairs an activity.
fn repairing_command(stale: &StaleActivity) -> String {
    let command = format!("lifecycle cohort rebuild --activity {}", stale.activity_id);
    match stale.repaired_by() {
        RebuildScope::Refreeze => format!("{command} --refreeze"),
        RebuildScope::From(from) => format!("{command} --from-offset {from}"),
        RebuildScope::Stale | RebuildScope::KeepLast => command,
    }
}

fn failure(found: &Verification) -> CommandError {
    let broken = found.audits.iter().filter(|audit| audit.broken > 0).count();
    let mut failure = CommandError::differences(format!(
        "{} cells differ, {} rows are missing and {} are extra, {} members differ, {broken} audits have findings",
        found.differing_cells, found.missing_rows, found.extra_rows, found.differing_members
    ));
    for stale in found.stale.iter().take(MOST_COMMANDS) {
        failure =
            failure.hint(format!("`{}` repairs activity {}", repairing_command(stale), stale.activity_id));
    }
    if found.stale.len() > 1 {
        let refreeze = if found.stale.iter().any(|stale| stale.of_membership) { " --refreeze" } else { "" };
        failure = failure.hint(format!(
            "`lifecycle cohort rebuild{refreeze}` repairs all {} activities",
            found.stale.len()
        ));
    }
    let of_membership = found.stale.iter().filter(|stale| stale.of_membership).count();
    if of_membership > 0 {
        failure = failure.hint(format!(
            "the orders now give other members in {of_membership} activities: cohorts stay frozen unless \
             `lifecycle cohort rebuild --refreeze` derives them again"
        ));
    }
    if found.differences() == 0 {
        failure = failure.hint(
            "`lifecycle cohort rebuild --refreeze` makes members and rows anew; what the audits still find then lies in \
             the orders, customers or activities: correct it at its source",
        );
    }
    failure
}
