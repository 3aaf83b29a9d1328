//! `lifecycle completions`: what a shell offers on Tab, with words of the file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDateTime;
use clap::builder::PossibleValue;
use clap::{Args, Command, ValueEnum};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::{CompleteEnv, Shells};

use lifecycle::domain::ORGANIC_CHANNEL;
use lifecycle::export::ExportTable;
use lifecycle::report::ReportView;
use lifecycle::report::cohort;
use lifecycle::segment;
use lifecycle::store::{Access, Lookup, OpenOptions, Store, StoreError};

use super::args::{DB_VARIABLE, DEFAULT_DB};
use super::error::CommandError;
use super::help;

/// Print a script for shell completion
///
/// Offers what the file holds, too: activities by their numbers with their names, customers by their numbers,
/// channels, and the columns that --where and --by can name.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: ShellChoice,
}

#[derive(Clone, Copy, Debug)]
struct ShellChoice(&'static str);

impl ValueEnum for ShellChoice {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: &[ShellChoice] = &[
            ShellChoice("bash"),
            ShellChoice("zsh"),
            ShellChoice("fish"),
            ShellChoice("powershell"),
            ShellChoice("elvish"),
        ];
        ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0))
    }
}

/// The variable by which a shell asks for completions.
const VARIABLE: &str = "LIFECYCLE_COMPLETE";

pub fn run(args: &CompletionsArgs) -> Result<(), CommandError> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let shell = shells.completer(args.shell.0).ok_or_else(|| CommandError::usage("no such shell"))?;
    shell.write_registration(VARIABLE, "lifecycle", "lifecycle", "lifecycle", &mut script)?;
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

/// Answers a shell that asks for completions, and ends the process then.
pub fn answer() {
    CompleteEnv::with_factory(|| with_words(help::command())).var(VARIABLE).complete();
}

/// The command with completions for arguments that name something.
fn with_words(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let exports = command.get_name() == "export";
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_words));
    command.mut_args(|arg| match arg.get_id().as_str() {
        "activity" => {
            arg.add(ArgValueCompleter::new(|current: &OsStr| of_the_file(Lookup::Activities, current)))
        }
        // An export's --where is over the columns of what is exported.
        "filter" | "by" if !exports => arg.add(ArgValueCompleter::new(customer_columns)),
        "channel" => arg.add(ArgValueCompleter::new(channels)),
        "user" => arg.add(ArgValueCompleter::new(|current: &OsStr| of_the_file(Lookup::Customers, current))),
        "what" => arg.add(ArgValueCompleter::new(subjects)),
        _ => arg,
    })
}

/// What an export can be of.
fn subjects(current: &OsStr) -> Vec<CompletionCandidate> {
    let begun = current.to_string_lossy();
    let tables = ExportTable::ALL.iter().map(|table| table.name);
    let views = ReportView::ALL.iter().map(|(name, _)| *name);
    ["all"]
        .into_iter()
        .chain(tables)
        .chain(views)
        .filter(|name| name.starts_with(begun.as_ref()))
        .map(CompletionCandidate::new)
        .collect()
}

/// The file's rows of a kind.
fn of_the_file(lookup: Lookup, current: &OsStr) -> Vec<CompletionCandidate> {
    let found = in_the_file(|store| store.look_up(lookup, &current.to_string_lossy()));
    let candidate = |(id, name): (i64, Option<String>)| {
        CompletionCandidate::new(id.to_string()).help(name.map(Into::into))
    };
    found.into_iter().map(candidate).collect()
}

/// The channels that customers come from.
fn channels(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut channels = in_the_file(cohort::channels);
    channels.push(ORGANIC_CHANNEL.to_owned());
    channels.sort_unstable();
    channels.dedup();
    that_go_on(current, channels)
}

/// What expressions over customers can name.
fn customer_columns(current: &OsStr) -> Vec<CompletionCandidate> {
    that_go_on(current, in_the_file(|store| segment::columns(store, NaiveDateTime::default())))
}

fn that_go_on(current: &OsStr, words: Vec<String>) -> Vec<CompletionCandidate> {
    let begun = current.to_string_lossy();
    words.into_iter().filter(|word| word.starts_with(begun.as_ref())).map(CompletionCandidate::new).collect()
}

/// What is found in the file that the line names; nothing if it cannot be opened at once.
fn in_the_file<T>(find: impl FnOnce(&Store) -> Result<Vec<T>, StoreError>) -> Vec<T> {
    let options = OpenOptions { threads: Some(1), wait: Duration::ZERO, ..OpenOptions::default() };
    Store::open(&named_file(), Access::Read, options).and_then(|store| find(&store)).unwrap_or_default()
}

/// The file that the line to complete names.
fn named_file() -> PathBuf {
    let mut words = std::env::args_os().skip_while(|word| word != "--db");
    let named = words.nth(1).or_else(|| std::env::var_os(DB_VARIABLE)).filter(|name| !name.is_empty());
    named.map_or_else(|| PathBuf::from(DEFAULT_DB), PathBuf::from)
}
