//! The view that presents the source's lines under our column names.

use super::dates::{DateReading, Texts};
use super::find::{Mapped, Mapping};
use super::numbers::{SourceType, amount_sql, id_sql, quantity_sql, text_sql, unread_text_sql};
use crate::import::error::ImportError;
use crate::import::source::{
    FILE_COLUMN, FIRST_LINES, LINE_NUMBER, LINES_AS_READ, MALFORMED_COLUMN, NUMBERED_LINES, Source,
};
use crate::import::spec::{ColumnSpec, ValueKind};
use crate::store::{Store, quote_identifier, quote_literal};

/// The lines that the view is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Lines {
    /// Those of the source, which are read when the view is.
    Unread,
    /// Those that were read before.
    AsRead,
    /// The same with their numbers, as `record`.
    Numbered,
}

/// The text of the view `import_mapped` of a source's lines: `file`, `malformed` (why the line is no
/// record), and each of our columns, NULL for one that the source does not give. Beside what can be
/// unreadable (an amount, a quantity, a date, a word) stands, as `…_text`, what a message would show.
/// An id is there whole, and either as `…_number` or as `…_text`. `attributes` are the source's
/// columns `keep`, as a map of texts.
///
/// Reads the first lines, and all of them if only all settle how a date is written.
pub(in crate::import) fn mapped_view(
    store: &Store,
    source: &Source,
    mapping: &Mapping,
    keep: &[String],
    lines: Lines,
    date_format: Option<&str>,
) -> Result<String, ImportError> {
    let mut columns: Vec<Column<'_>> = mapping
        .kind
        .spec()
        .columns
        .iter()
        .map(|spec| Column { spec, mapped: mapping.get(&spec.name), reading: None })
        .collect();
    let read = lines != Lines::Unread;
    if mapping.columns.iter().any(is_written_instant) {
        source.read_first(store, &mapping.used, if read { LINES_AS_READ } else { &source.peek })?;
    }
    let first = texts(&columns, mapping, keep, FIRST_LINES, Lines::AsRead);
    let all = if read { LINES_AS_READ } else { &source.peek };
    let all = texts(&columns, mapping, keep, all, Lines::AsRead);
    let several = mapping.columns.iter().filter(|mapped| mapped.spec.value == ValueKind::Instant).count() > 1;
    for column in &mut columns {
        let Some(mapped) = column.mapped.filter(|mapped| is_written_instant(mapped)) else { continue };
        let of = |from: &str| format!("(SELECT {} AS value FROM {from})", column.text_name());
        let (first, all) = (of(&first), of(&all));
        let format = match date_format {
            // A format is for the columns that are written so: days of birth have no time.
            Some(format) if several && !DateReading::fits(store, source, format, &first)? => None,
            format => format,
        };
        let texts = Texts { first: &first, all: &all, read };
        column.reading = DateReading::find(store, source, format, texts, &mapped.shown.expression)?;
        if column.reading.is_none() {
            source.read(store, &mapping.used)?;
            return mapped_view(store, source, mapping, keep, Lines::AsRead, date_format);
        }
    }
    let mut values = of_line(lines);
    values.extend(columns.iter().flat_map(Column::values));
    let from = match lines {
        Lines::Unread => &source.reader,
        Lines::AsRead => LINES_AS_READ,
        Lines::Numbered => NUMBERED_LINES,
    };
    let from = texts(&columns, mapping, keep, from, lines);
    Ok(format!("CREATE OR REPLACE TEMP VIEW import_mapped AS SELECT {} FROM {from}", values.join(", ")))
}

/// The first of two layers: the columns' texts, each made once of which several values are made.
fn texts(columns: &[Column<'_>], mapping: &Mapping, keep: &[String], from: &str, lines: Lines) -> String {
    let mut texts = of_line(lines);
    texts.extend(columns.iter().flat_map(Column::texts));
    format!("(SELECT {} FROM ({}))", texts.join(", "), mapped_select(mapping, keep, from, lines))
}

/// The type of a text that the source does not give.
const ABSENT: &str = "absent_text";

/// Columns that every line has.
const LINE: [&str; 3] = ["file", "malformed", "attributes"];

/// The columns that do not depend on the mapping: those of every line, and its number if it is known.
fn of_line(lines: Lines) -> Vec<String> {
    let record = (lines == Lines::Numbered).then_some("record");
    LINE.into_iter().chain(record).map(str::to_owned).collect()
}

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
    /// How its texts are read, if they are dates.
    reading: Option<DateReading>,
}

