//! The lake: a folder of Parquet in which another engine runs the batch and the grade update.
//!
//! [`push`] writes the shop there, orders by month; `engines/spark` computes; [`pull`] brings the small results back,
//! into the file that holds the orders or into a separate one.

mod error;
mod files;
mod found;
mod manifest;
mod pull;
mod push;
mod results;

pub use error::{LakeError, Whose};
pub use pull::{Pulled, pull};
pub use push::{Pushed, push};
