//! How a text file separates its columns, and whether it names them.

use std::io::{BufRead, BufReader, Read};
use std::str::FromStr;

use super::columns::{distinct_names, expect_readable};
use super::failure::read_failure;
use super::files::{Files, literal_pattern};
use super::input::Input;
use super::lines::LONGEST_LINE;
use crate::import::error::ImportError;
use crate::store::{Store, quote_literal};

/// How many lines are looked at to see whether runs of blanks separate columns.
const LINES_LOOKED_AT: usize = 20;

/// A character that no text file should hold: it makes each line one column.
pub(super) const NO_DELIMITER: char = '\u{1}';

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

/// A text file's columns, what separates them, and whether its first line names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: Delimiter,
    pub header: bool,
    pub columns: Vec<String>,
}

/// What is known of a dialect before the file is looked at.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub delimiter: Option<Delimiter>,
    pub header: Option<bool>,
    /// Whether a name is one of a column that is looked for.
    pub recognises: &'a dyn Fn(&str) -> bool,
}

impl Dialect {
    /// The dialect of a file: as given, else as the engine's sniffer finds it,
    /// else as the first line looks.
    ///
    /// The sniffer sees a file with an irregular line, or with runs of blanks,
    /// as one column; the first line then decides, so that the reader can say
    /// which line is wrong.
    pub fn of(store: &Store, files: &Files, path: &str, given: Given<'_>) -> Result<Self, ImportError> {
        // The sniffer's work grows with the square of the columns.
        expect_readable(path, likely_columns(&header_line(files, path)?, given.delimiter))?;
        let (delimiter, first) = match given.delimiter {
            Some(Delimiter::Blanks) => blanks(path, &first_lines(store, files, path)?)?,
            Some(Delimiter::Character(character)) => with_character(store, files, path, character)?,
            None => match sniff(store, files, path, None).filter(|(_, columns)| columns.len() > 1) {
                Some(sniffed) => sniffed,
                None => by_first_line(store, files, path)?,
            },
        };
        let header = given.header.unwrap_or_else(|| looks_like_header(&first, given.recognises));
        let columns = if header {
            distinct_names(first)
        } else {
            (1..=first.len()).map(|n| format!("column{n}")).collect()
        };
        Ok(Dialect { delimiter, header, columns })
    }
}

/// A dialect's delimiter and the cells of the file's first line.
type Found = (Delimiter, Vec<String>);

/// The characters that are looked for.
const USUAL: [char; 4] = [',', ';', '\t', '|'];

/// A text file's first line as it stands, as far as the reader would take it.
fn header_line(files: &Files, path: &str) -> Result<String, ImportError> {
    let read = || {
        let mut line = Vec::new();
        BufReader::new(files.text(path)?).take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&line).into_owned())
    };
    read().map_err(|error| ImportError::Unreadable { path: path.to_owned(), message: error.to_string() })
}

/// How many columns a header line has at most, as far as its quotes tell.
fn likely_columns(header: &str, given: Option<Delimiter>) -> usize {
    let count = |delimiter: char| {
        let outside = header.split('"').step_by(2);
        1 + outside.map(|part| part.matches(delimiter).count()).sum::<usize>()
    };
    match given {
        Some(Delimiter::Character(character)) => count(character),
        Some(Delimiter::Blanks) => header.split_whitespace().count(),
        None => USUAL.into_iter().map(count).max().unwrap_or(1),
    }
}

fn by_first_line(store: &Store, files: &Files, path: &str) -> Result<Found, ImportError> {
    let lines = first_lines(store, files, path)?;
    // A mark of the byte order is no text either.
    if lines.iter().all(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()) {
        return Err(ImportError::Empty { path: path.to_owned() });
    }
    let header = lines.first().map_or("", String::as_str);
    let likely = USUAL
        .into_iter()
        .map(|character| (header.matches(character).count(), character))
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, _)| *count);
    match likely {
        Some((_, character)) => with_character(store, files, path, character),
        None if looks_like_blanks(&lines) => blanks(path, &lines),
        None => with_character(store, files, path, ','),
    }
}

