//! What an import can be given: the columns of a kind of rows, and the names that
//! sources have for them.

use std::fmt::Debug;

/// What a column's values are, which says how a source's are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum ValueKind {
    /// An id or a name: it keeps the source's text. (An expression over typed
    /// columns would turn `007` into a number.)
    Text,
    /// The same, kept as a whole number where it is written as one.
    NumberOrText,
    /// One of a few words.
    Word,
    /// An amount of money.
    Amount,
    /// A whole number.
    Quantity,
    /// A date, with or without a time.
    Instant,
}

/// The columns that an import of one kind of rows can give.
pub(in crate::import) trait ImportColumn: Copy + Eq + Debug + 'static {
    /// What the rows are, in the plural.
    const ROWS: &'static str;

    /// The names that a database's table of such rows would have, best first.
    const TABLES: &'static [&'static str] = &[Self::ROWS];

    /// All of them, as they are shown.
    const ALL: &'static [Self];

    /// Without these there is no row.
    const REQUIRED: &'static [Self];

    /// The name in `--map` and in messages.
    fn name(self) -> &'static str;

    /// Other names in `--map`.
    fn aliases(self) -> &'static [&'static str] {
        &[]
    }

    /// The names under which a source's column is recognised, best first, in
    /// small letters without blanks, underscores and dashes. One that ends in
    /// `*` is a beginning.
    fn known_as(self) -> &'static [&'static str];

    /// What its values are.
    fn kind(self) -> ValueKind;

    /// The names of all of them.
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|column| column.name()).collect()
    }

    /// How well a source's column name says that it is this one: its place in the
    /// list of known names.
    fn rank(self, name: &str) -> Option<usize> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
            .collect::<String>()
            .to_lowercase();
        self.known_as().iter().position(|known| match known.strip_suffix('*') {
            Some(prefix) => plain.starts_with(prefix),
            None => plain == *known,
        })
    }

    /// Whether a source's column name is known to be any of them.
    fn recognises(name: &str) -> bool {
        Self::ALL.iter().any(|column| column.rank(name).is_some())
    }
}
