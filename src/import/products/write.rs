//! Importing products: staged lines become rows of `products`, all or none.

use crate::import::error::ImportError;
use crate::import::importer::Importer;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::Step;
use crate::import::spec::RecordKind;
use crate::import::stage::{LinesRead, cleaned_up, in_one_transaction};
use crate::money::Money;
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    kind: RecordKind::Products,
    stage: query!("import/products/stage_products.sql"),
    twice: "product twice",
    matched: query!("import/products/match_products.sql"),
};

/// A line as understood; `None` for a value that is missing or could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of `products`
pub struct MappedProduct {
    pub product_id: Option<String>,
    pub name: Option<String>,
    pub category: Option<String>,
    pub price: Option<Money>,
}

/// The outcome of importing products.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductOutcome {
    /// The lines read.
    pub read: LinesRead,
    /// The records by outcome.
    pub counts: RecordCounts,
}

impl Importer<'_> {
    /// Reads the files and reports what an import would do; writes nothing.
    pub fn preview_products(
        &mut self,
        request: &RecordImport,
    ) -> Result<RecordPreview<MappedProduct>, ImportError> {
        let store = self.store;
        let mut preview = || {
            read(self, request)?.preview(store, query!("import/products/first_products.sql"), |row| {
                Ok(MappedProduct {
                    product_id: row.get(0)?,
                    name: row.get(1)?,
                    category: row.get(2)?,
                    price: row.get(3)?,
                })
            })
        };
        cleaned_up(store, preview())
    }

    /// Imports products, in one transaction. Products known only from orders, by id or by name,
    /// are completed.
    ///
    /// # Errors
    ///
    /// Nothing is written if a line is unusable, unless such lines are skipped; if a product was
    /// imported before, unless `on_conflict` says what to do; or if anything else fails.
    pub fn products(&mut self, request: &RecordImport) -> Result<ProductOutcome, ImportError> {
        let store = self.store;
        let mut import = || {
            let mut products = read(self, request)?;
            let Importer { config, progress, .. } = self;
            in_one_transaction(
                store,
                &mut products,
                |products| &products.staged,
                |store, products| {
                    let (read, counts) = products.settle(store, request)?;
                    progress(Step::Writing);
                    let gives = |column| products.staged.mapping.gives(column);
                    store.execute(
                        query!("import/products/update_products.sql"),
                        named! { "category": gives("category"), "price": gives("price") },
                    )?;
                    store.execute(query!("import/products/insert_missing_products.sql"), &[])?;
                    remember_import(store, config)?;
                    Ok(ProductOutcome { read, counts })
                },
            )
        };
        cleaned_up(store, import())
    }
}

fn read(importer: &mut Importer<'_>, request: &RecordImport) -> Result<Records, ImportError> {
    refuse_simulated(importer.store)?;
    Records::read(importer.store, request, STATEMENTS, &[], &mut importer.progress)
}
