//! `lifecycle doctor`: the program, the file and the terminal, as they are here.

use std::io::IsTerminal;
use std::path::Path;

use clap::Args;

use lifecycle::render::{Cell, Column, Report, Table};
use lifecycle::store::{Access, OpenOptions, Origin, SCHEMA_VERSION, Store, StoreError};

use super::error::CommandError;
use super::global::Context;

/// Check the program, the file, its folder and the terminal
///
/// Nothing is changed. Exits 1 if something stands in the way of working with the file.
#[derive(Debug, Args)]
pub struct DoctorArgs {}

/// How a finding is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    /// Worth knowing.
    Note,
    /// In the way.
    Problem,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            State::Fine => "ok",
            State::Note => "note",
            State::Problem => "problem",
        }
    }
}

struct Finding {
    what: &'static str,
    state: State,
    text: String,
}

/// Less room than this is worth a word: a year of the default shop takes some 30 MB, and as much while it is written.
const LITTLE_ROOM: u64 = 200_000_000;

pub fn run(context: &Context<'_>, _: &DoctorArgs) -> Result<(), CommandError> {
    let mut findings = vec![
        finding(
            "Program",
            State::Fine,
            format!("lifecycle {}, schema {SCHEMA_VERSION}", env!("CARGO_PKG_VERSION")),
        ),
        engine(),
    ];
    findings.extend(settings(context));
    findings.extend(file(context));
    findings.extend(folder(context.db()));
    findings.extend(terminal(context));
    let rows = findings.iter().map(|finding| {
        vec![finding.what.into(), finding.state.as_str().into(), Cell::from(finding.text.clone())]
    });
    let table = Table::new("findings")
        .column(Column::text("check", "Check"))
        .column(Column::text("state", "State"))
        .column(Column::text("finding", "Finding"))
        .rows(rows);
    context.ui.report(&Report::from(table), &Default::default())?;
    match findings.iter().filter(|finding| finding.state == State::Problem).count() {
        0 => Ok(()),
        1 => Err(CommandError::failed("1 problem was found")),
        several => Err(CommandError::failed(format!("{several} problems were found"))),
    }
}

fn finding(what: &'static str, state: State, text: impl Into<String>) -> Finding {
    Finding { what, state, text: text.into() }
}

fn engine() -> Finding {
    match Store::in_memory(OpenOptions::default()).and_then(|store| store.engine_version()) {
        Ok(version) => finding("Engine", State::Fine, format!("DuckDB {version}")),
        Err(error) => finding("Engine", State::Problem, error.to_string()),
    }
}

fn settings(context: &Context<'_>) -> Vec<Finding> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let used = context.open_options().threads.unwrap_or(threads);
    let settings = match context.user_layer() {
        Ok(None) => finding("Settings", State::Fine, "the defaults: there is no lifecycle.toml"),
        Ok(Some(_)) => match context.config(None) {
            Ok(_) => finding("Settings", State::Fine, "read and valid"),
            Err(error) => finding("Settings", State::Problem, error.to_string()),
        },
        Err(error) => finding("Settings", State::Problem, error.to_string()),
    };
    vec![finding("Threads", State::Fine, format!("{used} of {threads}")), settings]
}

fn file(context: &Context<'_>) -> Vec<Finding> {
    let path = context.db();
    let shown = path.display();
    let store = match context.open_store(Access::Read) {
        Ok(store) => store,
        Err(StoreError::Missing { .. }) => {
            return vec![finding("File", State::Note, format!("{shown} does not exist yet"))];
        }
        Err(error @ StoreError::Older { .. }) => {
            let text = format!("{error}; `lifecycle migrate` brings it up to date");
            return vec![finding("File", State::Problem, text)];
        }
        Err(error) => return vec![finding("File", State::Problem, error.to_string())],
    };
    let held = || -> Result<String, StoreError> {
        let meta = store.meta();
        let version = meta.get("schema_version")?.unwrap_or_default();
        let origin = meta.origin()?.map_or("no data yet", Origin::as_str);
        let clock = meta.clock()?.map(|clock| format!(", up to {clock}")).unwrap_or_default();
        Ok(format!("{shown}: schema {version}, {origin}{clock}"))
    };
    let mut findings = vec![match held() {
        Ok(held) => finding("File", State::Fine, held),
        Err(error) => finding("File", State::Problem, error.to_string()),
    }];
    let mut log = path.as_os_str().to_owned();
    log.push(".wal");
    if Path::new(&log).exists() {
        let text = "the last writer was interrupted; its committed transactions are in the log and are applied at the next write";
        findings.push(finding("Log", State::Note, text));
    }
    if std::fs::OpenOptions::new().append(true).open(path).is_err() {
        findings.push(finding("Writing", State::Note, format!("{shown} is read-only")));
    }
    findings
}

fn folder(path: &Path) -> Vec<Finding> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs4::available_space(folder) {
        Ok(space) => {
            let state = if space < LITTLE_ROOM { State::Note } else { State::Fine };
            let room = Cell::Bytes(space).shown(&Default::default());
            vec![finding("Room", state, format!("{room} free in {}", folder.display()))]
        }
        Err(error) => vec![finding("Room", State::Problem, format!("{}: {error}", folder.display()))],
    }
}

fn terminal(context: &Context<'_>) -> Vec<Finding> {
    let out = std::io::stdout().is_terminal();
    let width = context.ui.width().map_or("any width".to_owned(), |width| format!("{width} columns"));
    let what = if out { "a terminal" } else { "no terminal" };
    let mut findings = vec![finding("Output", State::Fine, format!("{what}, {width}"))];
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    let is_utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    if out && !is_utf8 && !cfg!(windows) {
        let text = format!("the locale `{locale}` is not UTF-8: Korean and lines may be displayed wrongly");
        findings.push(finding("Letters", State::Note, text));
    }
    findings
}
