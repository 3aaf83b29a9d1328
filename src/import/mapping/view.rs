//! The source's lines under our columns' names, as one view for the engine.

use super::column::{ImportColumn, ValueKind};
use super::dates::DateReading;
use super::find::{Mapped, Mapping};
use super::numbers::{Kind, amount_sql, quantity_sql, text_sql, unread_text_sql};
use crate::import::error::ImportError;
use crate::import::source::{FILE_COLUMN, MALFORMED_COLUMN, Source};
use crate::store::{Store, quote_identifier};

/// The text of the view `import_mapped`: each of our columns, and NULL for one that
/// the source does not give, with `file` and `malformed` (why the line is no record). What can be unreadable
/// (an amount, a quantity, a date) is there as a value and, as `…_text`, as the text
/// that a message would show.
pub(in crate::import) fn mapped_view<C: ImportColumn>(
    store: &Store,
    source: &Source,
    mapping: &Mapping<C>,
    date_format: Option<&str>,
) -> Result<String, ImportError> {
    let mut texts = vec![
        format!("{} AS file", quote_identifier(FILE_COLUMN)),
        format!("{} AS malformed", quote_identifier(MALFORMED_COLUMN)),
    ];
    for column in C::ALL.iter().copied() {
        let name = quote_identifier(column.name());
        let text_name = quote_identifier(&format!("{}_text", column.name()));
        let mapped = mapping.get(column).map(|mapped| Kind::of(&mapped.data_type));
        let converted = |convert: fn(&str, Kind) -> String, none: &str| match mapped {
            Some(kind) => {
                let value = convert(&name, kind);
                (unread_text_sql(&name, &value, kind), value)
            }
            None => ("CAST(NULL AS VARCHAR)".to_owned(), format!("CAST(NULL AS {none})")),
        };
        match column.kind() {
            ValueKind::Text | ValueKind::Word => {
                let text = mapped.map_or("CAST(NULL AS VARCHAR)".to_owned(), |kind| text_sql(&name, kind));
                texts.push(format!("{text} AS {name}"));
            }
            ValueKind::NumberOrText => {
                let (number, text) = number_or_text(&name, mapped);
                let number_name = quote_identifier(&format!("{}_number", column.name()));
                texts.extend([format!("{number} AS {number_name}"), format!("{text} AS {name}")]);
            }
            ValueKind::Amount => {
                let (text, value) = converted(amount_sql, "DECIMAL(18, 2)");
                texts.extend([format!("{text} AS {text_name}"), format!("{value} AS {name}")]);
            }
            ValueKind::Quantity => {
                let (text, value) = converted(quantity_sql, "INTEGER");
                texts.extend([format!("{text} AS {text_name}"), format!("{value} AS {name}")]);
            }
            // As it is written; what it means is found out below, from these texts.
            ValueKind::Instant => texts.push(format!("{} AS {text_name}", written_at(&name, mapped))),
        }
    }
    // Two layers, so that a text that several values are made of is made once.
    let texts = format!("SELECT {} FROM ({})", texts.join(", "), mapped_select(source, mapping));
    let mut instants = Vec::new();
    let several =
        mapping.columns.iter().filter(|mapped| mapped.column.kind() == ValueKind::Instant).count() > 1;
    for column in C::ALL.iter().copied().filter(|column| column.kind() == ValueKind::Instant) {
        let (name, text) =
            (quote_identifier(column.name()), quote_identifier(&format!("{}_text", column.name())));
        let (shown, value) = match mapping.get(column) {
            None => ("CAST(NULL AS VARCHAR)".to_owned(), "CAST(NULL AS TIMESTAMP)".to_owned()),
            Some(mapped) if is_instant(mapped) => (format!("import_unlikely_instant({text})"), text.clone()),
            Some(mapped) => {
                let from = format!("FROM ({texts})");
                let shown = &mapped.shown.expression;
                let format = match date_format {
                    // A format is for the columns that are written so: days of birth have no time.
                    Some(format) if several && !DateReading::fits(store, source, format, &text, &from)? => {
                        None
                    }
                    format => format,
                };
                let reading = DateReading::find(store, source, format, &text, &from, shown)?;
                (text.clone(), reading.sql(&text))
            }
        };
        instants.push((text.clone(), format!("{shown} AS {text}, {value} AS {name}")));
    }
    let (replaced, made): (Vec<String>, Vec<String>) = instants.into_iter().unzip();
    let outer = if made.is_empty() {
        "*".to_owned()
    } else {
        format!("* EXCLUDE ({}), {}", replaced.join(", "), made.join(", "))
    };
    Ok(format!("CREATE OR REPLACE TEMP VIEW import_mapped AS SELECT {outer} FROM ({texts})"))
}

/// An id as a number, if it is one that its digits say wholly, and else as a text.
fn number_or_text(name: &str, kind: Option<Kind>) -> (String, String) {
    let Some(kind) = kind else {
        return ("CAST(NULL AS BIGINT)".to_owned(), "CAST(NULL AS VARCHAR)".to_owned());
    };
    let number = match kind {
        Kind::Whole => format!("import_positive({name})"),
        _ => format!("import_exact_number({})", text_sql(name, kind)),
    };
    let text = format!("CASE WHEN {number} IS NULL THEN {} END", text_sql(name, kind));
    (number, text)
}

fn is_instant<C>(mapped: &Mapped<C>) -> bool {
    matches!(Kind::of(&mapped.data_type), Kind::Instant | Kind::ZonedInstant)
}

/// An instant where the source has one, else the text that says it.
fn written_at(name: &str, kind: Option<Kind>) -> String {
    match kind {
        None => "CAST(NULL AS VARCHAR)".to_owned(),
        Some(Kind::Instant) => format!("TRY_CAST({name} AS TIMESTAMP)"),
        // The engine has no time zones built in; the instant is shown in UTC.
        Some(Kind::ZonedInstant) => format!("make_timestamp(epoch_us({name}))"),
        Some(kind) => text_sql(name, kind),
    }
}

/// A `SELECT` of our columns, each as the mapping gives it. Raw columns and typed
/// ones have the same names, so raw ones are taken aside first.
fn mapped_select<C: ImportColumn>(source: &Source, mapping: &Mapping<C>) -> String {
    let (file, malformed) = (quote_identifier(FILE_COLUMN), quote_identifier(MALFORMED_COLUMN));
    let aside = |column: C| quote_identifier(&format!("lifecycle raw {}", column.name()));
    let mut inner = vec![file.clone(), malformed.clone()];
    inner.extend(mapping.typed.iter().flatten().cloned());
    let mut outer = vec![file, malformed];
    for mapped in &mapping.columns {
        let name = quote_identifier(mapped.column.name());
        if mapped.over_typed {
            outer.push(format!("{} AS {name}", mapped.sql));
        } else {
            inner.push(format!("{} AS {}", mapped.sql, aside(mapped.column)));
            outer.push(format!("{} AS {name}", aside(mapped.column)));
        }
    }
    format!("SELECT {} FROM (SELECT {} FROM ({}))", outer.join(", "), inner.join(", "), source.select)
}
