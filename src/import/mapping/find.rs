//! Which of the source's columns, or which expression over them, gives each of ours.

use std::str::FromStr;

use super::column::{ImportColumn, ValueKind};
use crate::import::error::ImportError;
use crate::import::source::Source;
use crate::statements::{ExpressionError, check_expression};
use crate::store::{Store, quote_identifier};

/// `--map COLUMN=EXPRESSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapArgument {
    /// Our column, by its name.
    pub column: String,
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
        Ok(MapArgument { column: name.to_ascii_lowercase(), expression: expression.to_owned() })
    }
}

impl MapArgument {
    /// Whether it is for this column.
    fn is_for<C: ImportColumn>(&self, column: C) -> bool {
        column.name() == self.column || column.aliases().contains(&self.column.as_str())
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
    pub column: &'static str,
    /// The source's column, or the expression over its columns.
    pub expression: String,
    /// Who decided.
    pub origin: MappingOrigin,
    /// Other columns of the source that would have been recognised.
    pub passed_over: Vec<String>,
}

/// A mapped column as SQL.
#[derive(Clone, Debug)]
pub(in crate::import) struct Mapped<C> {
    pub column: C,
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
pub(in crate::import) struct Mapping<C> {
    pub columns: Vec<Mapped<C>>,
    /// The source's typed columns, if an expression needs them.
    pub typed: Option<Vec<String>>,
}

impl<C: ImportColumn> Mapping<C> {
    /// The mapping that is given, and for our other columns the one that the
    /// source's names suggest.
    pub fn find(store: &Store, source: &Source, given: &[MapArgument]) -> Result<Self, ImportError> {
        if let Some(unknown) =
            given.iter().find(|argument| !C::ALL.iter().any(|column| argument.is_for(*column)))
        {
            return Err(ImportError::UnknownColumn {
                given: unknown.column.clone(),
                rows: C::ROWS,
                columns: C::names(),
            });
        }
        let mut mapping = Mapping { columns: Vec::new(), typed: None };
        for column in C::ALL.iter().copied() {
            let mut arguments = given.iter().filter(|argument| argument.is_for(column));
            let argument = arguments.next();
            if arguments.next().is_some() {
                return Err(ImportError::MappedTwice { column: column.name() });
            }
            match argument {
                Some(argument) => mapping.add_given(store, source, column, argument)?,
                None => mapping.add_recognised(source, column),
            }
        }
        let missing: Vec<C> = C::REQUIRED.iter().copied().filter(|column| !mapping.gives(*column)).collect();
        if missing.is_empty() {
            return Ok(mapping);
        }
        Err(not_found(store, source, &missing)?)
    }

    /// Makes sure that the source gives one of these columns at least.
    pub fn need_one_of(&self, store: &Store, source: &Source, columns: &[C]) -> Result<(), ImportError> {
        if columns.iter().any(|column| self.gives(*column)) {
            return Ok(());
        }
        Err(not_found(store, source, columns)?)
    }

    /// Whether the source says anything about a column: `--map COLUMN=NULL` leaves it out.
    pub fn gives(&self, column: C) -> bool {
        self.get(column).is_some_and(|mapped| !mapped.shown.expression.eq_ignore_ascii_case("null"))
    }

    /// Where one of our columns comes from, if it does.
    pub fn get(&self, column: C) -> Option<&Mapped<C>> {
        self.columns.iter().find(|mapped| mapped.column == column)
    }

    /// The mapping as it is shown.
    pub fn shown(&self) -> Vec<MappedColumn> {
        self.columns.iter().map(|mapped| mapped.shown.clone()).collect()
    }

    /// Leaves one of our columns out, which another gives better.
    pub fn drop(&mut self, column: C) {
        self.columns.retain(|mapped| mapped.column != column);
    }

