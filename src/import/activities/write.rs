//! The import of activities: staged lines become rows of `campaign_activities`, all or none.

use chrono::NaiveDateTime;

use super::column::ActivityColumn;
use crate::config::Config;
use crate::import::error::ImportError;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::{Progress, Step};
use crate::import::stage::{LinesRead, cleaned_up, concluded};
use crate::money::Money;
use crate::store::Store;
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    stage: query!("import/stage_activities.sql"),
    twice: "activity twice",
    matched: query!("import/match_activities.sql"),
};

/// A line as it is understood; `None` is what the line does not say, or what
/// could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of `campaign_activities`
pub struct MappedActivity {
    pub activity_id: Option<String>,
    pub name: Option<String>,
    pub campaign: Option<String>,
    pub channel: Option<String>,
    pub budget: Option<Money>,
    pub start_at: Option<NaiveDateTime>,
    pub end_at: Option<NaiveDateTime>,
}

/// What an import of activities did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityOutcome {
    /// What was read.
    pub read: LinesRead,
    /// What became of it; none is known from orders alone.
    pub counts: RecordCounts,
    /// Campaigns that the file did not know.
    pub campaigns_created: i64,
    /// Activities of the reserved channel `organic`: their cohorts are the customers who
    /// came through no activity.
    pub organic: i64,
    /// Rows of `ltv_batch` that do not know a new budget or start.
    pub stale_months: i64,
    /// Frozen cohorts whose members were found by another acquisition window.
    pub frozen_windows: i64,
}

/// Reads the files and says what an import would make of them; writes nothing.
pub fn preview_activities(
    store: &Store,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<RecordPreview<MappedActivity>, ImportError> {
    let mut preview = || {
        read(store, request, progress)?.preview(store, query!("import/first_activities.sql"), |row| {
            Ok(MappedActivity {
                activity_id: row.get(0)?,
                name: row.get(1)?,
                campaign: row.get(2)?,
                channel: row.get(3)?,
                budget: row.get(4)?,
                start_at: row.get(5)?,
                end_at: row.get(6)?,
            })
        })
    };
    cleaned_up(store, preview())
}

/// Imports activities and the campaigns that they name, in one transaction. `config` is
/// recorded in a file that holds no data yet.
///
/// # Errors
///
/// Nothing is written if any line cannot be used, unless such lines are skipped; if
/// the file knows an activity already, unless that is settled; or if anything fails.
pub fn import_activities(
    store: &Store,
    config: &Config,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<ActivityOutcome, ImportError> {
    let mut import = || {
        let mut activities = read(store, request, progress)?;
        store.transaction(|store| {
            let (read, counts) = activities.settle(store, request)?;
            progress(Step::Writing);
            let outcome = ActivityOutcome { read, counts, ..ActivityOutcome::default() };
            write(store, config, &activities, outcome)
        })
    };
    concluded(store, &request.bad_lines, import())
}

fn read(
    store: &Store,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<Records<ActivityColumn>, ImportError> {
    refuse_simulated(store)?;
    let one_of = [ActivityColumn::ActivityId, ActivityColumn::Name];
    Records::read(store, request, STATEMENTS, &one_of, progress)
}

fn write(
    store: &Store,
    config: &Config,
    activities: &Records<ActivityColumn>,
    outcome: ActivityOutcome,
) -> Result<ActivityOutcome, ImportError> {
    let gives_budget = activities.staged.mapping.gives(ActivityColumn::Budget);
    let gives_end = activities.staged.mapping.gives(ActivityColumn::EndAt);
    let given = named! { "budget": gives_budget, "end_at": gives_end };
    store.execute(query!("import/resolve_campaigns.sql"), &[])?;
    let (campaigns_created, organic) =
        store.row(query!("import/activity_facts.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (stale_months, frozen_windows) =
        store.row(query!("import/replaced_activities.sql"), given, |row| Ok((row.get(0)?, row.get(1)?)))?;
    store.execute(query!("import/add_campaigns.sql"), &[])?;
    store.execute(query!("import/update_activities.sql"), given)?;
    store.execute(query!("import/add_activities.sql"), &[])?;
    remember_import(store, config)?;
    Ok(ActivityOutcome { campaigns_created, organic, stale_months, frozen_windows, ..outcome })
}