impl Column<'_> {
    fn name(&self) -> String {
        quote_identifier(&self.spec.name)
    }

    fn text_name(&self) -> String {
        quote_identifier(&format!("{}_text", self.spec.name))
    }

    fn lead_name(&self) -> String {
        quote_identifier(&format!("{}_led", self.spec.name))
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
            // Nearly all ids are plain numbers, or none is: a text is made of those alone that are none.
            ValueKind::Id => {
                let number = match kind {
                    SourceType::Whole => format!("import_positive({name})"),
                    SourceType::Text => format!("import_exact_number({name})"),
                    _ => "CAST(NULL AS BIGINT)".to_owned(),
                };
                vec![
                    format!("{number} AS {}", self.number_name()),
                    format!("CASE WHEN {number} IS NULL THEN {} END AS {text_name}", id_sql(&name, kind)),
                ]
            }
            ValueKind::Text | ValueKind::Word => vec![format!("{} AS {name}", text_sql(&name, kind))],
            ValueKind::Amount => value_and_text(amount_sql(&name, kind)),
            ValueKind::Quantity => value_and_text(quantity_sql(&name, kind)),
            ValueKind::Instant => {
                let text = format!("{} AS {text_name}", written_at(&name, kind));
                let lead = self.reading.as_ref().and_then(|reading| reading.lead_sql(&text_of(&name, kind)));
                let lead = lead.map(|sql| format!("{sql} AS {}", self.lead_name()));
                [text].into_iter().chain(lead).collect()
            }
        }
    }

    /// The second layer: what the texts say.
    fn values(&self) -> Vec<String> {
        let (name, text_name, number_name) = (self.name(), self.text_name(), self.number_name());
        let none = |data_type: &str, name: &str| format!("CAST(NULL AS {data_type}) AS {name}");
        if self.mapped.is_none() {
            return match self.spec.value {
                ValueKind::Id => {
                    vec![none(ABSENT, &name), none("BIGINT", &number_name), none(ABSENT, &text_name)]
                }
                ValueKind::Text => vec![none(ABSENT, &name)],
                ValueKind::Word => {
                    let data_type = self.spec.words().map_or(ABSENT, |words| words.data_type.as_str());
                    vec![none(ABSENT, &text_name), none(data_type, &name)]
                }
                ValueKind::Amount => vec![none(ABSENT, &text_name), none("DECIMAL(18, 2)", &name)],
                ValueKind::Quantity => vec![none(ABSENT, &text_name), none("INTEGER", &name)],
                ValueKind::Instant => vec![none(ABSENT, &text_name), none("TIMESTAMP", &name)],
            };
        }
        match self.spec.value {
            ValueKind::Id => {
                let of_text = format!("import_exact_number({text_name})");
                vec![
                    format!("import_id({number_name}, {text_name}) AS {name}"),
                    format!("coalesce({number_name}, {of_text}) AS {number_name}"),
                    format!("CASE WHEN {of_text} IS NULL THEN {text_name} END AS {text_name}"),
                ]
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
            ValueKind::Instant => match &self.reading {
                Some(reading) => {
                    let value = reading.sql(&text_name, &self.lead_name());
                    vec![text_name, format!("{value} AS {name}")]
                }
                None => vec![
                    format!("import_unlikely_instant({text_name}) AS {text_name}"),
                    format!("{text_name} AS {name}"),
                ],
            },
        }
    }
}

/// Whether a column is an instant that the source has as a text.
fn is_written_instant(mapped: &Mapped) -> bool {
    mapped.spec.value == ValueKind::Instant
        && !matches!(SourceType::of(&mapped.data_type), SourceType::Instant | SourceType::ZonedInstant)
}

/// A value as text, as it is where it is one.
fn text_of(name: &str, kind: SourceType) -> String {
    if kind == SourceType::Text { name.to_owned() } else { text_sql(name, kind) }
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

/// A `SELECT` of our columns from lines, each as the mapping gives it. Raw columns and
/// typed ones have the same names, so raw ones are taken aside first.
fn mapped_select(mapping: &Mapping, keep: &[String], from: &str, lines: Lines) -> String {
    let aside = |spec: &ColumnSpec| quote_identifier(&format!("lifecycle raw {}", spec.name));
    let mut inner = vec![
        format!("{} AS file", quote_identifier(FILE_COLUMN)),
        format!("{} AS malformed", quote_identifier(MALFORMED_COLUMN)),
        format!("{} AS attributes", attributes(keep)),
    ];
    inner.extend(mapping.typed.iter().cloned());
    if lines == Lines::Numbered {
        inner.push(format!("{LINE_NUMBER} AS record"));
    }
    let mut outer = of_line(lines);
    for mapped in &mapping.columns {
        let name = quote_identifier(&mapped.spec.name);
        if mapped.over_typed {
            outer.push(format!("{} AS {name}", mapped.sql));
        } else {
            inner.push(format!("{} AS {}", mapped.sql, aside(mapped.spec)));
            outer.push(format!("{} AS {name}", aside(mapped.spec)));
        }
    }
    format!("SELECT {} FROM (SELECT {} FROM {from})", outer.join(", "), inner.join(", "))
}
