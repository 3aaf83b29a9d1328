//! What a statement may do, decided on the tree that the engine's own parser makes of it.
//!
//! The engine serializes SELECTs alone, so whatever else a text holds is refused before anything is
//! looked at. What a SELECT can do besides reading, it does through functions: those are looked up in
//! the catalog, and macros and views are followed down to what they are made of.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::error::{ExpressionError, ScriptError};
use crate::store::{Store, StoreError};
use crate::{named, query};

/// The functions of `data/reading.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Functions {
    pub tables: HashSet<String>,
    pub volatile: HashSet<String>,
    /// Known and refused, as is any function that is not known: the list is there for the test.
    #[cfg_attr(not(test), allow(dead_code))]
    pub refused: HashSet<String>,
}

pub(super) static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/reading.toml"))
        .expect("the embedded list is valid: a test reads it")
});

/// Fails unless a text is one statement that reads and does nothing else.
pub(super) fn expect_reading(store: &Store, text: &str) -> Result<(), ScriptError> {
    match tree(store, text)? {
        Tree::Selects(statements) => match statements.as_slice() {
            [] => Err(ScriptError::Empty),
            [statement] => {
                match (Walk { store, rule: Rule::Reading, seen: HashSet::new() }).check(statement)? {
                    None => Ok(()),
                    Some(function) => Err(ScriptError::Function(function)),
                }
            }
            several => Err(ScriptError::Several(several.len())),
        },
        Tree::Other => Err(ScriptError::NotReading),
        Tree::Broken(message) => Err(ScriptError::Failed(message)),
    }
}

/// Fails unless a text is one expression that computes a value from the columns of one line: no
/// subquery, no aggregate, no `*` or `COLUMNS(...)`, no function with side effects.
///
/// To be used, it must stand in parentheses, with a line of its own: `(\n…\n)`.
pub fn check_expression(store: &Store, text: &str) -> Result<(), ExpressionError> {
    let statements = match tree(store, &format!("SELECT (\n{text}\n)"))? {
        Tree::Selects(statements) => statements,
        Tree::Other => return Err(ExpressionError::NotOne),
        Tree::Broken(message) => return Err(ExpressionError::Syntax(message)),
    };
    let [statement] = statements.as_slice() else { return Err(ExpressionError::NotOne) };
    let expression = only_expression(statement).ok_or(ExpressionError::NotOne)?;
    if let Some(part) = part_of_more(expression) {
        return Err(ExpressionError::Part(part));
    }
    match (Walk { store, rule: Rule::OneLine, seen: HashSet::new() }).check(expression)? {
        None => Ok(()),
        Some(function) => Err(ExpressionError::Function(function)),
    }
}

/// The same for an expression over the columns of a relation (a table, or a SELECT in parentheses), which
/// the engine must also be able to evaluate there.
pub fn check_over(store: &Store, text: &str, relation: &str) -> Result<(), ExpressionError> {
    check_expression(store, text)?;
    // A condition takes no aggregate, no window and no unnest: one value a line.
    let test = format!("SELECT 1 FROM {relation} AS t WHERE (\n{text}\n) IS NULL LIMIT 0");
    match store.rows_text("trying an expression", &test, |_| Ok(())) {
        Ok(_) => Ok(()),
        Err(error) => Err(ExpressionError::Refused(error.engine_says())),
    }
}

/// The same for a condition: an expression that is true or false of each row.
pub fn check_condition(store: &Store, text: &str, relation: &str) -> Result<(), ExpressionError> {
    check_over(store, text, relation)?;
    let select = format!("SELECT (\n{text}\n) FROM {relation} AS t");
    let columns = store.describe_text("looking at a condition", &select)?;
    match columns.into_iter().next().map(|column| column.data_type) {
        Some(data_type) if data_type != "BOOLEAN" => Err(ExpressionError::NotCondition(data_type)),
        _ => Ok(()),
    }
}

/// What the engine's parser makes of a text.
enum Tree {
    /// The SELECTs it holds, and nothing else.
    Selects(Vec<Json>),
    /// It holds another statement.
    Other,
    /// It cannot be parsed.
    Broken(String),
}

fn tree(store: &Store, text: &str) -> Result<Tree, StoreError> {
    let tree: String = store.row(query!("statements/tree.sql"), named! { "text": text }, |row| row.get(0))?;
    let mut tree: Json = serde_json::from_str(&tree).unwrap_or_default();
    if tree["error"] == Json::Bool(false)
        && let Json::Array(statements) = tree["statements"].take()
    {
        return Ok(Tree::Selects(statements));
    }
    Ok(match tree["error_type"].as_str() {
        Some("parser" | "syntax") => {
            Tree::Broken(tree["error_message"].as_str().unwrap_or_default().to_owned())
        }
        _ => Tree::Other,
    })
}

/// The one expression of `SELECT expression`; `None` for any more of a statement.
fn only_expression(statement: &Json) -> Option<&Json> {
    let is_nothing = |value: &Json| match value {
        Json::Null | Json::Bool(false) => true,
        Json::Array(list) => list.is_empty(),
        Json::Object(fields) => fields.values().all(|field| field.as_array().is_some_and(Vec::is_empty)),
        _ => false,
    };
    let node = statement["node"].as_object()?;
    let bare = node.iter().all(|(key, value)| match key.as_str() {
        "type" => value == "SELECT_NODE",
        "select_list" => true,
        "from_table" => value["type"] == "EMPTY",
        "aggregate_handling" => value == "STANDARD_HANDLING",
        _ => is_nothing(value),
    });
    match node.get("select_list")?.as_array()?.as_slice() {
        [expression] if bare => Some(expression),
        _ => None,
    }
}

