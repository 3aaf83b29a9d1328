//! `lifecycle export`: tables and reports' rows for other programs.

mod view;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use lifecycle::export::{
    ExportError, ExportFormat, ExportTable, ExportTarget, Exported, Stop, Subject, ViewRows, export,
    export_to,
};
use lifecycle::money::Currency;
use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, Store};

use super::error::CommandError;
use super::global::Context;
use super::signals::on_stop_repeatedly;
use super::spinner::Spinner;
use lifecycle::report::ReportView;

/// Write tables or reports to files for other programs
///
/// TABLE is one of the file's: users, products, campaigns, campaign_activities, orders, grade_runs,
/// grade_changes, cohort_members, ltv_batch, meta; or `all` of them, into a folder or into one SQLite file.
/// VIEW is the rows of a report, as its --format csv or json has them: `cohort` is `lifecycle cohort
/// report`, `cohort:ltv` the same with --view ltv, `grades:report` and `grades:at-risk` those reports.
///
/// The format is the one that PATH's extension names: .csv, .parquet, .jsonl (also .ndjson and .json: one
/// object per line), .sqlite (also .sqlite3 and .db); .csv.gz and .jsonl.gz are compressed. In CSV an empty field is no
/// value and "" an empty text. JSON has amounts as numbers where they are whole, else as texts. A
/// SQLite file has keys, references and checks; amounts are exact in it too: where cents come with more
/// digits than its numbers keep, the column is text.
///
/// Orders are sorted by time, other tables by their keys: the same
/// contents give the same file. Files appear only once complete, and nothing is replaced
/// without --overwrite.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// What to write: a table, a view, or `all`
    #[arg(value_name = "TABLE|VIEW|all")]
    what: String,

    /// The destination: a file, a folder for `all` and --by-month, or `-` for stdout
    #[arg(long, value_name = "PATH")]
    to: PathBuf,

    /// The format [default: by PATH's extension; Parquet for a folder, CSV for stdout]
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    as_format: Option<FormatChoice>,

    /// Write a folder month=YYYY-MM for each month of the rows' own time
    ///
    /// Parquet, CSV and JSON lines. users go by signed_up_at, campaign_activities by start_at, orders by
    /// created_at, grade_runs and grade_changes by as_of, cohort_members by first_order_at, ltv_batch by
    /// collected_at; the other tables have no time. Members on lists, who have no first order here, are in
    /// month=__HIVE_DEFAULT_PARTITION__, which readers of such folders take for an unknown month.
    #[arg(long)]
    by_month: bool,

    /// Replace the files that are there; a folder of months only if it holds nothing but what an export wrote
    #[arg(long)]
    overwrite: bool,

    /// Write only the rows for which this holds: "status = 'Success' AND amount >= 100"
    ///
    /// An SQL expression over the columns of the table or view.
    #[arg(long = "where", value_name = "EXPR")]
    filter: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatChoice {
    /// RFC 4180, with a header.
    Csv,
    /// Parquet, compressed with zstd.
    Parquet,
    /// One JSON object per line.
    Jsonl,
    /// Tables with types, keys and references.
    Sqlite,
}

impl From<FormatChoice> for ExportFormat {
    fn from(choice: FormatChoice) -> Self {
        match choice {
            FormatChoice::Csv => ExportFormat::Csv,
            FormatChoice::Parquet => ExportFormat::Parquet,
            FormatChoice::Jsonl => ExportFormat::JsonLines,
            FormatChoice::Sqlite => ExportFormat::Sqlite,
        }
    }
}

/// What was named.
enum Named {
    All,
    Table(&'static ExportTable),
    View(ReportView),
}

impl Named {
    fn find(name: &str) -> Result<Self, CommandError> {
        if name == "all" {
            return Ok(Named::All);
        }
        if let Some(table) = ExportTable::named(name) {
            return Ok(Named::Table(table));
        }
        if let Some(view) = ReportView::named(name) {
            return Ok(Named::View(view));
        }
        let tables: Vec<String> = ExportTable::ALL.iter().map(|table| table.name.to_owned()).collect();
        let views: Vec<String> = ReportView::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
        let nearest = tables
            .iter()
            .chain(&views)
            .map(|known| (strsim::damerau_levenshtein(known, &name.to_lowercase()), known))
            .filter(|(distance, _)| *distance <= 3)
            .min();
        let suggestion =
            nearest.map(|(_, nearest)| format!(": did you mean `{nearest}`?")).unwrap_or_default();
        Err(CommandError::usage(format!("there is no table or view `{name}`{suggestion}"))
            .hint(format!("tables: all, {}", tables.join(", ")))
            .hint(format!("views: {}", views.join(", "))))
    }

