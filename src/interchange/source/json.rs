//! JSON objects as a source.

use super::files::Files;
use super::relation::{FILE_COLUMN, MALFORMED_COLUMN, Source, text_columns};
use crate::interchange::error::ImportError;
use crate::store::{Store, quote_identifier, quote_literal};

/// How many objects are looked at for their keys.
const OBJECTS_LOOKED_AT: usize = 100_000;

/// Opens JSON files: objects, one a line or in one array. Their keys become columns of
/// texts, whatever the values are; an object in an object is its JSON.
pub(super) fn open(store: &Store, files: Files) -> Result<Source, ImportError> {
    let (file, filename) = files.file_sql();
    let describe = format!(
        "SELECT * FROM read_json({}, format = 'auto', records = true, maximum_depth = 1, union_by_name = true, \
            ignore_errors = true, sample_size = {OBJECTS_LOOKED_AT}, {})",
        files.list(),
        files.compression()
    );
    let found =
        store.describe_text("reading a JSON file", &describe).map_err(|_| ImportError::Unreadable {
            path: files.first().to_owned(),
            message: "its lines are not JSON objects".to_owned(),
        })?;
    let columns = text_columns(found.into_iter().map(|column| column.name));
    let types: Vec<String> =
        columns.iter().map(|column| format!("{}: 'VARCHAR'", quote_literal(&column.name))).collect();
    let names: Vec<String> = columns.iter().map(|column| quote_identifier(&column.name)).collect();
    // What is no object comes as one without a single value.
    let select = format!(
        "SELECT {names}, {file} AS {file_name}, CASE WHEN coalesce({names}) IS NULL THEN 'not a JSON object' END AS {malformed} \
         FROM read_json({files}, format = 'auto', records = true, ignore_errors = true, columns = {{{types}}}, \
            {compression}{filename})",
        names = names.join(", "),
        file_name = quote_identifier(FILE_COLUMN),
        malformed = quote_identifier(MALFORMED_COLUMN),
        files = files.list(),
        types = types.join(", "),
        compression = files.compression(),
    );
    let again = select.clone();
    Ok(Source { files, columns, select, again, first_line: 1, sets_aside: false, remark: None })
}

/// What the engine says of a file whose JSON cannot be read on: `"path", at byte 10 in
/// line 3: unexpected character.`
pub(super) fn malformed(files: &Files, said: &str) -> ImportError {
    let (place, message) = said.split_once(": ").unwrap_or((said, "malformed JSON"));
    let path = place.split('"').nth(1).unwrap_or(files.first()).to_owned();
    let number = |mark: &str| {
        let (_, rest) = place.split_once(mark)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let message = message.trim().split(". ").next().unwrap_or_default().trim_end_matches('.');
    ImportError::Malformed {
        path,
        line: number("line ").or_else(|| number("record/value ")),
        message: format!("malformed JSON ({message})"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::Format;
    use super::*;

    #[test]
    fn the_place_of_malformed_json_is_found() {
        let files = Files { format: Format::Json, paths: vec!["a.json".to_owned()], gzipped: false };
        let error = malformed(&files, "\"b.json\", at byte 10 in line 3: unexpected character. Try auto-");
        assert_eq!(error.to_string(), "b.json:3: malformed JSON (unexpected character). Mend the line");
    }
}
