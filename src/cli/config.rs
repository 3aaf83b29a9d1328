//! `lifecycle config`: the effective settings.

use clap::Args;

use lifecycle::config::Config;
use lifecycle::render::{Cell, Column, Format, Report, Table};
use lifecycle::store::Access;

use super::error::CommandError;
use super::global::Context;

/// Print the effective settings
///
/// The defaults, under what the file remembers, under the configuration that
/// --config names. The output of the default format is itself a configuration.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print the default configuration, with its comments
    #[arg(long)]
    default: bool,
}

pub fn run(context: &Context<'_>, args: &ConfigArgs) -> Result<(), CommandError> {
    if args.default && context.ui.format() == Format::Table {
        return context.ui.text(lifecycle::config::DEFAULT_TOML);
    }
    if args.default {
        return print(context, &Config::default());
    }
    let store = if context.db().is_file() { Some(context.open(Access::Read)?) } else { None };
    print(context, &context.config(store.as_ref())?)
}

fn print(context: &Context<'_>, config: &Config) -> Result<(), CommandError> {
    match context.ui.format() {
        Format::Table => context.ui.text(&config.to_toml()),
        Format::Json => {
            let value: serde_json::Value =
                serde_json::from_str(&config.to_json()).map_err(CommandError::failed)?;
            let text = serde_json::to_string_pretty(&value).map_err(CommandError::failed)?;
            context.ui.text(&(text + "\n"))
        }
        Format::Csv | Format::Markdown => {
            let rows =
                config.to_pairs().into_iter().map(|(key, value)| vec![Cell::from(key), Cell::from(value)]);
            let table = Table::new("config")
                .column(Column::text("key", "Key"))
                .column(Column::text("value", "Value"))
                .rows(rows);
            context.ui.report(&Report::from(table), &config.currency())
        }
    }
}
