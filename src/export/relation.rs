//! What is exported, as the engine reads it: a table or a report's rows, with its columns.

use super::error::ExportError;
use super::format::ExportFormat;
use super::tables::{ExportTable, Order};
use crate::statements::{ExpressionError, check_condition};
use crate::store::{Datum, DatumType, Store, StoreError, quote_identifier};
use crate::{named, query};

/// A report's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewRows {
    /// The view's name.
    pub name: String,
    /// The columns' names and types.
    pub columns: Vec<(String, DatumType)>,
    /// The rows, each with one value a column.
    pub rows: Vec<Vec<Datum>>,
}

/// What can be read of the engine.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// As people call it.
    pub name: String,
    /// The table that it is read from.
    source: String,
    /// Its table, when it is one of the file's.
    pub table: Option<&'static ExportTable>,
    pub columns: Vec<RelationColumn>,
    /// The rows that are wanted: a condition that was checked; all rows without one.
    filter: Option<String>,
}

/// A column as the file defines it.
#[derive(Clone, Debug)]
pub(super) struct RelationColumn {
    pub name: String,
    /// As the engine writes it: `VARCHAR`, `DECIMAL(18,2)`, `ENUM('F', 'M')`.
    pub data_type: String,
    pub nullable: bool,
}

impl RelationColumn {
    pub fn is_decimal(&self) -> bool {
        self.data_type.starts_with("DECIMAL")
    }

    pub fn is_enum(&self) -> bool {
        self.data_type.starts_with("ENUM")
    }
}

/// The table that holds a view's rows while they are exported.
const VIEW_TABLE: &str = "lifecycle_exported_view";

impl Relation {
    /// A table of the file.
    pub fn of_table(store: &Store, table: &'static ExportTable) -> Result<Self, StoreError> {
        let (name, source) = (table.name.to_owned(), table.name.to_owned());
        Ok(Relation {
            name,
            source,
            table: Some(table),
            columns: columns_of(store, table.name)?,
            filter: None,
        })
    }

    /// A report's rows, which get a table of their own.
    pub fn of_view(store: &Store, view: &ViewRows) -> Result<Self, StoreError> {
        store.fill_temporary(VIEW_TABLE, &view.columns, &view.rows)?;
        let (name, source) = (view.name.clone(), VIEW_TABLE.to_owned());
        Ok(Relation { name, source, table: None, columns: columns_of(store, VIEW_TABLE)?, filter: None })
    }

    /// Keeps only the rows for which an expression over the columns holds.
    ///
    /// # Errors
    ///
    /// The expression must compute one value from one row, without a subquery, an aggregate, or a function with side
    /// effects.
    pub fn keep(&mut self, store: &Store, expression: &str) -> Result<(), ExportError> {
        let refuse = |message: String| ExportError::BadFilter {
            expression: expression.to_owned(),
            message,
            columns: self.columns.iter().map(|column| column.name.clone()).collect(),
        };
        check_condition(store, expression, &quote_identifier(&self.source)).map_err(|error| match error {
            ExpressionError::Store(error) => ExportError::Store(error),
            error => refuse(error.to_string()),
        })?;
        self.filter = Some(format!("(\n{expression}\n)"));
        Ok(())
    }

    /// `FROM` and `WHERE`: the wanted rows, of them those that `filter` keeps too.
    fn from(&self, filter: Option<&str>) -> String {
        let conditions: Vec<&str> = self.filter.as_deref().into_iter().chain(filter).collect();
        let where_ = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        format!("FROM {} AS t{where_}", quote_identifier(&self.source))
    }

    /// The name as files and tables may have it: `cohort_ltv` for `cohort:ltv`.
    pub fn file_name(&self) -> String {
        self.name.replace([':', '-'], "_")
    }

