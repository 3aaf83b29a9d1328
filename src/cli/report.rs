//! `lifecycle report`: one page that shows the shop's life.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use clap::Args;

use lifecycle::calendar::format_instant;
use lifecycle::config::Config;
use lifecycle::domain::{AgeBand, CohortKind};
use lifecycle::export::{self, ExportError};
use lifecycle::predict::{self, PredictError};
use lifecycle::render::page::{self, Exhibit, Page, PageTexts};
use lifecycle::render::{Cell, Column, Table};
use lifecycle::report::cohort::{ActivitySeries, ReportOptions, Selection, activity_series};
use lifecycle::report::overview::{
    GradeMix, OriginFilter, Overview, Period, cohort_months_table, concentration_by_origin, days_by_origin,
    hours_by_origin, mix_by_origin, moves_by_origin, outlook_by_origin, spans_by_origin,
};
use lifecycle::report::predict::{checks_table, cohorts_table};
use lifecycle::store::{Access, Origin, PredictRunRow, Store};

use super::error::CommandError;
use super::facts::{Fact, fact_record, fact_table};
use super::global::{AsOf, Context, cohort_kind};
use super::overview::{self, SpanArgs};

/// Write a page of charts about the shop
///
/// The page is one HTML file that needs no network: open it from the disk, or mail it on. Its
/// filters move charts, tables and figures together, and each chart has its table and the command
/// that prints the same figures.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The file to write; - for stdout
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,

    #[command(flatten)]
    span: SpanArgs,

    /// Only cohorts of this kind [default: all, with a filter on the page]
    #[arg(long, value_name = "KIND", value_parser = cohort_kind())]
    cohorts: Option<CohortKind>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

impl ReportArgs {
    /// The page of everything, into a file.
    pub(super) fn to_file(out: PathBuf) -> Self {
        ReportArgs { out, span: SpanArgs::default(), cohorts: None, open: false }
    }
}

pub fn run(context: &Context<'_>, args: &ReportArgs) -> Result<(), CommandError> {
    let to_stdout = args.out == Path::new("-");
    if to_stdout && args.open {
        return Err(CommandError::usage("a page on stdout cannot be opened").hint("name a file with --out"));
    }
    if !to_stdout {
        expect_replaceable(&args.out, "name another file with --out")?;
    }
    let store = context.open(Access::Read)?;
    let config = context.config(Some(&store))?;
    let bytes = write_page(context, &store, &config, args)?;
    if to_stdout {
        return Ok(());
    }
    let facts: Vec<Fact<'_>> =
        vec![("page", "Page", args.out.display().to_string().into()), ("bytes", "Bytes", Cell::Bytes(bytes))];
    let currency = config.currency();
    let shown = fact_table(context.ui, &currency, "Written", &facts);
    context.ui.report(&fact_record(facts).table(shown), &currency)?;
    if args.open {
        open::that_detached(&args.out).map_err(|error| {
            CommandError::failed(format!("{} is written, but cannot be opened: {error}", args.out.display()))
        })?;
    }
    Ok(())
}

/// Writes the page of an open file where the arguments say, and returns its size in bytes (0 on stdout).
pub(super) fn write_page(
    context: &Context<'_>,
    store: &Store,
    config: &Config,
    args: &ReportArgs,
) -> Result<u64, CommandError> {
    let as_of = context.as_of(store, args.span.as_of.as_ref())?;
    let span = args.span.bounds();
    let overview = overview::open(store, as_of, span, OriginFilter::default())?;
    let currency = config.currency();
    let page = Sheet { context, store, config, as_of, overview: &overview, args }.page(&currency)?;
    if args.out == Path::new("-") {
        page::write(&page, &mut io::stdout().lock())?;
        return Ok(0);
    }
    export::write_file(&args.out, Some(context.db()), |out| page::write(&page, out))
        .map_err(cannot_write_page)
}

/// The error of a page that cannot be where it was to be.
fn cannot_write_page(error: ExportError) -> CommandError {
    let hint = match &error {
        ExportError::IsFolder { path } => {
            format!("name a file in it, such as {}", path.join("report.html").display())
        }
        ExportError::IsFile { .. }
        | ExportError::NotRegular { .. }
        | ExportError::IsDatabase { .. }
        | ExportError::PathNotText { .. } => "name another with --out".to_owned(),
        _ => return error.into(),
    };
    CommandError::failed(error).hint(hint)
}

/// A page may take the place of an earlier page, but of nothing else.
pub(super) fn expect_replaceable(path: &Path, otherwise: &str) -> Result<(), CommandError> {
    if !path.is_file() {
        return Ok(());
    }
    let mut start = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(std::fs::File::open(path)?, 4096), &mut start)?;
    if start.is_empty() || String::from_utf8_lossy(&start).contains(GENERATOR_MARK) {
        return Ok(());
    }
    Err(CommandError::failed(format!("{} exists already, and is no page of this command", path.display()))
        .hint(otherwise))
}

/// What the start of every page holds.
const GENERATOR_MARK: &str = "<meta name=\"generator\" content=\"lifecycle ";

