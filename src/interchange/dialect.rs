//! How a text file separates its columns.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::str::FromStr;

use super::error::ImportError;
use super::files::literal_pattern;
use crate::store::{Store, quote_literal};

/// How many lines are looked at to see whether runs of blanks separate columns.
const LINES_LOOKED_AT: usize = 20;

/// No line that is looked at is read further than this.
const LONGEST_LINE: u64 = 1 << 20;

/// What separates the columns of a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// One character.
    Character(char),
    /// Runs of blanks and tabs; leading ones do not count.
    Blanks,
}

impl FromStr for Delimiter {
    type Err = ImportError;

    /// Reads one character, `tab` or `blanks`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut characters = text.chars();
        match (text, characters.next(), characters.next()) {
            ("tab" | "\\t", ..) => Ok(Delimiter::Character('\t')),
            ("blanks", ..) => Ok(Delimiter::Blanks),
            (_, Some(one), None) if !matches!(one, '"' | '\n' | '\r' | '\0') => Ok(Delimiter::Character(one)),
            _ => Err(ImportError::BadDelimiter { given: text.to_owned() }),
        }
    }
}

/// A text file's columns and what separates them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: Delimiter,
    pub columns: Vec<String>,
}

impl Dialect {
    /// The dialect of a file: as given, else as the engine's sniffer finds it,
    /// else as the header line looks.
    ///
    /// The sniffer sees a file with an irregular line, or with runs of blanks,
    /// as one column; the header then decides, so that the reader can say
    /// which line is wrong.
    pub fn of(store: &Store, path: &str, given: Option<Delimiter>) -> Result<Self, ImportError> {
        match given {
            Some(Delimiter::Blanks) => return Dialect::blanks(path, &first_lines(path)?),
            Some(Delimiter::Character(character)) => {
                return Dialect::with_character(store, path, character);
            }
            None => {}
        }
        if let Some(dialect) = sniff(store, path, None).filter(|sniffed| sniffed.columns.len() > 1) {
            return Ok(dialect);
        }
        let lines = first_lines(path)?;
        let header = lines.first().map_or("", String::as_str);
        let likely = [',', ';', '\t', '|']
            .into_iter()
            .map(|character| (header.matches(character).count(), character))
            .filter(|(count, _)| *count > 0)
            .max_by_key(|(count, _)| *count);
        match likely {
            Some((_, character)) => Dialect::with_character(store, path, character),
            None if looks_like_blanks(&lines) => Dialect::blanks(path, &lines),
            None => Dialect::with_character(store, path, ','),
        }
    }

    fn with_character(store: &Store, path: &str, character: char) -> Result<Self, ImportError> {
        if let Some(dialect) = sniff(store, path, Some(character)) {
            return Ok(dialect);
        }
        // The sniffer found lines that do not fit; reading by the header will say which.
        let lines = first_lines(path)?;
        let header = lines.first().map_or("", |line| line.trim_end_matches(['\r', '\n']));
        let columns = header.split(character).map(|name| name.trim().trim_matches('"').to_owned()).collect();
        Ok(Dialect { delimiter: Delimiter::Character(character), columns })
    }

    fn blanks(path: &str, lines: &[String]) -> Result<Self, ImportError> {
        let header = lines.iter().find(|line| !line.trim().is_empty());
        let header = header.ok_or_else(|| ImportError::Empty { path: path.to_owned() })?;
        let columns = header.split_whitespace().map(str::to_owned).collect();
        Ok(Dialect { delimiter: Delimiter::Blanks, columns })
    }
}

fn looks_like_blanks(lines: &[String]) -> bool {
    let mut counts =
        lines.iter().map(|line| line.split_whitespace().count()).filter(|count| *count > 0).peekable();
    match counts.peek().copied() {
        Some(columns) if columns > 1 => counts.all(|count| count == columns),
        _ => false,
    }
}

/// What the engine's sniffer finds; `None` when it finds nothing that fits.
fn sniff(store: &Store, path: &str, delimiter: Option<char>) -> Option<Dialect> {
    let given = delimiter.map(|c| format!(", delim = {}", quote_literal(&c.to_string()))).unwrap_or_default();
    let sql = format!(
        "SELECT dialect, found.name FROM (\
             SELECT \"Delimiter\" AS dialect, unnest(\"Columns\") AS found \
             FROM sniff_csv({}, header = true, skip = 0, quote = '\"', escape = '\"', sample_size = 2048{given}))",
        quote_literal(&literal_pattern(path))
    );
    let rows: Vec<(String, String)> =
        store.rows_text("finding out a file's columns", &sql, |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    let character = match rows.first()?.0.as_str() {
        "\\t" => '\t',
        text => text.chars().next()?,
    };
    let columns = rows.into_iter().map(|(_, name)| name).collect();
    Some(Dialect { delimiter: Delimiter::Character(character), columns })
}

/// The first lines of a file, as text; bytes that are not UTF-8 are replaced,
/// because the reader will say where they are.
fn first_lines(path: &str) -> Result<Vec<String>, ImportError> {
    let failed =
        |error: std::io::Error| ImportError::Unreadable { path: path.to_owned(), message: error.to_string() };
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut lines = Vec::new();
    for _ in 0..LINES_LOOKED_AT {
        let mut line = Vec::new();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            break;
        }
        lines.push(String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').to_owned());
    }
    Ok(lines)
}
