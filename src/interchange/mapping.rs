//! Which of the source's columns, or which expression over them, gives each of ours.

use std::str::FromStr;

use super::column::OrderColumn;
use super::error::ImportError;
use super::expression::check_single;
use super::source::Source;
use crate::store::{Store, quote_identifier};

/// `--map COLUMN=EXPRESSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapArgument {
    /// Our column.
    pub column: OrderColumn,
    /// An SQL expression over the source's columns.
    pub expression: String,
}

impl FromStr for MapArgument {
    type Err = ImportError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, expression) =
            text.split_once('=').ok_or_else(|| ImportError::BadMap { given: text.to_owned() })?;
        let (name, expression) = (name.trim(), expression.trim());
        if name.is_empty() || expression.is_empty() {
            return Err(ImportError::BadMap { given: text.to_owned() });
        }
        let column = match name.to_ascii_lowercase().as_str() {
            "user_id" | "customer_id" => OrderColumn::Customer,
            other => *OrderColumn::ALL
                .iter()
                .find(|column| column.name() == other)
                .ok_or_else(|| ImportError::UnknownColumn { given: name.to_owned() })?,
        };
        Ok(MapArgument { column, expression: expression.to_owned() })
    }
}

/// Who decided where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingOrigin {
    /// The source's column has a name that is known.
    Recognised,
    /// `--map` says so.
    Given,
}

impl MappingOrigin {
    /// The word in a preview.
    pub const fn as_str(self) -> &'static str {
        match self {
            MappingOrigin::Recognised => "recognised",
            MappingOrigin::Given => "given",
        }
    }
}

/// Where one of our columns comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    /// Our column.
    pub column: OrderColumn,
    /// The source's column, or the expression over its columns.
    pub expression: String,
    /// Who decided.
    pub origin: MappingOrigin,
    /// Other columns of the source that would have been recognised.
    pub passed_over: Vec<String>,
}

/// A mapped column as SQL.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    pub shown: MappedColumn,
    /// The SQL over the source.
    pub sql: String,
    /// The type that it yields.
    pub data_type: String,
    /// Whether `sql` is over the typed columns, not the raw ones.
    pub over_typed: bool,
}

/// Everything that the source gives, by our columns.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub columns: Vec<Mapped>,
    /// The source's typed columns, if an expression needs them.
    pub typed: Option<Vec<String>>,
}

impl Mapping {
    /// The mapping that is given, and for our other columns the one that the
    /// source's names suggest.
    pub fn find(store: &Store, source: &Source, given: &[MapArgument]) -> Result<Self, ImportError> {
        let mut mapping = Mapping { columns: Vec::new(), typed: None };
        for column in OrderColumn::ALL {
            let mut arguments = given.iter().filter(|argument| argument.column == column);
            let argument = arguments.next();
            if arguments.next().is_some() {
                return Err(ImportError::MappedTwice { column });
            }
            match argument {
                Some(argument) => mapping.add_given(store, source, argument)?,
                None => mapping.add_recognised(source, column),
            }
        }
        mapping.prefer_given_product();
        let missing: Vec<OrderColumn> =
            OrderColumn::REQUIRED.into_iter().filter(|column| mapping.get(*column).is_none()).collect();
        if missing.is_empty() {
            return Ok(mapping);
        }
        Err(ImportError::ColumnsNotFound {
            path: source.files.first().to_owned(),
            hint: hint(source, &missing),
            columns: missing,
            source_columns: source.quoted_names(),
        })
    }

    /// Where one of our columns comes from, if it does.
    pub fn get(&self, column: OrderColumn) -> Option<&Mapped> {
        self.columns.iter().find(|mapped| mapped.shown.column == column)
    }

    /// The mapping as it is shown.
    pub fn shown(&self) -> Vec<MappedColumn> {
        self.columns.iter().map(|mapped| mapped.shown.clone()).collect()
    }

    /// A product comes from one place: a given one before a recognised one, and
    /// else the number before the name.
    fn prefer_given_product(&mut self) {
        let origin_of = |mapping: &Mapping, column| mapping.get(column).map(|mapped| mapped.shown.origin);
        if let (Some(by_name), Some(by_id)) =
            (origin_of(self, OrderColumn::Product), origin_of(self, OrderColumn::ProductId))
        {
            let name_wins = by_name == MappingOrigin::Given && by_id == MappingOrigin::Recognised;
            let dropped = if name_wins { OrderColumn::ProductId } else { OrderColumn::Product };
            self.columns.retain(|mapped| mapped.shown.column != dropped);
        }
    }

