//! Staging the lines of orders: checking them against each other and the file, and merging
//! them into orders.

use super::outcome::{MappedRow, Negative, OrderImport};
use crate::import::error::ImportError;
use crate::import::mapping::{Mapping, MappingOrigin};
use crate::import::problems::Reason;
use crate::import::request::{BadLines, OnConflict, Step};
use crate::import::spec::RecordKind;
use crate::import::stage::{LinesRead, Staged};
use crate::store::{Store, StoreError, quote_identifier};
use crate::{named, query};

/// The lines of orders in `import_lines`.
#[derive(Debug)]
pub(super) struct OrderLines {
    pub staged: Staged,
    facts: LineFacts,
    /// Whether some orders have several lines; `import_merged` holds the orders then.
    pub merged: bool,
}

/// Facts about the lines.
#[derive(Clone, Copy, Debug)]
struct LineFacts {
    lines: i64,
    with_order_id: i64,
    with_order_number: i64,
    first_number: Option<i64>,
    last_number: Option<i64>,
    file_holds_orders: bool,
}

/// Orders that exist already.
#[derive(Clone, Debug, Default)]
pub(super) struct AlreadyThere {
    pub count: i64,
    /// The first ids.
    pub first: Vec<String>,
}

impl OrderLines {
    /// Reads the lines and flags those that are unusable by themselves.
    pub fn read(
        store: &Store,
        request: &OrderImport,
        progress: &mut dyn FnMut(Step),
    ) -> Result<OrderLines, ImportError> {
        store.execute(
            match request.negative {
                Negative::Net => query!("import/orders/negative_is_returned.sql"),
                Negative::Refund | Negative::Reject => query!("import/orders/negative_is_refunded.sql"),
            },
            &[],
        )?;
        let mut staged =
            Staged::open(store, RecordKind::Orders, &request.reading, &request.bad_lines, progress)?;
        prefer_given_product(&mut staged.mapping);
        let by_order_id = staged.mapping.gives("order_id");
        if !by_order_id && request.on_conflict != OnConflict::Error {
            return Err(ImportError::NoOrderIds);
        }
        if !by_order_id && request.keep_lines {
            return Err(ImportError::NoOrderIdsForLines);
        }
        staged.read(
            store,
            query!("import/orders/stage_orders.sql"),
            named! { "needs_order_id": by_order_id },
        )?;
        progress(Step::Checking);
        if by_order_id && staged.has_bad(store)? {
            store.execute(query!("import/orders/continue_orders.sql"), &[])?;
        }
        store.execute(query!("import/orders/resolve_activities.sql"), &[])?;
        if staged.mapping.gives("activity_id") {
            store.execute(query!("import/orders/flag_unknown_activities.sql"), &[])?;
        }
        let facts = line_facts(store)?;
        Ok(OrderLines { staged, facts, merged: false })
    }

    /// Whether the source gives order ids.
    pub fn by_order_id(&self) -> bool {
        self.staged.mapping.gives("order_id")
    }

