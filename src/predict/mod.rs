//! Predicted orders and money: who comes back, and what the open months will bring.
//!
//! Histories ([`Summary`]) are counted in days; a day on which a customer ordered is one
//! transaction. [`fit_orders`] fits a [`Model`] of orders to them, [`fit_spend`] the Gamma-Gamma
//! model of spend; [`Orders`] then says what to expect from a history. All of that is plain mathematics
//! without I/O. [`run()`] does it for a file: pool by pool it fits, checks on a hold-out, completes
//! the cohorts' open months and predicts each customer.
//!
//! The same input gives the same bits, whatever the number of threads: sums run over chunks of
//! a fixed size and are added up in order.

mod bounded;
mod check;
mod complete;
mod expect;
mod fit;
mod history;
mod ladder;
mod likelihood;
mod model;
mod pool;
mod run;
mod shift;
mod shop;
mod special;
mod spend;
mod stored;

pub use check::{CheckLevel, CheckRow};
pub use complete::{LEAST_ERROR, OpenMonth};
pub use fit::{Edge, FitError, MIN_REPEAT_CUSTOMERS, OrdersFit, fit_orders};
pub use history::{Histories, Summary, Tuple};
pub use ladder::{Ladder, chain_ladder};
pub use likelihood::log_likelihood;
pub use model::{Dropout, Model, Orders};
pub use pool::Pool;
pub use run::{
    PoolPrediction, PredictError, PredictOptions, PredictRun, Prediction, Span, predict, run, write,
};
pub use shift::{Shift, Shifts, shifts};
pub use spend::{Spend, SpendEdge, SpendFit, Spending, correlation, fit_spend};
pub use stored::{
    CohortMonth, CustomerOrder, CustomerPrediction, Misses, checks, cohort_months, customer_predictions, runs,
};