    fn add_recognised(&mut self, source: &Source, column: C) {
        let mut found: Vec<(usize, &crate::store::RelationColumn)> = source
            .columns
            .iter()
            .filter_map(|candidate| column.rank(&candidate.name).map(|rank| (rank, candidate)))
            .collect();
        // Stable: of two equally good ones, the source's first.
        found.sort_by_key(|(rank, _)| *rank);
        let mut found = found.into_iter().map(|(_, candidate)| candidate);
        if let Some(best) = found.next() {
            // Columns of the same name have got numbers.
            let copies = (1..).map_while(|copy| {
                let name = format!("{}_{copy}", best.name);
                source.columns.iter().find(|other| other.name.eq_ignore_ascii_case(&name))
            });
            let passed_over = copies.chain(found).map(|other| other.name.clone()).collect();
            self.columns.push(Mapped {
                column,
                shown: MappedColumn {
                    column: column.name(),
                    expression: best.name.clone(),
                    origin: MappingOrigin::Recognised,
                    passed_over,
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
        column: C,
        argument: &MapArgument,
    ) -> Result<(), ImportError> {
        let shown = MappedColumn {
            column: column.name(),
            expression: argument.expression.clone(),
            origin: MappingOrigin::Given,
            passed_over: Vec::new(),
        };
        // A column's name, quoted or not, means its values as they are written.
        let named = source.columns.iter().find(|candidate| {
            candidate.name.eq_ignore_ascii_case(&argument.expression)
                || quote_identifier(&candidate.name).eq_ignore_ascii_case(&argument.expression)
        });
        if let Some(named) = named {
            let (sql, data_type) = (quote_identifier(&named.name), named.data_type.clone());
            self.columns.push(Mapped { column, shown, sql, data_type, over_typed: false });
            return Ok(());
        }
        let refuse = |message: String| ImportError::BadExpression {
            column: column.name(),
            expression: argument.expression.clone(),
            message,
            source_columns: source.quoted_names(),
        };
        check_expression(store, &argument.expression).map_err(|error| match error {
            ExpressionError::Store(error) => error.into(),
            error => refuse(error.to_string()),
        })?;
        if self.typed.is_none() {
            self.typed = Some(source.typed_columns(store)?);
        }
        let typed = self.typed.as_deref().unwrap_or_default().join(", ");
        let raw = source.quoted_names().join(", ");
        let sql = format!("(\n{}\n)", argument.expression);
        // Ids are made from texts, amounts from numbers; what does not bind there
        // may bind over the others, as `replace(amount, ' ', '')` does over texts.
        let mut first_failure = None;
        let text_first = matches!(column.kind(), ValueKind::Text | ValueKind::NumberOrText);
        for over_typed in [!text_first, text_first] {
            let columns = if over_typed { &typed } else { &raw };
            match bind(store, source, columns, &sql) {
                Ok(data_type) => {
                    self.columns.push(Mapped { column, shown, sql, data_type, over_typed });
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

/// Says which columns are missing, and what the source has.
fn not_found<C: ImportColumn>(
    store: &Store,
    source: &Source,
    missing: &[C],
) -> Result<ImportError, ImportError> {
    Ok(ImportError::ColumnsNotFound {
        path: source.files.first().to_owned(),
        hint: hint(source, missing),
        columns: missing.iter().map(|column| column.name()).collect(),
        source_columns: source.shown_columns(store)?,
    })
}

/// Arguments that a user could try for what was not found.
fn hint<C: ImportColumn>(source: &Source, missing: &[C]) -> String {
    let find = |wanted: &str| {
        let wanted = C::ALL.iter().find(|column| column.name() == wanted)?;
        source.columns.iter().find(|column| wanted.rank(&column.name).is_some())
    };
    let arguments: Vec<String> = missing
        .iter()
        .map(|column| {
            let column = column.name();
            let pieces = (find("quantity"), find("unit_price"));
            if let ("amount", (Some(quantity), Some(price))) = (column, pieces) {
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
    fn map_arguments_have_two_parts() {
        let argument: MapArgument = "User_id = \"a=b\" ".parse().unwrap();
        assert_eq!((argument.column.as_str(), argument.expression.as_str()), ("user_id", "\"a=b\""));
        assert!(matches!("amount".parse::<MapArgument>(), Err(ImportError::BadMap { .. })));
        assert!(matches!("amount=".parse::<MapArgument>(), Err(ImportError::BadMap { .. })));
    }
}
