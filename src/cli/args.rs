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

    /// Print the result and warnings only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print details on the side
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    if (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("the wait must be between 0 and 86400 seconds".to_owned())
    }
}
