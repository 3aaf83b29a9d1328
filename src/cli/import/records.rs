//! What imports of customers, products and activities have in common: their arguments,
//! and how previews and outcomes are shown.

use clap::Args;

use lifecycle::config::Config;
use lifecycle::import::{ImportError, Importer, LinesRead, RecordCounts, RecordImport, RecordPreview, Step};
use lifecycle::render::{Cell, Report, Table};
use lifecycle::store::Store;

use super::progress::ImportProgress;
use super::reading::{self, BadLineArgs, ConflictArg, ReadingArgs, preview_report, warn_of_refusal};
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

    /// What to do with records that were imported before
    #[arg(long, value_enum, default_value_t)]
    on_conflict: ConflictArg,

    /// Show the mapping, five rows and all problems; write nothing
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
pub struct RecordHeadings {
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
    headings: RecordHeadings,
    read: impl FnOnce(&mut Importer<'_>) -> Result<RecordPreview<R>, ImportError>,
    first_rows: impl FnOnce(&[R]) -> Table,
) -> Result<(), CommandError> {
    let (config, preview) = look(context, read)?;
    let RecordCounts { created, filled, already_there, .. } = preview.counts;
    let read = &preview.read;
    let report = Report::object([
        ("lines", Cell::Int(read.lines)),
        ("created", Cell::Int(created)),
        ("filled", Cell::Int(filled)),
        ("already_there", Cell::Int(already_there)),
        ("bad_lines", Cell::Int(read.bad_lines)),
        ("repeated_lines", Cell::Int(read.repeated_lines)),
    ])
    .text(format!(
        "{} lines read, nothing written; {created} {rows} are new, {filled} are known from orders alone, \
         {already_there} are in the file already",
        read.lines,
        rows = headings.rows,
    ));
    let report = preview_report(report, read, first_rows(&preview.rows));
    context.ui.report(&report, &config.currency())?;
    warn_of_refusal(context, preview.refused);
    Ok(())
}

/// Looks at what an import would do, and returns it with the settings.
pub fn look<T>(
    context: &Context<'_>,
    look: impl FnOnce(&mut Importer<'_>) -> Result<T, ImportError>,
) -> Result<(Config, T), CommandError> {
    let store = context.open_for_preview()?;
    let config = context.config(Some(&store))?;
    let mut bar = ImportProgress::new(context.ui);
    let seen = look(&mut Importer::new(&store, &config).on_progress(|step| bar.show(step)))?;
    Ok((config, seen))
}

/// Imports into the file, and returns the outcome with the settings.
pub fn import<T>(
    context: &Context<'_>,
    import: impl FnOnce(&mut Importer<'_>) -> Result<T, ImportError>,
) -> Result<(Config, T), CommandError> {
    let mut bar = ImportProgress::new(context.ui);
    context.import_into_file(|store| {
        let config = context.config(Some(store))?;
        let untold = currency_is_untold(context, store)?;
        let outcome = import(&mut Importer::new(store, &config).on_progress(|step| {
            if untold && step == Step::Writing {
                say_currency(context, &config);
            }
            bar.show(step);
        }))?;
        Ok((config, outcome))
    })
}

/// Whether nobody has said in which currency amounts are, and none are there yet.
fn currency_is_untold(context: &Context<'_>, store: &Store) -> Result<bool, CommandError> {
    let is_given = context.user_layer()?.is_some_and(|layer| layer.gives("currency"));
    Ok(!is_given && store.meta().origin()?.is_none())
}

fn say_currency(context: &Context<'_>, config: &Config) {
    context.ui.note(&format!(
        "amounts are taken to be in {}, and grades go by its criteria; if they are in another currency, say so in \
         lifecycle.toml (currency = \"USD\") and import anew into another file",
        config.currency().code()
    ));
}

/// What an import did; `more` is what only this kind of records has to say.
pub fn outcome_report(
    context: &Context<'_>,
    config: &Config,
    headings: RecordHeadings,
    read: &LinesRead,
    counts: &RecordCounts,
    more: Vec<Fact<'static>>,
) -> Report {
    let mut did: Vec<Fact<'static>> = vec![
        ("created", headings.created, Cell::Int(counts.created)),
        ("filled", headings.filled, Cell::Int(counts.filled)),
        ("replaced", headings.replaced, Cell::Int(counts.replaced)),
        ("skipped", headings.skipped, Cell::Int(counts.skipped)),
    ];
    did.extend(more);
    let written = counts.created + counts.filled + counts.replaced;
    let title = if written > 0 { "Imported into" } else { "Nothing new for" };
    let title = format!("{title} {}", context.db().display());
    reading::outcome_report(context, config, title, read, did, &["created"])
}
