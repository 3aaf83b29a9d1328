//! Exporting: tables and reports' rows as CSV, Parquet, JSON lines or SQLite.
//!
//! The engine writes the formats that it writes well (`copy`), rows are streamed where it does
//! not (`sqlite`, `pipe`), and nothing is ever half there: what is written gets its
//! name when all of it is written (`place`).

mod copy;
mod error;
mod format;
mod pipe;
mod place;
mod relation;
mod sqlite;
mod stop;
mod tables;
#[cfg(test)]
mod tests;
mod written;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use error::ExportError;
pub use format::ExportFormat;
pub use relation::ViewRows;
pub use stop::Stop;
pub use tables::ExportTable;
pub use written::{Written, is_month_of_orders, write_month, write_table, write_text};

use crate::store::Store;
use copy::{Shape, copy_by_month, copy_to_file, explained, is_month_of};
use place::{Home, Place, Rules, cannot_write, size_of};
use relation::Relation;

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Every table.
    All,
    /// One table.
    Table(&'static ExportTable),
    /// A report's rows.
    View(&'a ViewRows),
}

/// The destination.
#[derive(Clone, Debug)]
pub struct ExportTarget {
    /// A file, or a folder.
    pub path: PathBuf,
    /// The format; `None` for the one that the path names.
    pub format: Option<ExportFormat>,
    /// A folder and a file for each month.
    pub by_month: bool,
    /// Whether existing files may be replaced.
    pub overwrite: bool,
    /// Only rows for which this expression over their columns holds; all without it.
    pub filter: Option<String>,
}

/// A part of an export that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The table or view.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// Where they are: a file, or a folder of months.
    pub path: PathBuf,
    /// How many files.
    pub files: usize,
    /// How many bytes; of a table of a SQLite file, what the file grew by.
    pub bytes: u64,
    /// Columns of amounts that are text in a SQLite file, because they are larger than its numbers keep exactly.
    pub texts: Vec<String>,
}

/// Writes one file of text that is there only when all of it is written, in the place of one that may be there; returns its
/// bytes. `database` may not be replaced.
pub fn write_file(
    path: &Path,
    database: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let written = write_text(path, database, write)?;
    let bytes = written.bytes();
    written.put()?;
    Ok(bytes)
}

/// The resolved output layout, before anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    OneFile(ExportFormat),
    Months(ExportFormat),
    Folder(ExportFormat),
    FolderOfMonths(ExportFormat),
}

/// Writes the subject to the target. `begins` is told the name of each table or view in turn.
pub fn export(
    store: &Store,
    subject: Subject<'_>,
    target: &ExportTarget,
    stop: &Stop,
    mut begins: impl FnMut(&str),
) -> Result<Vec<Exported>, ExportError> {
    // Before anything is refused.
    place::clear(&target.path, &names_within(subject));
    let layout = layout(subject, target)?;
    let interrupter = store.interrupter();
    stop.interrupts(move || interrupter.interrupt());
    let job =
        Job { store, target, rules: Rules { database: store.path(), overwrite: target.overwrite }, stop };
    let done = match layout {
        Layout::OneFile(ExportFormat::Sqlite) => job.sqlite_file(subject, &mut begins),
        Layout::OneFile(format) => job.one(subject, format, &mut begins),
        Layout::Months(format) => job.months(subject, format, &mut begins),
        Layout::Folder(format) => job.folder(format, false, &mut begins),
        Layout::FolderOfMonths(format) => job.folder(format, true, &mut begins),
    };
    done.map_err(|error| explained(error, &target.path))
}

