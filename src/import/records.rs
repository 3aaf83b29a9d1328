//! What imports of customers, products and activities have in common: each line is one
//! of them, under an id of the shop's own, and the file may know it already.

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
    /// What to read, and how.
    pub reading: Reading,
    /// What to do with lines that cannot be used.
    pub bad_lines: BadLines,
    /// What to do with those that the file has been told of already.
    pub on_conflict: OnConflict,
}

impl From<Reading> for RecordImport {
    /// All lines must be usable, and none of them known.
    fn from(reading: Reading) -> Self {
        RecordImport { reading, ..RecordImport::default() }
    }
}

/// What an import would do; nothing has been written.
#[derive(Debug)]
pub struct RecordPreview<R> {
    /// What was read.
    pub read: LinesRead,
    /// The first rows as they are understood, at most five.
    pub rows: Vec<R>,
    /// What the lines that can be used would become.
    pub counts: RecordCounts,
    /// What else would stop the import.
    pub refused: Option<ImportError>,
}

/// What became of the lines that could be used, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Those that the file did not know.
    pub created: i64,
    /// Those that it knew from orders alone.
    pub filled: i64,
    /// Those that it had been told of, whose columns were replaced.
    pub replaced: i64,
    /// Those that it had been told of, which were left as they are.
    pub skipped: i64,
    /// Those that it had been told of, before anything is decided (previews alone).
    pub already_there: i64,
}

/// The statements of one kind of record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statements {
    pub kind: RecordKind,
    /// Makes `import_lines` of the view `import_mapped`.
    pub stage: Query,
    /// What lines under one id are called that do not say the same.
    pub twice: &'static str,
    /// Makes `import_matched` of `import_lines`.
    pub matched: Query,
}

/// Lines, one a row of the file: `import_lines`.
#[derive(Debug)]
pub(super) struct Records {
    pub staged: Staged,
    statements: Statements,
}

impl Records {
    /// Reads the lines and marks those that cannot be used. Of lines that say the same of the same
    /// record the first stays.
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

    /// Says what an import would make of the lines.
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

    /// Settles what becomes of lines that cannot be used, then of what the file has been
    /// told of already. What is left to write is in `import_records`.
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

    /// Finds what the file knows of the good lines, and numbers the others.
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

/// A shop's own data does not belong among simulated data.
pub(super) fn refuse_simulated(store: &Store) -> Result<(), ImportError> {
    if store.meta().origin()? == Some(Origin::Simulated) { Err(ImportError::Simulated) } else { Ok(()) }
}

/// Records in a file that held no data where its data is from, and the settings.
pub(super) fn remember_import(store: &Store, config: &Config) -> Result<(), StoreError> {
    let meta = store.meta();
    if meta.origin()?.is_none() {
        meta.set("origin", Origin::Imported.as_str())?;
        meta.set("config", &config.to_json())?;
    }
    Ok(())
}
