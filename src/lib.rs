//! Simulate a shop's customers, grade them, and compute cohort LTV incrementally,
//! in one DuckDB file.
//!
//! [`simulate`] makes a shop, [`import`] brings in one, [`export`] writes it out; [`grades`] and [`cohort`]
//! work on either; [`report`] holds every figure that is shown; [`store`] is the file. From a CSV file to
//! grades, cohorts and their verification:
//!
//! ```
//! use lifecycle::cohort::{self, CalendarStep};
//! use lifecycle::config::Config;
//! use lifecycle::grades::{UpdateMode, update_all_grades};
//! use lifecycle::import::{Importer, Reading};
//! use lifecycle::report::cohort::{ReportOptions, summary};
//! use lifecycle::store::{Access, OpenOptions, Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let orders = folder.path().join("orders.csv");
//! std::fs::write(&orders, "order_id,customer,date,amount\n\
//!     1,kim,2024-01-05,150000\n2,kim,2024-02-06,90000\n3,lee,2024-01-20,80000\n\
//!     4,kim,2024-03-31,60000\n")?;
//!
//! let store = Store::open(&folder.path().join("shop.duckdb"), Access::Create, OpenOptions::default())?;
//! let config = Config::default();
//! Importer::new(&store, &config).orders(&Reading::of([orders]).into())?;
//!
//! let clock = store.meta().clock()?.expect("there are orders");
//! let update = update_all_grades(&store, clock, &config.grades, UpdateMode::Record)?;
//! assert_eq!(update.transitions.promoted(), 1); // kim: 300,000 won and three orders are SILVER
//!
//! cohort::make_calendar(&store, CalendarStep::Month, clock)?;
//! cohort::run(&store, clock, config.cohort)?;
//! let ltv = summary(&store, &config.cohort, &ReportOptions::as_of(clock))?;
//! assert_eq!(ltv.rows[0].cohort_size, Some(2));
//! let figures = ltv.rows[0].figures.as_ref().expect("three closed months");
//! assert_eq!(figures.ltv_cumulative.to_string(), "380000.00");
//! assert!(cohort::verify(&store, clock, config.cohort, None)?.is_clean());
//! # Ok(())
//! # }
//! ```
//!
//! [`propensity`] is the score, as plain functions, and needs no file:
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
pub mod customers;
pub mod domain;
pub mod experiment;
pub mod export;
pub mod grades;
pub mod import;
pub mod lake;
pub mod lang;
pub mod money;
pub mod predict;
pub mod propensity;
pub mod render;
pub mod report;
pub mod rng;
pub mod segment;
pub mod simulate;
mod staged;
pub mod statements;
pub mod store;
pub mod visitors;
