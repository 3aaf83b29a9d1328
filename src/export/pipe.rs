//! Rows as text to a writer, as the engine would write them to a file.

use std::io::Write;

use super::error::ExportError;
use super::format::ExportFormat;
use super::relation::Relation;
use super::stop::Stop;
use crate::store::Store;

/// Writes a relation; returns how many rows.
pub(super) fn write_to(
    store: &Store,
    relation: &Relation,
    format: ExportFormat,
    out: &mut dyn Write,
    stop: &Stop,
) -> Result<usize, ExportError> {
    let sql = match format {
        ExportFormat::Csv => relation.select_texts(),
        ExportFormat::JsonLines => relation.select_json_lines(),
        ExportFormat::Parquet | ExportFormat::Sqlite => return Err(ExportError::NotToPipe { format }),
    };
    let mut rows = store.stream_text("reading the rows", &sql)?;
    let mut line = String::new();
    if format == ExportFormat::Csv {
        let names = relation.columns.iter().map(|column| Some(column.name.as_str()));
        push_csv_record(&mut line, names);
        out.write_all(line.as_bytes())?;
    }
    let columns = relation.columns.len();
    let mut written = 0;
    while let Some(batch) = rows.next_batch()? {
        stop.check()?;
        line.clear();
        for row in 0..batch.rows() {
            match format {
                ExportFormat::Csv => {
                    push_csv_record(&mut line, (0..columns).map(|column| batch.text(row, column)))
                }
                _ => {
                    line.push_str(batch.text(row, 0).unwrap_or_default());
                    line.push('\n');
                }
            }
        }
        written += batch.rows();
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    Ok(written)
}

/// A record of RFC 4180. No value is an empty field, and an empty text `""`, so
/// that a reader can tell them apart.
fn push_csv_record<'a>(line: &mut String, fields: impl Iterator<Item = Option<&'a str>>) {
    for (position, field) in fields.enumerate() {
        if position > 0 {
            line.push(',');
        }
        let Some(field) = field else { continue };
        if field.is_empty() || field.contains([',', '"', '\r', '\n', '#']) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(field);
        }
    }
    line.push_str("\r\n");
}
