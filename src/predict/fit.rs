//! Fitting a model of orders by maximum likelihood.

use super::bounded::{Minimum, minimise};
use super::history::Histories;
use super::likelihood::{Likelihood, likelihood_of};
use super::model::{Model, Orders};

/// The bound on the absolute logarithms of the parameters.
const WIDEST_LOG: f64 = 16.0;

/// The fewest customers with orders on two days or more from which repeats can be modelled.
pub const MIN_REPEAT_CUSTOMERS: u64 = 10;

/// This many histories are enough to locate an optimum roughly.
const SCOUTED_TUPLES: usize = 4096;

/// How many of the best points of the grid are searched from.
const SEARCHES: usize = 4;

/// Slopes below this, relative to the likelihood, count as zero.
const TOLERANCE: f64 = 1e-10;

/// A smaller gain in log likelihood over a simpler model does not count.
const NO_GAIN: f64 = 0.01;

/// The mean dropout probability above which all customers count as leaving at once.
const EVERYBODY: f64 = 1.0 - 1e-5;

/// The boundary of the parameter space at which an optimum lies: a simpler model fits as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// No sign of dropout: the fit is that of NBD.
    NoDropout,
    /// Every customer leaves at the first opportunity.
    EveryoneDropsOut,
    /// No sign that customers order at different rates.
    OneRate,
    /// No sign that customers drop out with different probabilities.
    OneDropoutChance,
}

/// A fitted model of orders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrdersFit {
    /// The model that was asked for.
    pub model: Model,
    /// The parameters; without dropout also where there is no sign of any.
    pub orders: Orders,
    /// The log likelihood with time in days, without constants.
    pub log_likelihood: f64,
    /// The boundary at which the optimum lies, if any.
    pub edge: Option<Edge>,
    /// The number of customers in the fit.
    pub customers: u64,
}

/// Why a model cannot be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Too few customers have come back.
    #[error(
        "{repeat_customers} of {customers} customers ordered on two days or more; \
         a model of coming back needs {MIN_REPEAT_CUSTOMERS}"
    )]
    TooFewRepeats {
        /// All customers.
        customers: u64,
        /// Those with orders on two days or more.
        repeat_customers: u64,
    },
    /// Too few customers have paid anything.
    #[error(
        "{customers} customers have paid anything; a model of what they pay needs {MIN_REPEAT_CUSTOMERS}"
    )]
    TooFewSpenders {
        /// Customers with a mean above zero.
        customers: u64,
    },
}

/// Fits a model to histories by maximum likelihood.
pub fn fit_orders(model: Model, histories: &Histories) -> Result<OrdersFit, FitError> {
    let (customers, repeat_customers) = (histories.customers(), histories.repeat_customers());
    if repeat_customers < MIN_REPEAT_CUSTOMERS {
        return Err(FitError::TooFewRepeats { customers, repeat_customers });
    }
    let lasting = search(Model::Nbd, histories);
    let fit = |minimum: Minimum<4>, orders, edge| OrdersFit {
        model,
        orders,
        log_likelihood: -minimum.value,
        edge,
        customers,
    };
    let one_rate = |orders: &Orders| at_wall(orders.r) || at_wall(orders.alpha);
    let without_dropout = || {
        let orders = Orders::from_logs(Model::Nbd, lasting.at);
        let edge = match model {
            Model::Nbd => one_rate(&orders).then_some(Edge::OneRate),
            Model::BgNbd | Model::MbgNbd => Some(Edge::NoDropout),
        };
        fit(lasting, orders, edge)
    };
    if model == Model::Nbd {
        return Ok(without_dropout());
    }
    let best = search(model, histories);
    if lasting.value - best.value < NO_GAIN {
        return Ok(without_dropout());
    }
    let orders = Orders::from_logs(model, best.at);
    let edge = orders.dropout.and_then(|dropout| {
        let leaving = dropout.a / (dropout.a + dropout.b);
        if leaving > EVERYBODY {
            Some(Edge::EveryoneDropsOut)
        } else if one_rate(&orders) {
            Some(Edge::OneRate)
        } else {
            (at_wall(dropout.a) || at_wall(dropout.b)).then_some(Edge::OneDropoutChance)
        }
    });
    Ok(fit(best, orders, edge))
}

