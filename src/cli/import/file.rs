//! The file that an import goes into.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lifecycle::store::{Access, Store};

use crate::cli::error::CommandError;
use crate::cli::global::{Context, remove_database};
use crate::cli::signals::on_stop;

impl Context<'_> {
    /// The file to preview an import into: a store in memory stands for one that is not there.
    pub fn open_for_preview(&self) -> Result<Store, CommandError> {
        if Store::is_at(self.db())? {
            self.open(Access::Read)
        } else {
            Ok(Store::in_memory(self.open_options())?)
        }
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
    on_stop(|| {
        // The lock is held to the end: the import must not go on past its last step.
        let file = unfinished();
        if let Some(db) = file.as_deref() {
            // Nothing can be done about a file that will not go.
            let _ = remove_database(db);
        }
        std::process::exit(130);
    })
}