    fn add_recognised(&mut self, source: &Source, column: OrderColumn) {
        let mut found: Vec<(usize, &crate::store::RelationColumn)> = source
            .columns
            .iter()
            .filter_map(|candidate| column.rank(&candidate.name).map(|rank| (rank, candidate)))
            .collect();
        // Stable: of two equally good ones, the source's first.
        found.sort_by_key(|(rank, _)| *rank);
        let mut found = found.into_iter().map(|(_, candidate)| candidate);
        if let Some(best) = found.next() {
            self.columns.push(Mapped {
                shown: MappedColumn {
                    column,
                    expression: best.name.clone(),
                    origin: MappingOrigin::Recognised,
                    passed_over: found.map(|other| other.name.clone()).collect(),
                },
                sql: quote_identifier(&best.name),
                data_type: best.data_type.clone(),
                over_typed: false,
            });
        }
    }

    fn add_given(
        &mut self,
        store: &Store,
        source: &Source,
        argument: &MapArgument,
    ) -> Result<(), ImportError> {
        let shown = MappedColumn {
            column: argument.column,
            expression: argument.expression.clone(),
            origin: MappingOrigin::Given,
            passed_over: Vec::new(),
        };
        // A column's name, quoted or not, means its values as they are written.
        let named = source.columns.iter().find(|column| {
            column.name.eq_ignore_ascii_case(&argument.expression)
                || quote_identifier(&column.name).eq_ignore_ascii_case(&argument.expression)
        });
        if let Some(column) = named {
            let (sql, data_type) = (quote_identifier(&column.name), column.data_type.clone());
            self.columns.push(Mapped { shown, sql, data_type, over_typed: false });
            return Ok(());
        }
        let refuse = |message: String| ImportError::BadExpression {
            column: argument.column,
            expression: argument.expression.clone(),
            message,
            source_columns: source.quoted_names(),
        };
        check_single(&argument.expression).map_err(|message| refuse(message.to_owned()))?;
        if self.typed.is_none() {
            self.typed = Some(source.typed_columns(store)?);
        }
        let typed = self.typed.as_deref().unwrap_or_default().join(", ");
        let raw = source.quoted_names().join(", ");
        let sql = format!("({})", argument.expression);
        // Ids are made from texts, amounts from numbers; what does not bind there
        // may bind over the others, as `replace(amount, ' ', '')` does over texts.
        let mut first_failure = None;
        for over_typed in [!argument.column.is_text(), argument.column.is_text()] {
            let columns = if over_typed { &typed } else { &raw };
            match bind(store, source, columns, &sql) {
                Ok(data_type) => {
                    self.columns.push(Mapped { shown, sql, data_type, over_typed });
                    return Ok(());
                }
                Err(message) => first_failure = first_failure.or(Some(message)),
            }
        }
        Err(refuse(first_failure.unwrap_or_default()))
    }
}

/// The type of an expression over the source, or what the engine has against it.
fn bind(store: &Store, source: &Source, columns: &str, sql: &str) -> Result<String, String> {
    let first_line = |error: crate::store::StoreError| {
        let message = error.engine_message();
        let line = message.lines().next().unwrap_or_default();
        let said = ["Binder Error: ", "Parser Error: "].iter().find_map(|kind| line.strip_prefix(kind));
        said.unwrap_or(line).trim_end_matches(['!', '.']).to_owned()
    };
    let from = format!("FROM (SELECT {columns} FROM ({}))", source.select);
    // A condition takes no aggregate, no window and no unnest: one value a line.
    let test = format!("SELECT 1 {from} WHERE {sql} IS NULL LIMIT 0");
    store.rows_text("trying a mapping", &test, |_| Ok(())).map_err(first_line)?;
    let described = store
        .describe_text("trying a mapping", &format!("SELECT {sql} AS mapped {from}"))
        .map_err(first_line)?;
    Ok(described.into_iter().next().map(|column| column.data_type).unwrap_or_default())
}

/// Arguments that a user could try for what was not found.
fn hint(source: &Source, missing: &[OrderColumn]) -> String {
    let find = |wanted: OrderColumn| source.columns.iter().find(|column| wanted.rank(&column.name).is_some());
    let arguments: Vec<String> = missing
        .iter()
        .map(|column| {
            let pieces = (find(OrderColumn::Quantity), find(OrderColumn::UnitPrice));
            if let (OrderColumn::Amount, (Some(quantity), Some(price))) = (column, pieces) {
                let (quantity, price) = (quote_identifier(&quantity.name), quote_identifier(&price.name));
                return format!("--map {column}='{quantity} * {price}'");
            }
            let example =
                source.columns.first().map_or_else(String::new, |first| quote_identifier(&first.name));
            format!("--map {column}='{example}'")
        })
        .collect();
    arguments.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_arguments_have_two_parts_and_a_column_of_ours() {
        let argument: MapArgument = "user_id = \"a=b\" ".parse().unwrap();
        assert_eq!((argument.column, argument.expression.as_str()), (OrderColumn::Customer, "\"a=b\""));
        assert!(matches!("amount".parse::<MapArgument>(), Err(ImportError::BadMap { .. })));
        assert!(matches!("amount=".parse::<MapArgument>(), Err(ImportError::BadMap { .. })));
        assert!(matches!("price=1".parse::<MapArgument>(), Err(ImportError::UnknownColumn { .. })));
    }
}
