//! The long proofs: kills, worlds and mangled inputs by the thousand.
//!
//! Every case follows from a seed and its number, so that a case that fails is run again alone:
//!
//! ```text
//! cargo test --release --test torture -- all --short          # what .ci/run does
//! cargo test --release --test torture -- all --full           # some hours of two cores
//! cargo test --release --test torture -- mangled --seed 7 --first 4711 --count 1 --keep
//! ```
//!
//! A plain `cargo test` builds this binary and runs nothing of it. TESTING.md tells what is proved and
//! what is not.

#[path = "../it/instant.rs"]
#[allow(dead_code)]
mod instant;
mod kills;
mod mangled;
#[path = "../it/oracle/mod.rs"]
#[allow(dead_code, unused_imports)]
mod oracle;
#[path = "../it/shell.rs"]
#[allow(dead_code)]
mod shell;
#[path = "../it/shop.rs"]
#[allow(dead_code)]
mod shop;
#[path = "../it/story.rs"]
#[allow(dead_code)]
mod story;
mod supervisor;
mod worker;
mod worlds;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, ValueEnum};

/// Run cases and say how they went; exits with 1 if any failed.
#[derive(Clone, Debug, Parser)]
#[command(name = "torture")]
struct Arguments {
    /// What to run
    kind: Choice,

    /// Names the cases; printed when it is not given
    #[arg(long)]
    seed: Option<u64>,

    /// The first case
    #[arg(long, default_value_t = 0)]
    first: u64,

    /// How many cases [default: those of a short run]
    #[arg(long)]
    count: Option<u64>,

    /// The counts of a short run: a minute or two
    #[arg(long, conflicts_with_all = ["full", "count"])]
    short: bool,

    /// The counts of a full run: some hours
    #[arg(long, conflicts_with = "count")]
    full: bool,

    /// Cases at a time [default: all cores]
    #[arg(long)]
    jobs: Option<usize>,

    /// Keep the folders of the cases, and say where they are
    #[arg(long)]
    keep: bool,

    /// Run the cases in this process, over what another has prepared
    #[arg(long, hide = true)]
    prepared: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// SIGKILL at random moments of the commands that write
    Kills,
    /// Random shops against two recomputations
    Worlds,
    /// Damaged files and command lines
    Mangled,
    /// All three
    All,
}

impl Choice {
    fn kinds(self) -> Vec<Kind> {
        match self {
            Choice::Kills => vec![Kind::Kills],
            Choice::Worlds => vec![Kind::Worlds],
            Choice::Mangled => vec![Kind::Mangled],
            Choice::All => vec![Kind::Kills, Kind::Worlds, Kind::Mangled],
        }
    }
}

/// A kind of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SIGKILL at random moments.
    Kills,
    /// Random shops.
    Worlds,
    /// Damaged inputs.
    Mangled,
}

impl Kind {
    /// Its word on the command line, and the name of its stream of randomness.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Kills => "kills",
            Kind::Worlds => "worlds",
            Kind::Mangled => "mangled",
        }
    }

    /// Cases of a short and of a full run.
    fn counts(self) -> (u64, u64) {
        match self {
            Kind::Kills => (24, 1_000),
            // Files of eight shops on average.
            Kind::Worlds => (12, 1_300),
            Kind::Mangled => (600, 100_000),
        }
    }

    /// Cases that one worker process runs at most: enough to make up for its start.
    pub fn chunk(self) -> u64 {
        match self {
            Kind::Kills => 10,
            Kind::Worlds => 20,
            Kind::Mangled => 250,
        }
    }

    /// Seconds after which a case counts as hanging, on a machine that does other things too.
    pub fn limit_secs(self) -> u64 {
        match self {
            Kind::Kills => 300,
            Kind::Worlds | Kind::Mangled => 120,
        }
    }
}

fn main() -> ExitCode {
    // The test runner's own flags and filters (`cargo test`, `cargo test some_name -- --nocapture`)
    // ask for nothing of this; neither does its question for a list of tests.
    let asked = std::env::args().nth(1).and_then(|word| Choice::from_str(&word, true).ok());
    if asked.is_none() && !std::env::args().any(|word| word == "--help" || word == "-h") {
        println!("torture: 0 cases; say `kills`, `worlds`, `mangled` or `all` (see TESTING.md)");
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    let seed = arguments.seed.unwrap_or_else(seed_of_today);
    if let Some(prepared) = &arguments.prepared {
        let kind = arguments.kind.kinds()[0];
        worker::run(kind, seed, arguments.first, arguments.count.unwrap_or(1), prepared, arguments.keep);
        return ExitCode::SUCCESS;
    }
    let mut all_well = true;
    for kind in arguments.kind.kinds() {
        let (short, full) = kind.counts();
        let count = if arguments.full { full } else { arguments.count.unwrap_or(short) };
        let jobs =
            arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let campaign =
            supervisor::Campaign { kind, seed, first: arguments.first, count, jobs, keep: arguments.keep };
        all_well &= campaign.run();
    }
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Other cases on another day.
fn seed_of_today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs() / 86_400)
}
