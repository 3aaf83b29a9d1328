//! SQLite files with real tables: types, keys, references, and checks for closed sets.

use std::path::Path;

use rusqlite::types::Null;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ffi};

use super::error::ExportError;
use super::place::cannot_write;
use super::relation::{Relation, RelationColumn};
use super::stop::Stop;
use crate::store::{Batch, Store, Value, quote_identifier};

/// A table that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SqliteTable {
    pub name: String,
    pub rows: usize,
    /// What the file grew by, indexes and all.
    pub bytes: u64,
    /// Columns of amounts that are text, because SQLite's numbers would not keep them.
    pub texts: Vec<String>,
}

/// Writes relations to an empty file: one transaction, the keys checked at its end.
pub(super) fn write(
    store: &Store,
    relations: &[Relation],
    file: &Path,
    shown: &Path,
    stop: &Stop,
    mut begins: impl FnMut(&Relation),
) -> Result<Vec<SqliteTable>, ExportError> {
    let writer = Writer { store, shown, stop };
    // One thread uses it, which spares a lock a value.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|error| writer.failed(error))?;
    let interrupt = connection.get_interrupt_handle();
    stop.interrupts(move || interrupt.interrupt());
    // A file that is not finished is thrown away, so that nothing needs to survive a crash. References are
    // checked once, when all is there, instead of row by row.
    let setup = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
                 PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536; BEGIN";
    connection.execute_batch(setup).map_err(|error| writer.failed(error))?;
    let mut written = Vec::new();
    for relation in relations {
        stop.check()?;
        begins(relation);
        written.push(writer.table(&connection, relation, relations)?);
    }
    stop.check()?;
    writer.check_references(&connection)?;
    connection.execute_batch("COMMIT").map_err(|error| writer.failed(error))?;
    connection.close().map_err(|(_, error)| writer.failed(error))?;
    Ok(written)
}

struct Writer<'a> {
    store: &'a Store,
    shown: &'a Path,
    stop: &'a Stop,
}

impl Writer<'_> {
    fn failed(&self, source: rusqlite::Error) -> ExportError {
        match source.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => ExportError::Stopped,
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                cannot_write(self.shown, &source)
            }
            _ => ExportError::Sqlite { path: self.shown.to_owned(), source },
        }
    }

    fn table(
        &self,
        connection: &Connection,
        relation: &Relation,
        all: &[Relation],
    ) -> Result<SqliteTable, ExportError> {
        let before = self.size(connection)?;
        let texts = relation.columns_beyond_doubles(self.store)?;
        let name = relation.file_name();
        let run = |sql: &str| connection.execute_batch(sql).map_err(|error| self.failed(error));
        run(&create_table(relation, all, &texts))?;
        let rows = self.load(connection, relation, &name, &texts)?;
        // Sorting is fastest in runs that a processor's own cache holds, and their size follows this one.
        run("PRAGMA cache_size = -4096")?;
        for columns in relation.table.map_or(&[][..], |table| table.indexes) {
            self.stop.check()?;
            let index = format!("{name}_by_{}", columns.join("_"));
            run(&format!(
                "CREATE INDEX {} ON {} ({})",
                quote_identifier(&index),
                quote_identifier(&name),
                quoted(columns)
            ))?;
        }
        run("PRAGMA cache_size = -65536")?;
        let bytes = self.size(connection)?.saturating_sub(before);
        Ok(SqliteTable { name: relation.name.clone(), rows, bytes, texts })
    }

    fn size(&self, connection: &Connection) -> Result<u64, ExportError> {
        let size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let size: i64 =
            connection.query_row(size, [], |row| row.get(0)).map_err(|error| self.failed(error))?;
        Ok(u64::try_from(size).unwrap_or_default())
    }

    fn load(
        &self,
        connection: &Connection,
        relation: &Relation,
        name: &str,
        texts: &[String],
    ) -> Result<usize, ExportError> {
        let places: Vec<String> = (1..=relation.columns.len()).map(|place| format!("?{place}")).collect();
        let insert = format!("INSERT INTO {} VALUES ({})", quote_identifier(name), places.join(", "));
        let mut insert = connection.prepare(&insert).map_err(|error| self.failed(error))?;
        let select = relation.select(|column, value| sqlite_value(column, value, texts), None);
        let mut rows = self.store.stream_text("reading the rows", &select)?;
        let mut written = 0;
        while let Some(batch) = rows.next_batch()? {
            self.stop.check()?;
            for row in 0..batch.rows() {
                insert_row(&mut insert, &batch, row).map_err(|error| self.explain_insert(error, relation))?;
            }
            written += batch.rows();
        }
        Ok(written)
    }

    fn explain_insert(&self, error: rusqlite::Error, relation: &Relation) -> ExportError {
        let is_key = matches!(
            error.sqlite_error().map(|error| error.extended_code),
            Some(ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID)
        );
        match relation.table {
            Some(table) if is_key => ExportError::DuplicateKey { table: table.name, key: table.key },
            _ => self.failed(error),
        }
    }

    fn check_references(&self, connection: &Connection) -> Result<(), ExportError> {
        let broken = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check() GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1";
        let broken = connection.query_row(broken, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        match broken {
            Ok((table, parent, rows)) => Err(ExportError::BrokenReferences { table, parent, rows }),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }
}

fn quoted(columns: &[&str]) -> String {
    columns.iter().map(|column| quote_identifier(column)).collect::<Vec<_>>().join(", ")
}

/// How the engine writes a value for SQLite, which has no dates, no decimals and no unsigned numbers.
fn sqlite_value(column: &RelationColumn, value: &str, texts: &[String]) -> String {
    match column.data_type.as_str() {
        "BIGINT" | "INTEGER" | "DOUBLE" | "BOOLEAN" | "VARCHAR" => value.to_owned(),
        _ if column.is_decimal() && !texts.contains(&column.name) => value.to_owned(),
        _ => format!("CAST({value} AS VARCHAR)"),
    }
}

/// A column's type. What SQLite makes of it matters: a declared DECIMAL, DATE or
/// TIMESTAMP keeps whole numbers, doubles and texts that look like neither as they come.
fn sqlite_type(column: &RelationColumn, texts: &[String]) -> &'static str {
    match column.data_type.as_str() {
        "BIGINT" | "INTEGER" => "INTEGER",
        "DOUBLE" => "REAL",
        "BOOLEAN" => "BOOLEAN",
        "DATE" => "DATE",
        "TIMESTAMP" => "TIMESTAMP",
        _ if column.is_decimal() && !texts.contains(&column.name) => "DECIMAL(18,2)",
        _ => "TEXT",
    }
}

