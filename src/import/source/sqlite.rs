//! A table or a query of a SQLite database as a source: its rows are taken over as
//! texts, since SQLite's columns may hold values of any type.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::columns::{distinct_names, text_columns};
use super::input::{Database, Input};
use super::relation::{FILE_COLUMN, Hints, LINES_AS_READ, MALFORMED_COLUMN, Source};
use crate::import::error::ImportError;
use crate::store::{Store, quote_identifier};

/// How many rows pass between two reports of progress.
const REPORT_EVERY: u64 = 100_000;

/// The view that a table or query is read through.
const VIEW: &str = "lifecycle_rows";

/// Opens a database and takes the rows of the table or query over.
pub(super) fn open(
    store: &Store,
    input: Database,
    hints: Hints<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Source, ImportError> {
    let path = input.path.clone();
    let failed = |error: rusqlite::Error| ImportError::Unreadable {
        path: path.clone(),
        message: sqlite_message(&error),
    };
    check_whole(&path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(Path::new(&path), flags).map_err(failed)?;
    let sql = statement(&database, &path, hints)?;
    let refused = |error: rusqlite::Error| ImportError::BadTable {
        path: path.clone(),
        given: hints.table.or(hints.tables.first().map(String::as_str)).unwrap_or_default().to_owned(),
        message: sqlite_message(&error),
    };
    // A view is a SELECT, and tells its columns' names as bytes: they may be no UTF-8.
    database.execute(&format!("CREATE TEMP VIEW {VIEW} AS {sql}"), []).map_err(refused)?;
    let names = distinct_names(column_names(&database).map_err(refused)?);
    let mut statement = database.prepare(&format!("SELECT * FROM {VIEW}")).map_err(refused)?;
    let mut taken = 0;
    let mut number_text = String::new();
    let added = [FILE_COLUMN, MALFORMED_COLUMN].map(str::to_owned);
    let mut table = store.replace_text_table(LINES_AS_READ, &[names.clone(), added.to_vec()].concat())?;
    let mut rows = statement.query([]).map_err(refused)?;
    while let Some(row) = rows.next().map_err(failed)? {
        taken += 1;
        for (column, name) in names.iter().enumerate() {
            number_text.clear();
            let text = match row.get_ref(column).map_err(failed)? {
                ValueRef::Null => None,
                // Writing into a String does not fail.
                ValueRef::Integer(number) => {
                    let _ = write!(number_text, "{number}");
                    Some(number_text.as_str())
                }
                // The shortest text that is this double: 12.3, and 17850 for 17850.0.
                ValueRef::Real(number) => {
                    let _ = write!(number_text, "{number}");
                    Some(number_text.as_str())
                }
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                    Some(std::str::from_utf8(bytes).map_err(|_| ImportError::ValueNotText {
                        path: path.clone(),
                        row: taken,
                        column: name.clone(),
                    })?)
                }
            };
            table.push(column, text);
        }
        (names.len()..names.len() + added.len()).for_each(|column| table.push(column, None));
        table.end_row()?;
        if taken % REPORT_EVERY == 0 {
            progress(taken);
        }
    }
    table.finish()?;
    drop(rows);
    Ok(Source::whole(Input::Database(input), text_columns(names), LINES_AS_READ.to_owned()))
}

/// The names of the view's columns; what is no UTF-8 in them becomes U+FFFD.
fn column_names(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = database
        .prepare(&format!("SELECT CAST(name AS BLOB) FROM pragma_table_info('{VIEW}') ORDER BY cid"))?;
    statement.query_map([], lossy_text)?.collect()
}

/// A row's first value as text.
fn lossy_text(row: &rusqlite::Row<'_>) -> rusqlite::Result<String> {
    let bytes: Vec<u8> = row.get(0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Refuses a database that is shorter than its first page says: SQLite takes what is
/// missing for empty.
fn check_whole(path: &str) -> Result<(), ImportError> {
    let failed = |message: String| ImportError::Unreadable { path: path.to_owned(), message };
    let read = || -> std::io::Result<(Vec<u8>, u64)> {
        let mut head = Vec::new();
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        file.take(100).read_to_end(&mut head)?;
        Ok((head, length))
    };
    let (head, length) = read().map_err(|error| failed(error.to_string()))?;
    let number = |from: usize| {
        let bytes = head.get(from..from + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    // A page size of 1 stands for 65,536; the number of pages counts only if the last
    // program that changed the file knew of it.
    let page = match u64::from(number(16) >> 16) {
        1 => 65_536,
        size => size,
    };
    let is_known = number(24) == number(92);
    if is_known && u64::from(number(28)) * page > length {
        return Err(failed("the database is cut off: fetch the file again".to_owned()));
    }
    Ok(())
}

/// What SQLite says, without the numbers of its results.
fn sqlite_message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(failure, _)
            if matches!(failure.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) =>
        {
            "it is a damaged SQLite database, or none: fetch the file again".to_owned()
        }
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

/// The statement that gives the rows: a query as it is given, else all of a table.
fn statement(database: &Connection, path: &str, hints: Hints<'_>) -> Result<String, ImportError> {
    let tables = tables(database).map_err(|error| ImportError::Unreadable {
        path: path.to_owned(),
        message: sqlite_message(&error),
    })?;
    let named = |name: &str| tables.iter().find(|table| table.eq_ignore_ascii_case(name));
    let found = match hints.table {
        Some(given) => match named(given) {
            Some(table) => table,
            None if given.split_whitespace().count() > 1 => return Ok(given.to_owned()),
            None => {
                return Err(ImportError::NoSuchTable {
                    path: path.to_owned(),
                    given: given.to_owned(),
                    tables,
                });
            }
        },
        None => match tables.as_slice() {
            [only] => only,
            _ => match hints.tables.iter().find_map(|name| named(name.as_str())) {
                Some(table) => table,
                None => return Err(ImportError::WhichTable { path: path.to_owned(), tables }),
            },
        },
    };
    Ok(format!("SELECT * FROM {}", quote_identifier(found)))
}

/// The tables and views of a database.
fn tables(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = database.prepare(
        "SELECT CAST(name AS BLOB) FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY name",
    )?;
    statement.query_map([], lossy_text)?.collect()
}
