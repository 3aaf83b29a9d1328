//! What the feedback loop does: the same year with and without grades raising
//! the scores of those who hold them.
//!
//!     cargo run --release --example feedback_loop [SEED]

use std::error::Error;

use lifecycle::calendar::{add_days, midnight};
use lifecycle::config::{Config, Layer};
use lifecycle::domain::Grade;
use lifecycle::grades::{GradeTransitions, UpdateMode, update_all_grades};
use lifecycle::money::group_thousands;
use lifecycle::simulate::Engine;
use lifecycle::store::{OpenOptions, Store};

fn main() -> Result<(), Box<dyn Error>> {
    let mut layers = Vec::new();
    if let Some(seed) = std::env::args().nth(1) {
        layers.push(Layer::from_key("SEED", "simulation.seed", seed.parse::<i64>()?));
    }
    let config = Config::from_layers(&layers)?;
    println!("Grades after {} days, seed {}", config.simulation.days, config.simulation.seed);
    println!("{:<18}{:>8}{:>8}{:>8}{:>8}{:>10}", "", "VIP", "GOLD", "SILVER", "BRONZE", "orders");
    for (name, feedback) in [("with feedback", true), ("without feedback", false)] {
        let (moves, orders) = simulate(&config, feedback)?;
        let mix: String = Grade::ALL
            .iter()
            .rev()
            .map(|grade| format!("{:>8}", group_thousands(moves.after(*grade).unsigned_abs())))
            .collect();
        println!("{name:<18}{mix}{:>10}", group_thousands(orders));
    }
    Ok(())
}

fn simulate(config: &Config, feedback: bool) -> Result<(GradeTransitions, u64), Box<dyn Error>> {
    let store = Store::in_memory(OpenOptions::default())?;
    let mut engine = Engine::begin(&store, config)?;
    engine.set_feedback(feedback);
    let until = midnight(add_days(config.simulation.start, config.simulation.days.into()));
    engine.run_until(until, |_| true)?;
    let orders = engine.made().orders;
    let update = update_all_grades(&store, until, &config.grades, UpdateMode::DryRun)?;
    Ok((update.transitions, orders))
}
