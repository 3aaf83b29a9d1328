//! Reading the source once, into a temporary table of lines that are understood
//! or marked with the reason why not.

use super::column::OrderColumn;
use super::dates::DateReading;
use super::error::ImportError;
use super::files::Files;
use super::mapping::Mapping;
use super::numbers::{Kind, amount_sql, quantity_sql, text_sql, unread_text_sql};
use super::outcome::{MappedRow, OrderImport};
use super::problems::{Place, Problem, Reason};
use super::source::{FILE_COLUMN, Source, WIDTH_COLUMN, read_failure};
use crate::store::{Store, quote_identifier};
use crate::{named, query};

/// Staged lines: the temporary table `import_lines`, and what is known of it.
#[derive(Debug)]
pub(super) struct Staged {
    pub source: Source,
    pub mapping: Mapping,
    pub facts: LineFacts,
    /// Whether several lines make one order.
    pub merged: bool,
}

/// What the lines are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineFacts {
    pub lines: i64,
    pub problems: i64,
    pub with_order_id: i64,
    pub with_order_number: i64,
    pub padded_numbers: i64,
    pub first_number: Option<i64>,
    pub last_number: Option<i64>,
}

/// Stages the lines of a source and marks those that cannot be used, by
/// themselves or together with others.
pub(super) fn stage(store: &Store, request: &OrderImport) -> Result<Staged, ImportError> {
    store.execute(query!("import/macros.sql"), &[])?;
    let files = Files::find(store, &request.files)?;
    let source = Source::open(store, files, request.delimiter)?;
    let mapping = Mapping::find(store, &source, &request.map)?;
    let view = mapped_view(store, &source, &mapping, request.date_format.as_deref())?;
    let failed = |error| read_failure(&source.files, &error);
    store.execute_text("mapping the columns", &view).map_err(failed)?;
    store.execute(query!("import/stage_lines.sql"), &[]).map_err(failed)?;
    if mapping.get(OrderColumn::ActivityId).is_some() {
        store.execute(query!("import/flag_unknown_activities.sql"), &[])?;
    }
    let facts = line_facts(store)?;
    if facts.lines == 0 {
        return Err(ImportError::Empty { path: source.files.first().to_owned() });
    }
    let mut staged = Staged { source, mapping, facts, merged: false };
    staged.join_orders(store)?;
    Ok(staged)
}

fn line_facts(store: &Store) -> Result<LineFacts, ImportError> {
    Ok(store.row(query!("import/line_facts.sql"), &[], |row| {
        Ok(LineFacts {
            lines: row.get(0)?,
            problems: row.get(1)?,
            with_order_id: row.get(2)?,
            with_order_number: row.get(3)?,
            padded_numbers: row.get(4)?,
            first_number: row.get(5)?,
            last_number: row.get(6)?,
        })
    })?)
}

