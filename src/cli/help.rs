//! Help beyond what the arguments say: examples for every command, topics, and `-h` kept short.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::{Args, Command, CommandFactory};

use super::Cli;
use super::args::GlobalArgs;
use super::error::CommandError;
use super::global::Context;

/// Explain a command or a topic
///
/// Topics: grades, cohorts, predictions, mapping (importing your own files), options (of every command).
#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A command, such as `cohort report`, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// What is told about a topic; the options of every command are made from their definitions.
const TOPICS: &[(&str, &str)] = &[
    ("grades", include_str!("../../data/help/grades.txt")),
    ("cohorts", include_str!("../../data/help/cohorts.txt")),
    ("predictions", include_str!("../../data/help/predictions.txt")),
    ("mapping", include_str!("../../data/help/mapping.txt")),
];

/// The options of every command that every `-h` has.
const ALWAYS_SHOWN: &[&str] = &["db", "format"];

/// What an example is for, and its command line.
type Example = [String; 2];

static EXAMPLES: LazyLock<BTreeMap<String, Vec<Example>>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/help/examples.toml"))
        .expect("the embedded examples are valid: a test reads them")
});

/// The whole command line, with examples.
pub fn command() -> Command {
    let command = Cli::command().disable_help_subcommand(true).mut_args(|arg| {
        let hidden = arg.is_global_set() && !ALWAYS_SHOWN.contains(&arg.get_id().as_str());
        if hidden { arg.hide_short_help(true).hide_long_help(true) } else { arg }
    });
    let options = format!("More options of every command:\n{}", global_options(false));
    let topics = "Topics: lifecycle help grades | cohorts | predictions | mapping | options";
    let examples = examples_of("");
    with_examples(command, "")
        .after_help(format!("{options}\n\n{topics}"))
        .after_long_help(format!("{options}\n\n{topics}\n\n{examples}"))
}

/// A command with examples in its long help, and its subcommands with theirs.
fn with_examples(command: Command, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| {
        let path = format!("{path} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |sub| with_examples(sub, &path))
    });
    let more =
        "More: `--help` has details and examples; `lifecycle help options` has what every command takes";
    let command = command.after_help(more);
    match EXAMPLES.contains_key(path) {
        true => command.after_long_help(examples_of(path)),
        false => command,
    }
}

fn examples_of(path: &str) -> String {
    let examples = EXAMPLES.get(path).into_iter().flatten();
    let lines = examples.map(|[what, line]| format!("  # {what}\n  {line}"));
    format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n\n"))
}

/// The options of every command, described as clap does: at length, or in short those that no other help shows.
fn global_options(long: bool) -> String {
    let mut command = GlobalArgs::augment_args(Command::new("lifecycle"))
        .disable_help_flag(true)
        .mut_args(|arg| {
            let shown = long || !ALWAYS_SHOWN.contains(&arg.get_id().as_str());
            arg.hide(!shown)
        })
        .help_template("{all-args}")
        .max_term_width(96);
    let help = if long { command.render_long_help() } else { command.render_help() };
    let text = help.to_string();
    text.split_once('\n').map_or(text.clone(), |(_, options)| options.trim_end().to_owned())
}

pub fn run(context: &Context<'_>, args: &HelpArgs) -> Result<(), CommandError> {
    let words = args.words.join(" ").to_lowercase();
    let topic = match words.as_str() {
        "import mapping" | "importing" => "mapping",
        "cohort ltv" | "ltv" => "cohorts",
        "prediction" | "forecast" => "predictions",
        other => other,
    };
    if topic == "options" {
        return context.ui.text(&format!("Options of every command\n\n{}\n", global_options(true)));
    }
    if let Some((_, text)) = TOPICS.iter().find(|(name, _)| *name == topic) {
        return context.ui.text(text);
    }
    let mut command = command();
    command.build();
    let found = args.words.iter().try_fold(&mut command, |command, word| command.find_subcommand_mut(word));
    match found {
        Some(command) => context.ui.text(&format!("{}\n", command.render_long_help())),
        None => Err(CommandError::usage(format!("there is neither a command nor a topic `{words}`"))
            .hint("topics are grades, cohorts, predictions, mapping and options; `lifecycle --help` lists the commands")),
    }
}