    /// The orders that exist already.
    pub fn already_there(&self, store: &Store) -> Result<AlreadyThere, ImportError> {
        store.execute(query!("import/orders/orders_there.sql"), &[])?;
        let rows: Vec<(String, i64)> =
            store.rows(query!("import/orders/first_there.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let count = rows.first().map_or(0, |(_, count)| *count);
        Ok(AlreadyThere { count, first: rows.into_iter().map(|(id, _)| id).collect() })
    }

    /// Numbers the orders: by their ids, where these are free numbers. With `replaced`, orders
    /// that replace existing ones keep their numbers.
    pub fn settle_numbers(&mut self, store: &Store, replaced: bool) -> Result<(), ImportError> {
        let may_clash = self.facts.with_order_number > 0 && self.facts.file_holds_orders;
        if may_clash {
            store.execute(query!("import/orders/release_order_numbers.sql"), &[])?;
        }
        if replaced {
            store.execute(query!("import/orders/keep_replaced_numbers.sql"), &[])?;
        }
        if may_clash || replaced {
            self.facts = line_facts(store)?;
        }
        Ok(())
    }

    /// Removes the lines of orders that exist already.
    pub fn skip_those_there(&mut self, store: &Store) -> Result<(), ImportError> {
        store.execute(query!("import/orders/skip_orders_already_there.sql"), &[])?;
        self.facts = line_facts(store)?;
        Ok(())
    }

    /// Merges lines that share an order, and flags the lines of impossible orders.
    pub fn join(&mut self, store: &Store, request: &OrderImport) -> Result<(), ImportError> {
        self.find_shared_orders(store)?;
        if self.merged {
            store.execute(query!("import/orders/flag_two_customers.sql"), &[])?;
        }
        if request.bad_lines.are_skipped() && self.facts.with_order_id > 0 && self.staged.has_bad(store)? {
            self.flag_broken_orders(store)?;
        }
        store.execute(query!("import/orders/merge_lines.sql"), named! { "merged": self.merged })?;
        if self.merged {
            store.execute(query!("import/orders/flag_merged_overflow.sql"), &[])?;
        }
        // A status given by the user is kept or rejected, never changed.
        let says_success = self.staged.mapping.origin("status") == Some(MappingOrigin::Given);
        let rejects = request.negative == Negative::Reject;
        if rejects || says_success {
            let problem = if rejects { Reason::NegativeAmount } else { Reason::NegativeSuccess };
            store.execute(
                query!("import/orders/flag_negative_orders.sql"),
                named! { "problem": problem.as_str(), "merged": self.merged, "any_status": rejects },
            )?;
        }
        self.staged.count(store)?;
        Ok(())
    }

    /// Finds out whether lines share orders.
    pub fn find_shared_orders(&mut self, store: &Store) -> Result<(), ImportError> {
        self.merged = self.count_orders(store)? < self.facts.with_order_id;
        Ok(())
    }

    /// Rejects or removes the unusable lines and creates the view `import_orders` of the others.
    /// Returns counts of the lines read.
    pub fn settle(&mut self, store: &Store, bad_lines: &BadLines) -> Result<LinesRead, ImportError> {
        let read = self.staged.settle(store, bad_lines)?;
        if self.merged && self.staged.bad > 0 {
            store.execute(query!("import/orders/drop_merged_bad_orders.sql"), &[])?;
        }
        store.execute(query!("import/orders/orders.sql"), &[])?;
        Ok(read)
    }

    /// The first lines as understood.
    pub fn first_rows(&self, store: &Store) -> Result<Vec<MappedRow>, ImportError> {
        Ok(store.rows(
            query!("import/orders/first_rows.sql"),
            named! { "lines_are_orders": !self.merged },
            |row| {
                Ok(MappedRow {
                    order_id: row.get(0)?,
                    customer: row.get(1)?,
                    created_at: row.get(2)?,
                    amount: row.get(3)?,
                    quantity: row.get(4)?,
                    status: row.get(5)?,
                    product: row.get(6)?,
                    activity: row.get(7)?,
                    unit_price: row.get(8)?,
                })
            },
        )?)
    }

    /// Flags the other lines of orders with an unusable line, or with a malformed one whose order
    /// id can still be read.
    fn flag_broken_orders(&self, store: &Store) -> Result<(), ImportError> {
        let source = &self.staged.source;
        let place = self.staged.mapping.get("order_id").and_then(|mapped| {
            source.columns.iter().position(|column| quote_identifier(&column.name) == mapped.sql)
        });
        let (delimiter, column) = match (source.delimiter, place) {
            (Some(delimiter), Some(place)) => (delimiter.to_string(), place as i64 + 1),
            _ => (String::new(), 0),
        };
        let malformed = named! { "delimiter": delimiter, "column": column };
        store.execute(query!("import/orders/flag_broken_orders.sql"), malformed)?;
        Ok(())
    }

    /// The number of orders among the lines with an order id.
    fn count_orders(&self, store: &Store) -> Result<i64, ImportError> {
        if self.facts.with_order_id == 0 {
            return Ok(0);
        }
        let LineFacts { lines, with_order_number, first_number, last_number, .. } = self.facts;
        // The cheapest way, if all ids are numbers without wide gaps.
        if let (true, Some(first), Some(last)) = (with_order_number == lines, first_number, last_number) {
            let counted = store.count_dense(
                "import_lines",
                "order_number",
                (first, last),
                lines.saturating_mul(BITS_PER_LINE),
            )?;
            if let Some(orders) = counted {
                return Ok(orders);
            }
        }
        Ok(store.row(query!("import/orders/distinct_order_ids.sql"), &[], |row| row.get(0))?)
    }
}

/// Order ids are counted by bits up to so many for each line; beyond, grouping them is cheaper.
const BITS_PER_LINE: i64 = 64;

/// Keeps one of the two product columns: the user's choice, or else the number.
fn prefer_given_product(mapping: &mut Mapping) {
    if let (Some(by_name), Some(by_id)) = (mapping.origin("product"), mapping.origin("product_id")) {
        let name_wins = by_name == MappingOrigin::Given && by_id == MappingOrigin::Recognised;
        mapping.drop(if name_wins { "product_id" } else { "product" });
    }
}

fn line_facts(store: &Store) -> Result<LineFacts, StoreError> {
    store.row(query!("import/orders/line_facts.sql"), &[], |row| {
        Ok(LineFacts {
            lines: row.get(0)?,
            with_order_id: row.get(1)?,
            with_order_number: row.get(2)?,
            first_number: row.get(3)?,
            last_number: row.get(4)?,
            file_holds_orders: row.get(5)?,
        })
    })
}
