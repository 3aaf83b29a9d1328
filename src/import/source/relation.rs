//! A source: files of one format as one relation, and what its columns are.

use super::dialect::Delimiter;
use super::files::{Files, Format};
use super::lines::{LONGEST_LINE, NOT_UTF8, explain};
use crate::import::error::ImportError;
use crate::store::{RelationColumn, Store, StoreError, quote_identifier};

/// How many lines show what a text column holds.
const SAMPLE_LINES: usize = 20_000;

/// Under this name a source tells why a line is no record of its format.
pub(in crate::import) const MALFORMED_COLUMN: &str = "lifecycle malformed line";

/// Under this name a source of several files tells which one a line is from.
pub(in crate::import) const FILE_COLUMN: &str = "lifecycle file";

/// How files are to be read, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(in crate::import) struct Hints<'a> {
    pub delimiter: Option<Delimiter>,
    pub header: Option<bool>,
    pub table: Option<&'a str>,
    /// The names that a database's table of such rows would have, best first.
    pub tables: &'static [&'static str],
    /// Whether a name is one of a column that is looked for.
    pub recognises: fn(&str) -> bool,
}

/// Files as one relation.
#[derive(Clone, Debug)]
pub(in crate::import) struct Source {
    pub files: Files,
    /// The columns, in the files' order; of a text file all `VARCHAR`, so that no
    /// value can stop the reader.
    pub columns: Vec<RelationColumn>,
    /// A `SELECT` of the columns, and of [`FILE_COLUMN`] and [`MALFORMED_COLUMN`].
    pub select: String,
    /// The same for a second reading: what the first set aside is left out.
    pub again: String,
    /// The number of the first record's line.
    pub first_line: i64,
    /// Whether the reader sets lines aside that are no records, in `import_rejects`.
    pub sets_aside: bool,
    /// What separates the columns of a line of text, if it is one character.
    pub delimiter: Option<char>,
    /// What to say of how it is read, if it is not plain.
    pub remark: Option<String>,
}

impl Source {
    /// A relation of the engine's whose every row is a line: `from` is what follows FROM.
    pub(super) fn whole(files: Files, columns: Vec<RelationColumn>, from: &str) -> Self {
        let names: Vec<String> = columns.iter().map(|column| quote_identifier(&column.name)).collect();
        let select = format!(
            "SELECT {}, {} AS {}, CAST(NULL AS VARCHAR) AS {} FROM {from}",
            names.join(", "),
            files.file_sql().0,
            quote_identifier(FILE_COLUMN),
            quote_identifier(MALFORMED_COLUMN),
        );
        Source::same_again(files, columns, select)
    }

    /// One whose reader sets nothing aside, so that a second reading is as the first.
    pub(super) fn same_again(files: Files, columns: Vec<RelationColumn>, select: String) -> Self {
        Source {
            files,
            columns,
            again: select.clone(),
            select,
            first_line: 1,
            sets_aside: false,
            delimiter: None,
            remark: None,
        }
    }

