//! `lifecycle man`: the help as manual pages.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;

use super::error::CommandError;
use super::help;

/// Print a manual page, or write all of them to a folder
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command; none for the program itself
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,

    /// Write all pages to this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "words")]
    to: Option<PathBuf>,
}

pub fn run(args: &ManArgs) -> Result<(), CommandError> {
    let mut command = help::command();
    if let Some(folder) = &args.to {
        let cannot_write = |error: io::Error| {
            CommandError::failed(format!("cannot write manual pages into {}: {error}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(cannot_write)?;
        return clap_mangen::generate_to(command, folder).map_err(cannot_write);
    }
    command.build();
    let found = args.words.iter().try_fold(&mut command, |command, word| command.find_subcommand_mut(word));
    let found = found.ok_or_else(|| {
        CommandError::usage(format!("there is no command `{}`", args.words.join(" ")))
            .hint("`lifecycle --help` lists the commands")
    })?;
    let mut page = Vec::new();
    Man::new(found.clone()).render(&mut page)?;
    let mut out = io::stdout().lock();
    out.write_all(&page)?;
    Ok(out.flush()?)
}
