//! The file of lines that could not be used, to be mended and imported again.

use std::path::Path;

use super::error::ImportError;
use super::source::Source;
use crate::query;
use crate::store::{Store, quote_identifier, quote_literal};

/// The columns before and after the source's own.
const ADDED: [&str; 4] = ["reject_file", "reject_line", "reject_reason", "reject_text"];

/// Writes the lines of `import_bad` with the columns that they have in the source,
/// which is read again for them. A line that is no record is there as its text.
/// Without such lines (`any`) the file holds its header alone.
pub(super) fn write_rejects(
    store: &Store,
    source: &Source,
    any: bool,
    path: &Path,
) -> Result<(), ImportError> {
    let failed =
        |message: String| ImportError::RejectsNotWritten { path: path.display().to_string(), message };
    let text = path.to_str().ok_or_else(|| failed("the path is not valid UTF-8".to_owned()))?;
    let is_that = |file: &Path| match (file.canonicalize(), path.canonicalize()) {
        (Ok(file), Ok(path)) => file == path,
        _ => false,
    };
    if source.files.paths.iter().any(|file| is_that(Path::new(file))) {
        return Err(failed("it is one of the files to import".to_owned()));
    }
    if store.path().is_some_and(is_that) {
        return Err(failed("it is the file that is imported into".to_owned()));
    }
    if !any {
        store.execute(query!("import/no_bad_lines.sql"), &[])?;
    }
    // A file of rejects that is imported again has these columns already.
    let kept: Vec<String> = source
        .columns
        .iter()
        .filter(|column| !ADDED.contains(&column.name.as_str()))
        .map(|column| quote_identifier(&column.name))
        .collect();
    let [file, line, reason, malformed] = ADDED;
    let none: Vec<String> = kept.iter().map(|name| format!("NULL AS {name}")).collect();
    let sql = format!(
        "COPY (\
             SELECT {file}, {line}, {reason}, {kept}, {malformed} FROM (\
                 SELECT bad.file AS {file}, bad.line AS {line}, bad.problem AS {reason}, {kept}, \
                     CAST(NULL AS VARCHAR) AS {malformed} \
                 FROM (SELECT row_number() OVER () - 1 AS record, * FROM ({again})) AS source \
                 JOIN import_bad AS bad ON bad.record = source.record \
                 UNION ALL \
                 SELECT file, line, problem, {none}, example FROM import_bad WHERE record IS NULL\
             ) ORDER BY {file}, {line}\
         ) TO {to} (FORMAT csv, HEADER true)",
        kept = kept.join(", "),
        none = none.join(", "),
        again = source.again,
        to = quote_literal(text),
    );
    store.execute_text("writing the rejects", &sql).map_err(|error| {
        failed(format!(
            "{}. Check that the folder is there and that you may write to it",
            error.engine_says()
        ))
    })?;
    Ok(())
}
