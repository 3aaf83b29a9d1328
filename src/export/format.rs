//! The formats, and how a path names one.

use std::fmt;
use std::path::Path;

/// A format to export to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180 with a header; an empty field is no value, `""` an empty text.
    Csv,
    /// Parquet, compressed with zstd.
    Parquet,
    /// One JSON object a line.
    JsonLines,
    /// Tables of a SQLite file.
    Sqlite,
}

impl ExportFormat {
    /// Every format.
    pub(super) const ALL: [ExportFormat; 4] =
        [ExportFormat::Csv, ExportFormat::Parquet, ExportFormat::JsonLines, ExportFormat::Sqlite];

    /// What files of it end in.
    pub const fn extension(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Parquet => "parquet",
            ExportFormat::JsonLines => "jsonl",
            ExportFormat::Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ExportFormat::Csv => "CSV",
            ExportFormat::Parquet => "Parquet",
            ExportFormat::JsonLines => "JSON lines",
            ExportFormat::Sqlite => "SQLite",
        })
    }
}

/// The format that a path's extension names, if it names one.
pub(super) fn format_of(path: &Path) -> Option<ExportFormat> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let (stem, extension) = name.rsplit_once('.')?;
    let format = match extension {
        _ if stem.is_empty() => return None,
        "csv" => ExportFormat::Csv,
        "parquet" | "pq" => ExportFormat::Parquet,
        "jsonl" | "ndjson" | "json" => ExportFormat::JsonLines,
        "sqlite" | "sqlite3" | "db" => ExportFormat::Sqlite,
        _ => return None,
    };
    // Only text is compressed from outside.
    let is_text = matches!(format, ExportFormat::Csv | ExportFormat::JsonLines);
    (is_text || !is_gzip(path)).then_some(format)
}

/// Whether a path asks for gzip.
pub(super) fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_name_formats() {
        let cases = [
            ("orders.csv", Some(ExportFormat::Csv)),
            ("a.b/ORDERS.CSV.GZ", Some(ExportFormat::Csv)),
            ("orders.parquet", Some(ExportFormat::Parquet)),
            ("orders.ndjson", Some(ExportFormat::JsonLines)),
            ("orders.json", Some(ExportFormat::JsonLines)),
            ("orders.jsonl.gz", Some(ExportFormat::JsonLines)),
            ("shop.db", Some(ExportFormat::Sqlite)),
            ("shop.sqlite3", Some(ExportFormat::Sqlite)),
            ("shop.sqlite.gz", None),
            ("orders.parquet.gz", None),
            ("orders", None),
            ("orders.gz", None),
            ("orders.xlsx", None),
            (".csv", None),
            ("folder.csv/orders", None),
            ("..", None),
        ];
        for (path, format) in cases {
            assert_eq!(format_of(Path::new(path)), format, "{path}");
        }
    }
}
