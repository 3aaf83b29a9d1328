//! A simulated year, by stage.
//!
//! Measures: `generate` into a file on disk, from an empty folder to the last
//! commit, wall time in all and by stage. Sampling, scoring and ordering are
//! added over threads, so that on two threads they can exceed the wall time of
//! the stage "hours".
//!
//! Input: the default settings, 365 days, three rounds; the fastest is printed
//! with the slowest behind it. With `-- --large`: a million customers, 20,000 of
//! them cached, 4,000 candidates, for 91, 182 and 365 days; and the time by day,
//! which is a straight line if the three are alike.
//!
//! Expected answer: every round makes the same orders and revenue (the same seed
//! gives the same rows), and more days make proportionally more.

use std::path::Path;
use std::time::Instant;

use lifecycle::calendar::{add_days, midnight};
use lifecycle::config::{Config, Layer};
use lifecycle::simulate::{Engine, Made};
use lifecycle::store::{Access, OpenOptions, Store};

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if std::env::args().any(|argument| argument == "--large") {
        large(folder.path());
    } else {
        default_year(folder.path());
    }
}

fn default_year(folder: &Path) {
    let config = Config::default();
    let mut rounds: Vec<(f64, Made)> =
        (0..3).map(|round| generate(&folder.join(format!("{round}.duckdb")), &config, 365)).collect();
    let first = rounds[0].1;
    for (_, made) in &rounds {
        assert_eq!((made.orders, made.revenue), (first.orders, first.revenue), "the same seed, other rows");
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("default year: {} customers, {} orders", first.customers, first.orders);
    print_stages(rounds[0].0, &rounds[0].1);
    println!("  slowest of {} rounds: {:.2} s", rounds.len(), rounds[rounds.len() - 1].0);
}

fn large(folder: &Path) {
    let layers = [("simulation.users", 1_000_000), ("cache.users", 20_000), ("cache.candidates", 4_000)]
        .map(|(key, value)| Layer::from_key("benchmark", key, value));
    let config = Config::from_layers(&layers).expect("settings");
    for days in [91, 182, 365] {
        let (seconds, made) = generate(&folder.join(format!("{days}.duckdb")), &config, days);
        println!("{days} days: {} customers, {} orders", made.customers, made.orders);
        print_stages(seconds, &made);
        let walking = seconds - made.times.population.as_secs_f64();
        println!("  {:.1} ms a day, the population aside", 1_000.0 * walking / days as f64);
    }
}

fn generate(path: &Path, config: &Config, days: u64) -> (f64, Made) {
    let started = Instant::now();
    let store = Store::open(path, Access::Create, OpenOptions::default()).expect("a file");
    let mut engine = Engine::begin(&store, config).expect("a beginning");
    let until = midnight(add_days(config.simulation.start, days));
    engine.run_until(until, |_| true).expect("a walk");
    engine.run_cohort_batch().expect("a batch");
    let made = engine.made();
    store.close().expect("a whole file");
    (started.elapsed().as_secs_f64(), made)
}

fn print_stages(seconds: f64, made: &Made) {
    let times = &made.times;
    let wall = [
        ("population", times.population),
        ("hours", times.simulating),
        ("writing", times.writing),
        ("grades", times.grades),
        ("cohort", times.cohort),
    ];
    println!("  in all      {seconds:>7.2} s");
    for (stage, time) in wall {
        println!("  {stage:<11} {:>7.2} s", time.as_secs_f64());
    }
    for (part, time) in [
        ("sampling", times.steps.sampling),
        ("scoring", times.steps.scoring),
        ("ordering", times.steps.ordering),
    ] {
        println!("    {part:<9} {:>7.2} s over threads", time.as_secs_f64());
    }
}
