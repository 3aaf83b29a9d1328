//! Reading a source into a temporary table of lines that are understood, or marked with the reason
//! why not.

use std::path::PathBuf;

use super::error::ImportError;
use super::mapping::{Lines, MappedColumn, Mapping, mapped_view};
use super::problems::{Place, Problem, Reason, problem_type};
use super::rejects::{Rejects, WrittenRejects};
use super::request::{BadLines, Reading, Step};
use super::source::{self, Hints, Input, Source, read_failure};
use super::spec::{RecordKind, plain_name};
use crate::store::{Parameters, Query, Store, StoreError, quote_identifier};
use crate::{named, query};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinesRead {
    /// How the source was read, where that is not plain.
    pub remark: Option<String>,
    /// Where each of our columns came from.
    pub mapping: Vec<MappedColumn>,
    /// The source's columns that nothing was made of.
    pub unused: Vec<String>,
    /// Lines read.
    pub lines: i64,
    /// Lines that could not be used.
    pub bad_lines: i64,
    /// Lines left out since they repeat another one.
    pub repeated_lines: i64,
    /// Why lines could not be used; empty when all could.
    pub problems: Vec<Problem>,
    /// Where those lines were written.
    pub rejects: Option<PathBuf>,
}

/// Staged lines: the temporary tables `import_lines` of those that are records, as they are understood,
/// whose row numbers count them, and `import_malformed` of those that are none.
#[derive(Debug)]
pub(super) struct Staged {
    pub source: Source,
    pub mapping: Mapping,
    /// Lines read.
    pub lines: i64,
    /// Those that cannot be used, as far as it is known.
    pub bad: i64,
    /// Those that repeat another one.
    pub repeated: i64,
    rejects: Option<Rejects>,
    date_format: Option<String>,
    /// The source's columns that are kept as they are.
    keep: Vec<String>,
}

