//! The source columns used by a user's expression; only those are read and typed.

use serde_json::Value as Json;

use crate::import::error::ImportError;
use crate::import::source::Source;
use crate::store::{Store, quote_identifier};
use crate::{named, query};

/// The source's columns (quoted) that an expression uses.
pub(super) fn columns_used(
    store: &Store,
    expression: &str,
    source: &Source,
) -> Result<Vec<String>, ImportError> {
    let text = format!("SELECT (\n{expression}\n)");
    let tree: String = store.row(query!("statements/tree.sql"), named! { "text": text }, |row| row.get(0))?;
    let mut names = Vec::new();
    collect_names(&serde_json::from_str(&tree).unwrap_or_default(), &mut names);
    let is_used = |column: &str| names.iter().any(|name| name.eq_ignore_ascii_case(column));
    let columns = source.columns.iter().filter(|column| is_used(&column.name));
    Ok(columns.map(|column| quote_identifier(&column.name)).collect())
}

/// The names in a tree, of columns and of the parts of such that have parts.
fn collect_names(tree: &Json, names: &mut Vec<String>) {
    match tree {
        Json::Array(list) => list.iter().for_each(|part| collect_names(part, names)),
        Json::Object(fields) => {
            if let Some(Json::Array(parts)) = fields.get("column_names") {
                names.extend(parts.iter().filter_map(Json::as_str).map(str::to_owned));
            }
            fields.values().for_each(|part| collect_names(part, names));
        }
        _ => {}
    }
}
