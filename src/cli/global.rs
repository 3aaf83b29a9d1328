//! What every command works with: the file, the settings, the instant.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDateTime;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use lifecycle::calendar::{format_instant, parse_instant};
use lifecycle::config::{Config, Layer};
use lifecycle::domain::CohortKind;
use lifecycle::store::{Access, OpenOptions, Origin, Store, StoreError};

use super::args::{DB_VARIABLE, DEFAULT_DB, GlobalArgs};
use super::error::{CommandError, FailureKind};
use super::ui::Ui;

/// Where the configuration is looked for when none is named.
const DEFAULT_CONFIG: &str = "lifecycle.toml";

/// What every command needs: the streams, the file, the settings.
pub struct Context<'a> {
    pub ui: &'a Ui,
    db: PathBuf,
    config_path: Option<PathBuf>,
    threads: Option<usize>,
    memory: Option<u64>,
    wait: Duration,
    /// Whether the command opened the file to change it.
    wrote: Cell<bool>,
}

impl<'a> Context<'a> {
    /// Prepares the threads; opens nothing.
    pub fn new(global: GlobalArgs, ui: &'a Ui) -> Result<Self, CommandError> {
        let threads = global.threads.map(usize::from);
        if let Some(threads) = threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build_global()
                .map_err(CommandError::failed)?;
        }
        let wait = Duration::from_secs_f64(global.wait);
        let db = match global.db.is_empty() {
            false => PathBuf::from(global.db),
            // An empty variable is as good as none.
            true if std::env::var_os(DB_VARIABLE).is_some_and(|named| named.is_empty()) => {
                PathBuf::from(DEFAULT_DB)
            }
            true => return Err(CommandError::usage("--db names no file: it is empty")),
        };
        let config_path = global.config.filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Context { ui, db, config_path, threads, memory: global.memory, wait, wrote: Cell::new(false) })
    }

    /// The same with another file.
    pub fn with_db(&self, db: PathBuf) -> Self {
        Context {
            ui: self.ui,
            db,
            config_path: self.config_path.clone(),
            threads: self.threads,
            memory: self.memory,
            wait: self.wait,
            wrote: Cell::new(false),
        }
    }

    /// The file's path.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// A command on this file as it is to be typed: with `--db`, unless that goes without saying.
    pub fn command_line(&self, words: &str) -> String {
        let said = self.db == Path::new(DEFAULT_DB)
            || std::env::var_os(DB_VARIABLE).is_some_and(|named| self.db == Path::new(&named));
        if said {
            format!("lifecycle {words}")
        } else {
            format!("lifecycle {words} --db {}", quoted(&self.db))
        }
    }

    /// Opens the file.
    pub fn open(&self, access: Access) -> Result<Store, CommandError> {
        Ok(self.open_store(access)?)
    }

    /// As [`Self::open`], with the store's own error.
    pub fn open_store(&self, access: Access) -> Result<Store, StoreError> {
        let store = Store::open(&self.db, access, self.open_options())?;
        self.wrote.set(self.wrote.get() || access != Access::Read);
        Ok(store)
    }

    /// Says that the command changed nothing, though it opened the file for writing.
    pub fn wrote_nothing(&self) {
        self.wrote.set(false);
    }

    /// Results are printed after the work is committed: if only the printing failed, the error says so.
    pub fn tell_what_was_saved(&self, error: CommandError) -> CommandError {
        if error.kind == FailureKind::Output && self.wrote.get() {
            error.hint(format!(
                "the work is done and saved in {}; only its output is missing",
                self.db.display()
            ))
        } else {
            error
        }
    }

    /// How files are opened.
    pub fn open_options(&self) -> OpenOptions {
        OpenOptions { threads: self.threads, memory: self.memory, wait: self.wait }
    }

    /// Removes the file with its write-ahead log.
    pub fn remove_db(&self) -> Result<(), CommandError> {
        remove_database(&self.db)
    }

    /// The layers of settings below the flags: what the file remembers, then the
    /// user's TOML.
    pub fn layers(&self, store: Option<&Store>) -> Result<Vec<Layer>, CommandError> {
        let mut layers = Vec::new();
        if let Some(stored) = store.map(|store| store.meta().config()).transpose()?.flatten() {
            layers.push(Layer::from_json("the file's own settings", &stored)?);
        }
        layers.extend(self.user_layer()?);
        Ok(layers)
    }

    /// The user's TOML: the one that was named, or the one that is there.
    pub fn user_layer(&self) -> Result<Option<Layer>, CommandError> {
        let path = match &self.config_path {
            Some(path) => path.clone(),
            None if Path::new(DEFAULT_CONFIG).is_file() => PathBuf::from(DEFAULT_CONFIG),
            None => return Ok(None),
        };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            CommandError::usage(format!("cannot read the configuration {}: {error}", path.display()))
        })?;
        Ok(Some(Layer::from_toml(&path.display().to_string(), &text)?))
    }

    /// The effective settings for a file.
    pub fn config(&self, store: Option<&Store>) -> Result<Config, CommandError> {
        self.config_of(store, Vec::new())
    }

    /// The settings of a file, with flags over them.
    pub fn config_with(&self, store: &Store, flags: Vec<Layer>) -> Result<Config, CommandError> {
        self.config_of(Some(store), flags)
    }

    fn config_of(&self, store: Option<&Store>, flags: Vec<Layer>) -> Result<Config, CommandError> {
        let mut layers = self.layers(store)?;
        layers.extend(flags);
        let config = Config::from_layers(&layers)?;
        if let Some(stored) = store.map(|store| store.meta().config()).transpose()?.flatten() {
            let stored = Config::from_layers(&[Layer::from_json("the file's own settings", &stored)?])?;
            if stored.currency != config.currency {
                return Err(CommandError::usage(format!(
                    "the file's amounts are in {}, and the configuration says {}",
                    stored.currency, config.currency
                ))
                .hint("leave `currency` out of the configuration for this file"));
            }
        }
        Ok(config)
    }

    /// The instant a command works as of: the one asked for, or the file's
    /// clock. Says which on the side.
    pub fn as_of(&self, store: &Store, asked: Option<&AsOf>) -> Result<NaiveDateTime, CommandError> {
        let as_of = self.as_of_quietly(store, asked)?;
        let whose = match asked {
            Some(AsOf::At(_)) => "as asked",
            Some(AsOf::Now) => "the machine's clock",
            None => "the file's clock",
        };
        self.ui.note(&format!("as of {} ({whose})", format_instant(as_of)));
        Ok(as_of)
    }

    /// Refuses to record what a simulated file has not reached yet, which its own
    /// future would contradict; warns on a shop's own data.
    pub fn check_not_ahead(&self, store: &Store, as_of: NaiveDateTime) -> Result<(), CommandError> {
        let meta = store.meta();
        let Some(clock) = meta.clock()?.filter(|clock| as_of > *clock) else { return Ok(()) };
        if meta.origin()? == Some(Origin::Simulated) {
            let ahead = format!(
                "{} is after the file's clock, {}: the simulation has not reached it",
                format_instant(as_of),
                format_instant(clock)
            );
            return Err(CommandError::failed(ahead).hint(format!(
                "continue with `{}` first, or give an earlier --as-of",
                self.command_line("generate --continue")
            )));
        }
        self.ui.warn(&format!(
            "the as-of is after the file's clock, {}: the file has no data for the time in between",
            format_instant(clock)
        ));
        Ok(())
    }

    /// The same, for commands that say it themselves.
    pub fn as_of_quietly(&self, store: &Store, asked: Option<&AsOf>) -> Result<NaiveDateTime, CommandError> {
        if let Some(asked) = asked {
            return Ok(asked.instant());
        }
        store.meta().clock()?.ok_or_else(|| {
            CommandError::failed("the file holds no data yet")
                .hint("fill it with `lifecycle generate` or `lifecycle import orders FILE`")
        })
    }
}

