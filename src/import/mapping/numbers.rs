//! How a mapped value becomes one of ours, by the type it comes in.

use crate::store::quote_literal;

/// Texts as an SQL list.
pub(super) fn text_list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote_literal(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// What kind of value an SQL type holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Decimal,
    Float,
    Instant,
    ZonedInstant,
    Other,
}

impl Kind {
    /// The kind of a type as the engine writes it.
    pub fn of(data_type: &str) -> Self {
        match data_type {
            "VARCHAR" => Kind::Text,
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
            | "UINTEGER" | "UBIGINT" | "UHUGEINT" => Kind::Whole,
            "FLOAT" | "DOUBLE" => Kind::Float,
            "DATE" | "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" => Kind::Instant,
            "TIMESTAMP WITH TIME ZONE" => Kind::ZonedInstant,
            other if other.starts_with("DECIMAL") => Kind::Decimal,
            _ => Kind::Other,
        }
    }
}

/// A value as text, without outer blanks; NULL when nothing is left.
pub(super) fn text_sql(sql: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("import_text({sql})"),
        // A column of whole numbers with gaps often comes as doubles: 17850.0 is 17850.
        Kind::Float => format!("import_float_text({sql})"),
        _ => format!("import_text(CAST({sql} AS VARCHAR))"),
    }
}

/// An id as text: a whole number as one, however it is written.
pub(super) fn id_sql(sql: &str, kind: Kind) -> String {
    match kind {
        Kind::Whole => format!("CAST({sql} AS VARCHAR)"),
        Kind::Float => text_sql(sql, kind),
        _ => format!("import_id_text({})", text_sql(sql, kind)),
    }
}

/// An amount of money; NULL when it is none or too large.
pub(super) fn amount_sql(sql: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("import_amount({sql})"),
        Kind::Whole | Kind::Decimal => format!("import_bounded(TRY_CAST({sql} AS DECIMAL(18, 2)))"),
        // A double goes by way of six decimals, so that 0.285 is not 0.28499….
        Kind::Float => {
            format!("import_bounded(TRY_CAST(TRY_CAST({sql} AS DECIMAL(38, 6)) AS DECIMAL(18, 2)))")
        }
        _ => format!("import_amount(CAST({sql} AS VARCHAR))"),
    }
}

/// A whole number that fits `INTEGER`; NULL when it is none.
pub(super) fn quantity_sql(sql: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("import_quantity({sql})"),
        Kind::Whole => format!("TRY_CAST({sql} AS INTEGER)"),
        Kind::Decimal | Kind::Float => format!("import_whole({sql})"),
        _ => format!("import_quantity(CAST({sql} AS VARCHAR))"),
    }
}

/// What a message shows of a value that became NULL: the text as it is, or a
/// number as text, made only where it is needed.
pub(super) fn unread_text_sql(sql: &str, value: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => sql.to_owned(),
        _ => format!("CASE WHEN {value} IS NULL THEN CAST({sql} AS VARCHAR) END"),
    }
}
