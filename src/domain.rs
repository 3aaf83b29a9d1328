//! The closed sets of the domain: gender, status, grade, kind of cohort, age band.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that no member of a closed set has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {what}: one of {allowed} is needed")]
pub struct UnknownWord {
    word: String,
    what: &'static str,
    allowed: String,
}

/// Declares a closed set of words, in the order of the file's ENUM.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $what:literal, { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in the order of the file's ENUM.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as the file spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The position in [`Self::ALL`].
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.as_str().eq_ignore_ascii_case(word))
                    .ok_or_else(|| UnknownWord {
                        word: word.to_owned(),
                        what: $what,
                        allowed: Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", "),
                    })
            }
        }
    };
}

words! {
    /// A customer's gender, where it is known.
    Gender, "gender", {
        /// Female.
        Female = "F",
        /// Male.
        Male = "M",
    }
}

words! {
    /// Whether a customer is active in the shop.
    Status, "customer status", {
        /// Visits the shop.
        Active = "ACTIVE",
        /// No longer visits.
        Dormant = "DORMANT",
    }
}

words! {
    /// A customer's grade, lowest first: comparisons follow the ladder.
    Grade, "grade", {
        /// The default.
        Bronze = "BRONZE",
        /// Third from the top.
        Silver = "SILVER",
        /// Second from the top.
        Gold = "GOLD",
        /// The highest.
        Vip = "VIP",
    }
}

words! {
    /// What became of an order. Only `Success` counts, everywhere.
    OrderStatus, "order status", {
        /// Paid and kept.
        Success = "Success",
        /// It was not paid: the payment failed, or has not come.
        Failed = "Failed",
        /// Cancelled before delivery.
        Cancelled = "Cancelled",
        /// Sent back and refunded.
        Refunded = "Refunded",
        /// Money given back, as an amount of at most 0: counted in sums, but not as an order.
        Returned = "Returned",
    }
}

words! {
    /// Who the cohort of an activity is.
    CohortKind, "kind of cohort", {
        /// The customers whose first qualifying order came through it.
        Acquired = "acquired",
        /// The customers with a qualifying order through it, new or not.
        Touched = "touched",
        /// The customers on its list.
        Listed = "listed",
    }
}

words! {
    /// The age bands of the score tables, cut at the 20th, 30th, 40th and 50th birthday.
    AgeBand, "age group", {
        /// Before the 20th birthday.
        Teens = "10s",
        /// From the 20th birthday.
        Twenties = "20s",
        /// From the 30th birthday.
        Thirties = "30s",
        /// From the 40th birthday.
        Forties = "40s",
        /// From the 50th birthday.
        FiftyPlus = "50+",
    }
}

/// The reserved channel of activities that stand for "no campaign": their
/// members are customers whose first order belongs to no activity.
pub const ORGANIC_CHANNEL: &str = "organic";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_compare_along_the_ladder() {
        assert!(Grade::Bronze < Grade::Silver && Grade::Silver < Grade::Gold && Grade::Gold < Grade::Vip);
        assert_eq!("vip".parse::<Grade>(), Ok(Grade::Vip));
        let error = "PLATINUM".parse::<Grade>().unwrap_err().to_string();
        assert_eq!(error, "`PLATINUM` is not a grade: one of BRONZE, SILVER, GOLD, VIP is needed");
    }
}
