//! A table as the page's script reads it: columns with the kinds of their values, and rows of plain values.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Exhibit;
use crate::lang::Lang;
use crate::render::json::Value;
use crate::render::{Kind, Table};

/// A table in a language.
pub(super) struct TableData<'a> {
    pub(super) exhibit: &'a Exhibit,
    pub(super) lang: Lang,
}

impl Serialize for TableData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = &self.exhibit.table;
        let mut data = serializer.serialize_map(Some(3))?;
        data.serialize_entry("command", &self.exhibit.command)?;
        let columns: Vec<_> = table
            .for_programs()
            .map(|column| {
                serde_json::json!({
                    "key": column.key,
                    "heading": self.lang.heading(&column.heading),
                    "kind": kind(column.kind),
                })
            })
            .collect();
        data.serialize_entry("columns", &columns)?;
        data.serialize_entry("rows", &Rows(table))?;
        data.end()
    }
}

/// The script's name for the kind of a column's values.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Any => "text",
        Kind::Id => "id",
        Kind::Count => "integer",
        Kind::Money => "money",
        Kind::Ratio => "ratio",
        Kind::Percent => "percent",
        Kind::Date => "date",
        Kind::Instant => "timestamp",
        Kind::YesNo => "boolean",
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for row in &self.0.rows {
            let cells: Vec<_> = self.0.cells_for_programs(row).map(|(_, cell)| Value(cell)).collect();
            rows.serialize_element(&cells)?;
        }
        rows.end()
    }
}
