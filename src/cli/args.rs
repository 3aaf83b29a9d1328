//! The flags that every command takes.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use lifecycle::lang::Lang;
use lifecycle::render::Format;

/// The variable that names the file.
pub const DB_VARIABLE: &str = "LIFECYCLE_DB";

/// The file when none is named.
pub const DEFAULT_DB: &str = "lifecycle.duckdb";

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FormatArg {
    /// For people.
    #[default]
    Table,
    /// RFC 4180, with a header.
    Csv,
    /// An array of objects, or one object.
    Json,
    /// A GitHub table.
    Markdown,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Table => Format::Table,
            FormatArg::Csv => Format::Csv,
            FormatArg::Json => Format::Json,
            FormatArg::Markdown => Format::Markdown,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum LangArg {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::En => Lang::En,
            LangArg::Ko => Lang::Ko,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The DuckDB file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = DB_VARIABLE,
        default_value = DEFAULT_DB,
        hide_env_values = true
    )]
    pub db: OsString,

    /// Settings in TOML; only what differs from the default [default: lifecycle.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", env = "LIFECYCLE_CONFIG", hide_env_values = true)]
    pub config: Option<OsString>,

    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = false)]
    pub format: FormatArg,

    /// Language of headings and log lines
    #[arg(long, global = true, value_enum, default_value_t)]
    pub lang: LangArg,

    /// When to colour (NO_COLOR is respected)
    #[arg(long, global = true, value_enum, default_value_t)]
    pub color: ColorChoice,

    /// How long to wait for a file that another program has open
    #[arg(long, global = true, value_name = "SECS", default_value_t = 10.0, value_parser = seconds)]
    pub wait: f64,

    /// Threads to use [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,

    /// Memory for the engine, such as 4GB; the rest goes to disk beside the file [default: 80 % of the machine's]
    #[arg(long, global = true, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,

    /// Print the result and warnings only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print details on the side
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The least memory that can be asked for: anything below is a slip of the unit.
const LEAST_MEMORY: u64 = 50_000_000;

fn bytes(text: &str) -> Result<u64, String> {
    let no_size = || format!("`{text}` is not a size such as 500MB or 4GB");
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        "tib" => 1_099_511_627_776.0,
        _ => return Err(no_size()),
    };
    let number: f64 = number.parse().map_err(|_| no_size())?;
    let bytes = (number * unit) as u64;
    if bytes < LEAST_MEMORY {
        Err("the engine works with 50MB at least, and with more for large files".to_owned())
    } else {
        Ok(bytes)
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    if (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("the wait must be between 0 and 86400 seconds".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(bytes("4GB"), Ok(4_000_000_000));
        assert_eq!(bytes("1.5 gib"), Ok(1_610_612_736));
        for wrong in ["", "4", "GB", "-1GB", "4 bytes", "1.2.3GB", "1KB", "nanGB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