fn create_table(relation: &Relation, all: &[Relation], texts: &[String]) -> String {
    let key = relation.table.map_or(&[][..], |table| table.key);
    let mut lines: Vec<String> = relation
        .columns
        .iter()
        .map(|column| {
            let name = quote_identifier(&column.name);
            let mut line = format!("{name} {}", sqlite_type(column, texts));
            if !column.nullable || key.contains(&column.name.as_str()) {
                line.push_str(" NOT NULL");
            }
            if key == [column.name.as_str()] {
                line.push_str(" PRIMARY KEY");
            }
            if let Some(words) = column.data_type.strip_prefix("ENUM") {
                line.push_str(&format!(" CHECK ({name} IN {words})"));
            } else if column.data_type == "BOOLEAN" {
                line.push_str(&format!(" CHECK ({name} IN (0, 1))"));
            }
            line
        })
        .collect();
    if key.len() > 1 {
        lines.push(format!("PRIMARY KEY ({})", quoted(key)));
    }
    for (column, other, other_key) in relation.table.map_or(&[][..], |table| table.references) {
        if all.iter().any(|relation| relation.name == *other) {
            lines.push(format!(
                "FOREIGN KEY ({}) REFERENCES {} ({})",
                quote_identifier(column),
                quote_identifier(other),
                quote_identifier(other_key)
            ));
        }
    }
    format!("CREATE TABLE {} (\n  {}\n)", quote_identifier(&relation.file_name()), lines.join(",\n  "))
}

fn insert_row(insert: &mut Statement<'_>, batch: &Batch, row: usize) -> rusqlite::Result<()> {
    for (place, value) in batch.row(row).enumerate() {
        let place = place + 1;
        match value {
            Value::Null => insert.raw_bind_parameter(place, Null),
            Value::Bool(value) => insert.raw_bind_parameter(place, value),
            Value::Int(value) => insert.raw_bind_parameter(place, value),
            Value::Double(value) => insert.raw_bind_parameter(place, value),
            Value::Text(text) => insert.raw_bind_parameter(place, text.as_ref()),
            Value::Decimal { digits, scale } => bind_decimal(insert, place, digits, scale),
            // The engine was asked for texts.
            Value::Blob(bytes) => insert.raw_bind_parameter(place, bytes),
            Value::Date(day) => insert.raw_bind_parameter(place, day.to_string()),
            Value::Timestamp(moment) => insert.raw_bind_parameter(place, moment.to_string()),
        }?;
    }
    insert.raw_execute()?;
    Ok(())
}

/// An amount as a whole number where it is one, else as the nearest double: at
/// most 15 digits come here, which a double keeps.
fn bind_decimal(insert: &mut Statement<'_>, place: usize, digits: i128, scale: u8) -> rusqlite::Result<()> {
    let unit = 10_i128.pow(scale.into());
    match i64::try_from(digits / unit) {
        Ok(whole) if digits % unit == 0 => insert.raw_bind_parameter(place, whole),
        _ => {
            // 64 bits turn into a double much faster than 128.
            let digits = i64::try_from(digits).map_or(digits as f64, |digits| digits as f64);
            insert.raw_bind_parameter(place, digits / unit as f64)
        }
    }
}
