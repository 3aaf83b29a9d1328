//! The import of products: staged lines become rows of `products`, all or none.

use super::column::ProductColumn;
use crate::config::Config;
use crate::import::error::ImportError;
use crate::import::records::{
    RecordCounts, RecordImport, RecordPreview, Records, Statements, refuse_simulated, remember_import,
};
use crate::import::request::{Progress, Step};
use crate::import::stage::{LinesRead, cleaned_up, concluded};
use crate::money::Money;
use crate::store::Store;
use crate::{named, query};

const STATEMENTS: Statements = Statements {
    stage: query!("import/stage_products.sql"),
    twice: "product twice",
    matched: query!("import/match_products.sql"),
};

/// A line as it is understood; `None` is what the line does not say, or what
/// could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are those of `products`
pub struct MappedProduct {
    pub product_id: Option<String>,
    pub name: Option<String>,
    pub category: Option<String>,
    pub price: Option<Money>,
}

/// What an import of products did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductOutcome {
    /// What was read.
    pub read: LinesRead,
    /// What became of it.
    pub counts: RecordCounts,
}

/// Reads the files and says what an import would make of them; writes nothing.
pub fn preview_products(
    store: &Store,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<RecordPreview<MappedProduct>, ImportError> {
    let mut preview = || {
        read(store, request, progress)?.preview(store, query!("import/first_products.sql"), |row| {
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

/// Imports products, in one transaction. One known from orders alone is filled in,
/// whether those called it by its id or by its name. `config` is recorded in a file that
/// holds no data yet.
///
/// # Errors
///
/// Nothing is written if any line cannot be used, unless such lines are skipped; if
/// the file has been told of a product already, unless that is settled; or if anything
/// fails.
pub fn import_products(
    store: &Store,
    config: &Config,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<ProductOutcome, ImportError> {
    let mut import = || {
        let mut products = read(store, request, progress)?;
        store.transaction(|store| {
            let (read, counts) = products.settle(store, request)?;
            progress(Step::Writing);
            let gives = |column| products.staged.mapping.gives(column);
            store.execute(
                query!("import/update_products.sql"),
                named! {
                    "category": gives(ProductColumn::Category),
                    "price": gives(ProductColumn::Price),
                },
            )?;
            store.execute(query!("import/insert_missing_products.sql"), &[])?;
            remember_import(store, config)?;
            Ok(ProductOutcome { read, counts })
        })
    };
    concluded(store, &request.bad_lines, import())
}

fn read(
    store: &Store,
    request: &RecordImport,
    progress: Progress<'_>,
) -> Result<Records<ProductColumn>, ImportError> {
    refuse_simulated(store)?;
    let one_of = [ProductColumn::ProductId, ProductColumn::Name];
    Records::read(store, request, STATEMENTS, &one_of, progress)
}