impl Staged {
    /// Finds the source, its columns and what these mean.
    pub fn open(
        store: &Store,
        kind: RecordKind,
        reading: &Reading,
        bad_lines: &BadLines,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Self, ImportError> {
        progress(Step::Reading);
        store.execute(query!("import/macros.sql"), &[])?;
        store.execute_text("naming the problems", &problem_type())?;
        let rejects = match bad_lines {
            BadLines::Skip { rejects: Some(path) } => Some(Rejects::at(store, path)?),
            _ => None,
        };
        let input = Input::find(store, &reading.files)?;
        if let Some(rejects) = &rejects {
            rejects.expect_not_of(&input)?;
        }
        let opened = Staged::open_input(store, kind, reading, input.clone(), progress);
        if opened.is_err() {
            input.expect_unchanged()?;
        }
        Ok(Staged { rejects, ..opened? })
    }

    fn open_input(
        store: &Store,
        kind: RecordKind,
        reading: &Reading,
        input: Input,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Self, ImportError> {
        let spec = kind.spec();
        let recognises = |name: &str| {
            let plain = [plain_name(name)];
            spec.columns.iter().any(|column| column.rank(&plain[0], &plain).is_some())
        };
        let hints = Hints {
            delimiter: reading.delimiter,
            header: reading.header,
            table: reading.table.as_deref(),
            tables: &spec.tables,
            recognises: &recognises,
        };
        let source = source::open(store, input, hints, &mut |rows| progress(Step::TakenOver(rows)))?;
        let mapping = Mapping::find(store, &source, kind, &reading.map)?;
        let date_format = reading.date_format.clone();
        Ok(Staged {
            source,
            mapping,
            lines: 0,
            bad: 0,
            repeated: 0,
            rejects: None,
            date_format,
            keep: Vec::new(),
        })
    }

    /// Keeps columns of the source as they are, beside those that are ours.
    pub fn keep_columns(&mut self, names: &[String]) -> Result<(), ImportError> {
        for given in names {
            let found = self.source.columns.iter().find(|column| column.name.eq_ignore_ascii_case(given));
            let column = found.ok_or_else(|| ImportError::NoSuchColumn {
                path: self.source.input.first().to_owned(),
                given: given.clone(),
                source_columns: self.source.quoted_names(),
            })?;
            let name = quote_identifier(&column.name);
            if !self.mapping.used.contains(&name) {
                self.mapping.used.push(name);
            }
            self.keep.push(column.name.clone());
        }
        Ok(())
    }

    /// Reads the lines: `statement` makes `import_lines` of the view `import_mapped`.
    pub fn read(
        &mut self,
        store: &Store,
        statement: Query,
        params: Parameters<'_>,
    ) -> Result<(), ImportError> {
        store.execute(query!("import/keep_order.sql"), &[])?;
        let staged = self.stage(store, statement, params);
        let again = store.execute(query!("import/join_lists_again.sql"), &[]);
        // Why a changed file could not be read says nothing.
        self.source.input.expect_unchanged()?;
        staged?;
        again?;
        store.execute(query!("import/files_read.sql"), &[])?;
        if !self.source.sets_aside {
            store.execute(query!("import/nothing_set_aside.sql"), &[])?;
        }
        let several = self.source.input.paths().len() > 1;
        store.execute(query!("import/malformed_lines.sql"), named! { "several_files": several })?;
        self.count(store)?;
        if self.lines == 0 {
            return Err(ImportError::Empty { path: self.source.input.first().to_owned() });
        }
        Ok(())
    }

    fn stage(&self, store: &Store, statement: Query, params: Parameters<'_>) -> Result<(), ImportError> {
        let failed = |error| read_failure(&self.source.input, &error);
        let view = self.mapped_view(store)?;
        store.execute_text("mapping the columns", &view).map_err(failed)?;
        store.execute(statement, params).map_err(failed)?;
        Ok(())
    }

    /// The text of the view that the lines are staged from. They are read when they are staged, and only then,
    /// unless they are needed as they were read: for the rejects, and for members, whose staging joins.
    fn mapped_view(&self, store: &Store) -> Result<String, ImportError> {
        let joins = self.mapping.kind == RecordKind::Members;
        let lines = if joins {
            Lines::Numbered
        } else if self.rejects.is_some() || self.source.is_read() {
            Lines::AsRead
        } else {
            Lines::Unread
        };
        match &self.rejects {
            Some(_) => self.source.read(store, &self.source.quoted_names())?,
            None if lines != Lines::Unread => self.source.read(store, &self.mapping.used)?,
            None => {}
        }
        let date_format = self.date_format.as_deref();
        mapped_view(store, &self.source, &self.mapping, &self.keep, lines, date_format)
    }

    /// Counts the lines, and those that cannot be used, of which more may have been marked.
    pub fn count(&mut self, store: &Store) -> Result<(), StoreError> {
        (self.lines, self.bad) =
            store.row(query!("import/line_counts.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(())
    }

    /// Whether any line is known to be unusable by now.
    pub fn has_bad(&mut self, store: &Store) -> Result<bool, StoreError> {
        self.count(store)?;
        Ok(self.bad > 0)
    }

    /// Why lines cannot be used; empty when all can.
    pub fn problems(&self, store: &Store) -> Result<Vec<Problem>, ImportError> {
        if self.bad == 0 && self.rejects.is_none() {
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
    /// what was read. Those that go are kept for the file of rejects.
    pub fn settle(&mut self, store: &Store, bad_lines: &BadLines) -> Result<LinesRead, ImportError> {
        let problems = self.problems(store)?;
        let of = || self.source.input.named();
        match bad_lines {
            BadLines::Refuse if self.bad > 0 => {
                return Err(ImportError::BadLines { of: of(), total: self.bad, lines: self.lines, problems });
            }
            BadLines::Skip { .. } if self.bad == self.lines => {
                return Err(ImportError::NoGoodLines { of: of(), lines: self.lines, problems });
            }
            _ => {}
        }
        let rejects = match bad_lines {
            BadLines::Skip { rejects: Some(path) } => {
                Rejects::keep(store, &self.source)?;
                Some(path.clone())
            }
            _ => None,
        };
        if self.bad > 0 {
            store.execute(query!("import/drop_bad_lines.sql"), &[])?;
        }
        Ok(LinesRead { rejects, problems, ..self.told() })
    }

    /// What was read, and how.
    pub fn told(&self) -> LinesRead {
        LinesRead {
            remark: self.source.remark.clone(),
            mapping: self.mapping.shown(),
            unused: self.mapping.unused(&self.source),
            lines: self.lines,
            bad_lines: self.bad,
            repeated_lines: self.repeated,
            problems: Vec::new(),
            rejects: None,
        }
    }

    /// Writes the rejects beside their place, as the last thing before the import is committed.
    pub fn write_rejects(&self, store: &Store) -> Result<Option<WrittenRejects<'_>>, ImportError> {
        self.rejects.as_ref().map(|rejects| rejects.write(store)).transpose()
    }
}

/// Runs an import over staged lines in one transaction, and puts its rejects in their place when it is
/// done.
pub(super) fn in_one_transaction<S, T>(
    store: &Store,
    lines: &mut S,
    staged: impl Fn(&S) -> &Staged,
    work: impl FnOnce(&Store, &mut S) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    let (value, rejects) = store.transaction(|store| {
        let value = work(store, lines)?;
        Ok::<_, ImportError>((value, staged(lines).write_rejects(store)?))
    })?;
    rejects.map_or(Ok(()), WrittenRejects::put)?;
    Ok(value)
}

/// Drops what an import staged, whatever came of it; returns what came of it.
pub(super) fn cleaned_up<T>(store: &Store, done: Result<T, ImportError>) -> Result<T, ImportError> {
    let cleaned = store.execute(query!("import/clean_up.sql"), &[]);
    // The work's own failure says more than one of cleaning up after it.
    let value = done?;
    cleaned?;
    Ok(value)
}
