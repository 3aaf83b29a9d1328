//! Opening a file: what it is, whether it is ours, and for what.

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use duckdb::{AccessMode, Config, Connection};

use super::{SCHEMA_VERSION, StoreError};
use crate::query;

/// What a foreign file holds that holds nothing.
pub const NO_TABLES: &str = "no tables";

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading only: several processes may, at the same time.
    Read,
    /// Reading and writing an existing file.
    Write,
    /// Reading and writing; a file that is not there is made.
    Create,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Threads the engine may use; `None` for all cores.
    pub threads: Option<usize>,
    /// How long to wait for a file that another process has open.
    pub wait: Duration,
}

/// An open file.
pub struct Store {
    connection: Connection,
    path: Option<PathBuf>,
    in_transaction: Cell<bool>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file at a path; see [`Access`] for what is made or refused.
    pub fn open(path: &Path, access: Access, options: OpenOptions) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(StoreError::IsFolder { path: path.to_owned() });
        }
        // A file without a byte is as good as none.
        let empty = std::fs::metadata(path).is_ok_and(|data| data.len() == 0);
        if empty && access == Access::Create {
            std::fs::remove_file(path).map_err(|error| StoreError::CannotOpen {
                path: path.to_owned(),
                message: error.to_string(),
            })?;
        }
        let exists = path.exists();
        if !exists && access != Access::Create {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        if exists && !has_magic(path)? {
            return Err(StoreError::NotDuckDb { path: path.to_owned() });
        }
        let mode = match access {
            Access::Read => AccessMode::ReadOnly,
            Access::Write | Access::Create => AccessMode::ReadWrite,
        };
        let connection = connect(path, mode, options)?;
        let store = Store::over(connection, Some(path.to_owned()))?;
        match store.version(path)? {
            Some(version) if version > SCHEMA_VERSION => {
                Err(StoreError::Newer { path: path.to_owned(), found: version, known: SCHEMA_VERSION })
            }
            Some(SCHEMA_VERSION) => Ok(store),
            Some(older) if access == Access::Read => {
                drop(store);
                Store::open(path, Access::Write, options)?;
                debug_assert!(older < SCHEMA_VERSION);
                Store::open(path, access, options)
            }
            Some(older) => store.migrate(older).map(|()| store),
            None if access == Access::Create => store.migrate(0).map(|()| store),
            None => Err(StoreError::Foreign { path: path.to_owned(), tables: NO_TABLES.to_owned() }),
        }
    }

    /// A file in memory, empty and up to date.
    pub fn in_memory(options: OpenOptions) -> Result<Self, StoreError> {
        let connection =
            Connection::open_in_memory_with_flags(engine_config(AccessMode::Automatic, options)?)?;
        let store = Store::over(connection, None)?;
        store.migrate(0)?;
        Ok(store)
    }

    fn over(connection: Connection, path: Option<PathBuf>) -> Result<Self, StoreError> {
        connection.execute_batch(query!("store/macros.sql").sql())?;
        Ok(Store { connection, path, in_transaction: Cell::new(false) })
    }

    /// Where the file is; `None` for one in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs `work` in one transaction: all of it, or nothing. Inside a running
    /// transaction, `work` joins that one.
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
        let value = done?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// Closes the file, saying so if its last changes could not be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.connection.close().map_err(|(_, error)| StoreError::from(error))
    }

    /// The schema version, `None` for a database without tables; a database with
    /// tables but without ours is another program's.
    fn version(&self, path: &Path) -> Result<Option<u32>, StoreError> {
        let tables: Vec<String> = self.rows(query!("store/table_names.sql"), &[], |row| row.get(0))?;
        if tables.is_empty() {
            return Ok(None);
        }
        let ours = ["meta", "orders", "users"].iter().all(|name| tables.iter().any(|table| table == name));
        let version = if ours { self.meta().get("schema_version").ok().flatten() } else { None };
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

/// Whether a file begins as the engine's files do: the engine itself would take
/// other databases for ones to be read through an extension.
fn has_magic(path: &Path) -> Result<bool, StoreError> {
    let cannot_open =
        |error: std::io::Error| StoreError::CannotOpen { path: path.to_owned(), message: error.to_string() };
    let mut head = Vec::new();
    File::open(path).map_err(cannot_open)?.take(12).read_to_end(&mut head).map_err(cannot_open)?;
    Ok(head.get(8..12) == Some(b"DUCK"))
}

/// How often a file that is in use is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// Opens the database, waiting for another process to let go of it.
fn connect(path: &Path, mode: AccessMode, options: OpenOptions) -> Result<Connection, StoreError> {
    let began = Instant::now();
    loop {
        let tried = Connection::open_with_flags(path, engine_config(mode.clone(), options)?);
        match tried.map_err(|error| explain_open_error(path, &error)) {
            Err(StoreError::Locked { .. }) if began.elapsed() < options.wait => {
                thread::sleep(TRY_AGAIN_AFTER)
            }
            other => return other,
        }
    }
}

fn engine_config(mode: AccessMode, options: OpenOptions) -> Result<Config, StoreError> {
    // What else is on the machine is nobody's business here: secrets that other programs keep.
    let config = Config::default()
        .access_mode(mode)?
        .enable_autoload_extension(false)?
        .with("allow_persistent_secrets", "false")?;
    Ok(match options.threads {
        Some(threads) => config.threads(i64::try_from(threads).unwrap_or(i64::MAX))?,
        None => config,
    })
}

fn explain_open_error(path: &Path, error: &duckdb::Error) -> StoreError {
    let message = error.to_string();
    let path = path.to_owned();
    if message.contains("not a valid DuckDB database file") {
        StoreError::NotDuckDb { path }
    } else if message.contains("Could not set lock") || message.contains("Conflicting lock") {
        // "... Conflicting lock is held in /path/of/program (PID 123) ..."
        let holder = message
            .split_once("lock is held in ")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map(|(holder, _)| format!("{holder})"));
        StoreError::Locked { path, holder }
    } else {
        let message = message.lines().next().unwrap_or_default().to_owned();
        StoreError::CannotOpen { path, message }
    }
}
