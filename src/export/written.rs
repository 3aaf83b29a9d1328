//! Files that are written now and put in their places later, for those who put several there together.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::copy::{Shape, copy_to_file, explained, filter_of_month, is_month_of};
use super::error::ExportError;
use super::format::ExportFormat;
use super::place::{Place, Rules, cannot_write};
use super::relation::Relation;
use super::stop::Stop;
use super::tables::ExportTable;
use crate::store::Store;

/// A file, or a folder with one file, that is written and not in its place yet. Dropped before that, it goes.
#[derive(Debug)]
pub struct Written {
    place: Place,
    /// Where the file is until then.
    file: PathBuf,
    /// Its rows; of a text none.
    pub rows: usize,
}

impl Written {
    /// Where the file is until it is put in its place.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.place.bytes()
    }

    /// Puts it in its place, where it takes that of what is there.
    ///
    /// # Errors
    ///
    /// What the system says; what is there stays.
    pub fn put(self) -> Result<(), ExportError> {
        self.place.put()
    }
}

/// Writes a text to be put at `path`, which may not be `database`.
///
/// # Errors
///
/// What is there and may not be replaced, and what the system says.
pub fn write_text(
    path: &Path,
    database: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Written, ExportError> {
    let place = Place::for_file(path, Rules { database, overwrite: true })?;
    let file = place.staged().to_owned();
    let written = File::create(&file).map(BufWriter::new).and_then(|mut out| {
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| cannot_write(path, &error))?;
    Ok(Written { place, file, rows: 0 })
}

/// Writes a table to be put at `path`, as Parquet.
///
/// # Errors
///
/// As an export to a file that may be replaced.
pub fn write_table(
    store: &Store,
    table: &'static ExportTable,
    path: &Path,
    stop: &Stop,
) -> Result<Written, ExportError> {
    let place = Place::for_file(path, Rules { database: store.path(), overwrite: true })?;
    let file = place.staged().to_owned();
    let rows = copy(store, table, &file, None, path, stop)?;
    Ok(Written { place, file, rows })
}

/// Writes the orders of a month, as an export by month does, to be put at `folder`, which the month has for itself.
///
/// # Errors
///
/// As an export by month to a folder that may be replaced: one with something else in it may not.
pub fn write_month(
    store: &Store,
    folder: &Path,
    month: NaiveDate,
    stop: &Stop,
) -> Result<Written, ExportError> {
    let no_time = || ExportError::NoTime { name: "orders".to_owned() };
    let table = ExportTable::named("orders").ok_or_else(no_time)?;
    let filter = filter_of_month(table.time.ok_or_else(no_time)?, Some(month));
    let rules = Rules { database: store.path(), overwrite: true };
    let is_ours = |entry: &Path| entry.ends_with("orders.parquet") && entry.is_file();
    let place = Place::for_folder(folder, rules, is_ours)?;
    let file = place.staged().join("orders.parquet");
    let rows = copy(store, table, &file, Some(&filter), folder, stop)?;
    Ok(Written { place, file, rows })
}

/// Whether a path is a folder as [`write_month`] or an export of orders by month makes them, with nothing else in it.
pub fn is_month_of_orders(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) && is_month_of("orders", path)
}

fn copy(
    store: &Store,
    table: &'static ExportTable,
    file: &Path,
    filter: Option<&str>,
    shown: &Path,
    stop: &Stop,
) -> Result<usize, ExportError> {
    stop.check()?;
    let interrupter = store.interrupter();
    stop.interrupts(move || interrupter.interrupt());
    let shape = Shape { format: ExportFormat::Parquet, gzip: false };
    let rows = Relation::of_table(store, table)
        .map_err(ExportError::from)
        .and_then(|relation| copy_to_file(store, &relation, shape, file, filter))
        .map_err(|error| explained(error, shown))?;
    stop.check()?;
    Ok(rows)
}
