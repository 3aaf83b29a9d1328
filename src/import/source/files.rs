//! Files of one format, and what a file is.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::gzip;
use crate::import::error::ImportError;

/// A format that an import reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Format {
    /// Delimited text, gzipped or not.
    Csv,
    /// JSON objects, one a line or in one array, gzipped or not.
    Json,
    /// Parquet.
    Parquet,
    /// A SQLite database.
    Sqlite,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Csv => "CSV",
            Format::Json => "JSON",
            Format::Parquet => "Parquet",
            Format::Sqlite => "SQLite",
        })
    }
}

/// Files of one format, in the order they were named; a pattern's by name.
#[derive(Clone, Debug)]
pub(in crate::import) struct Files {
    pub format: Format,
    pub paths: Vec<String>,
    /// Whether they are gzipped, which the engine must be told if no name says it.
    pub gzipped: bool,
    /// Whether a line may be longer than the engine's reader should be given unseen.
    pub may_have_long_lines: bool,
    /// What they were before they were read, in the same order.
    pub stamps: Vec<Option<Stamp>>,
}

/// What differs when a file was written to or replaced, unless within the moment that its file system counts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// The file itself, whatever its name: its device and number there.
    identity: Option<(u64, u64)>,
}

impl Stamp {
    /// What a file is now; `None` if it is not there.
    pub fn of(path: &str) -> Option<Self> {
        let metadata = Path::new(path).metadata().ok()?;
        Some(Stamp {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            identity: identity(&metadata),
        })
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// What a file's first bytes and its name say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nature {
    pub format: Format,
    pub gzipped: bool,
}

impl Files {
    /// The first file: the one to name when all are meant.
    pub fn first(&self) -> &str {
        self.paths.first().map_or("", String::as_str)
    }

    /// The files as the argument of one of the engine's readers.
    pub fn list(&self) -> String {
        let quoted: Vec<String> =
            self.paths.iter().map(|path| crate::store::quote_literal(&literal_pattern(path))).collect();
        format!("[{}]", quoted.join(", "))
    }

    /// Refuses files that have changed: they are opened more than once, to look at their first lines and to read them.
    pub fn expect_unchanged(&self) -> Result<(), ImportError> {
        match self.paths.iter().zip(&self.stamps).find(|(path, stamp)| Stamp::of(path) != **stamp) {
            Some((path, _)) => Err(ImportError::Changed { path: path.clone() }),
            None => Ok(()),
        }
    }

    /// The text of one of the files, unpacked if it is gzipped.
    pub fn text(&self, path: &str) -> io::Result<Box<dyn Read>> {
        Ok(if self.gzipped { Box::new(gzip::unpacked(path)?) } else { Box::new(File::open(path)?) })
    }

    /// The reader's option that says how text is compressed.
    pub fn compression(&self) -> &'static str {
        if self.gzipped { "compression = 'gzip'" } else { "compression = 'uncompressed'" }
    }

    /// The SQL of a line's file, and the reader's option that gives it: only several
    /// files need to be told apart.
    pub fn file_sql(&self) -> (&'static str, &'static str) {
        if self.paths.len() > 1 {
            ("\"lifecycle filename\"", ", filename = 'lifecycle filename'")
        } else {
            ("CAST(NULL AS absent_text)", "")
        }
    }
}

impl Nature {
    /// What a file is; one that is not there, not a file or of no use is refused.
    pub fn of_file(path: &str) -> Result<Self, ImportError> {
        let unreadable = |error: std::io::Error| ImportError::Unreadable {
            path: path.to_owned(),
            message: error.to_string(),
        };
        let metadata = Path::new(path).metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(ImportError::IsFolder { path: PathBuf::from(path) });
        }
        if !metadata.is_file() {
            return Err(ImportError::NotRegular { path: PathBuf::from(path) });
        }
        if metadata.len() == 0 {
            return Err(ImportError::Empty { path: path.to_owned() });
        }
        let mut head = gzip::head(File::open(path).map_err(unreadable)?).map_err(unreadable)?;
        let gzipped = gzip::is_gzip(&head);
        if gzipped {
            head = gzip::unpacked_head(path)?;
        }
        let nature = nature_of(path, &head, gzipped);
        if let (Format::Csv, Some(what)) = (nature.format, foreign(&head)) {
            return Err(ImportError::Foreign { path: path.to_owned(), what });
        }
        Ok(nature)
    }
}

impl fmt::Display for Nature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.gzipped { "gzipped " } else { "" }, self.format)
    }
}

/// What a file is: its first bytes, unpacked, know better than its name.
fn nature_of(path: &str, head: &[u8], gzipped: bool) -> Nature {
    let name = path.to_ascii_lowercase();
    let named = |endings: &[&str]| {
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        endings.iter().any(|ending| plain.ends_with(ending))
    };
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    // Packed databases and Parquet files are none of ours: they come out as what is no text.
    let format = if !gzipped && head.starts_with(b"SQLite format 3\0") {
        Format::Sqlite
    } else if !gzipped && (head.starts_with(b"PAR1") || named(&[".parquet", ".pq"])) {
        Format::Parquet
    } else if named(&[".json", ".jsonl", ".ndjson"]) || matches!(first, Some(b'{' | b'[')) {
        Format::Json
    } else {
        Format::Csv
    };
    Nature { format, gzipped }
}

/// What a file is that is no text and not ours to read, by its first bytes.
fn foreign(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") {
        Some("a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV")
    } else if head.starts_with(b"\xd0\xcf\x11\xe0") {
        Some("an old Excel workbook: save the sheet as CSV")
    } else if head.starts_with(b"SQLite format 3\0") || head.starts_with(b"PAR1") {
        Some("a gzipped database or Parquet file: unpack it with `gunzip`")
    } else if head.get(8..12) == Some(b"DUCK") {
        Some("a DuckDB file: export its table to Parquet or CSV first")
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
        Some("compressed with zstd: unpack it, or use gzip")
    } else if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        Some("text in UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`")
    } else if head.contains(&0) {
        Some("not text: CSV, JSON lines, Parquet and SQLite can be read")
    } else {
        None
    }
}

/// A path for a reader, which takes paths as patterns: its special characters
/// stand for themselves.
pub(in crate::import) fn literal_pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '*' | '?' | '[' => pattern.extend(['[', character, ']']),
            _ => pattern.push(character),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_know_better_than_names() {
        let natures = |path: &str, head: &[u8]| nature_of(path, head, false).to_string();
        assert_eq!(natures("orders.csv", b"PAR1...."), "Parquet");
        assert_eq!(natures("orders.csv", b"SQLite format 3\0..."), "SQLite");
        assert_eq!(natures("orders.txt", b"\xef\xbb\xbf {\"a\": 1}"), "JSON");
        assert_eq!(natures("orders", b"id,date\n"), "CSV");
        let packed = |path: &str, head: &[u8]| nature_of(path, head, true).to_string();
        assert_eq!(packed("orders.txt", b"id,date\n"), "gzipped CSV");
        assert_eq!(packed("orders.gz", b"{\"a\": 1}"), "gzipped JSON");
        assert_eq!(packed("orders.jsonl.gz", b" "), "gzipped JSON");
        assert!(foreign(b"SQLite format 3\0").is_some() && foreign(b"PAR1").is_some());
    }
}