/// Whether a parameter is at its bound, or so large that growing further changes nothing.
fn at_wall(parameter: f64) -> bool {
    libm::log(parameter) > WIDEST_LOG - 4.0
}

/// The lowest minimum of the negative log likelihood found from several starting points.
fn search(model: Model, histories: &Histories) -> Minimum<4> {
    let scouted = histories.thinned(SCOUTED_TUPLES);
    let scouts = scouted.as_ref().unwrap_or(histories);
    let mut starts: Vec<(f64, [f64; 4])> = grid(model, histories)
        .into_iter()
        .map(|start| (-likelihood_of(model, scouts, start).value, start))
        .collect();
    starts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let from = |histories: &Histories, start| {
        let negative = |logs| {
            let Likelihood { value, gradient } = likelihood_of(model, histories, logs);
            (-value, gradient.map(|slope| -slope))
        };
        minimise(negative, start, [-WIDEST_LOG; 4], [WIDEST_LOG; 4], TOLERANCE)
    };
    let best = starts
        .into_iter()
        .take(SEARCHES)
        .map(|(_, start)| from(scouts, start))
        .reduce(|best, next| if next.value < best.value { next } else { best })
        // The grid is never empty.
        .unwrap_or(Minimum { at: [0.0; 4], value: f64::INFINITY });
    if scouted.is_some() { from(histories, best.at) } else { best }
}

/// Starting points (logarithms): rates that explain the observed repeats, with several shapes.
fn grid(model: Model, histories: &Histories) -> Vec<[f64; 4]> {
    let rate = histories.repeats() as f64 / histories.exposure().max(1.0);
    let dropouts: &[[f64; 2]] =
        if model == Model::Nbd { &[[1.0, 1.0]] } else { &[[0.05, 1.0], [0.5, 2.0], [1.0, 1.0], [2.0, 20.0]] };
    let mut starts = Vec::new();
    for r in [0.2_f64, 0.7, 3.0] {
        for [a, b] in dropouts {
            // Customers who leave order at a higher rate while they stay.
            let while_staying = if model == Model::Nbd { rate } else { rate * (1.0 + a / b) * 1.5 };
            starts.push([r, r / while_staying, *a, *b].map(libm::log));
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::Summary;

    fn many(summary: Summary) -> Histories {
        Histories::of([summary; 200])
    }

    #[test]
    fn it_is_an_error_when_nobody_comes_back() {
        let error = fit_orders(Model::BgNbd, &many(Summary { x: 0, t_x: 0, t: 90 })).unwrap_err();
        assert_eq!(error, FitError::TooFewRepeats { customers: 200, repeat_customers: 0 });
        assert_eq!(
            error.to_string(),
            "0 of 200 customers ordered on two days or more; a model of coming back needs 10"
        );
        let same_day = fit_orders(Model::MbgNbd, &many(Summary { x: 0, t_x: 0, t: 0 }));
        assert!(same_day.is_err());
    }

    #[test]
    fn there_is_no_dropout_when_everybody_orders_daily() {
        for model in [Model::BgNbd, Model::MbgNbd, Model::Nbd] {
            let fit = fit_orders(model, &many(Summary { x: 60, t_x: 60, t: 60 })).unwrap();
            let edge = if model == Model::Nbd { Edge::OneRate } else { Edge::NoDropout };
            assert_eq!((fit.edge, fit.orders.dropout), (Some(edge), None), "{model}");
            assert!((fit.orders.r / fit.orders.alpha - 1.0).abs() < 1e-3, "{model}: {:?}", fit.orders);
            assert!(fit.log_likelihood.is_finite());
        }
    }

    #[test]
    fn leaving_after_the_first_repeat_is_reported_as_a_boundary() {
        // One repeat within a few days of the first order, and then nothing for a year.
        let summaries = (0..400).map(|n| Summary { x: 1, t_x: 1 + n % 7, t: 365 });
        let fit = fit_orders(Model::BgNbd, &Histories::of(summaries)).unwrap();
        assert_eq!(fit.edge, Some(Edge::EveryoneDropsOut), "{fit:?}");
    }
}
