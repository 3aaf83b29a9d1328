//! The view that presents the source's lines under our column names.

use super::dates::DateReading;
use super::find::{Mapped, Mapping};
use super::numbers::{SourceType, amount_sql, id_sql, quantity_sql, text_sql, unread_text_sql};
use crate::import::error::ImportError;
use crate::import::source::{FILE_COLUMN, LINES_AS_READ, MALFORMED_COLUMN, Source};
use crate::import::spec::{ColumnSpec, ValueKind};
use crate::store::{Store, quote_identifier, quote_literal};

/// The text of the view `import_mapped` over the lines as they were read, which count from
/// `first_row`: `record`, `file`, `malformed` (why the line is no record), and each of our columns,
/// NULL for one that the source does not give. Beside what can be unreadable (an amount, a quantity, a
/// date, a word) stands, as `…_text`, what a message would show. An id is there whole, and either as
/// `…_number` or as `…_text`. `attributes` are the source's columns `keep`, as a map of texts.
pub(in crate::import) fn mapped_view(
    store: &Store,
    source: &Source,
    mapping: &Mapping,
    keep: &[String],
    first_row: i64,
    date_format: Option<&str>,
) -> Result<String, ImportError> {
    let columns: Vec<Column<'_>> = mapping
        .kind
        .spec()
        .columns
        .iter()
        .map(|spec| Column { spec, mapped: mapping.get(&spec.name) })
        .collect();
    // Layers, so that a text that several values are made of is made once.
    let mut texts = LINE.map(str::to_owned).to_vec();
    texts.extend(columns.iter().flat_map(Column::texts));
    let texts = format!("(SELECT {} FROM ({}))", texts.join(", "), mapped_select(mapping, keep, first_row));
    let several = mapping.columns.iter().filter(|mapped| mapped.spec.value == ValueKind::Instant).count() > 1;
    let mut values = LINE.map(str::to_owned).to_vec();
    for column in &columns {
        match (column.spec.value, column.mapped) {
            (ValueKind::Instant, Some(mapped)) if !is_instant(mapped) => {
                let text = column.text_name();
                let from = format!("FROM {texts}");
                let format = match date_format {
                    // A format is for the columns that are written so: days of birth have no time.
                    Some(format) if several && !DateReading::fits(store, source, format, &text, &from)? => {
                        None
                    }
                    format => format,
                };
                let reading =
                    DateReading::find(store, source, format, &text, &from, &mapped.shown.expression)?;
                values.extend([text.clone(), format!("{} AS {}", reading.sql(&text), column.name())]);
            }
            _ => values.extend(column.values()),
        }
    }
    Ok(format!("CREATE OR REPLACE TEMP VIEW import_mapped AS SELECT {} FROM {texts}", values.join(", ")))
}

/// Columns that every line has.
const LINE: [&str; 4] = ["record", "file", "malformed", "attributes"];

/// The SQL of a map of the kept columns.
fn attributes(keep: &[String]) -> String {
    if keep.is_empty() {
        return "CAST(NULL AS MAP(VARCHAR, VARCHAR))".to_owned();
    }
    let entries = keep.iter().map(|name| {
        format!("{}: import_text(CAST({} AS VARCHAR))", quote_literal(name), quote_identifier(name))
    });
    format!("MAP {{{}}}", entries.collect::<Vec<_>>().join(", "))
}

/// One of our columns, and where it comes from.
struct Column<'a> {
    spec: &'static ColumnSpec,
    mapped: Option<&'a Mapped>,
}

