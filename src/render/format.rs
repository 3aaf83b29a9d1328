//! The formats of a report.

use std::fmt;
use std::str::FromStr;

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns, for a terminal.
    #[default]
    Table,
    /// RFC 4180, for spreadsheets and other programs.
    Csv,
    /// One document, indented, for other programs.
    Json,
    /// GitHub's tables, for documents.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[Format::Table, Format::Csv, Format::Json, Format::Markdown];

    /// The format as it is named on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The error for an unknown format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: one of table, csv, json, markdown is needed")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let known = |format: &&Format| format.as_str().eq_ignore_ascii_case(word);
        Format::ALL.iter().find(known).copied().ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().to_uppercase().parse(), Ok(*format));
        }
        let error = "xml".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, "`xml` is not a format: one of table, csv, json, markdown is needed");
        let listed = Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        assert!(error.contains(&listed), "{error}");
    }
}
