//! A source: lines as one relation, and what its columns are.

use super::columns::expect_readable;
use super::dialect::Delimiter;
use super::failure::read_failure;
use super::input::Input;
use crate::import::error::ImportError;
use crate::store::{RelationColumn, Store, quote_identifier};

/// How many lines show what a text column holds.
const SAMPLE_LINES: usize = 20_000;

/// The temporary table that holds the lines as they were read, in their order, where they are needed more
/// than once.
pub(in crate::import) const LINES_AS_READ: &str = "import_source";

/// The same lines with their numbers, from 0, as [`LINE_NUMBER`]: the engine counts a table's rows in the order in
/// which they were inserted. (A source may have a column `rowid`, which hides the engine's.)
pub(in crate::import) const NUMBERED_LINES: &str =
    "(SELECT *, row_number() OVER () - 1 AS \"lifecycle line\" FROM import_source)";

/// The column of [`NUMBERED_LINES`] that numbers them.
pub(in crate::import) const LINE_NUMBER: &str = "\"lifecycle line\"";

/// The temporary table that holds the first lines as they were read.
pub(in crate::import) const FIRST_LINES: &str = "import_sample";

/// Under this name a source tells why a line is no record of its format.
pub(in crate::import) const MALFORMED_COLUMN: &str = "lifecycle malformed line";

/// Under this name a source keeps the text of such a line, if it [keeps texts](Source::keeps_texts).
pub(in crate::import) const TEXT_COLUMN: &str = "lifecycle text of a malformed line";

/// Under this name a source of several files tells which one a line is from.
pub(in crate::import) const FILE_COLUMN: &str = "lifecycle file";

/// How lines are to be read, as far as it is known.
#[derive(Clone, Copy)]
pub(in crate::import) struct Hints<'a> {
    pub delimiter: Option<Delimiter>,
    pub header: Option<bool>,
    pub table: Option<&'a str>,
    /// The names that a database's table of such rows would have, best first.
    pub tables: &'static [String],
    /// Whether a name is one of a column that is looked for.
    pub recognises: &'a dyn Fn(&str) -> bool,
}

/// Lines as one relation.
#[derive(Clone, Debug)]
pub(in crate::import) struct Source {
    pub input: Input,
    /// The columns, in the source's order; of a text file all `VARCHAR`, so that no value can stop
    /// the reader.
    pub columns: Vec<RelationColumn>,
    /// What follows FROM to read the columns, [`FILE_COLUMN`] and [`MALFORMED_COLUMN`].
    pub reader: String,
    /// The same for a look at the first lines, which sets none aside.
    pub peek: String,
    /// The number of the first record's line.
    pub first_line: i64,
    /// Whether the reader sets lines aside that are no records, in `import_rejects`.
    pub sets_aside: bool,
    /// Whether the lines as read hold the texts of those that are no records.
    pub keeps_texts: bool,
    /// What separates the columns of a line of text, if it is one character.
    pub delimiter: Option<char>,
    /// What to say of how it is read, if it is not plain.
    pub remark: Option<String>,
}

impl Source {
    /// A relation whose every row is a record; `reader` is what follows FROM.
    pub(super) fn whole(input: Input, columns: Vec<RelationColumn>, reader: String) -> Self {
        Source {
            input,
            columns,
            peek: reader.clone(),
            reader,
            first_line: 1,
            sets_aside: false,
            keeps_texts: false,
            delimiter: None,
            remark: None,
        }
    }

    /// Refuses a source of more columns than are read.
    pub(super) fn expect_readable(self) -> Result<Self, ImportError> {
        expect_readable(self.input.first(), self.columns.len()).map(|()| self)
    }