/// What a command without the files that it needs is answered with.
pub fn example_of_a_file(arguments: &[String]) -> Option<&'static str> {
    let words: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        ["import", "orders"] => Some(
            "a file of orders looks like this, under these names or other common ones:\n\n  \
             order_id,customer_id,order_date,amount\n  1001,ann@example.com,2024-03-01 10:15,25900\n  \
             1002,bob@example.com,2024-03-01 11:40,8000\n\n\
             then: lifecycle import orders FILE --dry-run    how it will be read\n      \
             lifecycle help mapping                    when that is not what you meant",
        ),
        ["import", "users"] => Some(
            "a file of customers looks like this, under these names or other common ones:\n\n  \
             customer_id,gender,birthday,region,signup_date\n  ann@example.com,F,1990-05-17,Seoul,2023-11-02\n\n\
             then: lifecycle import users FILE --dry-run",
        ),
        ["import", "products"] => Some(
            "a file of products looks like this, under these names or other common ones:\n\n  \
             sku,name,category,price\n  TS-01,Plain T-shirt,Clothes,19900\n\n\
             then: lifecycle import products FILE --dry-run",
        ),
        ["import", "activities"] => Some(
            "a file of campaign activities looks like this, under these names or other common ones:\n\n  \
             activity_id,campaign,channel,cost,start_date,end_date\n  \
             spring-search,Spring 2024,search,1500000,2024-03-01,2024-03-31\n\n\
             then: lifecycle import activities FILE --dry-run",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that do something, by their words.
    fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
        let subcommands: Vec<&Command> =
            command.get_subcommands().filter(|sub| sub.get_name() != "help" || path.is_empty()).collect();
        if !path.is_empty() && (subcommands.is_empty() || !command.is_subcommand_required_set()) {
            found.push(path.to_owned());
        }
        for sub in subcommands {
            leaves(sub, format!("{path} {}", sub.get_name()).trim_start(), found);
        }
    }

    #[test]
    fn every_command_has_two_examples_at_least() {
        let mut found = Vec::new();
        leaves(&command(), "", &mut found);
        assert!(found.len() > 20, "{found:?}");
        let without: Vec<&String> = found
            .iter()
            .filter(|path| EXAMPLES.get(*path).is_none_or(|examples| examples.len() < 2))
            .collect();
        assert!(without.is_empty(), "{without:?}");
        let unknown: Vec<&String> =
            EXAMPLES.keys().filter(|path| !path.is_empty() && !found.contains(path)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn every_example_is_understood() {
        for [what, line] in EXAMPLES.values().flatten() {
            assert!(line.contains("lifecycle "), "{what}: {line}");
            let own = line.trim_start_matches("source <(").trim_end_matches(')');
            for part in own.split("&&") {
                // What the shell takes away before the command sees it.
                let part = part.split(" | ").next().unwrap_or(part);
                let part = part.split(" > ").next().unwrap_or(part);
                let words = shell_words(part.trim());
                let parsed = command().try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{words:?}: {}", parsed.unwrap_err());
            }
        }
    }

    /// Words as a shell parts them: quotes keep blanks, and go.
    fn shell_words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for letter in line.chars() {
            match (quote, letter) {
                (Some(open), letter) if open == letter => quote = None,
                (None, '"' | '\'') => quote = Some(letter),
                (None, ' ') => words.push(std::mem::take(&mut word)),
                (_, letter) => word.push(letter),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn topics_fit_a_terminal_and_end_in_a_line() {
        for (name, text) in TOPICS {
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{name}");
            assert!(text.ends_with('\n'), "{name}");
        }
        let options = global_options(true);
        for option in [
            "--db",
            "--config",
            "--format",
            "--lang",
            "--color",
            "--wait",
            "--threads",
            "--memory",
            "--quiet",
        ] {
            assert!(options.contains(option), "{option}: {options}");
        }
    }
}
