//! What the imports of customers, products, activities and members have in common: each line is
//! a record with an id, which may exist already.

use super::error::ImportError;
use super::request::{BadLines, OnConflict, Reading, Step};
use super::spec::RecordKind;
use super::stage::{LinesRead, Staged};
use crate::config::Config;
use crate::store::{EngineFailure, Origin, Query, Row, Store, StoreError};
use crate::{named, query};

/// Customers, products, activities or members to import.
#[derive(Clone, Debug, Default)]
pub struct RecordImport {
    /// The source and how to read it.
    pub reading: Reading,
    /// How to treat unusable lines.
    pub bad_lines: BadLines,
    /// How to treat records that were imported before.
    pub on_conflict: OnConflict,
}

impl From<Reading> for RecordImport {
    /// All lines must be usable and all records new.
    fn from(reading: Reading) -> Self {
        RecordImport { reading, ..RecordImport::default() }
    }
}

/// What an import would do; nothing was written.
#[derive(Debug)]
pub struct RecordPreview<R> {
    /// The lines read.
    pub read: LinesRead,
    /// The first rows as understood, at most five.
    pub rows: Vec<R>,
    /// The usable lines by outcome.
    pub counts: RecordCounts,
    /// The error that would stop the import, if any.
    pub refused: Option<ImportError>,
}

/// The usable lines by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// New records.
    pub created: i64,
    /// Records that were known only from orders, and were completed.
    pub filled: i64,
    /// Records that were imported before, and were replaced.
    pub replaced: i64,
    /// Records that were imported before, and were left unchanged.
    pub skipped: i64,
    /// Records that were imported before (previews only).
    pub already_there: i64,
}

/// The statements for one kind of record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statements {
    pub kind: RecordKind,
    /// Creates `import_lines` from the view `import_mapped`.
    pub stage: Query,
    /// The reason for contradictory lines with the same id.
    pub twice: &'static str,
    /// Creates `import_matched` from `import_lines`.
    pub matched: Query,
}

/// Lines with one record each, in `import_lines`.
#[derive(Debug)]
pub(super) struct Records {
    pub staged: Staged,
    statements: Statements,
}

impl Records {
    /// Reads the lines and flags the unusable ones. Of identical lines only the first is kept.
    pub fn read(
        store: &Store,
        request: &RecordImport,
        statements: Statements,
        keep_columns: &[String],
        progress: &mut dyn FnMut(Step),
    ) -> Result<Self, ImportError> {
        let mut staged =
            Staged::open(store, statements.kind, &request.reading, &request.bad_lines, progress)?;
        staged.keep_columns(keep_columns)?;
        staged.read(store, statements.stage, &[])?;
        progress(Step::Checking);
        staged.repeated = store.execute(query!("import/drop_repeated_lines.sql"), &[])? as i64;
        store.execute(query!("import/flag_key_twice.sql"), named! { "problem": statements.twice })?;
        staged.count(store)?;
        Ok(Records { staged, statements })
    }

    /// What an import would do with the lines.
    pub fn preview<R>(
        &self,
        store: &Store,
        first_rows: Query,
        row: impl FnMut(&Row<'_>) -> Result<R, EngineFailure>,
    ) -> Result<RecordPreview<R>, ImportError> {
        Ok(RecordPreview {
            rows: store.rows(first_rows, &[], row)?,
            read: LinesRead { problems: self.staged.problems(store)?, ..self.staged.told() },
            counts: self.match_with_file(store)?,
            refused: None,
        })
    }

    /// Decides what happens to unusable lines, then to records that were imported before. The
    /// records left to write are in `import_records`.
    pub fn settle(
        &mut self,
        store: &Store,
        request: &RecordImport,
    ) -> Result<(LinesRead, RecordCounts), ImportError> {
        let read = self.staged.settle(store, &request.bad_lines)?;
        let counts = self.match_with_file(store)?;
        let there = counts.already_there;
        let counts = RecordCounts { already_there: 0, ..counts };
        match request.on_conflict {
            _ if there == 0 => Ok((read, counts)),
            OnConflict::Error => {
                let first = store.rows(query!("import/described_records.sql"), &[], |row| row.get(0))?;
                Err(ImportError::Known { rows: self.statements.kind.as_str(), count: there, first })
            }
            OnConflict::Skip => {
                store.execute(query!("import/skip_described_records.sql"), &[])?;
                Ok((read, RecordCounts { skipped: there, ..counts }))
            }
            OnConflict::Replace => Ok((read, RecordCounts { replaced: there, ..counts })),
        }
    }

    /// Matches the usable lines with existing records, and numbers the new ones.
    fn match_with_file(&self, store: &Store) -> Result<RecordCounts, StoreError> {
        store.execute(self.statements.matched, &[])?;
        store.execute(query!("import/number_records.sql"), &[])?;
        store.row(query!("import/record_counts.sql"), &[], |row| {
            Ok(RecordCounts {
                created: row.get(0)?,
                filled: row.get(1)?,
                already_there: row.get(2)?,
                ..RecordCounts::default()
            })
        })
    }
}

/// Refuses to import into a simulated file.
pub(super) fn refuse_simulated(store: &Store) -> Result<(), ImportError> {
    if store.meta().origin()? == Some(Origin::Simulated) { Err(ImportError::Simulated) } else { Ok(()) }
}

/// Records the origin and the settings in a file that had no data.
pub(super) fn remember_import(store: &Store, config: &Config) -> Result<(), StoreError> {
    let meta = store.meta();
    if meta.origin()?.is_none() {
        meta.set("origin", Origin::Imported.as_str())?;
        meta.set("config", &config.to_json())?;
    }
    Ok(())
}
