//! Simulate a shop's customers, grade them, and compute cohort LTV incrementally,
//! in one DuckDB file.
//!
//! [`simulate`] makes a shop, [`import`] brings in one, [`export`] writes it out; [`grades`] and [`cohort`]
//! work on either; [`store`] is the file; [`propensity`] is the score, as plain functions:
//!
//! ```
//! use lifecycle::config::Config;
//! use lifecycle::domain::{AgeBand, Gender, Grade, Status};
//! use lifecycle::propensity::{Profile, PropensityModel, calculate_base_score};
//!
//! let customer = Profile {
//!     age_band: Some(AgeBand::Thirties),
//!     gender: Some(Gender::Female),
//!     status: Some(Status::Active),
//!     marketing_agree: Some(true),
//!     grade: Grade::Gold,
//! };
//! let model = PropensityModel::new(&Config::default());
//! assert_eq!(calculate_base_score(&model, &customer).total(), 95.0);
//! ```

pub mod cache;
pub mod calendar;
pub mod cohort;
pub mod config;
pub mod domain;
pub mod export;
pub mod grades;
pub mod import;
pub mod lang;
pub mod money;
pub mod predict;
pub mod propensity;
pub mod render;
pub mod report;
pub mod rng;
pub mod simulate;
mod staged;
pub mod statements;
pub mod store;
pub mod visitors;