/// The first part of an expression that needs more than a line, in words.
fn part_of_more(tree: &Json) -> Option<&'static str> {
    match tree {
        Json::Array(list) => list.iter().find_map(part_of_more),
        Json::Object(fields) => match fields.get("class").and_then(Json::as_str) {
            Some("SUBQUERY") => Some("a subquery"),
            Some("STAR") => Some("`*` or COLUMNS(...)"),
            Some("WINDOW") => Some("a window function"),
            Some("PARAMETER") => Some("a parameter"),
            Some("POSITIONAL_REFERENCE") => Some("a column's position"),
            Some("DEFAULT") => Some("DEFAULT"),
            _ => fields.values().find_map(part_of_more),
        },
        _ => None,
    }
}

/// What functions are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Those that change nothing.
    Reading,
    /// Those that give one value for one line, and the same one again.
    OneLine,
}

/// A check on its way through macros and views.
struct Walk<'a> {
    store: &'a Store,
    rule: Rule,
    /// Names that have been looked up.
    seen: HashSet<String>,
}

impl Walk<'_> {
    /// The first function in a tree that may not be called.
    fn check(&mut self, tree: &Json) -> Result<Option<String>, StoreError> {
        let (mut functions, mut relations) = (BTreeSet::new(), BTreeSet::new());
        collect(tree, &mut functions, &mut relations);
        let is_new = |name: &String, seen: &mut HashSet<String>, kind| seen.insert(format!("{kind} {name}"));
        functions.retain(|name| is_new(name, &mut self.seen, "function"));
        relations.retain(|name| is_new(name, &mut self.seen, "relation"));
        if let Some(function) = self.check_functions(&functions)? {
            return Ok(Some(function));
        }
        self.check_views(&relations)
    }

    fn check_functions(&mut self, names: &BTreeSet<String>) -> Result<Option<String>, StoreError> {
        if names.is_empty() {
            return Ok(None);
        }
        let known = self.store.rows(
            query!("statements/functions_by_name.sql"),
            named! { "names": json_list(names) },
            |row| {
                let name: String = row.get(0)?;
                let kind: String = row.get(1)?;
                let has_side_effects: bool = row.get(2)?;
                let definition: Option<String> = row.get(3)?;
                Ok((name, kind, has_side_effects, definition))
            },
        )?;
        for (name, kind, has_side_effects, definition) in known {
            let may_be_called = match (kind.as_str(), self.rule) {
                ("scalar", Rule::Reading) => !has_side_effects || FUNCTIONS.volatile.contains(&name),
                ("scalar", Rule::OneLine) => !has_side_effects,
                ("aggregate", Rule::Reading) => !has_side_effects,
                ("table", Rule::Reading) => FUNCTIONS.tables.contains(&name),
                ("macro", _) => {
                    let body = format!("SELECT {}", definition.unwrap_or_default());
                    self.check_text(&body)?
                }
                ("table_macro", Rule::Reading) => self.check_text(&definition.unwrap_or_default())?,
                // They cannot stand where a value is computed; a scalar function may share the name.
                ("table" | "table_macro", Rule::OneLine) => name != "unnest",
                _ => false,
            };
            if !may_be_called {
                return Ok(Some(name));
            }
        }
        // A name that nothing is known by is left to the engine, which says what it may have been meant for.
        Ok(None)
    }

    /// Whether what a macro or a view is made of may be run.
    fn check_text(&mut self, text: &str) -> Result<bool, StoreError> {
        let Tree::Selects(statements) = tree(self.store, text)? else { return Ok(false) };
        if self.rule == Rule::OneLine && statements.iter().any(|statement| part_of_more(statement).is_some())
        {
            return Ok(false);
        }
        for statement in &statements {
            if self.check(statement)?.is_some() {
                return Ok(false);
            }
        }
        Ok(!statements.is_empty())
    }

    fn check_views(&mut self, names: &BTreeSet<String>) -> Result<Option<String>, StoreError> {
        if names.is_empty() {
            return Ok(None);
        }
        let views: Vec<String> = self.store.rows(
            query!("statements/views_by_name.sql"),
            named! { "names": json_list(names) },
            |row| row.get(0),
        )?;
        for view in views {
            // `CREATE VIEW name (columns) AS SELECT ...`: a name may hold ` AS ` too, so whatever
            // follows one and can be parsed must be fit to run.
            let mut parsed = false;
            for (at, separator) in view.match_indices(" AS ") {
                let text = &view[at + separator.len()..];
                if let Tree::Selects(statements) = tree(self.store, text)? {
                    parsed |= !statements.is_empty();
                    for statement in &statements {
                        if let Some(function) = self.check(statement)? {
                            return Ok(Some(function));
                        }
                    }
                }
            }
            if !parsed {
                return Ok(Some(view));
            }
        }
        Ok(None)
    }
}

fn json_list(names: &BTreeSet<String>) -> String {
    Json::from_iter(names.iter().cloned()).to_string()
}

/// The names of the functions and relations in a tree, in lower case.
fn collect(tree: &Json, functions: &mut BTreeSet<String>, relations: &mut BTreeSet<String>) {
    match tree {
        Json::Array(list) => list.iter().for_each(|part| collect(part, functions, relations)),
        Json::Object(fields) => {
            let name = |key: &str| fields.get(key).and_then(Json::as_str).map(str::to_lowercase);
            functions.extend(name("function_name"));
            relations.extend(name("table_name"));
            fields.values().for_each(|part| collect(part, functions, relations));
        }
        _ => {}
    }
}
