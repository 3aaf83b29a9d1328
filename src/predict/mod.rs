//! Predicted orders and money: who comes back, and what the open months will bring.
//!
//! The plain mathematics, without I/O. Histories ([`Summary`]) are counted in days; a day on
//! which a customer ordered is one transaction. [`fit_orders`] fits a [`Model`] of orders to
//! them, [`fit_spend`] the Gamma-Gamma model of money; [`Orders`] then says what a history lets
//! expect.
//!
//! The same input gives the same bits, whatever the number of threads: sums run over chunks of
//! a fixed size and are added up in order.

mod bounded;
mod expect;
mod fit;
mod history;
mod ladder;
mod likelihood;
mod model;
mod shift;
mod special;
mod spend;

pub use fit::{Edge, FitError, MIN_REPEAT_CUSTOMERS, OrdersFit, fit_orders};
pub use history::{Histories, Summary, Tuple};
pub use ladder::{Ladder, chain_ladder};
pub use likelihood::log_likelihood;
pub use model::{Dropout, Model, Orders};
pub use shift::{Shift, Shifts, shifts};
pub use spend::{Spend, SpendEdge, SpendFit, Spending, correlation, fit_spend};
