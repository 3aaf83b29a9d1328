//! Reading a source once, into a temporary table of lines that are understood or
//! marked with the reason why not.

use std::path::PathBuf;

use super::error::ImportError;
use super::mapping::{ImportColumn, MappedColumn, Mapping, mapped_view};
use super::problems::{Place, Problem, Reason};
use super::rejects::{conclude_rejects, write_rejects};
use super::request::{BadLines, Progress, Reading, Step};
use super::source::{Files, Hints, Source, read_failure};
use crate::store::{Query, Store, StoreError, ToSql};
use crate::{named, query};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinesRead {
    /// How the source was read, where that is not plain.
    pub remark: Option<String>,
    /// Where each of our columns came from.
    pub mapping: Vec<MappedColumn>,
    /// Lines read.
    pub lines: i64,
    /// Lines that could not be used.
    pub bad_lines: i64,
    /// Why; empty when all could.
    pub problems: Vec<Problem>,
    /// Where those lines were written.
    pub rejects: Option<PathBuf>,
}

/// Staged lines: the temporary table `import_lines` of those that are records, and
/// `import_malformed` of those that are not.
#[derive(Debug)]
pub(super) struct Staged<C> {
    pub source: Source,
    pub mapping: Mapping<C>,
    /// Lines read.
    pub lines: i64,
    /// Those that cannot be used, as far as it is known.
    pub bad: i64,
}

impl<C: ImportColumn> Staged<C> {
    /// Finds the files, their columns and what these mean.
    pub fn open(store: &Store, reading: &Reading, progress: Progress<'_>) -> Result<Self, ImportError> {
        progress(Step::Reading);
        store.execute(query!("import/macros.sql"), &[])?;
        let files = Files::find(store, &reading.files)?;
        let hints = Hints {
            delimiter: reading.delimiter,
            header: reading.header,
            table: reading.table.as_deref(),
            tables: C::TABLES,
            recognises: C::recognises,
        };
        let source = Source::open(store, files, hints, &mut |rows| progress(Step::TakenOver(rows)))?;
        let mapping = Mapping::find(store, &source, &reading.map)?;
        Ok(Staged { source, mapping, lines: 0, bad: 0 })
    }

    /// Reads the lines: `statement` makes `import_lines` of the view `import_mapped`.
    pub fn read(
        &mut self,
        store: &Store,
        statement: Query,
        params: &[(&str, &dyn ToSql)],
        date_format: Option<&str>,
    ) -> Result<(), ImportError> {
        let view = mapped_view(store, &self.source, &self.mapping, date_format)?;
        let failed = |error| read_failure(&self.source.files, &error);
        store.execute_text("mapping the columns", &view).map_err(failed)?;
        store.execute(statement, params).map_err(failed)?;
        if self.source.sets_aside {
            let several = self.source.files.paths.len() > 1;
            store.execute(query!("import/malformed_lines.sql"), named! { "several_files": several })?;
        } else {
            store.execute(query!("import/no_malformed_lines.sql"), &[])?;
        }
        store.execute(query!("import/files_of_lines.sql"), &[])?;
        self.lines = store.row(query!("import/line_count.sql"), &[], |row| row.get(0))?;
        self.count(store)?;
        if self.lines == 0 {
            return Err(ImportError::Empty { path: self.source.files.first().to_owned() });
        }
        Ok(())
    }

    /// Counts the lines that cannot be used again, when more may have been marked.
    pub fn count(&mut self, store: &Store) -> Result<(), StoreError> {
        self.bad = store.row(query!("import/bad_line_count.sql"), &[], |row| row.get(0))?;
        Ok(())
    }

    /// Whether any line is known to be unusable by now.
    pub fn has_bad(&mut self, store: &Store) -> Result<bool, StoreError> {
        self.count(store)?;
        Ok(self.bad > 0)
    }

    /// Why lines cannot be used; empty when all can.
    pub fn problems(&self, store: &Store) -> Result<Vec<Problem>, ImportError> {
        if self.bad == 0 {
            return Ok(Vec::new());
        }
        store.execute(query!("import/bad_lines.sql"), named! { "first_line": self.source.first_line })?;
        let rows = store.rows(query!("import/problems.sql"), &[], |row| {
            let place = Place { file: row.get(2)?, line: row.get(3)? };
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, place, row.get::<_, Option<String>>(4)?))
        })?;
        let mut problems: Vec<Problem> = Vec::new();
        for (text, count, place, example) in rows {
            let Some(reason) = Reason::parse(&text) else { continue };
            match problems.last_mut().filter(|last| last.reason == reason) {
                Some(problem) => problem.first.push(place),
                None => problems.push(Problem { reason, count, first: vec![place], example }),
            }
        }
        Ok(problems)
    }

    /// Refuses lines that cannot be used, or takes them out of `import_lines`; returns
    /// what was read. Those that go are written to the file of rejects.
    pub fn settle(&mut self, store: &Store, bad_lines: &BadLines) -> Result<LinesRead, ImportError> {
        let problems = self.problems(store)?;
        let of = || self.source.files.named();
        let rejects = match bad_lines {
            BadLines::Refuse if self.bad == 0 => None,
            BadLines::Refuse => {
                return Err(ImportError::BadLines { of: of(), total: self.bad, lines: self.lines, problems });
            }
            BadLines::Skip { .. } if self.bad == self.lines => {
                return Err(ImportError::NoGoodLines { of: of(), lines: self.lines, problems });
            }
            BadLines::Skip { rejects } => {
                if let Some(path) = rejects {
                    write_rejects(store, &self.source, self.bad > 0, path)?;
                }
                if self.bad > 0 {
                    store.execute(query!("import/drop_bad_lines.sql"), &[])?;
                }
                rejects.clone()
            }
        };
        Ok(LinesRead {
            remark: self.source.remark.clone(),
            mapping: self.mapping.shown(),
            lines: self.lines,
            bad_lines: self.bad,
            problems,
            rejects,
        })
    }
}

/// Ends an import: drops what it staged, and lets the file of rejects stay only if it is
/// done. Returns what came of it.
pub(super) fn concluded<T>(
    store: &Store,
    bad_lines: &BadLines,
    done: Result<T, ImportError>,
) -> Result<T, ImportError> {
    conclude_rejects(bad_lines, done.is_ok())?;
    cleaned_up(store, done)
}

/// Drops what an import staged, whatever came of it; returns what came of it.
pub(super) fn cleaned_up<T>(store: &Store, done: Result<T, ImportError>) -> Result<T, ImportError> {
    let cleaned = store.execute(query!("import/clean_up.sql"), &[]);
    // The work's own failure says more than one of cleaning up after it.
    let value = done?;
    cleaned?;
    Ok(value)
}
