//! Importing members: the customers on the lists of activities, such as a campaign's targets or an
//! experiment's arms.

use super::error::ImportError;
use super::importer::Importer;
use super::records::{RecordCounts, RecordImport, RecordPreview, refuse_simulated};
use super::request::{OnConflict, Reading, Step};
use super::spec::RecordKind;
use super::stage::{LinesRead, Staged, cleaned_up, in_one_transaction};
use crate::query;
use crate::store::Store;

/// Members to import.
#[derive(Clone, Debug, Default)]
pub struct MemberImport {
    /// The source, and how to treat unusable lines and existing members.
    pub records: RecordImport,
    /// Whether to add members to lists whose cohorts have written months; those months exclude them
    /// until the cohort is refrozen.
    pub refreeze: bool,
}

impl From<Reading> for MemberImport {
    /// All lines must be usable, all members new, and no list may have written months.
    fn from(reading: Reading) -> Self {
        MemberImport { records: reading.into(), refreeze: false }
    }
}

/// A line as understood; `None` for a missing value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of the import
pub struct MappedMember {
    pub activity_id: Option<String>,
    pub customer: Option<String>,
}

/// The outcome of importing members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberOutcome {
    /// The lines read.
    pub read: LinesRead,
    /// The records by outcome; existing members are always left unchanged.
    pub counts: RecordCounts,
    /// The activities they were added to.
    pub activities: i64,
    /// The names of those with written months that exclude new members, if any.
    pub stale_activities: Option<String>,
}

impl Importer<'_> {
    /// Reads the files and reports what an import would do; writes nothing.
    pub fn preview_members(
        &mut self,
        request: &MemberImport,
    ) -> Result<RecordPreview<MappedMember>, ImportError> {
        let store = self.store;
        let mut preview = || {
            let staged = read(self, request)?;
            let rows = store.rows(query!("import/members/first_members.sql"), &[], |row| {
                Ok(MappedMember { activity_id: row.get(0)?, customer: row.get(1)? })
            })?;
            let facts = match_members(store)?;
            Ok(RecordPreview {
                rows,
                read: LinesRead { problems: staged.problems(store)?, ..staged.told() },
                refused: facts.refusal(request),
                counts: facts.counts,
            })
        };
        cleaned_up(store, preview())
    }

    /// Adds customers to the lists of activities of kind `listed`, in one transaction.
    ///
    /// # Errors
    ///
    /// Nothing is written if a line is unusable, unless such lines are skipped; if a customer is on
    /// the list already, unless `on_conflict` says what to do; if a list has written months, unless
    /// that is allowed; or if anything else fails.
    pub fn members(&mut self, request: &MemberImport) -> Result<MemberOutcome, ImportError> {
        let store = self.store;
        let mut import = || {
            let mut staged = read(self, request)?;
            let progress = &mut self.progress;
            in_one_transaction(
                store,
                &mut staged,
                |staged| staged,
                |store, staged| {
                    let read = staged.settle(store, &request.records.bad_lines)?;
                    let MemberFacts { counts, activities, written } = {
                        let facts = match_members(store)?;
                        if let Some(refusal) = facts.refusal(request) {
                            return Err(refusal);
                        }
                        facts
                    };
                    progress(Step::Writing);
                    store.execute(query!("import/members/write_members.sql"), &[])?;
                    let counts = RecordCounts { already_there: 0, skipped: counts.already_there, ..counts };
                    Ok(MemberOutcome { read, counts, activities, stale_activities: written })
                },
            )
        };
        cleaned_up(store, import())
    }
}

fn read(importer: &mut Importer<'_>, request: &MemberImport) -> Result<Staged, ImportError> {
    let Importer { store, progress, .. } = importer;
    refuse_simulated(store)?;
    let RecordImport { reading, bad_lines, .. } = &request.records;
    let mut staged = Staged::open(store, RecordKind::Members, reading, bad_lines, progress)?;
    staged.read(store, query!("import/members/stage_members.sql"), &[])?;
    progress(Step::Checking);
    staged.repeated = store.execute(query!("import/drop_repeated_lines.sql"), &[])? as i64;
    Ok(staged)
}

/// Facts about the members to import.
struct MemberFacts {
    counts: RecordCounts,
    activities: i64,
    /// The names of activities with written months that get new members.
    written: Option<String>,
}

impl MemberFacts {
    /// The reason why they cannot be written, if any.
    fn refusal(&self, request: &MemberImport) -> Option<ImportError> {
        match &self.written {
            Some(activities) if !request.refreeze => {
                Some(ImportError::ListsInUse { activities: activities.clone() })
            }
            _ if self.counts.already_there > 0 && request.records.on_conflict == OnConflict::Error => {
                Some(ImportError::Known {
                    rows: RecordKind::Members.as_str(),
                    count: self.counts.already_there,
                    first: Vec::new(),
                })
            }
            _ => None,
        }
    }
}

fn match_members(store: &Store) -> Result<MemberFacts, ImportError> {
    store.execute(query!("import/members/match_members.sql"), &[])?;
    Ok(store.row(query!("import/members/member_facts.sql"), &[], |row| {
        Ok(MemberFacts {
            counts: RecordCounts {
                created: row.get(0)?,
                already_there: row.get(1)?,
                ..RecordCounts::default()
            },
            activities: row.get(2)?,
            written: row.get(3)?,
        })
    })?)
}