    fn rows(&self, context: &Context<'_>, store: &Store) -> Result<Option<ViewRows>, CommandError> {
        match self {
            Named::View(view) => Ok(Some(view::rows(*view, context, store)?)),
            Named::All | Named::Table(_) => Ok(None),
        }
    }

    fn subject<'a>(&self, rows: Option<&'a ViewRows>) -> Subject<'a> {
        match (self, rows) {
            (Named::Table(table), _) => Subject::Table(table),
            (Named::View(_), Some(rows)) => Subject::View(rows),
            (Named::All | Named::View(_), _) => Subject::All,
        }
    }
}

pub fn run(context: &Context<'_>, args: &ExportArgs) -> Result<(), CommandError> {
    let named = Named::find(&args.what)?;
    let format = args.as_format.map(ExportFormat::from);
    let to_pipe = args.to == Path::new("-");
    if to_pipe {
        refuse_pipe(&named, format, args.by_month)?;
    }
    let store = context.open(Access::Read)?;
    let rows = named.rows(context, &store)?;
    let subject = named.subject(rows.as_ref());
    let stop = Arc::new(Stop::default());
    let raised = Arc::clone(&stop);
    if to_pipe {
        // Ctrl-C ends a pipe as it ends every other one.
        let format = format.unwrap_or(ExportFormat::Csv);
        export_to(&store, subject, format, args.filter.as_deref(), &mut context.ui.data_out(), &stop)?;
        return Ok(());
    }
    on_stop_repeatedly(move || raised.raise())?;
    let target = ExportTarget {
        path: args.to.clone(),
        format,
        by_month: args.by_month,
        overwrite: args.overwrite,
        filter: args.filter.clone(),
    };
    let spinner = Spinner::new(context.ui);
    let written = export(&store, subject, &target, &stop, |name| spinner.say(format!("writing {name}")));
    drop(spinner);
    let written = written?;
    for table in written.iter().filter(|table| !table.texts.is_empty()) {
        context.ui.warn(&format!(
            "{} of {} is text in the SQLite file: it holds amounts with more digits than SQLite's numbers keep to the cent",
            table.texts.join(", "),
            table.name
        ));
    }
    context.ui.report(&report(&written), &Currency::default())
}

/// What cannot go into a pipe, before anything is opened.
fn refuse_pipe(named: &Named, format: Option<ExportFormat>, by_month: bool) -> Result<(), CommandError> {
    match (named, format) {
        (Named::All, _) => Err(ExportError::NotOneFile { what: "several tables" }.into()),
        _ if by_month => Err(ExportError::NotOneFile { what: "a file for each month" }.into()),
        (_, Some(format @ (ExportFormat::Parquet | ExportFormat::Sqlite))) => {
            Err(ExportError::NotToPipe { format }.into())
        }
        _ => Ok(()),
    }
}

fn report(written: &[Exported]) -> Report {
    let row = |exported: &Exported| {
        vec![
            Cell::from(exported.name.clone()),
            Cell::from(exported.rows),
            Cell::from(exported.path.display().to_string()),
            Cell::from(exported.files),
            Cell::Bytes(exported.bytes),
        ]
    };
    let table = Table::new("written")
        .title("Written")
        .column(Column::text("name", "Name"))
        .column(Column::number("rows", "Rows"))
        .column(Column::text("file", "File").least(16))
        .column(Column::number("files", "Files").rank(1))
        .column(Column::number("bytes", "Bytes"))
        .rows(written.iter().map(row));
    if written.len() < 2 {
        return Report::from(table);
    }
    let total = vec![
        Cell::from("All"),
        Cell::from(written.iter().map(|exported| exported.rows).sum::<usize>()),
        Cell::Text(String::new()),
        Cell::from(files(written)),
        Cell::Bytes(written.iter().map(|exported| exported.bytes).sum()),
    ];
    Report::from(table.total(total))
}

/// How many files there are: the tables of a SQLite file share one.
fn files(written: &[Exported]) -> usize {
    let shared = written.windows(2).all(|pair| pair[0].path == pair[1].path);
    if shared { 1 } else { written.iter().map(|exported| exported.files).sum() }
}
