//! The entry point of imports.

use crate::config::Config;
use crate::store::Store;

use super::request::Step;

/// Imports into a file: [`orders`](Importer::orders), [`users`](Importer::users),
/// [`products`](Importer::products), [`activities`](Importer::activities) and
/// [`members`](Importer::members), each with a preview that writes nothing.
///
/// ```no_run
/// use lifecycle::config::Config;
/// use lifecycle::import::{Importer, OrderImport, Reading};
/// use lifecycle::store::{Access, OpenOptions, Store};
///
/// let store = Store::open("shop.duckdb".as_ref(), Access::Create, OpenOptions::default())?;
/// let config = Config::from_layers(&[])?;
/// let sales = Reading::of(["sales.csv"]).map("amount", "\"Quantity\" * \"UnitPrice\"");
/// let outcome = Importer::new(&store, &config).orders(&sales.into())?;
/// println!("{} orders", outcome.orders);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Importer<'a> {
    pub(super) store: &'a Store,
    pub(super) config: &'a Config,
    pub(super) progress: Box<dyn FnMut(Step) + 'a>,
}

impl<'a> Importer<'a> {
    /// Imports into `store`; `config` is recorded in a file without data.
    pub fn new(store: &'a Store, config: &'a Config) -> Self {
        Importer { store, config, progress: Box::new(|_| {}) }
    }

    /// Reports progress to `progress`.
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(Step) + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }
}

impl std::fmt::Debug for Importer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Importer").field("store", &self.store).finish_non_exhaustive()
    }
}