/// What goes on the page, and where it is from.
struct Sheet<'a> {
    context: &'a Context<'a>,
    store: &'a Store,
    config: &'a Config,
    as_of: NaiveDateTime,
    overview: &'a Overview<'a>,
    args: &'a ReportArgs,
}

impl Sheet<'_> {
    fn page<'p>(&self, currency: &'p lifecycle::money::Currency) -> Result<Page<'p>, CommandError> {
        let lang = self.context.ui.lang();
        let texts = PageTexts::of(lang);
        let mut left_out = Vec::new();
        let exhibits = self.exhibits(&mut left_out)?;
        let Period { from, to } = self.overview.period();
        let name = self
            .context
            .db()
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Page {
            lang,
            currency,
            title: format!("{} - {name}", texts.get("title")),
            facts_line: format!("{name} · {}", shown_period(from, to)),
            facts: vec![
                ("as_of", Cell::Timestamp(self.as_of)),
                ("from", Cell::Timestamp(from)),
                ("to", Cell::Timestamp(to)),
                ("cohort_months", Cell::Int(self.config.cohort.months.into())),
                ("gross_margin", Cell::Ratio(self.config.cohort.gross_margin.millionths() as f64 / 1e6)),
                ("period_flags", self.instants(true).into()),
                ("cohort_flags", format!("{}{}", self.kind_flag(), self.instants(false)).into()),
            ],
            about: self.about(&name)?,
            left_out,
            exhibits,
            generator: generator(),
        })
    }

    /// The tables, each with the command that prints it.
    fn exhibits(&self, left_out: &mut Vec<String>) -> Result<Vec<Exhibit>, CommandError> {
        let texts = PageTexts::of(self.context.ui.lang());
        let mut exhibits = Vec::new();
        if self.overview.has_orders() {
            exhibits.extend(self.overview_exhibits(left_out)?);
        } else {
            left_out.push(texts.get("left_out_orders").to_owned());
        }
        let mix = self.overview.grade_mix()?;
        if mix.is_empty() {
            left_out.push(texts.get("left_out_grades").to_owned());
        } else {
            exhibits.extend(self.grade_exhibits(&mix, left_out)?);
        }
        let options = ReportOptions {
            selection: Selection { kind: self.args.cohorts, ..Selection::default() },
            seen_by: self.args.span.as_of.as_ref().map(AsOf::instant),
            ..ReportOptions::as_of(self.as_of)
        };
        let months = activity_series(self.store, &self.config.cohort, &options)?;
        if months.iter().all(|cohort| cohort.latest().is_none()) {
            left_out.push(texts.get("left_out_cohorts").to_owned());
        } else {
            exhibits.push(self.cohort_exhibit(&months));
            if months.iter().all(|cohort| cohort.budget.is_none()) {
                left_out.push(texts.get("left_out_budgets").to_owned());
            }
        }
        let runs = self.prediction()?;
        if runs.is_empty() {
            left_out.push(texts.get("left_out_predictions").to_owned());
        } else {
            exhibits.extend(self.prediction_exhibits(&runs, left_out)?);
        }
        Ok(exhibits)
    }

    fn grade_exhibits(
        &self,
        mix: &[GradeMix],
        left_out: &mut Vec<String>,
    ) -> Result<Vec<Exhibit>, CommandError> {
        let overview = self.overview;
        let command = |view: &str| self.command(&format!("overview --view {view} --by-origin"));
        let mut exhibits = vec![
            Exhibit { table: mix_by_origin(mix), command: command("grades") },
            Exhibit {
                table: outlook_by_origin(&overview.grade_outlook(&self.config.grades)?),
                command: command("outlook"),
            },
        ];
        let moves = overview.grade_moves()?;
        if moves.iter().any(|row| row.span.from < row.span.to) {
            exhibits.push(Exhibit { table: moves_by_origin(&moves), command: command("migration") });
        } else {
            left_out.push(PageTexts::of(self.context.ui.lang()).get("left_out_moves").to_owned());
        }
        Ok(exhibits)
    }

    fn cohort_exhibit(&self, months: &[ActivitySeries]) -> Exhibit {
        let command = self.command(&format!("overview --view cohort-months{}", self.kind_flag()));
        Exhibit { table: cohort_months_table(months), command }
    }

    /// The last prediction, or the one as of the page's own as-of; none that knows what came later.
    fn prediction(&self) -> Result<Vec<PredictRunRow>, CommandError> {
        for as_of in [None, Some(self.as_of)] {
            match predict::runs(self.store, as_of) {
                Ok(runs) if runs.iter().all(|run| run.as_of <= self.as_of) => return Ok(runs),
                Ok(_) | Err(PredictError::NoRun { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Vec::new())
    }

    /// The open months of cohorts, and the hold-out of the first pool that has one: of cohorts, else of all customers.
    fn prediction_exhibits(
        &self,
        runs: &[PredictRunRow],
        left_out: &mut Vec<String>,
    ) -> Result<Vec<Exhibit>, CommandError> {
        let texts = PageTexts::of(self.context.ui.lang());
        let Some(as_of) = runs.first().map(|run| run.as_of) else { return Ok(Vec::new()) };
        let command = |rest: &str| format!("lifecycle predict {rest} --as-of '{}'", format_instant(as_of));
        let mut exhibits = Vec::new();
        let months = predict::cohort_months(self.store, as_of)?;
        if !months.is_empty() {
            let table = Table { name: "predicted_months".into(), ..cohorts_table(&months) };
            exhibits.push(Exhibit { table, command: command("cohorts --all-months") });
        }
        let held_out = |pool: &str| runs.iter().find(|run| run.pool == pool && run.holdout_from.is_some());
        let Some(run) = held_out(CohortKind::Acquired.as_str()).or_else(|| held_out("customers")) else {
            left_out.push(texts.get("left_out_check").to_owned());
            return Ok(exhibits);
        };
        let rows = predict::checks(self.store, run.run_id)?;
        if !rows.is_empty() {
            let table = checks_table(&run.pool, &rows);
            exhibits.push(Exhibit { table, command: command(&format!("check --pool {}", run.pool)) });
        }
        Ok(exhibits)
    }

    fn overview_exhibits(&self, left_out: &mut Vec<String>) -> Result<Vec<Exhibit>, CommandError> {
        let overview = self.overview;
        let command = |view: &str| self.command(&format!("overview --view {view} --by-origin"));
        let mut exhibits = vec![
            Exhibit { table: spans_by_origin(&overview.span_totals()?), command: command("figures") },
            Exhibit { table: days_by_origin(&overview.days()?), command: command("days") },
            Exhibit {
                table: concentration_by_origin(&overview.concentration()?),
                command: command("concentration"),
            },
        ];
        let hours = overview.hours()?;
        if hours.iter().all(|row| row.hour == 0) {
            let texts = PageTexts::of(self.context.ui.lang());
            left_out.push(texts.get("left_out_hours").to_owned());
        } else {
            exhibits.push(Exhibit { table: hours_by_origin(&hours), command: command("hours") });
            exhibits.push(Exhibit {
                table: self.score_hours(),
                command: "lifecycle propensity hours".to_owned(),
            });
        }
        Ok(exhibits)
    }

    /// The score's multipliers by hour.
    fn score_hours(&self) -> Table {
        let hours = &self.config.score.hours;
        let rows = (0..24usize).map(|hour| {
            let mut row = vec![Cell::from(format!("{hour:02}"))];
            row.extend(AgeBand::ALL.iter().map(|band| Cell::Ratio(hours.get(*band)[hour])));
            row
        });
        Table::new("score_hours")
            .column(Column::text("hour", "Hour"))
            .columns(AgeBand::ALL.iter().map(|band| Column::number(band.as_str(), band.as_str())))
            .rows(rows.collect::<Vec<_>>())
    }

    /// A command line with the instants that were asked for.
    fn command(&self, rest: &str) -> String {
        format!("lifecycle {rest}{}", self.instants(true))
    }

    /// The flags of the instants that were asked for, those of the period if wanted.
    fn instants(&self, period: bool) -> String {
        let instant = |flag: &str, asked: &Option<AsOf>| {
            let at = asked.as_ref().map(|at| format_instant(at.instant()));
            at.map(|at| format!(" {flag} '{at}'")).unwrap_or_default()
        };
        let span = if period {
            instant("--from", &self.args.span.from) + &instant("--to", &self.args.span.to)
        } else {
            String::new()
        };
        span + &instant("--as-of", &self.args.span.as_of)
    }

    /// The flag of the kind of cohort that was asked for.
    fn kind_flag(&self) -> String {
        self.args.cohorts.map(|kind| format!(" --cohorts {kind}")).unwrap_or_default()
    }

    /// What the page says of itself.
    fn about(&self, name: &str) -> Result<Vec<(String, String)>, CommandError> {
        let texts = PageTexts::of(self.context.ui.lang());
        let meta = self.store.meta();
        let Period { from, to } = self.overview.period();
        let origin = match meta.origin()? {
            Some(Origin::Simulated) => texts.get("origin_simulated"),
            _ => texts.get("origin_imported"),
        };
        let mut about = vec![
            ("about_file", name.to_owned()),
            ("about_origin", origin.to_owned()),
            ("about_as_of", format_instant(self.as_of)),
            ("about_period", format!("{} – {}", format_instant(from), format_instant(to))),
            ("about_currency", self.config.currency.clone()),
        ];
        if let Some(seed) = meta.seed()? {
            about.push(("about_seed", seed.to_string()));
        }
        about.push(("about_version", generator()));
        Ok(about.into_iter().map(|(key, value)| (texts.get(key).to_owned(), value)).collect())
    }
}

/// Whole days from the first to the last, else the instants.
fn shown_period(from: NaiveDateTime, to: NaiveDateTime) -> String {
    let whole_days = [from, to].iter().all(|at| at.time() == chrono::NaiveTime::MIN);
    match to.date().pred_opt().filter(|last| whole_days && *last >= from.date()) {
        Some(last) => format!("{} – {last}", from.date()),
        None => format!("{} – {}", format_instant(from), format_instant(to)),
    }
}

fn generator() -> String {
    format!("lifecycle {}", env!("CARGO_PKG_VERSION"))
}
