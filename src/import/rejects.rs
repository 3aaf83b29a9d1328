//! The file of rejects: unusable lines, to be corrected and imported again.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::ImportError;
use super::source::{Input, LINE_NUMBER, NUMBERED_LINES, Source, TEXT_COLUMN};
use crate::staged::{self, Staged};
use crate::store::{Store, StoreError, quote_identifier, quote_literal};

/// The columns added to the source's own.
const ADDED: [&str; 4] = ["reject_file", "reject_line", "reject_reason", "reject_text"];

/// A destination for rejects, checked before anything is read.
#[derive(Debug)]
pub(super) struct Rejects {
    /// The path as given.
    named: PathBuf,
    /// The path with links resolved.
    target: PathBuf,
}

impl Rejects {
    /// Checks a path, following links: only a file of rejects may be replaced.
    pub fn at(store: &Store, named: &Path) -> Result<Self, ImportError> {
        let mut rejects = Rejects { named: named.to_owned(), target: named.to_owned() };
        let found = staged::resolve(named).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => rejects.failed("its folder is not there"),
            _ => rejects.failed(error),
        })?;
        rejects.target = found.path;
        if rejects.target.to_str().is_none() {
            return Err(rejects.failed("the path is not valid UTF-8"));
        }
        if store.path().is_some_and(|database| rejects.is(database)) {
            return Err(rejects.failed("it is the file that is imported into"));
        }
        // Also of an import that fails, or has nothing to reject.
        staged::clear(&rejects.target);
        match found.there {
            Some(data) if data.is_dir() => Err(rejects.failed("it is a folder")),
            Some(data) if !data.is_file() => Err(rejects.failed("it is not a regular file")),
            Some(_) if !is_of_rejects(&rejects.target) => {
                Err(rejects.failed("it exists and is not a file of rejects. Name another file"))
            }
            _ => Ok(rejects),
        }
    }

    /// Refuses to overwrite a source file.
    pub fn expect_not_of(&self, input: &Input) -> Result<(), ImportError> {
        match input.paths().iter().any(|file| self.is(Path::new(file))) {
            true => Err(self.failed("it is one of the files to import")),
            false => Ok(()),
        }
    }

    /// Copies the lines of `import_bad` with their source columns to `import_rejected`. A malformed
    /// line is kept as text.
    pub fn keep(store: &Store, source: &Source) -> Result<(), StoreError> {
        // A file of rejects that is imported again has these columns already.
        let kept: Vec<String> = source
            .columns
            .iter()
            .filter(|column| !ADDED.contains(&column.name.as_str()))
            .map(|column| quote_identifier(&column.name))
            .collect();
        let [file, line, reason, text] = ADDED;
        let text_as_read = if source.keeps_texts {
            format!("source.{}", quote_identifier(TEXT_COLUMN))
        } else {
            "NULL".to_owned()
        };
        let sql = format!(
            "CREATE OR REPLACE TEMP TABLE import_rejected AS \
             SELECT bad.file AS {file}, bad.line AS {line}, bad.problem AS {reason}, {}, \
                 CASE WHEN bad.record IS NULL THEN bad.example ELSE {text_as_read} END AS {text} \
             FROM import_bad AS bad LEFT JOIN {NUMBERED_LINES} AS source ON source.{LINE_NUMBER} = bad.record",
            kept.iter().map(|name| format!("source.{name}")).collect::<Vec<_>>().join(", "),
        );
        store.execute_text("keeping the rejects", &sql).map(|_| ())
    }

    /// Writes the rejects beside their destination; without any, the file has only a header.
    pub fn write(&self, store: &Store) -> Result<WrittenRejects<'_>, ImportError> {
        let staged = staged::resolve(&self.target).and_then(Staged::file);
        let staged = staged.map_err(|error| {
            self.failed(format!("{error}. Check that the folder is there and may be written to"))
        })?;
        let [file, line, ..] = ADDED;
        let sql = format!(
            "COPY (FROM import_rejected ORDER BY {file}, {line}) TO {} (FORMAT csv, HEADER true, USE_TMP_FILE false)",
            quote_literal(&staged.path().to_string_lossy())
        );
        store.execute_text("writing the rejects", &sql).map_err(|error| self.failed(error.engine_says()))?;
        Ok(WrittenRejects { rejects: self, staged })
    }

    fn is(&self, path: &Path) -> bool {
        match (self.target.canonicalize(), path.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
    }

    fn failed(&self, message: impl ToString) -> ImportError {
        ImportError::RejectsNotWritten {
            path: self.named.display().to_string(),
            message: message.to_string(),
        }
    }
}

/// Written rejects, which are deleted unless moved into place.
#[derive(Debug)]
pub(super) struct WrittenRejects<'a> {
    rejects: &'a Rejects,
    staged: Staged,
}

impl WrittenRejects<'_> {
    /// Moves them into place once the import is done.
    pub fn put(self) -> Result<(), ImportError> {
        let WrittenRejects { rejects, staged } = self;
        staged.put().map_err(|error| rejects.failed(format!("{error}. The import itself is done")))
    }
}

/// Whether a file may be replaced: one of rejects, or an empty one.
fn is_of_rejects(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(12).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == b"reject_file,")
}