    /// The columns' names, quoted as an expression needs them.
    pub fn quoted_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| quote_identifier(&column.name)).collect()
    }

    /// The columns as a message lists them: their names, with a value of each where the file gives no
    /// names.
    pub fn shown_columns(&self, store: &Store) -> Result<Vec<String>, ImportError> {
        let names = self.quoted_names();
        if self.remark.is_none() {
            return Ok(names);
        }
        let values: Vec<String> = names.iter().map(|name| format!("CAST({name} AS VARCHAR)")).collect();
        let sql = format!("SELECT unnest((SELECT [{}] FROM {} LIMIT 1))", values.join(", "), self.peek);
        let first: Vec<String> = store
            .rows_text("looking at the first line", &sql, |row| {
                Ok(row.get::<_, Option<String>>(0)?.unwrap_or_default())
            })
            .map_err(|error| read_failure(&self.input, &error))?;
        Ok(names.into_iter().zip(first).map(|(name, value)| format!("{name} (`{value}`)")).collect())
    }

    /// These columns (quoted) as an expression meets them: numbers are decimals, never doubles, and of
    /// texts what looks like numbers or dates in the first lines is typed so. A value that is not
    /// becomes NULL.
    pub fn typed_columns(&self, store: &Store, names: &[String]) -> Result<Vec<String>, ImportError> {
        let columns: Vec<&RelationColumn> =
            self.columns.iter().filter(|column| names.contains(&quote_identifier(&column.name))).collect();
        let looks = self.look_at_sample(store, &columns)?;
        let typed = columns.iter().zip(looks).map(|(column, looks)| {
            let name = quote_identifier(&column.name);
            match (column.data_type.as_str(), looks) {
                ("FLOAT" | "DOUBLE", _) => format!("TRY_CAST({name} AS DECIMAL(38, 6)) AS {name}"),
                (_, Looks::Number) => {
                    format!("TRY_CAST(import_plain_decimal({name}) AS DECIMAL(38, 6)) AS {name}")
                }
                (_, Looks::Instant) => format!("import_iso_instant({name}) AS {name}"),
                _ => name,
            }
        });
        Ok(typed.collect())
    }

    fn look_at_sample(&self, store: &Store, columns: &[&RelationColumn]) -> Result<Vec<Looks>, ImportError> {
        let is_text = |column: &RelationColumn| column.data_type == "VARCHAR";
        let names: Vec<String> = columns.iter().map(|column| quote_identifier(&column.name)).collect();
        if !columns.iter().any(|column| is_text(column)) {
            return Ok(vec![Looks::Text; columns.len()]);
        }
        let counts: Vec<String> = columns
            .iter()
            .zip(&names)
            .map(|(column, name)| match is_text(column) {
                true => format!(
                    "[count({name}), count(TRY_CAST(import_plain_decimal({name}) AS DECIMAL(38, 6))), \
                     count(import_iso_instant({name}))]"
                ),
                false => "[0, 0, 0]".to_owned(),
            })
            .collect();
        let sql = format!(
            "SELECT counts[1], counts[2], counts[3] FROM (SELECT unnest([{}]) AS counts FROM (SELECT {} FROM {} LIMIT {SAMPLE_LINES}))",
            counts.join(", "),
            names.join(", "),
            self.peek,
        );
        let looks = |row: &crate::store::Row<'_>| {
            let (values, numbers, instants): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(match values {
                0 => Looks::Text,
                _ if numbers == values => Looks::Number,
                _ if instants == values => Looks::Instant,
                _ => Looks::Text,
            })
        };
        store
            .rows_text("looking at the first lines", &sql, looks)
            .map_err(|error| read_failure(&self.input, &error))
    }

    /// Whether opening the source has read the lines into [`LINES_AS_READ`].
    pub fn is_read(&self) -> bool {
        self.reader == LINES_AS_READ
    }

    /// Reads the lines, of these columns (quoted) alone, into [`LINES_AS_READ`].
    pub fn read(&self, store: &Store, names: &[String]) -> Result<(), ImportError> {
        if self.is_read() { Ok(()) } else { self.take(store, names, LINES_AS_READ, &self.reader) }
    }

    /// Reads the first lines of `from`, of these columns (quoted) alone, into [`FIRST_LINES`].
    pub fn read_first(&self, store: &Store, names: &[String], from: &str) -> Result<(), ImportError> {
        self.take(store, names, FIRST_LINES, &format!("{from} LIMIT 1000"))
    }

    fn take(&self, store: &Store, names: &[String], table: &str, from: &str) -> Result<(), ImportError> {
        let added = [FILE_COLUMN, MALFORMED_COLUMN].map(quote_identifier);
        let columns: Vec<&str> = names.iter().chain(&added).map(String::as_str).collect();
        let sql =
            format!("CREATE OR REPLACE TEMP TABLE {table} AS SELECT {} FROM {from}", columns.join(", "));
        store
            .execute_text("reading the lines", &sql)
            .map_err(|error| read_failure(&self.input, &error))
            .map(|_| ())
    }
}

/// What the values of a text column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Number,
    Instant,
    Text,
}
