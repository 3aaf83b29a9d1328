//! Delimited text as a source.

use super::columns::text_columns;
use super::dialect::{Delimiter, Dialect, Given, NO_DELIMITER};
use super::files::Files;
use super::input::Input;
use super::lines::expect_passable;
use super::relation::{FILE_COLUMN, Hints, MALFORMED_COLUMN, Source};
use crate::import::error::ImportError;
use crate::store::{Store, quote_identifier, quote_literal};

/// What makes the reader set lines aside that are no records, and go on.
const SET_ASIDE: &str = "store_rejects = true, rejects_table = 'import_rejects', \
    rejects_scan = 'import_reject_scans', rejects_limit = 0";

/// The same for a look at the first lines. (Told to ignore errors instead, the reader gives up at
/// quotes that it otherwise gets through.)
const SET_ASIDE_UNSEEN: &str = "store_rejects = true, rejects_table = 'import_rejects_unseen', \
    rejects_scan = 'import_reject_scans_unseen', rejects_limit = 0";

/// Opens text files. They are read by place, so all must have the same columns.
pub(super) fn open(store: &Store, files: Files, hints: Hints<'_>) -> Result<Source, ImportError> {
    let given = Given { delimiter: hints.delimiter, header: hints.header, recognises: hints.recognises };
    let dialect = Dialect::of(store, &files, files.first(), given)?;
    for path in files.paths.iter().skip(1) {
        let given = Given { delimiter: Some(dialect.delimiter), ..given };
        let other = Dialect::of(store, &files, path, given)?;
        if other.columns != dialect.columns {
            return Err(ImportError::DifferentColumns {
                first: files.first().to_owned(),
                first_columns: dialect.columns,
                other: path.clone(),
                other_columns: other.columns,
            });
        }
    }
    if let (true, Delimiter::Character(character)) = (files.may_have_long_lines, dialect.delimiter)
        && let Ok(delimiter) = u8::try_from(character)
    {
        expect_passable(&files, delimiter)?;
    }
    let (reader, peek, delimiter) = match dialect.delimiter {
        Delimiter::Character(character) => (
            delimited(&files, &dialect, character, SET_ASIDE),
            delimited(&files, &dialect, character, SET_ASIDE_UNSEEN),
            Some(character),
        ),
        Delimiter::Blanks => (blanks(&files, &dialect), blanks(&files, &dialect), None),
    };
    Ok(Source {
        input: Input::Files(files),
        reader,
        peek,
        delimiter,
        sets_aside: delimiter.is_some(),
        keeps_texts: false,
        first_line: if dialect.header { 2 } else { 1 },
        remark: (!dialect.header && hints.header.is_none()).then(|| {
            "the first line looks like data, so the columns are called column1, column2, …".to_owned()
        }),
        columns: text_columns(dialect.columns),
    })
}

fn delimited(files: &Files, dialect: &Dialect, character: char, on_malformed: &str) -> String {
    let types: Vec<String> =
        dialect.columns.iter().map(|name| format!("{}: 'VARCHAR'", quote_literal(name))).collect();
    let (file, filename) = files.file_sql();
    format!(
        "(SELECT *, {file} AS {}, CAST(NULL AS absent_text) AS {} FROM read_csv({}, auto_detect = false, delim = {}, \
            quote = '\"', escape = '\"', header = {}, columns = {{{}}}, {}, {on_malformed}{filename}))",
        quote_identifier(FILE_COLUMN),
        quote_identifier(MALFORMED_COLUMN),
        files.list(),
        quote_literal(&character.to_string()),
        dialect.header,
        types.join(", "),
        files.compression(),
    )
}

/// Lines whose columns runs of blanks separate: each is read whole and taken apart.
fn blanks(files: &Files, dialect: &Dialect) -> String {
    let parts: Vec<String> = dialect
        .columns
        .iter()
        .enumerate()
        .map(|(n, name)| format!("parts[{}] AS {}", n + 1, quote_identifier(name)))
        .collect();
    let (file, filename) = files.file_sql();
    let file_name = quote_identifier(FILE_COLUMN);
    format!(
        "(SELECT {}, {file_name}, CASE WHEN len(parts) <> {} THEN 'wrong number of columns' END AS {} \
         FROM (SELECT string_split_regex(trim(line, ' \t'), '[ \t]+') AS parts, {file} AS {file_name} \
               FROM read_csv({}, auto_detect = false, delim = '{NO_DELIMITER}', quote = '', escape = '', \
                   header = false, skip = {}, columns = {{'line': 'VARCHAR'}}, {}{filename}) \
               WHERE trim(line, ' \t') <> ''))",
        parts.join(", "),
        dialect.columns.len(),
        quote_identifier(MALFORMED_COLUMN),
        files.list(),
        u8::from(dialect.header),
        files.compression(),
    )
}
