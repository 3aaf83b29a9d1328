//! What imports of customers, products and activities have in common: their arguments,
//! and how previews and outcomes are shown.

use clap::Args;

use lifecycle::config::Config;
use lifecycle::import::{LinesRead, Progress, RecordCounts, RecordImport, RecordPreview};
use lifecycle::render::{Cell, Report, Table};
use lifecycle::store::Store;

use super::progress::ImportProgress;
use super::reading::{self, BadLineArgs, ConflictArg, ReadingArgs, mapping_table, problem_table};
use crate::cli::error::CommandError;
use crate::cli::facts::Fact;
use crate::cli::global::Context;

/// What every import of such records is asked.
#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    bad_lines: BadLineArgs,

    /// What to do with those that the file has been told of already
    #[arg(long, value_enum, default_value_t)]
    on_conflict: ConflictArg,

    /// Show the mapping, five rows and every problem, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

impl RecordArgs {
    /// As the library asks for it.
    pub fn request(&self) -> RecordImport {
        RecordImport {
            reading: self.reading.reading(),
            bad_lines: self.bad_lines.bad_lines(),
            on_conflict: self.on_conflict.into(),
        }
    }
}

/// What the records are called.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// In the plural.
    pub rows: &'static str,
    pub created: &'static str,
    pub filled: &'static str,
    pub replaced: &'static str,
    pub skipped: &'static str,
}

/// Shows what an import would do; `first_rows` is the table of the first rows.
pub fn preview<R>(
    context: &Context<'_>,
    words: Words,
    read: impl FnOnce(&Store, Progress<'_>) -> Result<RecordPreview<R>, CommandError>,
    first_rows: impl FnOnce(&[R]) -> Table,
) -> Result<(), CommandError> {
    let store = context.open_for_preview()?;
    let config = context.config(Some(&store))?;
    let mut bar = ImportProgress::new(context.ui);
    let preview = read(&store, &mut |step| bar.show(step))?;
    drop(bar);
    let RecordCounts { created, filled, already_there, .. } = preview.counts;
    let rows = first_rows(&preview.rows).title("The first rows, as they are understood");
    let report = Report::object([
        ("lines", Cell::Int(preview.lines)),
        ("created", Cell::Int(created)),
        ("filled", Cell::Int(filled)),
        ("already_there", Cell::Int(already_there)),
        ("bad_lines", Cell::Int(preview.problems.iter().map(|problem| problem.count).sum())),
    ])
    .text(format!(
        "{} lines read, nothing written; {created} {rows} are new, {filled} are known from orders alone, \
         {already_there} are in the file already",
        preview.lines,
        rows = words.rows,
    ))
    .table(mapping_table(&preview.mapping, preview.remark.as_deref()))
    .table(rows)
    .table(problem_table("Problems", &preview.problems));
    context.ui.report(&report, &config.currency())
}

/// Imports into the file, and returns the outcome with the settings.
pub fn import<T>(
    context: &Context<'_>,
    import: impl FnOnce(&Store, &Config, Progress<'_>) -> Result<T, CommandError>,
) -> Result<(Config, T), CommandError> {
    let mut bar = ImportProgress::new(context.ui);
    context.import_into_file(|store| {
        let config = context.config(Some(store))?;
        let outcome = import(store, &config, &mut |step| bar.show(step))?;
        Ok((config, outcome))
    })
}

/// What an import did; `more` is what only this kind of records has to say.
pub fn outcome_report(
    context: &Context<'_>,
    config: &Config,
    words: Words,
    read: &LinesRead,
    counts: &RecordCounts,
    more: Vec<Fact<'static>>,
) -> Report {
    let mut did: Vec<Fact<'static>> = vec![
        ("created", words.created, Cell::Int(counts.created)),
        ("filled", words.filled, Cell::Int(counts.filled)),
        ("replaced", words.replaced, Cell::Int(counts.replaced)),
        ("skipped", words.skipped, Cell::Int(counts.skipped)),
    ];
    did.extend(more);
    let written = counts.created + counts.filled + counts.replaced;
    let title = if written > 0 { "Imported into" } else { "Nothing new for" };
    let title = format!("{title} {}", context.db().display());
    reading::outcome_report(context, config, title, read, did, &["created"])
}