/// Removes a database with its write-ahead log.
pub fn remove_database(db: &Path) -> Result<(), CommandError> {
    // What a link points at goes; the link stays, and the new file comes behind it.
    let db = std::fs::canonicalize(db).unwrap_or_else(|_| db.to_owned());
    let mut log = db.clone().into_os_string();
    log.push(".wal");
    for path in [db, PathBuf::from(log)] {
        if path.exists() {
            std::fs::remove_file(&path).map_err(|error| {
                CommandError::failed(format!("cannot remove {}: {error}", path.display()))
            })?;
        }
    }
    Ok(())
}

/// An instant on the command line.
#[derive(Clone, Debug)]
pub enum AsOf {
    /// This one.
    At(NaiveDateTime),
    /// The machine's.
    Now,
}

impl AsOf {
    /// The instant, asking the machine if that was meant.
    pub fn instant(&self) -> NaiveDateTime {
        match self {
            AsOf::At(instant) => *instant,
            AsOf::Now => chrono::Local::now().naive_local(),
        }
    }
}

/// Reads a kind of cohort.
pub fn cohort_kind() -> impl TypedValueParser<Value = CohortKind> {
    PossibleValuesParser::new(CohortKind::ALL.iter().map(|kind| kind.as_str()))
        .try_map(|word| word.parse::<CohortKind>())
}

/// Reads `--as-of`.
pub fn parse_as_of(text: &str) -> Result<AsOf, String> {
    if text.eq_ignore_ascii_case("now") {
        return Ok(AsOf::Now);
    }
    parse_instant(text).map(AsOf::At).map_err(|error| error.to_string())
}

/// A path as a shell takes it for one word.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
