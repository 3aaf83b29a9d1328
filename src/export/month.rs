//! One month of the orders, for those who keep what they wrote before.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use super::copy::{Shape, copy_to_file, explained, filter_of_month};
use super::error::ExportError;
use super::format::ExportFormat;
use super::place::{Place, Rules, cannot_write};
use super::relation::Relation;
use super::stop::Stop;
use super::tables::ExportTable;
use crate::store::Store;

/// Writes the orders of a month to a Parquet file, in place of one that is there, as an export by month writes
/// them; returns how many bytes. The file's folder is made.
pub fn export_month(store: &Store, file: &Path, month: NaiveDate, stop: &Stop) -> Result<u64, ExportError> {
    stop.check()?;
    let no_time = || ExportError::NoTime { name: "orders".to_owned() };
    let table = ExportTable::named("orders").ok_or_else(no_time)?;
    let time = table.time.ok_or_else(no_time)?;
    let interrupter = store.interrupter();
    stop.interrupts(move || interrupter.interrupt());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    }
    let place = Place::for_file(file, Rules { database: store.path(), overwrite: true })?;
    let relation = Relation::of_table(store, table)?;
    let shape = Shape { format: ExportFormat::Parquet, gzip: false };
    let filter = filter_of_month(time, Some(month));
    copy_to_file(store, &relation, shape, place.staged(), Some(&filter))
        .map_err(|error| explained(error, file))?;
    let bytes = place.bytes();
    stop.check()?;
    place.put()?;
    Ok(bytes)
}