impl Column<'_> {
    fn name(&self) -> String {
        quote_identifier(&self.spec.name)
    }

    fn text_name(&self) -> String {
        quote_identifier(&format!("{}_text", self.spec.name))
    }

    fn number_name(&self) -> String {
        quote_identifier(&format!("{}_number", self.spec.name))
    }

    /// The first layer: texts, and what is a value in the source.
    fn texts(&self) -> Vec<String> {
        let (name, text_name) = (self.name(), self.text_name());
        let Some(mapped) = self.mapped else { return Vec::new() };
        let kind = SourceType::of(&mapped.data_type);
        let value_and_text = |value: String| {
            vec![
                format!("{} AS {text_name}", unread_text_sql(&name, &value, kind)),
                format!("{value} AS {name}"),
            ]
        };
        match self.spec.value {
            ValueKind::Id if kind == SourceType::Whole => vec![
                format!("import_positive({name}) AS {}", self.number_name()),
                format!("{} AS {name}", id_sql(&name, kind)),
            ],
            ValueKind::Id => vec![format!("{} AS {name}", id_sql(&name, kind))],
            ValueKind::Text | ValueKind::Word => vec![format!("{} AS {name}", text_sql(&name, kind))],
            ValueKind::Amount => value_and_text(amount_sql(&name, kind)),
            ValueKind::Quantity => value_and_text(quantity_sql(&name, kind)),
            ValueKind::Instant => vec![format!("{} AS {text_name}", written_at(&name, kind))],
        }
    }

    /// The second layer: what the texts say. Dates that are written are found out elsewhere.
    fn values(&self) -> Vec<String> {
        let (name, text_name, number_name) = (self.name(), self.text_name(), self.number_name());
        let none = |data_type: &str, name: &str| format!("CAST(NULL AS {data_type}) AS {name}");
        let Some(mapped) = self.mapped else {
            return match self.spec.value {
                ValueKind::Id => {
                    vec![none("VARCHAR", &name), none("BIGINT", &number_name), none("VARCHAR", &text_name)]
                }
                ValueKind::Text => vec![none("VARCHAR", &name)],
                ValueKind::Word => {
                    let data_type = self.spec.words().map_or("VARCHAR", |words| words.data_type.as_str());
                    vec![none("VARCHAR", &text_name), none(data_type, &name)]
                }
                ValueKind::Amount => vec![none("VARCHAR", &text_name), none("DECIMAL(18, 2)", &name)],
                ValueKind::Quantity => vec![none("VARCHAR", &text_name), none("INTEGER", &name)],
                ValueKind::Instant => vec![none("VARCHAR", &text_name), none("TIMESTAMP", &name)],
            };
        };
        match self.spec.value {
            ValueKind::Id => {
                let is_whole = SourceType::of(&mapped.data_type) == SourceType::Whole;
                let number =
                    if is_whole { number_name.clone() } else { format!("import_exact_number({name})") };
                let text = format!("CASE WHEN {number} IS NULL THEN {name} END AS {text_name}");
                vec![name, format!("{number} AS {number_name}"), text]
            }
            ValueKind::Text => vec![name],
            ValueKind::Word => match self.spec.words() {
                Some(words) => vec![
                    format!("{} AS {text_name}", words.said_sql(&name)),
                    format!("{} AS {name}", words.meaning_sql(&name)),
                ],
                None => vec![name],
            },
            ValueKind::Amount | ValueKind::Quantity => vec![text_name, name],
            ValueKind::Instant => {
                vec![
                    format!("import_unlikely_instant({text_name}) AS {text_name}"),
                    format!("{text_name} AS {name}"),
                ]
            }
        }
    }
}

fn is_instant(mapped: &Mapped) -> bool {
    matches!(SourceType::of(&mapped.data_type), SourceType::Instant | SourceType::ZonedInstant)
}

/// An instant where the source has one, else the text that says it.
fn written_at(name: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Instant => format!("TRY_CAST({name} AS TIMESTAMP)"),
        // The engine has no time zones built in; the instant is shown in UTC.
        SourceType::ZonedInstant => format!("make_timestamp(epoch_us({name}))"),
        kind => format!("import_date_text({})", text_sql(name, kind)),
    }
}

/// A `SELECT` of the lines' numbers and of our columns, each as the mapping gives it. Raw columns and
/// typed ones have the same names, so raw ones are taken aside first.
fn mapped_select(mapping: &Mapping, keep: &[String], first_row: i64) -> String {
    let aside = |spec: &ColumnSpec| quote_identifier(&format!("lifecycle raw {}", spec.name));
    // The one place where a line gets its number: its row number in the table that the reader has filled.
    let mut inner = vec![
        format!("rowid - {first_row} AS record"),
        format!("{} AS file", quote_identifier(FILE_COLUMN)),
        format!("{} AS malformed", quote_identifier(MALFORMED_COLUMN)),
        format!("{} AS attributes", attributes(keep)),
    ];
    inner.extend(mapping.typed.iter().cloned());
    let mut outer = LINE.map(str::to_owned).to_vec();
    for mapped in &mapping.columns {
        let name = quote_identifier(&mapped.spec.name);
        if mapped.over_typed {
            outer.push(format!("{} AS {name}", mapped.sql));
        } else {
            inner.push(format!("{} AS {}", mapped.sql, aside(mapped.spec)));
            outer.push(format!("{} AS {name}", aside(mapped.spec)));
        }
    }
    format!("SELECT {} FROM (SELECT {} FROM {LINES_AS_READ})", outer.join(", "), inner.join(", "))
}
