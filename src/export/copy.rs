//! Files written by the engine itself, in parallel and without holding the rows in memory.

use std::fs;
use std::path::Path;

use chrono::{Months, NaiveDate};

use super::error::ExportError;
use super::format::ExportFormat;
use super::place::cannot_write;
use super::relation::Relation;
use super::stop::Stop;
use crate::store::{Store, StoreError, quote_identifier, quote_literal};

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub format: ExportFormat,
    pub gzip: bool,
}

/// Writes a relation to a file; returns the number of rows.
pub(super) fn copy_to_file(
    store: &Store,
    relation: &Relation,
    shape: Shape,
    file: &Path,
    filter: Option<&str>,
) -> Result<usize, ExportError> {
    let path = file.to_str().ok_or_else(|| ExportError::PathNotText { path: file.to_owned() })?;
    let options = match shape.format {
        ExportFormat::Csv => "FORMAT csv, HEADER true, NULLSTR '', NEW_LINE '\\r\\n'",
        ExportFormat::Parquet => "FORMAT parquet, COMPRESSION zstd",
        ExportFormat::JsonLines | ExportFormat::Sqlite => "FORMAT json",
    };
    let compression = match (shape.format, shape.gzip) {
        (ExportFormat::Parquet, _) => "",
        (_, true) => ", COMPRESSION gzip",
        (_, false) => ", COMPRESSION none",
    };
    let copy = format!(
        "COPY ({}) TO {} ({options}{compression}, USE_TMP_FILE false)",
        relation.select_for(shape.format, filter),
        quote_literal(path),
    );
    Ok(store.execute_text("writing the file", &copy)?)
}

/// Writes a relation to a folder, a folder and a file a month; returns how many rows and files.
pub(super) fn copy_by_month(
    store: &Store,
    relation: &Relation,
    shape: Shape,
    folder: &Path,
    stop: &Stop,
) -> Result<(usize, usize), ExportError> {
    let Some(time) = relation.table.and_then(|table| table.time) else {
        return Err(ExportError::NoTime { name: relation.name.clone() });
    };
    let months = relation.months(store, time)?;
    let mut rows = 0;
    for month in &months {
        stop.check()?;
        let name = month.map_or_else(|| NO_MONTH.to_owned(), |month| month.format("%Y-%m").to_string());
        let partition = folder.join(format!("month={name}"));
        fs::create_dir(&partition).map_err(|error| cannot_write(&partition, &error))?;
        let filter = filter_of_month(time, *month);
        let file = partition.join(month_file_name(relation, shape));
        rows += copy_to_file(store, relation, shape, &file, Some(&filter))?;
    }
    Ok((rows, months.len()))
}

/// What rows without a time have for a month: readers of partitioned folders take it for NULL.
const NO_MONTH: &str = "__HIVE_DEFAULT_PARTITION__";

/// What a month's rows are told by; `None`: those without a time. Each month reads only its row groups where the table is
/// stored by time; the engine's own partitioning would write a month's rows in an order that depends on its threads.
pub(super) fn filter_of_month(time: &str, month: Option<NaiveDate>) -> String {
    let column = format!("t.{}", quote_identifier(time));
    let Some(month) = month else { return format!("{column} IS NULL") };
    let next = month.checked_add_months(Months::new(1)).map(|next| format!(" AND {column} < DATE '{next}'"));
    format!("{column} >= DATE '{month}'{}", next.unwrap_or_default())
}

fn month_file_name(relation: &Relation, shape: Shape) -> String {
    format!("{}.{}{}", relation.file_name(), shape.format.extension(), if shape.gzip { ".gz" } else { "" })
}

/// Whether a path is a month's folder with nothing in it but files of one table.
pub(super) fn is_month_of(table: &str, path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_month = name.strip_prefix("month=").is_some_and(|month| {
        month == NO_MONTH
            || month.len() >= 7
                && month.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '+'))
    });
    let is_file = |entry: &std::path::PathBuf| {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let extension = name.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
        entry.is_file() && matches!(extension, Some("csv" | "parquet" | "jsonl"))
    };
    is_month && super::place::entries(path).is_ok_and(|entries| entries.iter().all(is_file))
}

/// An engine's failure in our words: a stop is no error of the engine's, and what the system says of a
/// file is said of the one that was asked for.
pub(super) fn explained(error: ExportError, shown: &Path) -> ExportError {
    match error {
        ExportError::Store(error) if error.is_interrupt() => ExportError::Stopped,
        ExportError::Store(error @ StoreError::Statement { .. }) => {
            let message = error.engine_message();
            match message.strip_prefix("IO Error: ") {
                Some(said) => {
                    let said = said.lines().next().unwrap_or_default();
                    let system = said.rsplit_once("\": ").map_or(said, |(_, system)| system);
                    ExportError::CannotWrite { path: shown.to_owned(), message: system.to_owned() }
                }
                None => ExportError::Store(error),
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_export_by_month_writes_is_known_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let made = |name: &str, files: &[&str]| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            for file in files {
                fs::write(path.join(file), "").unwrap();
            }
            is_month_of("orders", &path)
        };
        assert!(made("month=2024-01", &["orders.parquet"]));
        assert!(made("month=2024-02", &["orders.csv.gz", "orders.jsonl"]));
        assert!(made("month=2024-03", &[]));
        assert!(!made("month=2024-04", &["orders.parquet", "notes.txt"]));
        assert!(!made("month=2024-05", &["users.parquet"]));
        assert!(!made("month=all", &["orders.parquet"]));
        assert!(!made("2024-01", &["orders.parquet"]));
        fs::write(folder.path().join("month=2024-06"), "").unwrap();
        assert!(!is_month_of("orders", &folder.path().join("month=2024-06")));
    }
}
