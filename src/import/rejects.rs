//! The file of lines that could not be used, to be mended and imported again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::ImportError;
use super::request::BadLines;
use super::source::Source;
use crate::query;
use crate::store::{Store, quote_identifier, quote_literal};

/// The columns before and after the source's own.
const ADDED: [&str; 4] = ["reject_file", "reject_line", "reject_reason", "reject_text"];

/// Writes the lines of `import_bad` with the columns that they have in the source,
/// which is read again for them. A line that is no record is there as its text.
/// Without such lines (`any`) the file holds its header alone. It gets its name by
/// [`conclude_rejects`].
pub(super) fn write_rejects(
    store: &Store,
    source: &Source,
    any: bool,
    path: &Path,
) -> Result<(), ImportError> {
    let failed =
        |message: String| ImportError::RejectsNotWritten { path: path.display().to_string(), message };
    let part = part_of(path);
    let text = part.to_str().ok_or_else(|| failed("the path is not valid UTF-8".to_owned()))?;
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
    if path.exists() && !is_of_rejects(path) {
        return Err(failed("it is there and holds something else. Name another file".to_owned()));
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
    let from_source: Vec<String> = kept.iter().map(|name| format!("source.{name}")).collect();
    let none: Vec<String> = kept.iter().map(|name| format!("NULL AS {name}")).collect();
    let sql = format!(
        "COPY (\
             SELECT {file}, {line}, {reason}, {kept}, {malformed} FROM (\
                 SELECT bad.file AS {file}, bad.line AS {line}, bad.problem AS {reason}, {from_source}, \
                     CAST(NULL AS VARCHAR) AS {malformed} \
                 FROM (SELECT row_number() OVER () - 1 AS \"lifecycle record\", * FROM ({again})) AS source \
                 JOIN import_bad AS bad ON bad.record = source.\"lifecycle record\" \
                 UNION ALL \
                 SELECT file, line, problem, {none}, example FROM import_bad WHERE record IS NULL\
             ) ORDER BY {file}, {line}\
         ) TO {to} (FORMAT csv, HEADER true)",
        kept = kept.join(", "),
        from_source = from_source.join(", "),
        none = none.join(", "),
        again = source.again,
        to = quote_literal(text),
    );
    store.execute_text("writing the rejects", &sql).map_err(|error| {
        failed(format!(
            "{}. Check that the folder is there and that you may write to it",
            error.engine_says().replace(text, &path.display().to_string())
        ))
    })?;
    Ok(())
}

/// Gives the rejects their name after an import that is done; takes them away after one
/// that failed.
pub(super) fn conclude_rejects(bad_lines: &BadLines, is_done: bool) -> Result<(), ImportError> {
    let BadLines::Skip { rejects: Some(path) } = bad_lines else { return Ok(()) };
    let part = part_of(path);
    if !is_done {
        // It may never have been written.
        let _ = fs::remove_file(part);
        return Ok(());
    }
    fs::rename(part, path).map_err(|error| ImportError::RejectsNotWritten {
        path: path.display().to_string(),
        message: format!("{error}. The import itself is done"),
    })
}

/// Where rejects are until they are whole.
fn part_of(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    PathBuf::from(part)
}

/// Whether a file is one of rejects, or empty, so that it may be replaced.
fn is_of_rejects(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(12).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == b"reject_file,")
}