fn with_character(store: &Store, files: &Files, path: &str, character: char) -> Result<Found, ImportError> {
    if let Some(found) = sniff(store, files, path, Some(character)) {
        return Ok(found);
    }
    // The sniffer found lines that do not fit; reading by the first will say which.
    let lines = first_lines(store, files, path)?;
    let header = lines.first().map_or("", |line| line.trim_end_matches(['\r', '\n']));
    let cells = header.split(character).map(|name| name.trim().trim_matches('"').to_owned()).collect();
    Ok((Delimiter::Character(character), cells))
}

fn blanks(path: &str, lines: &[String]) -> Result<Found, ImportError> {
    let first = lines.iter().find(|line| !line.trim().is_empty());
    let first = first.ok_or_else(|| ImportError::Empty { path: path.to_owned() })?;
    Ok((Delimiter::Blanks, first.split_whitespace().map(str::to_owned).collect()))
}

fn looks_like_blanks(lines: &[String]) -> bool {
    let mut counts =
        lines.iter().map(|line| line.split_whitespace().count()).filter(|count| *count > 0).peekable();
    match counts.peek().copied() {
        Some(columns) if columns > 1 => counts.all(|count| count == columns),
        _ => false,
    }
}

/// Whether a first line names columns: no name is a number or a date, unless
/// another is one that is known.
fn looks_like_header(cells: &[String], recognises: &dyn Fn(&str) -> bool) -> bool {
    cells.iter().any(|cell| recognises(cell)) || !cells.iter().any(|cell| looks_like_value(cell))
}

/// Whether a text is written like a number, an amount or a date.
fn looks_like_value(cell: &str) -> bool {
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || "+-.,:/ $€£₩¥()TZ".contains(c))
}

/// What the engine's sniffer finds; `None` when it finds nothing that fits.
fn sniff(store: &Store, files: &Files, path: &str, delimiter: Option<char>) -> Option<Found> {
    let given = delimiter.map(|c| format!(", delim = {}", quote_literal(&c.to_string()))).unwrap_or_default();
    let sql = format!(
        "SELECT dialect, found.name FROM (\
             SELECT \"Delimiter\" AS dialect, unnest(\"Columns\") AS found \
             FROM sniff_csv({}, header = true, skip = 0, quote = '\"', escape = '\"', sample_size = 2048, \
                {}{given}))",
        quote_literal(&literal_pattern(path)),
        files.compression()
    );
    let rows: Vec<(String, String)> =
        store.rows_text("finding out a file's columns", &sql, |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    let character = match rows.first()?.0.as_str() {
        "\\t" => '\t',
        text => text.chars().next()?,
    };
    Some((Delimiter::Character(character), rows.into_iter().map(|(_, name)| name).collect()))
}

/// The first lines of a file, as text.
fn first_lines(store: &Store, files: &Files, path: &str) -> Result<Vec<String>, ImportError> {
    let sql = format!(
        "SELECT line FROM read_csv({}, auto_detect = false, delim = '{NO_DELIMITER}', quote = '', escape = '', \
            header = false, columns = {{'line': 'VARCHAR'}}, {}) LIMIT {LINES_LOOKED_AT}",
        quote_literal(&literal_pattern(path)),
        files.compression()
    );
    let lines: Vec<Option<String>> = store
        .rows_text("looking at the first lines", &sql, |row| row.get(0))
        .map_err(|error| read_failure(&Input::Files(files.clone()), &error))?;
    Ok(lines.into_iter().map(Option::unwrap_or_default).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_of_values_is_no_header() {
        let header = |cells: &[&str]| {
            looks_like_header(&cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>(), &|name| {
                name == "amount"
            })
        };
        assert!(header(&["user", "when", "paid"]));
        assert!(header(&["amount", "2024"]));
        assert!(!header(&["kim", "2024-01-01 10:00", "12.50"]));
        assert!(!header(&["00001", "19970101", "1", "11.77"]));
        assert!(header(&["2nd name", "x"]));
    }
}
