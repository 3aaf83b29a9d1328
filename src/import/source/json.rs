//! JSON objects as a source.

use super::files::Files;
use super::relation::{FILE_COLUMN, MALFORMED_COLUMN, Source, read_failure, text_columns};
use crate::import::error::ImportError;
use crate::store::{Store, quote_identifier, quote_literal};

/// Opens JSON files: objects, one a line or in one array. Their keys become columns of
/// texts, whatever the values are; an object in an object is its JSON.
pub(super) fn open(store: &Store, files: Files) -> Result<Source, ImportError> {
    let (file, filename) = files.file_sql();
    let format = format_of(&files);
    let keys = keys(store, &files, format)?;
    if keys.is_empty() {
        return Err(ImportError::Unreadable {
            path: files.first().to_owned(),
            message: "it holds no JSON objects: they stand one a line, or in one array".to_owned(),
        });
    }
    let columns = text_columns(keys);
    let types: Vec<String> =
        columns.iter().map(|column| format!("{}: 'VARCHAR'", quote_literal(&column.name))).collect();
    let names: Vec<String> = columns.iter().map(|column| quote_identifier(&column.name)).collect();
    // What is no object comes as one without a single value.
    let select = format!(
        "SELECT {names}, {file} AS {file_name}, CASE WHEN coalesce({names}) IS NULL THEN 'not a JSON object' END AS {malformed} \
         FROM read_json({files}, format = '{format}', records = true, ignore_errors = true, columns = {{{types}}}, \
            {compression}{filename})",
        names = names.join(", "),
        file_name = quote_identifier(FILE_COLUMN),
        malformed = quote_identifier(MALFORMED_COLUMN),
        files = files.list(),
        types = types.join(", "),
        compression = files.compression(),
    );
    Ok(Source::same_again(files, columns, select))
}

/// The format as the engine's readers know it. By the name of JSON lines a line that is
/// no object is known to be one bad line.
fn format_of(files: &Files) -> &'static str {
    let is_lines = |path: &String| {
        let name = path.to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        plain.ends_with(".jsonl") || plain.ends_with(".ndjson")
    };
    if files.paths.iter().all(is_lines) { "newline_delimited" } else { "auto" }
}

/// The keys of all objects, in the order in which they come: one that only a late object
/// has must not be lost. Few objects have other keys than the others.
fn keys(store: &Store, files: &Files, format: &str) -> Result<Vec<String>, ImportError> {
    let sql = format!(
        "SELECT name FROM (\
             SELECT object, unnest(names) AS name, generate_subscripts(names, 1) AS place FROM (\
                 SELECT json_keys(json) AS names, min(object) AS object FROM (\
                     SELECT row_number() OVER () AS object, json \
                     FROM read_json_objects({}, format = '{format}', ignore_errors = true, {})) \
                 GROUP BY names)) \
         GROUP BY name ORDER BY min((object, place))",
        files.list(),
        files.compression()
    );
    store
        .rows_text("looking at the keys of JSON objects", &sql, |row| row.get(0))
        .map_err(|error| read_failure(files, &error))
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
        message: format!("malformed JSON ({message}). Mend the line"),
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
