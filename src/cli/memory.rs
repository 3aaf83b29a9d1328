//! Whether a simulation fits into the machine's memory, asked before it begins: an allocation
//! that fails would end the process without a word.

use lifecycle::config::Config;
use lifecycle::simulate::memory_needed;

use super::error::CommandError;

/// Refuses a simulation whose customers do not fit into the memory that is free.
pub fn refuse_more_than_fits(config: &Config) -> Result<(), CommandError> {
    refuse_beyond(config, free_memory())
}

fn refuse_beyond(config: &Config, free: Option<u64>) -> Result<(), CommandError> {
    let needed = memory_needed(&config.simulation);
    match free {
        Some(free) if free < needed => Err(CommandError::failed(format!(
            "{} customers need about {} of memory, and {} are free",
            indicatif::HumanCount(config.simulation.users),
            indicatif::HumanBytes(needed),
            indicatif::HumanBytes(free),
        ))
        .hint("simulate fewer customers (--users, simulation.users), or on a machine with more memory")),
        _ => Ok(()),
    }
}

/// Bytes that a process may still take, of the machine or of the container that it runs in;
/// `None` where the system does not tell.
fn free_memory() -> Option<u64> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let of_machine = system.available_memory();
    let of_container = system.cgroup_limits().map(|limits| limits.free_memory);
    let free = of_container.map_or(of_machine, |free| free.min(of_machine));
    (free > 0).then_some(free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lifecycle::config::Layer;

    #[test]
    fn what_does_not_fit_is_refused_in_words() {
        let of = |users: i64| {
            let layer = Layer::from_key("--users", "simulation.users", users);
            Config::from_layers(&[layer]).unwrap()
        };
        let gib = 1 << 30;
        let error = refuse_beyond(&of(100_000_000), Some(16 * gib)).unwrap_err().to_string();
        assert!(error.starts_with("100,000,000 customers need about"), "{error}");
        assert!(error.ends_with("16.00 GiB are free"), "{error}");
        assert!(refuse_beyond(&of(10_000_000), Some(16 * gib)).is_ok());
        assert!(refuse_beyond(&of(100_000_000), None).is_ok());
    }
}
