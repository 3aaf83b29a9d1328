//! Finding the source column, or the expression, for each of our columns.

use std::str::FromStr;

use super::expression::columns_used;
use crate::import::error::{ImportError, Suggestion};
use crate::import::source::Source;
use crate::import::spec::{ColumnSpec, RecordKind, ValueKind, plain_name};
use crate::statements::{ExpressionError, check_expression};
use crate::store::{RelationColumn, Store, quote_identifier};

/// A user's mapping of one of our columns: `COLUMN=EXPRESSION`.
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

/// How a column was mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingOrigin {
    /// By the name of the source's column.
    Recognised,
    /// By the user.
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

/// A mapped column, for previews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    /// Our column.
    pub column: &'static str,
    /// The source's column, or the expression over its columns.
    pub expression: String,
    /// How it was mapped.
    pub origin: MappingOrigin,
    /// Other source columns that would have matched.
    pub passed_over: Vec<String>,
}

/// A mapped column as SQL.
#[derive(Clone, Debug)]
pub(in crate::import) struct Mapped {
    pub spec: &'static ColumnSpec,
    pub shown: MappedColumn,
    /// The SQL over the source.
    pub sql: String,
    /// Its type.
    pub data_type: String,
    /// Whether `sql` uses the typed columns rather than the raw ones.
    pub over_typed: bool,
}

/// The mapped columns.
#[derive(Clone, Debug)]
pub(in crate::import) struct Mapping {
    pub kind: RecordKind,
    pub columns: Vec<Mapped>,
    /// The source columns used, quoted.
    pub used: Vec<String>,
    /// Those used by expressions, typed.
    pub typed: Vec<String>,
}

impl Mapping {
    /// Combines the user's mappings with those suggested by the source's column names.
    pub fn find(
        store: &Store,
        source: &Source,
        kind: RecordKind,
        given: &[MapArgument],
    ) -> Result<Self, ImportError> {
        let spec = kind.spec();
        let mut mapping = Mapping { kind, columns: Vec::new(), used: Vec::new(), typed: Vec::new() };
        if let Some(unknown) = given.iter().find(|argument| spec.column(&argument.column).is_none()) {
            return Err(ImportError::UnknownColumn {
                given: unknown.column.clone(),
                rows: kind.as_str(),
                columns: spec.names(),
            });
        }
        let plain: Vec<String> = source.columns.iter().map(|column| plain_name(&column.name)).collect();
        for column in &spec.columns {
            let mut arguments = given.iter().filter(|argument| {
                spec.column(&argument.column).is_some_and(|for_it| for_it.name == column.name)
            });
            let argument = arguments.next();
            if arguments.next().is_some() {
                return Err(ImportError::MappedTwice { column: &column.name });
            }
            match argument {
                Some(argument) => mapping.add_given(store, source, column, argument)?,
                None => mapping.add_recognised(source, column, &plain),
            }
        }
        let missing: Vec<&str> =
            spec.required.iter().map(String::as_str).filter(|name| !mapping.gives(name)).collect();
        if !missing.is_empty() {
            return Err(mapping.not_found(store, source, missing, &plain)?);
        }
        if !spec.one_of.is_empty() && !spec.one_of.iter().any(|name| mapping.gives(name)) {
            let one_of = spec.one_of.iter().map(String::as_str).collect();
            return Err(mapping.not_found(store, source, one_of, &plain)?);
        }
        Ok(mapping)
    }

    /// Whether the source gives a column; `COLUMN=NULL` leaves it out.
    pub fn gives(&self, column: &str) -> bool {
        self.get(column).is_some_and(|mapped| !mapped.shown.expression.eq_ignore_ascii_case("null"))
    }

    /// One of our columns, if it is mapped.
    pub fn get(&self, column: &str) -> Option<&Mapped> {
        debug_assert!(self.kind.spec().column(column).is_some(), "{column} is no column of {:?}", self.kind);
        self.columns.iter().find(|mapped| mapped.spec.name == column)
    }

    /// How a column was mapped, if it is.
    pub fn origin(&self, column: &str) -> Option<MappingOrigin> {
        self.get(column).map(|mapped| mapped.shown.origin)
    }

    /// The mapping, for previews.
    pub fn shown(&self) -> Vec<MappedColumn> {
        self.columns.iter().map(|mapped| mapped.shown.clone()).collect()
    }

    /// The source columns that are not used.
    pub fn unused(&self, source: &Source) -> Vec<String> {
        let names = source.columns.iter().map(|column| &column.name);
        names.filter(|name| !self.used.contains(&quote_identifier(name))).cloned().collect()
    }

    /// Removes one of our columns, in favour of another.
    pub fn drop(&mut self, column: &str) {
        self.columns.retain(|mapped| mapped.spec.name != column);
    }

    fn use_columns(&mut self, names: &[String]) {
        for name in names {
            if !self.used.contains(name) {
                self.used.push(name.clone());
            }
        }
    }

    fn add_raw(&mut self, spec: &'static ColumnSpec, shown: MappedColumn, column: &RelationColumn) {
        let sql = quote_identifier(&column.name);
        self.use_columns(std::slice::from_ref(&sql));
        self.columns.push(Mapped {
            spec,
            shown,
            sql,
            data_type: column.data_type.clone(),
            over_typed: false,
        });
    }

