//! Opening a file.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use duckdb::{AccessMode, Config, Connection};

use super::meta::KnownFacts;
use super::place::{Found, Place};
use super::trouble::{Trouble, trouble};
use super::{SCHEMA_VERSION, StoreError};
use crate::query;

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading only; several processes may do so at the same time.
    Read,
    /// Reading and writing an existing file.
    Write,
    /// Reading and writing; creates the file if there is none.
    Create,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Threads the engine may use; `None` for all cores.
    pub threads: Option<usize>,
    /// Bytes that the engine may use for its work before it writes to disk, beside the file; `None` for four fifths of
    /// the machine's memory.
    pub memory: Option<u64>,
    /// How long to wait for a file that another process has open.
    pub wait: Duration,
}

/// An open file.
pub struct Store {
    connection: Connection,
    path: Option<PathBuf>,
    in_transaction: Cell<bool>,
    /// What `meta` holds, once it was read.
    pub(super) facts: KnownFacts,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file at a path. A file of an older schema is rejected and left unchanged; see
    /// [`Store::migrate_file`].
    pub fn open(path: &Path, access: Access, options: OpenOptions) -> Result<Self, StoreError> {
        let (store, version) = Store::open_any(path, access, options)?;
        if version < SCHEMA_VERSION {
            return Err(StoreError::Older { path: path.to_owned(), found: version, known: SCHEMA_VERSION });
        }
        Ok(store)
    }

    /// Opens a file of the current or an older schema, and returns its version.
    pub(super) fn open_any(
        path: &Path,
        access: Access,
        options: OpenOptions,
    ) -> Result<(Self, u32), StoreError> {
        let place = Place::find(path)?;
        match (place.found, access) {
            (Found::Nothing, Access::Create) | (Found::Database, _) => {}
            (Found::Nothing, _) => return Err(StoreError::Missing { path: path.to_owned() }),
            (Found::Empty, Access::Create) => place.fill_empty()?,
            (Found::Empty, _) => return Err(StoreError::Blank { path: path.to_owned() }),
        }
        let mode = match access {
            Access::Read => AccessMode::ReadOnly,
            Access::Write | Access::Create => AccessMode::ReadWrite,
        };
        let connection = connect(path, &place.real, mode, options)?;
        let store = Store::over(connection, Some(place.real))?;
        match store.version(path)? {
            Some(version) if version > SCHEMA_VERSION => {
                Err(StoreError::Newer { path: path.to_owned(), found: version, known: SCHEMA_VERSION })
            }
            Some(version) => Ok((store, version)),
            None if access == Access::Create => {
                store.migrate(0)?;
                Ok((store, SCHEMA_VERSION))
            }
            None => Err(StoreError::Blank { path: path.to_owned() }),
        }
    }

    /// Whether there is a database at a path; an empty file is none. Fails where there cannot be one.
    pub fn is_at(path: &Path) -> Result<bool, StoreError> {
        Ok(Place::find(path)?.found == Found::Database)
    }

    /// An empty store in memory.
    pub fn in_memory(options: OpenOptions) -> Result<Self, StoreError> {
        let connection =
            Connection::open_in_memory_with_flags(engine_config(AccessMode::Automatic, options)?)?;
        let store = Store::over(connection, None)?;
        store.migrate(0)?;
        Ok(store)
    }

    fn over(connection: Connection, path: Option<PathBuf>) -> Result<Self, StoreError> {
        connection.execute_batch(query!("store/macros.sql").sql())?;
        Ok(Store { connection, path, in_transaction: Cell::new(false), facts: KnownFacts::default() })
    }

    /// The file's path with all links resolved; `None` for a store in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs `work` in one transaction: all of it or nothing. Within a running
    /// transaction, `work` becomes part of that one.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.in_transaction.get() {
            return work(self);
        }
        let transaction = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        self.in_transaction.set(true);
        let done = work(self);
        self.in_transaction.set(false);
        // A dropped transaction rolls back.
        let kept = done.and_then(|value| {
            transaction.commit().map_err(StoreError::from)?;
            Ok(value)
        });
        if kept.is_err() {
            self.forget_facts();
        }
        kept
    }

    /// Closes the file; fails if its last changes could not be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.connection.close().map_err(|(_, error)| StoreError::from(error))
    }

    /// The schema version; `None` for a database without tables. Fails for a database with
    /// tables other than ours.
    fn version(&self, path: &Path) -> Result<Option<u32>, StoreError> {
        let tables: Vec<String> = self.rows(query!("store/table_names.sql"), &[], |row| row.get(0))?;
        if tables.is_empty() {
            return Ok(None);
        }
        let ours = ["meta", "orders", "users"].iter().all(|name| tables.iter().any(|table| table == name));
        let version = match self.meta().get("schema_version") {
            _ if !ours => None,
            Ok(version) => version,
            // Another program's table of that name has other columns.
            Err(error) if trouble(&error.engine_message()).is_none() => None,
            Err(error) => return Err(explain(path, &error.engine_message())),
        };
        match version.and_then(|version| version.parse().ok()) {
            Some(version) => Ok(Some(version)),
            None => {
                let named = tables.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                let tables = if tables.len() > 5 { format!("{named}, …") } else { named };
                Err(StoreError::Foreign { path: path.to_owned(), tables })
            }
        }
    }
}

/// The interval between attempts to open a file that is in use.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// Opens the database, waiting for another process to release it.
fn connect(
    named: &Path,
    real: &Path,
    mode: AccessMode,
    options: OpenOptions,
) -> Result<Connection, StoreError> {
    let began = Instant::now();
    loop {
        let tried = Connection::open_with_flags(real, engine_config(mode.clone(), options)?);
        match tried.map_err(|error| explain_open_error(named, &error)) {
            Err(StoreError::Locked { .. }) if began.elapsed() < options.wait => {
                thread::sleep(TRY_AGAIN_AFTER)
            }
            other => return other,
        }
    }
}

fn engine_config(mode: AccessMode, options: OpenOptions) -> Result<Config, StoreError> {
    // Secrets that other programs have stored on the machine are none of our business.
    let config = Config::default()
        .access_mode(mode)?
        .enable_autoload_extension(false)?
        .with("allow_persistent_secrets", "false")?;
    let config = match options.threads {
        Some(threads) => config.threads(i64::try_from(threads).unwrap_or(i64::MAX))?,
        None => config,
    };
    Ok(match options.memory {
        Some(bytes) => config.max_memory(&format!("{bytes}B"))?,
        None => config,
    })
}

fn explain_open_error(path: &Path, error: &duckdb::Error) -> StoreError {
    let message = error.to_string();
    if message.contains("not a valid DuckDB database file") {
        StoreError::NotDuckDb { path: path.to_owned() }
    } else if message.contains("Could not set lock") || message.contains("Conflicting lock") {
        // "... Conflicting lock is held in /path/of/program (PID 123) ..."
        let holder = message
            .split_once("lock is held in ")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map(|(holder, _)| format!("{holder})"));
        StoreError::Locked { path: path.to_owned(), holder }
    } else {
        explain(path, &message)
    }
}

/// Why a file that exists and is not in use cannot be opened.
fn explain(path: &Path, message: &str) -> StoreError {
    let path = path.to_owned();
    let first = message.lines().next().unwrap_or_default().to_owned();
    match trouble(message) {
        Some(Trouble::Damaged) => StoreError::Damaged { path, message: first },
        Some(Trouble::NoRoom) => StoreError::NoRoom { path },
        None => StoreError::CannotOpen { path, message: first },
    }
}
