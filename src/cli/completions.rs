//! `lifecycle completions`: what a shell offers on Tab, with words of the file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, Command, ValueEnum};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::{CompleteEnv, Shells};

use lifecycle::export::ExportTable;
use lifecycle::report::ReportView;
use lifecycle::store::{Access, Lookup, OpenOptions, Store};

use super::args::DEFAULT_DB;
use super::error::CommandError;
use super::help;

/// Print a script for shell completion
///
/// Activities are offered by their numbers with their names, customers by their numbers.
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
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_words));
    command.mut_args(|arg| match arg.get_id().as_str() {
        "activity" => {
            arg.add(ArgValueCompleter::new(|current: &OsStr| of_the_file(Lookup::Activities, current)))
        }
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

/// The file's rows of a kind; none if it cannot be opened at once.
fn of_the_file(lookup: Lookup, current: &OsStr) -> Vec<CompletionCandidate> {
    let options = OpenOptions { threads: Some(1), wait: Duration::ZERO };
    let found = Store::open(&named_file(), Access::Read, options)
        .and_then(|store| store.look_up(lookup, &current.to_string_lossy()));
    let candidate = |(id, name): (i64, Option<String>)| {
        CompletionCandidate::new(id.to_string()).help(name.map(Into::into))
    };
    found.unwrap_or_default().into_iter().map(candidate).collect()
}

/// The file that the line to complete names.
fn named_file() -> PathBuf {
    let mut words = std::env::args_os().skip_while(|word| word != "--db");
    let named = words.nth(1).or_else(|| std::env::var_os("LIFECYCLE_DB")).filter(|name| !name.is_empty());
    named.map_or_else(|| PathBuf::from(DEFAULT_DB), PathBuf::from)
}