impl Staged {
    /// Why lines cannot be used; empty when all can.
    pub fn problems(&self, store: &Store) -> Result<Vec<Problem>, ImportError> {
        if self.facts.problems == 0 {
            return Ok(Vec::new());
        }
        let rows = store.rows(
            query!("import/problems.sql"),
            named! { "first_line": self.source.first_line },
            |row| {
                let place = Place { file: row.get(2)?, line: row.get(3)? };
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, place, row.get::<_, Option<String>>(4)?))
            },
        )?;
        let mut problems: Vec<Problem> = Vec::new();
        for (text, count, place, example) in rows {
            let Some(reason) = Reason::parse(&text) else { continue };
            match problems.last_mut().filter(|last| last.reason == reason) {
                Some(problem) => problem.first.push(place),
                None => problems.push(Problem { reason, count, first: vec![place], example }),
            }
        }
        Ok(problems)
    }

    /// The first lines as they are understood.
    pub fn first_rows(&self, store: &Store) -> Result<Vec<MappedRow>, ImportError> {
        Ok(store.rows(query!("import/first_rows.sql"), &[], |row| {
            Ok(MappedRow {
                order_id: row.get(0)?,
                customer: row.get(1)?,
                created_at: row.get(2)?,
                amount: row.get(3)?,
                quantity: row.get(4)?,
                status: row.get(5)?,
                product: row.get(6)?,
                activity_id: row.get(7)?,
                unit_price: row.get(8)?,
            })
        })?)
    }

    /// Orders of the lines that the file holds already: how many, and the first.
    pub fn already_there(&self, store: &Store) -> Result<(i64, Vec<String>), ImportError> {
        if self.facts.with_order_id == 0 {
            return Ok((0, Vec::new()));
        }
        let rows: Vec<(String, i64)> = store
            .rows(query!("import/orders_already_there.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let count = rows.first().map_or(0, |(_, count)| *count);
        Ok((count, rows.into_iter().map(|(id, _)| id).collect()))
    }

    /// Finds out whether lines share orders, and checks those that do.
    fn join_orders(&mut self, store: &Store) -> Result<(), ImportError> {
        let LineFacts { lines, with_order_id, .. } = self.facts;
        if with_order_id == 0 {
            return Ok(());
        }
        let orders = match self.number_range() {
            Some((first, last)) => {
                let sql = format!(
                    "SELECT bit_count(bitstring_agg(order_number, {first}, {last})) FROM import_lines"
                );
                store
                    .rows_text("counting the orders", &sql, |row| row.get(0))?
                    .into_iter()
                    .next()
                    .unwrap_or(lines)
            }
            None => store.row(query!("import/distinct_order_texts.sql"), &[], |row| row.get(0))?,
        };
        self.merged = orders < with_order_id;
        if self.merged {
            store.execute(query!("import/flag_two_customers.sql"), &[])?;
            self.count_problems(store)?;
        }
        Ok(())
    }

    /// The range of the order ids, if each is a number of its own and they lie so
    /// close together that a bit for each is the cheapest way to count them.
    fn number_range(&self) -> Option<(i64, i64)> {
        let LineFacts { lines, with_order_number, padded_numbers, .. } = self.facts;
        let (first, last) = (self.facts.first_number?, self.facts.last_number?);
        let close = last - first < (64 * lines).min(1_000_000_000);
        (close && with_order_number == lines && padded_numbers == 0).then_some((first, last))
    }

    /// Counts the lines that cannot be used again, when more may have been marked.
    pub fn count_problems(&mut self, store: &Store) -> Result<(), ImportError> {
        self.facts.problems = store.row(query!("import/count_problems.sql"), &[], |row| row.get(0))?;
        Ok(())
    }
}

/// The text of the view `import_mapped`: the source's lines under our columns'
/// names. What can be unreadable is there as a value and as the text that a
/// message would show.
fn mapped_view(
    store: &Store,
    source: &Source,
    mapping: &Mapping,
    date_format: Option<&str>,
) -> Result<String, ImportError> {
    let kind_of = |column| mapping.get(column).map(|mapped| Kind::of(&mapped.data_type));
    let sql_of = |column: OrderColumn| quote_identifier(column.name());
    let text = |column: OrderColumn| match kind_of(column) {
        Some(kind) => text_sql(&sql_of(column), kind),
        None => "CAST(NULL AS VARCHAR)".to_owned(),
    };
    let number = |column: OrderColumn, convert: fn(&str, Kind) -> String, none: &str| match kind_of(column) {
        Some(kind) => {
            let (sql, value) = (sql_of(column), convert(&sql_of(column), kind));
            (unread_text_sql(&sql, &value, kind), value)
        }
        None => ("CAST(NULL AS VARCHAR)".to_owned(), format!("CAST(NULL AS {none})")),
    };
    let (amount_text, amount) = number(OrderColumn::Amount, amount_sql, "DECIMAL(18, 2)");
    let (price_text, price) = number(OrderColumn::UnitPrice, amount_sql, "DECIMAL(18, 2)");
    let (quantity_text, quantity) = number(OrderColumn::Quantity, quantity_sql, "INTEGER");
    // A product has two names for one thing; the mapping holds one of them.
    let by_id = mapping.get(OrderColumn::ProductId).is_some();
    let product = text(if by_id { OrderColumn::ProductId } else { OrderColumn::Product });
    let malformed = match source.width {
        Some(width) => format!("{} <> {width}", quote_identifier(WIDTH_COLUMN)),
        None => "false".to_owned(),
    };
    let created = sql_of(OrderColumn::CreatedAt);
    let written_at = match kind_of(OrderColumn::CreatedAt) {
        Some(Kind::Instant) => format!("TRY_CAST({created} AS TIMESTAMP)"),
        // The engine has no time zones built in; the instant is shown in UTC.
        Some(Kind::ZonedInstant) => format!("make_timestamp(epoch_us({created}))"),
        _ => text(OrderColumn::CreatedAt),
    };
    // Two layers, so that a text that several values are made of is made once.
    let texts = format!(
        "SELECT {file} AS file, {malformed} AS is_malformed, {needs} AS needs_order_id, \
         {order} AS order_text, {customer} AS customer, {written_at} AS written_at, \
         {amount_text} AS amount_text, {amount} AS amount, {quantity_text} AS quantity_text, \
         {quantity} AS quantity, {price_text} AS unit_price_text, {price} AS unit_price, \
         {status} AS status_text, {product} AS product, {activity} AS activity_text FROM ({select})",
        file = quote_identifier(FILE_COLUMN),
        needs = mapping.get(OrderColumn::OrderId).is_some(),
        order = text(OrderColumn::OrderId),
        customer = text(OrderColumn::Customer),
        status = text(OrderColumn::Status),
        activity = text(OrderColumn::ActivityId),
        select = mapped_select(source, mapping),
    );
    let (created_text, created_at) = match kind_of(OrderColumn::CreatedAt) {
        Some(Kind::Instant | Kind::ZonedInstant) => {
            ("import_unlikely_instant(written_at)".to_owned(), "written_at".to_owned())
        }
        _ => {
            let shown = mapping.get(OrderColumn::CreatedAt).map_or("", |mapped| &mapped.shown.expression);
            let from = format!("FROM ({texts})");
            let reading = DateReading::find(store, source, date_format, "written_at", &from, shown)?;
            ("written_at".to_owned(), reading.sql("written_at"))
        }
    };
    Ok(format!(
        "CREATE OR REPLACE TEMP VIEW import_mapped AS SELECT * EXCLUDE (written_at), \
         {created_text} AS created_text, {created_at} AS created_at, import_status(status_text) AS status, \
         TRY_CAST(activity_text AS BIGINT) AS activity_id FROM ({texts})"
    ))
}

/// A `SELECT` of our columns, each as the mapping gives it. Raw columns and typed
/// ones have the same names, so raw ones are taken aside first.
fn mapped_select(source: &Source, mapping: &Mapping) -> String {
    let (file, width) = (quote_identifier(FILE_COLUMN), quote_identifier(WIDTH_COLUMN));
    let aside = |column: OrderColumn| quote_identifier(&format!("lifecycle raw {column}"));
    let mut inner = vec![file.clone(), width.clone()];
    inner.extend(mapping.typed.iter().flatten().cloned());
    let mut outer = vec![file, width];
    for mapped in &mapping.columns {
        let column = mapped.shown.column;
        let name = quote_identifier(column.name());
        if mapped.over_typed {
            outer.push(format!("{} AS {name}", mapped.sql));
        } else {
            inner.push(format!("{} AS {}", mapped.sql, aside(column)));
            outer.push(format!("{} AS {name}", aside(column)));
        }
    }
    format!("SELECT {} FROM (SELECT {} FROM ({}))", outer.join(", "), inner.join(", "), source.select)
}