/// What the files and folders are called that an export of every table puts into its folder, in any format.
fn names_within(subject: Subject<'_>) -> Vec<String> {
    let names = |table: &'static ExportTable| {
        let files = ExportFormat::ALL.iter().map(|format| format!("{}.{}", table.name, format.extension()));
        files.chain([table.name.to_owned()])
    };
    match subject {
        Subject::All => ExportTable::ALL.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// Writes the subject, or its rows for which `filter` holds, as text to a writer; returns how many rows.
pub fn export_to(
    store: &Store,
    subject: Subject<'_>,
    format: ExportFormat,
    filter: Option<&str>,
    out: &mut dyn Write,
    stop: &Stop,
) -> Result<usize, ExportError> {
    let mut relation = match subject {
        Subject::All => return Err(ExportError::NotOneFile { what: "several tables" }),
        Subject::Table(table) => Relation::of_table(store, table)?,
        Subject::View(view) => Relation::of_view(store, view)?,
    };
    if let Some(filter) = filter {
        relation.keep(store, filter)?;
    }
    pipe::write_to(store, &relation, format, out, stop)
}

fn layout(subject: Subject<'_>, target: &ExportTarget) -> Result<Layout, ExportError> {
    let path = || target.path.clone();
    let named = format::format_of(&target.path);
    let is_folder = target.path.is_dir();
    let by_month = target.by_month;
    match (subject, target.format.or(named.filter(|_| !is_folder))) {
        (_, Some(ExportFormat::Sqlite)) if by_month => Err(ExportError::SqliteByMonth),
        (_, Some(ExportFormat::Sqlite)) => Ok(Layout::OneFile(ExportFormat::Sqlite)),
        (Subject::View(view), _) if by_month => Err(ExportError::NoTime { name: view.name.clone() }),
        (Subject::Table(table), _) if by_month && table.time.is_none() => {
            Err(ExportError::NoTime { name: table.name.to_owned() })
        }
        (Subject::All, format) => match named {
            Some(format) if !is_folder => Err(ExportError::OneFileForAll { path: path(), format }),
            _ if by_month => Ok(Layout::FolderOfMonths(format.unwrap_or(ExportFormat::Parquet))),
            _ => Ok(Layout::Folder(format.unwrap_or(ExportFormat::Parquet))),
        },
        (_, format) if by_month => match named {
            Some(_) if !is_folder => Err(ExportError::MonthsInOneFile { path: path() }),
            _ => Ok(Layout::Months(format.unwrap_or(ExportFormat::Parquet))),
        },
        (_, Some(format)) => Ok(Layout::OneFile(format)),
        (_, None) if is_folder => Err(ExportError::IsFolder { path: path() }),
        (_, None) => Err(ExportError::NoFormat { path: path() }),
    }
}

/// Where a table is written, and where it is to be.
struct Spot {
    shown: PathBuf,
    at: PathBuf,
}

impl Spot {
    fn of(place: &Place) -> Self {
        Spot { shown: place.shown.clone(), at: place.staged().to_owned() }
    }
}

struct Job<'a> {
    store: &'a Store,
    target: &'a ExportTarget,
    rules: Rules<'a>,
    stop: &'a Stop,
}

