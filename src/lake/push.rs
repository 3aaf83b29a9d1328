//! Pushing the shop into a lake: small tables as a whole, orders by changed months.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::LakeError;
use super::files::entries;
use crate::config::Config;
use crate::export::{ExportFormat, ExportTable, ExportTarget, Stop, Subject, export, export_month};
use crate::query;
use crate::store::{Store, StoreError};

/// The tables that are written as a whole, one file each.
const WHOLE: &[&str] = &[
    "users",
    "products",
    "campaigns",
    "campaign_activities",
    "listed_customers",
    "grade_runs",
    "grade_changes",
    "meta",
];

/// The outcome of a push for one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The table.
    pub name: String,
    /// Its path: a file, or a folder of months.
    pub path: PathBuf,
    /// Its rows.
    pub rows: usize,
    /// Files written.
    pub written: usize,
    /// Files that were up to date and left alone.
    pub kept: usize,
    /// Bytes written.
    pub bytes: u64,
}

/// The record of the months that a push wrote, stored beside them.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    months: BTreeMap<String, PushedMonth>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PushedMonth {
    orders: usize,
    digest: String,
    bytes: u64,
}

/// Writes the shop into a folder, creating it if necessary. Of the orders, only months that are new or have changed are
/// written; a month's folder is renamed into place when it is complete. `begins` is called with the name of each table
/// in turn.
///
/// # Errors
///
/// A file of results has no orders to write.
pub fn push(
    store: &Store,
    config: &Config,
    folder: &Path,
    stop: &Stop,
    mut begins: impl FnMut(&str),
) -> Result<Vec<Pushed>, LakeError> {
    store.require_orders()?;
    make_folder(folder)?;
    begins("orders");
    let mut pushed = vec![push_orders(store, &folder.join("orders"), &folder.join("pushed.json"), stop)?];
    for name in WHOLE {
        let Some(table) = ExportTable::named(name) else { continue };
        let target = ExportTarget {
            path: folder.join(format!("{name}.parquet")),
            format: Some(ExportFormat::Parquet),
            by_month: false,
            overwrite: true,
            filter: None,
        };
        let written = export(store, Subject::Table(table), &target, stop, &mut begins)?;
        pushed.extend(written.into_iter().map(|table| Pushed {
            name: table.name,
            path: table.path,
            rows: table.rows,
            written: table.files,
            kept: 0,
            bytes: table.bytes,
        }));
    }
    write(&folder.join("settings.json"), &config.to_json())?;
    Ok(pushed)
}

fn push_orders(store: &Store, folder: &Path, manifest: &Path, stop: &Stop) -> Result<Pushed, LakeError> {
    make_folder(folder)?;
    let known = read_manifest(manifest);
    let mut now = Manifest::default();
    let mut pushed =
        Pushed { name: "orders".to_owned(), path: folder.to_owned(), rows: 0, written: 0, kept: 0, bytes: 0 };
    for (month, orders, digest) in order_months(store)? {
        let name = month.format("%Y-%m").to_string();
        let file = folder.join(format!("month={name}")).join("orders.parquet");
        let there = fs::metadata(&file).ok().map(|data| data.len());
        let same = known
            .months
            .get(&name)
            .filter(|known| known.orders == orders && known.digest == digest && Some(known.bytes) == there);
        let month = match same {
            Some(same) => {
                pushed.kept += 1;
                same.clone()
            }
            None => {
                let bytes = export_month(store, &file, month, stop)?;
                pushed.written += 1;
                pushed.bytes += bytes;
                PushedMonth { orders, digest, bytes }
            }
        };
        pushed.rows += orders;
        now.months.insert(name, month);
    }
    for entry in entries(folder)? {
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.strip_prefix("month=").is_some_and(|month| !now.months.contains_key(month)) {
            remove_month(&entry)?;
        }
    }
    write(manifest, &serde_json::to_string_pretty(&now).unwrap_or_default())?;
    Ok(pushed)
}

/// The months with orders, their number of orders, and the checksum that shows whether they have changed.
fn order_months(store: &Store) -> Result<Vec<(NaiveDate, usize, String)>, StoreError> {
    store.rows(query!("export/order_months.sql"), &[], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs() as usize, row.get(2)?))
    })
}

/// The record of an earlier push; empty if it cannot be read, in which case everything is written.
fn read_manifest(path: &Path) -> Manifest {
    fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn remove_month(folder: &Path) -> Result<(), LakeError> {
    let file = folder.join("orders.parquet");
    match fs::remove_file(&file) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(LakeError::Io { path: file, source })
        }
        _ => {
            // A folder that holds anything else is kept.
            let _ = fs::remove_dir(folder);
            Ok(())
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), LakeError> {
    fs::create_dir_all(folder).map_err(|source| LakeError::Io { path: folder.to_owned(), source })
}

/// Writes a small file beside its destination and renames it into place.
fn write(path: &Path, text: &str) -> Result<(), LakeError> {
    let failed = |source| LakeError::Io { path: path.to_owned(), source };
    let staged = path.with_extension("partial");
    fs::write(&staged, text).map_err(failed)?;
    fs::rename(&staged, path).map_err(failed)
}
