//! Simulate a shop's customers, grade them, and compute cohort LTV incrementally,
//! in one DuckDB file.

pub mod cache;
pub mod calendar;
pub mod cohort;
pub mod config;
pub mod domain;
pub mod grades;
pub mod interchange;
pub mod lang;
pub mod money;
pub mod propensity;
pub mod render;
pub mod rng;
pub mod simulate;
pub mod store;
pub mod visitors;
