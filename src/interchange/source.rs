//! A source: files of one format as one relation, and what its columns are.

use super::dialect::{Delimiter, Dialect};
use super::error::ImportError;
use super::files::{Files, Format, literal_pattern};
use crate::store::{RelationColumn, Store, StoreError, quote_identifier, quote_literal};

/// How many lines show what a text column holds.
const SAMPLE_LINES: usize = 20_000;

/// A character that no text file should hold: it makes each line one column.
const NO_DELIMITER: char = '\u{1}';

/// Under this name a source tells how many columns a line has, where the reader does not check it.
pub(super) const WIDTH_COLUMN: &str = "lifecycle line width";

/// Under this name a source of several files tells which one a line is from.
pub(super) const FILE_COLUMN: &str = "lifecycle file";

/// Files as one relation.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub files: Files,
    /// The columns, in the files' order; of a text file all `VARCHAR`, so that no
    /// value can stop the reader.
    pub columns: Vec<RelationColumn>,
    /// A `SELECT` of the columns, and of [`FILE_COLUMN`] and [`WIDTH_COLUMN`].
    pub select: String,
    /// The number of the first record's line.
    pub first_line: i64,
    /// How many columns a line must have, where the reader does not check it.
    pub width: Option<usize>,
}

impl Source {
    /// Opens files: finds their columns and how to read them.
    pub fn open(store: &Store, files: Files, delimiter: Option<Delimiter>) -> Result<Self, ImportError> {
        match files.format {
            Format::Parquet => Source::parquet(store, files),
            Format::Csv => Source::text(store, files, delimiter),
        }
    }

    fn parquet(store: &Store, files: Files) -> Result<Self, ImportError> {
        let call = format!("read_parquet({}, hive_partitioning = false)", path_list(&files.paths));
        let columns = store
            .describe_text("reading a Parquet file", &format!("SELECT * FROM {call}"))
            .map_err(|error| read_failure(&files, &error))?;
        let named =
            columns.iter().map(|column| quote_identifier(&column.name)).collect::<Vec<_>>().join(", ");
        let select = format!(
            "SELECT {named}, {} AS {}, CAST(NULL AS INTEGER) AS {} FROM {}",
            file_expression(&files),
            quote_identifier(FILE_COLUMN),
            quote_identifier(WIDTH_COLUMN),
            if files.paths.len() > 1 {
                call.replacen(", hive", ", filename = 'lifecycle filename', hive", 1)
            } else {
                call
            },
        );
        Ok(Source { files, columns, select, first_line: 1, width: None })
    }

    fn text(store: &Store, files: Files, delimiter: Option<Delimiter>) -> Result<Self, ImportError> {
        let dialect = Dialect::of(store, files.first(), delimiter)?;
        // Text columns are read by their place, so every file must have the same.
        for path in files.paths.iter().skip(1) {
            let other = Dialect::of(store, path, Some(dialect.delimiter))?;
            if other.columns != dialect.columns {
                return Err(ImportError::DifferentColumns {
                    first: files.first().to_owned(),
                    first_columns: dialect.columns,
                    other: path.clone(),
                    other_columns: other.columns,
                });
            }
        }
        let filename = if files.paths.len() > 1 { ", filename = 'lifecycle filename'" } else { "" };
        let read = |options: &str| {
            format!("read_csv({}, auto_detect = false, {options}{filename})", path_list(&files.paths))
        };
        let file = format!("{} AS {}", file_expression(&files), quote_identifier(FILE_COLUMN));
        let width_name = quote_identifier(WIDTH_COLUMN);
        let names: Vec<String> = dialect.columns.iter().map(|name| quote_identifier(name)).collect();
        let select = match dialect.delimiter {
            Delimiter::Character(character) => {
                let types: Vec<String> = dialect
                    .columns
                    .iter()
                    .map(|name| format!("{}: 'VARCHAR'", quote_literal(name)))
                    .collect();
                let options = format!(
                    "delim = {}, quote = '\"', escape = '\"', header = true, columns = {{{}}}",
                    quote_literal(&character.to_string()),
                    types.join(", ")
                );
                let named = names.join(", ");
                format!(
                    "SELECT {named}, {file}, CAST(NULL AS INTEGER) AS {width_name} FROM {}",
                    read(&options)
                )
            }
            Delimiter::Blanks => {
                let options = format!(
                    "delim = '{NO_DELIMITER}', quote = '', escape = '', header = false, skip = 1, \
                     columns = {{'line': 'VARCHAR'}}"
                );
                let parts: Vec<String> =
                    names.iter().enumerate().map(|(n, name)| format!("parts[{}] AS {name}", n + 1)).collect();
                format!(
                    "SELECT {}, {file_name} AS {file_name}, CAST(len(parts) AS INTEGER) AS {width_name} \
                     FROM (SELECT string_split_regex(trim(line, ' \t'), '[ \t]+') AS parts, {file} \
                           FROM {} WHERE trim(line, ' \t') <> '')",
                    parts.join(", "),
                    read(&options),
                    file_name = quote_identifier(FILE_COLUMN),
                )
            }
        };
        let width = (dialect.delimiter == Delimiter::Blanks).then_some(dialect.columns.len());
        let columns = dialect
            .columns
            .into_iter()
            .map(|name| RelationColumn { name, data_type: "VARCHAR".to_owned() })
            .collect();
        Ok(Source { files, columns, select, first_line: 2, width })
    }