    /// Opens files: finds their columns and how to read them. `progress` is told how
    /// many rows have been taken over from a database.
    pub fn open(
        store: &Store,
        files: Files,
        hints: Hints<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, ImportError> {
        if files.format != Format::Sqlite && hints.table.is_some() {
            return Err(ImportError::NoTables { path: files.first().to_owned() });
        }
        if files.format != Format::Csv && (hints.delimiter.is_some() || hints.header.is_some()) {
            return Err(ImportError::NotDelimited {
                path: files.first().to_owned(),
                format: files.format.to_string(),
            });
        }
        match files.format {
            Format::Csv => super::csv::open(store, files, hints),
            Format::Json => super::json::open(store, files),
            Format::Parquet => super::parquet::open(store, files),
            Format::Sqlite => super::sqlite::open(store, files, hints, progress),
        }
    }

    /// The columns' names, quoted as an expression needs them.
    pub fn quoted_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| quote_identifier(&column.name)).collect()
    }

    /// The columns as a message lists them: their names, with a value of each where
    /// the file gives no names.
    pub fn shown_columns(&self, store: &Store) -> Result<Vec<String>, ImportError> {
        let names = self.quoted_names();
        if self.remark.is_none() {
            return Ok(names);
        }
        let values: Vec<String> = names.iter().map(|name| format!("CAST({name} AS VARCHAR)")).collect();
        let sql = format!("SELECT [{}] FROM ({}) LIMIT 1", values.join(", "), self.select);
        let first: Vec<String> = store
            .rows_text("looking at the first line", &format!("SELECT unnest(({sql}))"), |row| {
                Ok(row.get::<_, Option<String>>(0)?.unwrap_or_default())
            })
            .map_err(|error| read_failure(&self.files, &error))?;
        Ok(names.into_iter().zip(first).map(|(name, value)| format!("{name} (`{value}`)")).collect())
    }

    /// The source's columns as an expression meets them: numbers are decimals,
    /// never doubles, and of texts what looks like numbers or dates in the
    /// first lines is typed so. A value that is not becomes NULL.
    pub fn typed_columns(&self, store: &Store) -> Result<Vec<String>, ImportError> {
        let looks = match self.files.format {
            Format::Csv | Format::Json | Format::Sqlite => self.look_at_sample(store)?,
            Format::Parquet => vec![Looks::Text; self.columns.len()],
        };
        let typed = self.columns.iter().zip(looks).map(|(column, looks)| {
            let name = quote_identifier(&column.name);
            match (column.data_type.as_str(), looks) {
                ("FLOAT" | "DOUBLE", _) | (_, Looks::Number) => {
                    format!("TRY_CAST({name} AS DECIMAL(38, 6)) AS {name}")
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
                    "SELECT {n} AS n, count({name}), count(TRY_CAST({name} AS DECIMAL(38, 6))), \
                     count(TRY_CAST({name} AS TIMESTAMP)) FROM sample"
                )
            })
            .collect();
        let sql = format!(
            "WITH sample AS MATERIALIZED (SELECT * FROM ({}) LIMIT {SAMPLE_LINES}) {} ORDER BY n",
            self.again,
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

/// Columns of texts.
pub(super) fn text_columns(names: impl IntoIterator<Item = String>) -> Vec<RelationColumn> {
    names.into_iter().map(|name| RelationColumn { name, data_type: "VARCHAR".to_owned() }).collect()
}

/// A reader's failure in a paragraph: the engine's message goes on with its
/// options and every remedy it knows.
pub(in crate::import) fn read_failure(files: &Files, error: &StoreError) -> ImportError {
    let message = error.engine_message();
    let after =
        |mark: &str| message.split_once(mark).and_then(|(_, rest)| rest.lines().next()).map(str::trim);
    let path = after("file = ").unwrap_or(files.first()).to_owned();
    let first = error.engine_says();
    if let Some(said) = first.split_once("Malformed JSON in file ").map(|(_, said)| said) {
        return super::json::malformed(files, said);
    }
    if files.format == Format::Parquet {
        let message = if first.contains("magic bytes") || first.contains("too small to be a Parquet file") {
            "it is no Parquet file, or not a whole one: fetch it again".to_owned()
        } else {
            format!("{first}. Write it again, or save it as CSV")
        };
        return ImportError::Unreadable { path, message };
    }
    if first.contains("state machine reached an invalid state") {
        return explain(files);
    }
    let Some(line) = after("CSV Error on Line: ").and_then(|number| number.parse().ok()) else {
        return ImportError::Evaluation { path, message: first };
    };
    let original = after("Original Line: ").unwrap_or_default();
    let shown: String = original.chars().take(60).collect();
    let message = if message.contains("not utf-8") {
        NOT_UTF8.to_owned()
    } else if message.contains("Maximum line size") {
        format!(
            "the line is longer than {LONGEST_LINE} bytes (`{shown}…`). See whether it lacks a line end, or a quote \
             is not closed"
        )
    } else {
        // The explanation is the line after the original one.
        let explanation = message.lines().nth(2).unwrap_or_default().trim();
        format!("{}: `{shown}`. Mend the line", explanation.trim_end_matches('.'))
    };
    ImportError::Malformed { path, line: Some(line), message }
}