    /// A `SELECT` of every column, written by `express`, of the rows that `filter` keeps.
    pub fn select(&self, express: impl Fn(&RelationColumn, &str) -> String, filter: Option<&str>) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let name = quote_identifier(&column.name);
                format!("{} AS {name}", express(column, &format!("t.{name}")))
            })
            .collect();
        let order = match self.table.map(|table| &table.order) {
            None | Some(Order::Stored) => String::new(),
            Some(Order::By(columns)) => {
                let columns: Vec<String> =
                    columns.iter().map(|column| format!("t.{}", quote_identifier(column))).collect();
                format!(" ORDER BY {}, t.rowid", columns.join(", "))
            }
        };
        format!("SELECT {} {}{order}", columns.join(", "), self.from(filter))
    }

    /// A `SELECT` whose values the engine writes as a format wants them.
    pub fn select_for(&self, format: ExportFormat, filter: Option<&str>) -> String {
        match format {
            ExportFormat::JsonLines => self.select(json_value, filter),
            _ => self.select(plain_value, filter),
        }
    }

    /// The same with every value as the text that a CSV field has.
    pub fn select_texts(&self) -> String {
        self.select(|_, value| format!("CAST({value} AS VARCHAR)"), None)
    }

    /// The same with each row as one line of JSON.
    pub fn select_json_lines(&self) -> String {
        format!("SELECT CAST(to_json(line) AS VARCHAR) FROM ({}) AS line", self.select(json_value, None))
    }

    /// The first days of the months that rows belong to, in order; `None`, last, if there are rows without a time.
    pub fn months(&self, store: &Store, time: &str) -> Result<Vec<Option<chrono::NaiveDate>>, StoreError> {
        let months = format!(
            "SELECT DISTINCT CAST(date_trunc('month', {}) AS DATE) AS month {} ORDER BY month NULLS LAST",
            quote_identifier(time),
            self.from(None)
        );
        store.rows_text("finding the months", &months, |row| row.get(0))
    }

    /// Columns of amounts of which some have cents that a double would not keep beside so
    /// many digits: 15 digits are safe.
    pub fn columns_beyond_doubles(&self, store: &Store) -> Result<Vec<String>, StoreError> {
        let decimals: Vec<&RelationColumn> =
            self.columns.iter().filter(|column| column.is_decimal()).collect();
        if decimals.is_empty() {
            return Ok(Vec::new());
        }
        let largest: Vec<String> = decimals
            .iter()
            .map(|column| {
                let name = quote_identifier(&column.name);
                format!("coalesce(max(abs({name})) FILTER (WHERE {name} <> trunc({name})) >= 1e13::DECIMAL(18, 2), false)")
            })
            .collect();
        let select = format!("SELECT {} {}", largest.join(", "), self.from(None));
        let beyond: Vec<Vec<bool>> = store.rows_text("measuring amounts", &select, |row| {
            (0..decimals.len()).map(|column| row.get(column)).collect()
        })?;
        let beyond = decimals.iter().zip(beyond.into_iter().flatten()).filter(|(_, beyond)| *beyond);
        Ok(beyond.map(|(column, _)| column.name.clone()).collect())
    }
}

fn columns_of(store: &Store, table: &str) -> Result<Vec<RelationColumn>, StoreError> {
    store.rows(query!("export/table_columns.sql"), named! { "table_name": table }, |row| {
        Ok(RelationColumn { name: row.get(0)?, data_type: row.get(1)?, nullable: row.get(2)? })
    })
}

/// A closed set's words are text for everybody else; the rest is written as it is.
fn plain_value(column: &RelationColumn, value: &str) -> String {
    if column.is_enum() { format!("CAST({value} AS VARCHAR)") } else { value.to_owned() }
}

/// Whole numbers of the currency's unit below this are exact in every reader that uses doubles.
const EXACT_IN_A_DOUBLE: i64 = 1 << 53;

/// A value as JSON has it in every result of ours: amounts as numbers only when no reader's double can lose
/// anything, moments with a T, and nothing for what is not a number.
fn json_value(column: &RelationColumn, value: &str) -> String {
    match column.data_type.as_str() {
        _ if column.is_enum() => format!("CAST({value} AS VARCHAR)"),
        _ if column.is_decimal() => format!(
            "CASE WHEN {value} = trunc({value}) AND abs({value}) < {EXACT_IN_A_DOUBLE} \
             THEN to_json(CAST({value} AS BIGINT)) ELSE to_json(CAST({value} AS VARCHAR)) END"
        ),
        "DOUBLE" => format!("CASE WHEN isfinite({value}) THEN {value} END"),
        "TIMESTAMP" => format!(
            "CASE WHEN NOT isfinite({value}) THEN CAST({value} AS VARCHAR) \
             WHEN microsecond({value}) % 1000000 = 0 THEN strftime({value}, '%Y-%m-%dT%H:%M:%S') \
             ELSE strftime({value}, '%Y-%m-%dT%H:%M:%S.%f') END"
        ),
        _ => value.to_owned(),
    }
}
