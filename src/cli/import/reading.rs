//! What every `lifecycle import` has in common: how sources are read, and how mappings
//! and problems are shown.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::{Args, ValueEnum};

use lifecycle::interchange::{
    BadLines, Delimiter, ImportError, MapArgument, MappedColumn, OnConflict, Problem, Reading,
};
use lifecycle::render::{Cell, Column, Table};
use lifecycle::store::{Access, Store};

use crate::cli::error::CommandError;
use crate::cli::global::{Context, remove_database};

/// What to read, and how.
#[derive(Debug, Args)]
pub struct ReadingArgs {
    /// CSV (gzipped too), JSON lines, Parquet or SQLite files, or patterns such as 'orders-*.csv'
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Give one of our columns as an SQL expression over the file's
    #[arg(long, value_name = "COLUMN=EXPR", value_parser = parse_map)]
    map: Vec<MapArgument>,

    /// What separates a CSV file's columns: a character, `tab`, or `blanks` (runs of them) [default: found out]
    #[arg(long, value_name = "C", value_parser = parse_delimiter)]
    delimiter: Option<Delimiter>,

    /// The CSV file's first line names its columns [default: found out]
    #[arg(long, conflicts_with = "no_header")]
    header: bool,

    /// The CSV file's first line is data; the columns are called column1, column2, ...
    #[arg(long)]
    no_header: bool,

    /// A SQLite file's table, or a SELECT over its tables
    #[arg(long, value_name = "TABLE|SELECT")]
    table: Option<String>,

    /// How dates are written, such as '%d.%m.%Y %H:%M' [default: found out]
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
}

/// What to do with lines that cannot be used.
#[derive(Debug, Args)]
pub struct BadLineArgs {
    /// Import the other lines when some cannot be used
    #[arg(long)]
    skip_bad: bool,

    /// Write the lines that cannot be used to this CSV file, with the reasons
    #[arg(long, value_name = "FILE", requires = "skip_bad")]
    rejects: Option<PathBuf>,
}

/// What to do with what the file holds already.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ConflictArg {
    /// Import nothing.
    #[default]
    Error,
    /// Keep what the file holds.
    Skip,
    /// Put the new in its place.
    Replace,
}

impl From<ConflictArg> for OnConflict {
    fn from(conflict: ConflictArg) -> Self {
        match conflict {
            ConflictArg::Error => OnConflict::Error,
            ConflictArg::Skip => OnConflict::Skip,
            ConflictArg::Replace => OnConflict::Replace,
        }
    }
}

impl ReadingArgs {
    /// As the library asks for it.
    pub fn reading(&self) -> Reading {
        Reading {
            files: self.files.clone(),
            map: self.map.clone(),
            delimiter: self.delimiter,
            header: (self.header || self.no_header).then_some(self.header),
            table: self.table.clone(),
            date_format: self.date_format.clone(),
        }
    }
}

impl BadLineArgs {
    /// As the library asks for it.
    pub fn bad_lines(&self) -> BadLines {
        if self.skip_bad { BadLines::Skip { rejects: self.rejects.clone() } } else { BadLines::Refuse }
    }
}

fn parse_map(text: &str) -> Result<MapArgument, String> {
    text.parse().map_err(|error: ImportError| error.to_string())
}

fn parse_delimiter(text: &str) -> Result<Delimiter, String> {
    text.parse().map_err(|error: ImportError| error.to_string())
}

/// Where our columns come from.
pub fn mapping_table(mapping: &[MappedColumn], remark: Option<&str>) -> Table {
    let mut table = Table::new("mapping")
        .title("Where the columns come from")
        .column(Column::text("column", "Column"))
        .column(Column::text("expression", "From"))
        .column(Column::text("origin", "How"));
    for mapped in mapping {
        table.push(vec![
            Cell::from(mapped.column),
            Cell::from(mapped.expression.clone()),
            Cell::from(mapped.origin.as_str()),
        ]);
        if !mapped.passed_over.is_empty() {
            table =
                table.note(format!("{}: also possible was {}", mapped.column, mapped.passed_over.join(", ")));
        }
    }
    match remark {
        Some(remark) => table.note(remark),
        None => table,
    }
}

/// Why lines cannot be used, under this title.
pub fn problem_table(title: &str, problems: &[Problem]) -> Table {
    Table::new("problems")
        .title(title)
        .column(Column::text("reason", "Reason"))
        .column(Column::number("lines", "Lines"))
        .column(Column::text("first", "First"))
        .column(Column::text("example", "Example").rank(1))
        .rows(
            problems
                .iter()
                .map(|problem| {
                    let first: Vec<String> = problem.first.iter().map(ToString::to_string).collect();
                    vec![
                        Cell::from(problem.reason.to_string()),
                        Cell::Int(problem.count),
                        Cell::from(first.join(", ")),
                        problem.example.clone().into(),
                    ]
                })
                .collect::<Vec<_>>(),
        )
}

impl Context<'_> {
    /// The file to preview an import into: a store in memory stands for one that is not there.
    pub fn open_for_preview(&self) -> Result<Store, CommandError> {
        if self.db().exists() { self.open(Access::Read) } else { Ok(Store::in_memory(self.open_options())?) }
    }

    /// Runs an import into the file. One that was made for an import that failed, or was
    /// stopped, is not left behind.
    pub fn import_into_file<T>(
        &self,
        import: impl FnOnce(&Store) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let was_there = self.db().exists();
        let store = self.open(Access::Create)?;
        // Another process may have filled it while this one waited.
        let is_new = !was_there && store.meta().origin()?.is_none();
        if is_new {
            remove_when_stopped(self.db())?;
        }
        let done = import(&store);
        // From here on the file stays, if the import is done.
        *unfinished() = None;
        store.close()?;
        if is_new && done.is_err() {
            self.remove_db()?;
        }
        done
    }
}

/// The file that is being made, until its import is done.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes Ctrl-C and TERM remove the file that is being made, which holds nothing yet.
fn remove_when_stopped(db: &Path) -> Result<(), CommandError> {
    *unfinished() = Some(db.to_owned());
    ctrlc::set_handler(|| {
        // The lock is held to the end: the import must not go on past its last step.
        let file = unfinished();
        if let Some(db) = file.as_deref() {
            // Nothing can be done about a file that will not go.
            let _ = remove_database(db);
        }
        std::process::exit(130);
    })
    .map_err(CommandError::failed)
}