    /// The columns' names, quoted as an expression needs them.
    pub fn quoted_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| quote_identifier(&column.name)).collect()
    }

    /// The source's columns as an expression meets them: numbers are decimals,
    /// never doubles, and of a text file what looks like numbers or dates in its
    /// first lines is typed so. A value that is not becomes NULL.
    pub fn typed_columns(&self, store: &Store) -> Result<Vec<String>, ImportError> {
        let looks = match self.files.format {
            Format::Csv => self.look_at_sample(store)?,
            Format::Parquet => vec![Looks::Text; self.columns.len()],
        };
        let typed = self.columns.iter().zip(looks).map(|(column, looks)| {
            let name = quote_identifier(&column.name);
            match (column.data_type.as_str(), looks) {
                ("FLOAT" | "DOUBLE", _) | (_, Looks::Number) => {
                    format!("TRY_CAST({name} AS DECIMAL(38, 4)) AS {name}")
                }
                (_, Looks::Instant) => format!("TRY_CAST({name} AS TIMESTAMP) AS {name}"),
                _ => name,
            }
        });
        Ok(typed.collect())
    }

    fn look_at_sample(&self, store: &Store) -> Result<Vec<Looks>, ImportError> {
        let counts: Vec<String> = self
            .quoted_names()
            .iter()
            .enumerate()
            .map(|(n, name)| {
                format!(
                    "SELECT {n} AS n, count({name}), count(TRY_CAST({name} AS DECIMAL(38, 4))), \
                     count(TRY_CAST({name} AS TIMESTAMP)) FROM sample"
                )
            })
            .collect();
        let sql = format!(
            "WITH sample AS MATERIALIZED (SELECT * FROM ({}) LIMIT {SAMPLE_LINES}) {} ORDER BY n",
            self.select,
            counts.join(" UNION ALL ")
        );
        let looks = |row: &crate::store::Row<'_>| {
            let (values, numbers, instants): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(match values {
                0 => Looks::Text,
                _ if numbers == values => Looks::Number,
                _ if instants == values => Looks::Instant,
                _ => Looks::Text,
            })
        };
        store
            .rows_text("looking at the first lines", &sql, looks)
            .map_err(|error| read_failure(&self.files, &error))
    }
}

/// What the values of a text column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Number,
    Instant,
    Text,
}

fn path_list(paths: &[String]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| quote_literal(&literal_pattern(path))).collect();
    format!("[{}]", quoted.join(", "))
}

fn file_expression(files: &Files) -> &'static str {
    if files.paths.len() > 1 { "\"lifecycle filename\"" } else { "CAST(NULL AS VARCHAR)" }
}

/// A reader's failure in a paragraph: the engine's message goes on with its
/// options and every remedy it knows.
pub(super) fn read_failure(files: &Files, error: &StoreError) -> ImportError {
    let message = error.engine_message();
    let after =
        |mark: &str| message.split_once(mark).and_then(|(_, rest)| rest.lines().next()).map(str::trim);
    let path = after("file = ").unwrap_or(files.first()).to_owned();
    if files.format == Format::Parquet {
        let first = message.lines().next().unwrap_or_default();
        return ImportError::Unreadable { path, message: first.to_owned() };
    }
    let Some(line) = after("CSV Error on Line: ").and_then(|number| number.parse().ok()) else {
        let first = message.lines().next().unwrap_or_default();
        return ImportError::Evaluation { path, message: first.to_owned() };
    };
    let original = after("Original Line: ").unwrap_or_default();
    let said = if let Some(counts) = after("Expected Number of Columns: ") {
        let mut numbers = counts.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
        match (numbers.next(), numbers.next()) {
            (Some(expected), Some(found)) => {
                format!("the line has {found} columns, the header has {expected}")
            }
            _ => "the line has another number of columns than the header".to_owned(),
        }
    } else if message.contains("unterminated quote") {
        "a quote is not closed, or does not enclose a whole value".to_owned()
    } else if message.contains("not utf-8") {
        "the text is not UTF-8".to_owned()
    } else {
        // The explanation is the line after the original one.
        let explanation = message.lines().nth(2).unwrap_or_default().trim();
        explanation.trim_end_matches('.').to_owned()
    };
    let shown: String = original.chars().take(80).collect();
    let message = if shown.is_empty() { said } else { format!("{said}: `{shown}`") };
    ImportError::Malformed { path, line: Some(line), message }
}