    fn add_recognised(&mut self, source: &Source, spec: &'static ColumnSpec, plain: &[String]) {
        let mut found: Vec<(usize, &RelationColumn)> = source
            .columns
            .iter()
            .zip(plain)
            .filter_map(|(candidate, name)| spec.rank(name, plain).map(|rank| (rank, candidate)))
            .collect();
        // Stable: of two equally good ones, the source's first.
        found.sort_by_key(|(rank, _)| *rank);
        let mut found = found.into_iter().map(|(_, candidate)| candidate);
        let Some(best) = found.next() else { return };
        // Columns of the same name have got numbers.
        let copies = (1..).map_while(|copy| {
            let name = format!("{}_{copy}", best.name);
            source.columns.iter().find(|other| other.name.eq_ignore_ascii_case(&name))
        });
        let shown = MappedColumn {
            column: &spec.name,
            expression: best.name.clone(),
            origin: MappingOrigin::Recognised,
            passed_over: copies.chain(found).map(|other| other.name.clone()).collect(),
        };
        self.add_raw(spec, shown, best);
    }

    fn add_given(
        &mut self,
        store: &Store,
        source: &Source,
        spec: &'static ColumnSpec,
        argument: &MapArgument,
    ) -> Result<(), ImportError> {
        let shown = MappedColumn {
            column: &spec.name,
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
            self.add_raw(spec, shown, named);
            return Ok(());
        }
        let refuse = |message: String| ImportError::BadExpression {
            column: &spec.name,
            expression: argument.expression.clone(),
            message,
            source_columns: source.quoted_names(),
        };
        check_expression(store, &argument.expression).map_err(|error| match error {
            ExpressionError::Store(error) => error.into(),
            error => refuse(error.to_string()),
        })?;
        let names = columns_used(store, &argument.expression, source)?;
        let typed = source.typed_columns(store, &names)?;
        let sql = format!("(\n{}\n)", argument.expression);
        // Ids are made from texts, amounts from numbers; what does not bind there
        // may bind over the others, as `replace(amount, ' ', '')` does over texts.
        let mut first_failure = None;
        let text_first = matches!(spec.value, ValueKind::Text | ValueKind::Id);
        for over_typed in [!text_first, text_first] {
            match bind(store, source, &names, if over_typed { &typed } else { &names }, &sql) {
                Ok(data_type) => {
                    self.use_columns(&names);
                    if over_typed {
                        let new = typed.into_iter().filter(|column| !self.typed.contains(column));
                        let new: Vec<String> = new.collect();
                        self.typed.extend(new);
                    }
                    self.columns.push(Mapped { spec, shown, sql, data_type, over_typed });
                    return Ok(());
                }
                Err(message) => first_failure = first_failure.or(Some(message)),
            }
        }
        Err(refuse(first_failure.unwrap_or_default()))
    }

    /// The error that names the missing columns and those of the source.
    fn not_found(
        &self,
        store: &Store,
        source: &Source,
        columns: Vec<&'static str>,
        plain: &[String],
    ) -> Result<ImportError, ImportError> {
        Ok(ImportError::ColumnsNotFound {
            path: source.input.first().to_owned(),
            suggestions: self.suggestions(source, &columns, plain),
            columns,
            source_columns: source.shown_columns(store)?,
        })
    }

    /// Suggestions for the missing columns; each source column is suggested at most once.
    fn suggestions(&self, source: &Source, columns: &[&'static str], plain: &[String]) -> Vec<Suggestion> {
        let find = |wanted: &str| {
            let spec = self.kind.spec().column(wanted)?;
            let found = plain.iter().position(|name| spec.rank(name, plain).is_some())?;
            source.columns.get(found).map(|column| quote_identifier(&column.name))
        };
        let mut free = source.quoted_names().into_iter().filter(|name| !self.used.contains(name));
        columns
            .iter()
            .map(|column| {
                let product = match (*column, find("quantity"), find("unit_price")) {
                    ("amount", Some(quantity), Some(price)) => Some(format!("{quantity} * {price}")),
                    _ => None,
                };
                let expression = product.or_else(|| free.next()).unwrap_or_else(|| "...".to_owned());
                Suggestion { column, expression }
            })
            .collect()
    }
}

/// The type of an expression over columns of the source (`names`, as `columns` make them), or what the
/// engine has against it.
fn bind(
    store: &Store,
    source: &Source,
    names: &[String],
    columns: &[String],
    sql: &str,
) -> Result<String, String> {
    let list = |columns: Vec<String>| if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    let untold =
        source.columns.iter().filter(|column| names.contains(&quote_identifier(&column.name))).map(
            |column| format!("CAST(NULL AS {}) AS {}", column.data_type, quote_identifier(&column.name)),
        );
    // The types decide, so no line need be read.
    let from = format!(
        "FROM (SELECT {} FROM (SELECT {} FROM range(1)))",
        list(columns.to_vec()),
        list(untold.collect())
    );
    // A condition takes no aggregate, no window and no unnest: one value a line.
    let test = format!("SELECT 1 {from} WHERE {sql} IS NULL LIMIT 0");
    store.rows_text("trying a mapping", &test, |_| Ok(())).map_err(|error| error.engine_says())?;
    let described = store
        .describe_text("trying a mapping", &format!("SELECT {sql} AS mapped {from}"))
        .map_err(|error| error.engine_says())?;
    match described.as_slice() {
        [one] => Ok(one.data_type.clone()),
        several => Err(format!("it gives {} columns, and one is needed", several.len())),
    }
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
