//! The models of orders and their parameters.

use std::fmt;

/// A model of when a customer orders again.
///
/// In all of them each customer orders at an individual rate, distributed over customers as
/// Gamma(r, α); where there is dropout, each order may be the last, with an individual probability
/// distributed as Beta(a, b).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// BG/NBD: dropout after any repeat (Fader, Hardie, Lee 2005, Marketing Science 24).
    #[default]
    BgNbd,
    /// MBG/NBD: dropout after any order, the first too (Batislam, Denizel, Filiztekin 2007,
    /// International Journal of Research in Marketing 24).
    MbgNbd,
    /// NBD: nobody drops out (Ehrenberg 1959).
    Nbd,
}

impl Model {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Model::BgNbd => "BG/NBD",
            Model::MbgNbd => "MBG/NBD",
            Model::Nbd => "NBD",
        }
    }

    /// How many opportunities to drop out a customer has had beyond the repeats.
    pub(super) const fn first_dropout(self) -> u32 {
        match self {
            Model::MbgNbd => 1,
            Model::BgNbd | Model::Nbd => 0,
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the dropout probability is distributed over customers: Beta(a, b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The weight of leaving.
    pub a: f64,
    /// The weight of staying.
    pub b: f64,
    /// Whether the first order may be the last (MBG/NBD).
    pub after_first: bool,
}

/// A model of orders with its parameters. Time is in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orders {
    /// The shape of the rates' Gamma distribution.
    pub r: f64,
    /// Its rate parameter, in days.
    pub alpha: f64,
    /// Dropout; `None` in a model without it.
    pub dropout: Option<Dropout>,
}

impl Orders {
    /// The model with these logarithms of (r, α, a, b); NBD ignores the last two.
    pub(super) fn from_logs(model: Model, logs: [f64; 4]) -> Self {
        let [r, alpha, a, b] = logs.map(libm::exp);
        let dropout =
            (model != Model::Nbd).then_some(Dropout { a, b, after_first: model.first_dropout() == 1 });
        Orders { r, alpha, dropout }
    }

    /// The same model on other scales: the arguments are added to ln α and ln a.
    pub fn shifted(&self, log_alpha: f64, log_a: f64) -> Self {
        Orders {
            r: self.r,
            alpha: self.alpha * libm::exp(log_alpha),
            dropout: self.dropout.map(|dropout| Dropout { a: dropout.a * libm::exp(log_a), ..dropout }),
        }
    }
}
