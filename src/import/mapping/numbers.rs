//! Converting mapped values by their source type.

use crate::store::quote_literal;

/// Texts as an SQL list.
pub(super) fn text_list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote_literal(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// The kinds of SQL types that are converted differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourceType {
    Text,
    Whole,
    Decimal,
    Float,
    Instant,
    ZonedInstant,
    Other,
}

impl SourceType {
    /// The kind of a type, given by the engine's name for it.
    pub fn of(data_type: &str) -> Self {
        match data_type {
            "VARCHAR" => SourceType::Text,
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
            | "UINTEGER" | "UBIGINT" | "UHUGEINT" => SourceType::Whole,
            "FLOAT" | "DOUBLE" => SourceType::Float,
            "DATE" | "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" => SourceType::Instant,
            "TIMESTAMP WITH TIME ZONE" => SourceType::ZonedInstant,
            other if other.starts_with("DECIMAL") => SourceType::Decimal,
            _ => SourceType::Other,
        }
    }
}

/// A value as trimmed text; NULL if empty.
pub(super) fn text_sql(sql: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Text => format!("import_text({sql})"),
        // Columns of whole numbers with gaps are often doubles: 17850.0 is 17850.
        SourceType::Float => format!("import_float_text({sql})"),
        _ => format!("import_text(CAST({sql} AS VARCHAR))"),
    }
}

/// An id as text.
pub(super) fn id_sql(sql: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Float => text_sql(sql, kind),
        _ => format!("import_id_text({})", text_sql(sql, kind)),
    }
}

/// An amount of money; NULL if it is malformed or too large.
pub(super) fn amount_sql(sql: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Text => format!("import_amount({sql})"),
        SourceType::Whole | SourceType::Decimal => {
            format!("import_bounded(TRY_CAST({sql} AS DECIMAL(18, 2)))")
        }
        // Doubles go by way of six decimals, so that 0.285 is not read as 0.28499….
        SourceType::Float => {
            format!("import_bounded(TRY_CAST(TRY_CAST({sql} AS DECIMAL(38, 6)) AS DECIMAL(18, 2)))")
        }
        _ => format!("import_amount(CAST({sql} AS VARCHAR))"),
    }
}

/// A whole number within `INTEGER`; NULL otherwise.
pub(super) fn quantity_sql(sql: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Text => format!("import_quantity({sql})"),
        SourceType::Whole => format!("TRY_CAST({sql} AS INTEGER)"),
        SourceType::Decimal | SourceType::Float => format!("import_whole({sql})"),
        _ => format!("import_quantity(CAST({sql} AS VARCHAR))"),
    }
}

/// What a message shows of a value that became NULL: its text, computed only where needed.
pub(super) fn unread_text_sql(sql: &str, value: &str, kind: SourceType) -> String {
    match kind {
        SourceType::Text => sql.to_owned(),
        _ => format!("CASE WHEN {value} IS NULL THEN CAST({sql} AS VARCHAR) END"),
    }
}
