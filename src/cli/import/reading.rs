//! What every `lifecycle import` has in common: how sources are read, and how mappings,
//! problems and outcomes are shown.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use lifecycle::config::Config;
use lifecycle::import::{BadLines, Delimiter, ImportError, LinesRead, MapArgument, OnConflict, Reading};
use lifecycle::render::{Cell, Column, Report, Table};

use super::hints::remedy;
use crate::cli::error::CommandError;
use crate::cli::facts::{Fact, fact_record, fact_table};
use crate::cli::global::Context;

/// What to read, and how.
#[derive(Debug, Args)]
pub struct ReadingArgs {
    /// CSV (gzipped too), JSON lines, Parquet or SQLite files, or patterns such as 'orders-*.csv'
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Compute a column from an SQL expression over the file's columns
    #[arg(long, value_name = "COLUMN=EXPR", value_parser = parse_map)]
    map: Vec<MapArgument>,

    /// The delimiter of a CSV file: a character, `tab`, or `blanks` (runs of them) [default: detected]
    #[arg(long, value_name = "C", value_parser = parse_delimiter)]
    delimiter: Option<Delimiter>,

    /// The CSV file has a header [default: detected]
    #[arg(long, conflicts_with = "no_header")]
    header: bool,

    /// The CSV file has no header; its columns are called column1, column2, ...
    #[arg(long)]
    no_header: bool,

    /// A table of a SQLite file, or a SELECT over its tables
    #[arg(long, value_name = "TABLE|SELECT")]
    table: Option<String>,

    /// The format of dates, such as '%d.%m.%Y %H:%M' [default: detected]
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
}

/// What to do with lines that cannot be used.
#[derive(Debug, Args)]
pub struct BadLineArgs {
    /// Skip unusable lines and import the others
    #[arg(long)]
    skip_bad: bool,

    /// Write the unusable lines to this CSV file, with the reasons
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

/// Where our columns come from, and which of the source's are not used.
pub fn mapping_table(read: &LinesRead) -> Table {
    let mut table = Table::new("mapping")
        .title("Where the columns come from")
        .column(Column::text("column", "Column"))
        .column(Column::text("expression", "From"))
        .column(Column::text("origin", "How"));
    for mapped in &read.mapping {
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
    if let Some(unused) = listed(&read.unused) {
        table = table.note(format!("not used: {unused}"));
    }
    match &read.remark {
        Some(remark) => table.note(remark.as_str()),
        None => table,
    }
}

/// Names in a row, the first twenty of them.
fn listed(names: &[String]) -> Option<String> {
    let shown = names.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => None,
        1..=20 => Some(shown),
        more => Some(format!("{shown} and {} more", more - 20)),
    }
}

/// Why lines cannot be used, under this title, and what to do about it.
pub fn problem_table(title: &str, read: &LinesRead) -> Table {
    let mut table = Table::new("problems")
        .title(title)
        .column(Column::text("reason", "Reason"))
        .column(Column::number("lines", "Lines"))
        .column(Column::text("first", "First"))
        .column(Column::text("example", "Example").rank(1));
    for problem in &read.problems {
        let first: Vec<String> = problem.first.iter().map(ToString::to_string).collect();
        table.push(vec![
            Cell::from(problem.reason.to_string()),
            Cell::Int(problem.count),
            Cell::from(first.join(", ")),
            problem.example.clone().into(),
        ]);
        if let Some(remedy) = remedy(problem.reason) {
            table = table.note(format!("{}: {remedy}", problem.reason));
        }
    }
    table
}

/// What a preview says of what was read: where columns come from, the first rows, the problems.
pub fn preview_report(report: Report, read: &LinesRead, first_rows: Table) -> Report {
    let report =
        report.table(mapping_table(read)).table(first_rows.title("The first rows, as they are understood"));
    if read.problems.is_empty() { report } else { report.table(problem_table("Problems", read)) }
}

/// Says that the import itself would be refused.
pub fn warn_of_refusal(context: &Context<'_>, refused: Option<ImportError>) {
    if let Some(error) = refused {
        let error = CommandError::from(error);
        let hints: Vec<String> = error.hints.iter().map(|hint| format!(" ({hint})")).collect();
        context.ui.warn(&format!("the import itself would be refused: {error}{}", hints.concat()));
    }
}

/// What an import did: what was read, then `did`. `kept` are the keys of what people
/// read even if it is nothing.
pub fn outcome_report(
    context: &Context<'_>,
    config: &Config,
    title: String,
    read: &LinesRead,
    did: Vec<Fact<'static>>,
    kept: &[&str],
) -> Report {
    let mut record: Vec<Fact<'static>> = vec![
        ("lines", "Lines read", Cell::Int(read.lines)),
        ("bad_lines", "Lines left out", Cell::Int(read.bad_lines)),
        ("repeated_lines", "Lines that repeat another", Cell::Int(read.repeated_lines)),
    ];
    record.extend(did);
    let rejects = read.rejects.as_ref().map(|path| path.display().to_string());
    record.push(("rejects", "Left-out lines are in", rejects.into()));
    // People need not read what did not happen.
    let said: Vec<Fact<'_>> = record
        .iter()
        .filter(|(key, _, cell)| {
            *key == "lines" || kept.contains(key) || !matches!(cell, Cell::Int(0) | Cell::Empty)
        })
        .cloned()
        .collect();
    let shown = fact_table(context.ui, &config.currency(), "Imported", &said).title(title);
    let report = fact_record(record).table(mapping_table(read)).table(shown);
    if read.problems.is_empty() {
        return report;
    }
    report.table(problem_table("Lines left out", read))
}
