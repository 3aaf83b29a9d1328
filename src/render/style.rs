//! How a report looks to people.

use std::fmt;

use crate::money::Currency;

/// The layout of what people read. CSV and JSON do not depend on it.
#[derive(Clone)]
pub struct Style<'a> {
    /// How many columns the terminal has; `None` for no limit, as in a pipe.
    pub width: Option<usize>,
    /// Whether headings are bold, missing values dim and heated cells tinted, by
    /// escape sequences.
    pub color: bool,
    /// How amounts are shown.
    pub currency: Currency,
    /// Translates what is fixed and read by people: headings, titles, notes,
    /// and the table's own remarks ([`HIDDEN_ONE`](super::HIDDEN_ONE), [`HIDDEN_MANY`](super::HIDDEN_MANY),
    /// [`NO_ROWS`](super::NO_ROWS)). Given the English, it returns what to show.
    pub heading: &'a dyn Fn(&str) -> String,
}

/// No limit, no colour, Korean won, English.
impl Default for Style<'_> {
    fn default() -> Self {
        Style { width: None, color: false, currency: Currency::default(), heading: &str::to_owned }
    }
}

impl fmt::Debug for Style<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Style")
            .field("width", &self.width)
            .field("color", &self.color)
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}
