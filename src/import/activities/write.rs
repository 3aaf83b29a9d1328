//! Importing activities: staged lines become rows of `campaign_activities`, all or none.

use chrono::NaiveDateTime;

use crate::import::error::ImportError;
use crate::import::importer::Importer;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::{Reading, Step};
use crate::import::spec::RecordKind;
use crate::import::stage::{LinesRead, cleaned_up, in_one_transaction};
use crate::money::Money;
use crate::store::Store;
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    kind: RecordKind::Activities,
    stage: query!("import/activities/stage_activities.sql"),
    twice: "activity twice",
    matched: query!("import/activities/match_activities.sql"),
};

/// Activities to import.
#[derive(Clone, Debug, Default)]
pub struct ActivityImport {
    /// The source, and how to treat unusable lines and existing activities.
    pub records: RecordImport,
    /// Whether end dates are inclusive (the activity's last day, minute or second) rather than the
    /// first instant after it.
    pub end_inclusive: bool,
}

impl From<Reading> for ActivityImport {
    /// All lines must be usable and all activities new; end dates are exclusive.
    fn from(reading: Reading) -> Self {
        ActivityImport { records: reading.into(), end_inclusive: false }
    }
}

/// A line as understood; `None` for a value that is missing or could not be read.
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
    pub cohort: Option<String>,
}

/// The outcome of importing activities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityOutcome {
    /// The lines read.
    pub read: LinesRead,
    /// The records by outcome; none is known from orders only.
    pub counts: RecordCounts,
    /// New campaigns.
    pub campaigns_created: i64,
    /// Activities of the reserved channel `organic`, whose cohorts are the customers acquired
    /// by no activity.
    pub organic: i64,
    /// Ends of the activities that were written.
    pub ends: i64,
    /// End dates at the start of a day, or in its last minute.
    pub ends_of_days: i64,
    /// Rows of `ltv_batch` that predate a new budget or start.
    pub stale_months: i64,
    /// Frozen cohorts whose acquisition window has changed.
    pub frozen_windows: i64,
}

impl Importer<'_> {
    /// Reads the files and reports what an import would do; writes nothing.
    pub fn preview_activities(
        &mut self,
        request: &ActivityImport,
    ) -> Result<RecordPreview<MappedActivity>, ImportError> {
        let store = self.store;
        let mut preview = || {
            let first = query!("import/activities/first_activities.sql");
            read(self, request)?.preview(store, first, |row| {
                Ok(MappedActivity {
                    activity_id: row.get(0)?,
                    name: row.get(1)?,
                    campaign: row.get(2)?,
                    channel: row.get(3)?,
                    budget: row.get(4)?,
                    start_at: row.get(5)?,
                    end_at: row.get(6)?,
                    cohort: row.get(7)?,
                })
            })
        };
        cleaned_up(store, preview())
    }

    /// Imports activities and the campaigns that they name, in one transaction.
    ///
    /// # Errors
    ///
    /// Nothing is written if a line is unusable, unless such lines are skipped; if an activity
    /// exists already, unless `on_conflict` says what to do; or if anything else fails.
    pub fn activities(&mut self, request: &ActivityImport) -> Result<ActivityOutcome, ImportError> {
        let store = self.store;
        let mut import = || {
            let mut activities = read(self, request)?;
            let Importer { config, progress, .. } = self;
            in_one_transaction(
                store,
                &mut activities,
                |activities| &activities.staged,
                |store, activities| {
                    let (read, counts) = activities.settle(store, &request.records)?;
                    progress(Step::Writing);
                    let outcome = ActivityOutcome { read, counts, ..ActivityOutcome::default() };
                    let outcome = write(store, activities, outcome)?;
                    remember_import(store, config)?;
                    Ok(outcome)
                },
            )
        };
        cleaned_up(store, import())
    }
}

fn read(importer: &mut Importer<'_>, request: &ActivityImport) -> Result<Records, ImportError> {
    let Importer { store, progress, .. } = importer;
    refuse_simulated(store)?;
    let ends = if request.end_inclusive {
        query!("import/activities/ends_are_inclusive.sql")
    } else {
        query!("import/activities/ends_are_exclusive.sql")
    };
    store.execute(ends, &[])?;
    Records::read(store, &request.records, STATEMENTS, &[], progress)
}

fn write(
    store: &Store,
    activities: &Records,
    outcome: ActivityOutcome,
) -> Result<ActivityOutcome, ImportError> {
    let gives = |column| activities.staged.mapping.gives(column);
    let given = named! { "budget": gives("budget"), "end_at": gives("end_at") };
    store.execute(query!("import/activities/resolve_campaigns.sql"), &[])?;
    let (campaigns_created, organic, ends, ends_of_days) =
        store.row(query!("import/activities/activity_facts.sql"), &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let (stale_months, frozen_windows) =
        store.row(query!("import/activities/replaced_activities.sql"), given, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    store.execute(query!("import/activities/add_campaigns.sql"), &[])?;
    store.execute(query!("import/activities/update_activities.sql"), given)?;
    store.execute(query!("import/activities/add_activities.sql"), &[])?;
    Ok(ActivityOutcome {
        campaigns_created,
        organic,
        ends,
        ends_of_days,
        stale_months,
        frozen_windows,
        ..outcome
    })
}