impl Job<'_> {
    fn relations(&self, subject: Subject<'_>) -> Result<Vec<Relation>, ExportError> {
        let mut relations = match subject {
            Subject::All => ExportTable::ALL
                .iter()
                .map(|table| Relation::of_table(self.store, table))
                .collect::<Result<_, _>>()?,
            Subject::Table(table) => vec![Relation::of_table(self.store, table)?],
            Subject::View(view) => vec![Relation::of_view(self.store, view)?],
        };
        match (&self.target.filter, relations.as_mut_slice()) {
            (None, _) => {}
            (Some(filter), [relation]) => relation.keep(self.store, filter)?,
            (Some(_), _) => return Err(ExportError::FilterForAll),
        }
        Ok(relations)
    }

    fn sqlite_file(
        &self,
        subject: Subject<'_>,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Vec<Exported>, ExportError> {
        let path = &self.target.path;
        refuse_journals(path)?;
        let place = Place::for_file(path, self.rules)?;
        let relations = self.relations(subject)?;
        let begins = |relation: &Relation| begins(&relation.name);
        let tables = sqlite::write(self.store, &relations, place.staged(), path, self.stop, begins)?;
        place.put()?;
        let exported = |table: sqlite::SqliteTable| Exported {
            name: table.name,
            rows: table.rows,
            path: path.clone(),
            files: 1,
            bytes: table.bytes,
            texts: table.texts,
        };
        Ok(tables.into_iter().map(exported).collect())
    }

    fn one(
        &self,
        subject: Subject<'_>,
        format: ExportFormat,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Vec<Exported>, ExportError> {
        let place = Place::for_file(&self.target.path, self.rules)?;
        let shape = Shape { format, gzip: format::is_gzip(&self.target.path) };
        let mut exported = Vec::new();
        for relation in self.relations(subject)? {
            exported.push(self.file(&relation, shape, &Spot::of(&place), begins)?);
        }
        self.stop.check()?;
        place.put()?;
        Ok(exported)
    }

    fn months(
        &self,
        subject: Subject<'_>,
        format: ExportFormat,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Vec<Exported>, ExportError> {
        let mut exported = Vec::new();
        for relation in self.relations(subject)? {
            let place = self.place_of_months(&relation, &self.target.path)?;
            exported.push(self.partitioned(&relation, format, &Spot::of(&place), begins)?);
            self.stop.check()?;
            place.put()?;
        }
        Ok(exported)
    }

    /// Every table, each in its file or its folder of months. A new folder is there when all of them are in it;
    /// into one that is there they are put together, one after the other.
    fn folder(
        &self,
        format: ExportFormat,
        by_month: bool,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Vec<Exported>, ExportError> {
        let folder = &self.target.path;
        let home = Home::open(folder, self.rules)?;
        let relations = self.relations(Subject::All)?;
        let has_months =
            |relation: &Relation| by_month && relation.table.is_some_and(|table| table.time.is_some());
        let name = |relation: &Relation| match has_months(relation) {
            true => relation.name.clone(),
            false => format!("{}.{}", relation.name, format.extension()),
        };
        // What is in the way is found before the work.
        let (mut spots, mut places) = (Vec::new(), Vec::new());
        for relation in &relations {
            let shown = folder.join(name(relation));
            let at = match &home {
                Home::New(home) => home.staged().join(name(relation)),
                Home::There => {
                    let place = match has_months(relation) {
                        true => self.place_of_months(relation, &shown)?,
                        false => Place::for_file(&shown, self.rules)?,
                    };
                    let at = place.staged().to_owned();
                    places.push(place);
                    at
                }
            };
            spots.push(Spot { shown, at });
        }
        let shape = Shape { format, gzip: false };
        let mut exported = Vec::new();
        for (relation, spot) in relations.iter().zip(&spots) {
            self.stop.check()?;
            exported.push(if has_months(relation) {
                if matches!(home, Home::New(_)) {
                    fs::create_dir(&spot.at).map_err(|error| cannot_write(&spot.shown, &error))?;
                }
                self.partitioned(relation, format, spot, begins)?
            } else {
                self.file(relation, shape, spot, begins)?
            });
        }
        self.stop.check()?;
        match home {
            Home::New(home) => home.put()?,
            Home::There => places.into_iter().try_for_each(Place::put)?,
        }
        Ok(exported)
    }

    fn file(
        &self,
        relation: &Relation,
        shape: Shape,
        spot: &Spot,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Exported, ExportError> {
        begins(&relation.name);
        let rows = copy_to_file(self.store, relation, shape, &spot.at, None)
            .map_err(|error| explained(error, &spot.shown))?;
        Ok(Exported {
            name: relation.name.clone(),
            rows,
            path: spot.shown.clone(),
            files: 1,
            bytes: size_of(&spot.at),
            texts: Vec::new(),
        })
    }

    fn place_of_months(&self, relation: &Relation, shown: &Path) -> Result<Place, ExportError> {
        Place::for_folder(shown, self.rules, |entry| is_month_of(&relation.name, entry))
    }

    fn partitioned(
        &self,
        relation: &Relation,
        format: ExportFormat,
        spot: &Spot,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Exported, ExportError> {
        begins(&relation.name);
        let shape = Shape { format, gzip: false };
        let (rows, files) = copy_by_month(self.store, relation, shape, &spot.at, self.stop)
            .map_err(|error| explained(error, &spot.shown))?;
        Ok(Exported {
            name: relation.name.clone(),
            rows,
            path: spot.shown.clone(),
            files,
            bytes: size_of(&spot.at),
            texts: Vec::new(),
        })
    }
}

/// A journal beside a SQLite file belongs to its present contents; beside other ones it would
/// destroy them.
fn refuse_journals(path: &Path) -> Result<(), ExportError> {
    for suffix in ["-wal", "-journal"] {
        let mut journal = path.as_os_str().to_owned();
        journal.push(suffix);
        let journal = PathBuf::from(journal);
        if fs::metadata(&journal).is_ok_and(|data| data.len() > 0) {
            let name =
                journal.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return Err(ExportError::SqliteInUse { path: path.to_owned(), journal: name });
        }
    }
    Ok(())
}
