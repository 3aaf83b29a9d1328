//! The simulated shop, and the engine that writes its hours to a file.

mod campaigns;
mod catalogue;
mod engine;
mod error;
mod file_state;
mod pace;
mod people;
mod population;
mod shop;
mod step;
mod times;
mod visits;
mod vocabulary;
mod walk;

pub use engine::{Engine, Progress};
pub use error::EngineError;
pub use pace::{Pace, ParseSpeedError, Speed};
pub use shop::{Shop, memory_needed};
pub use times::StageTimes;
pub use walk::{Event, Made, Walk};
