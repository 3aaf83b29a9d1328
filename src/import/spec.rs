//! What an import can be given: the columns of each kind of record, the names that shops' files have
//! for them, and what the words in those files mean. All of it is in `data/import.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::store::quote_literal;

/// What the lines of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// What was sold.
    Orders,
    /// Customers.
    Users,
    /// The catalogue.
    Products,
    /// Campaign activities.
    Activities,
    /// The customers on the lists of activities.
    Members,
}

impl RecordKind {
    /// The word in messages, in the plural.
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordKind::Orders => "orders",
            RecordKind::Users => "users",
            RecordKind::Products => "products",
            RecordKind::Activities => "activities",
            RecordKind::Members => "members",
        }
    }

    pub(super) fn spec(self) -> &'static RecordSpec {
        let specs = &*SPECS;
        match self {
            RecordKind::Orders => &specs.orders,
            RecordKind::Users => &specs.users,
            RecordKind::Products => &specs.products,
            RecordKind::Activities => &specs.activities,
            RecordKind::Members => &specs.members,
        }
    }
}

static SPECS: LazyLock<Specs> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/import.toml"))
        .expect("the embedded list is valid: a test reads it")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Specs {
    orders: RecordSpec,
    users: RecordSpec,
    products: RecordSpec,
    activities: RecordSpec,
    members: RecordSpec,
    words: BTreeMap<String, WordList>,
}

/// A kind of record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordSpec {
    /// The names that a database's table of such rows would have, best first.
    pub tables: Vec<String>,
    /// Without these columns there is no row.
    pub required: Vec<String>,
    /// Of these a row needs at least one, if there are any.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// Our columns, as they are shown.
    pub columns: Vec<ColumnSpec>,
}

/// A column that an import can give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub value: ValueKind,
    /// The list that says what its words mean.
    #[serde(default)]
    words: Option<String>,
    /// Its other names.
    #[serde(default)]
    aliases: Vec<String>,
    /// The names of a source's column that is this one, best first.
    known_as: Vec<String>,
}

/// What a column's values are, which says how a source's are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ValueKind {
    /// An id: it keeps the source's text, but a whole number is one however it is written.
    Id,
    /// A text. (An expression over typed columns would turn `007` into a number.)
    Text,
    /// One of a few words.
    Word,
    /// An amount of money.
    Amount,
    /// A whole number.
    Quantity,
    /// A date, with or without a time.
    Instant,
}

/// What words mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordList {
    /// The type of the meanings.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Words that say that it is not known.
    #[serde(default)]
    nothing: Vec<String>,
    /// The words of each meaning.
    meanings: BTreeMap<String, Vec<String>>,
}

impl RecordSpec {
    /// The names of all columns.
    pub fn names(&'static self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The column of a name, or of another name that it has.
    pub fn column(&'static self, name: &str) -> Option<&'static ColumnSpec> {
        self.columns.iter().find(|column| column.name == name || column.aliases.iter().any(|a| a == name))
    }
}

impl ColumnSpec {
    /// How well a source's column says that it is this one: the place of its name in the list of
    /// known names. `plain` are all of the source's names, and `name` one of them, as [`plain_name`]
    /// makes them.
    pub fn rank(&self, name: &str, plain: &[String]) -> Option<usize> {
        self.known_as.iter().position(|known| match (known.strip_suffix('*'), known.split_once(" with ")) {
            (Some(beginning), _) => name.starts_with(beginning),
            (None, Some((known, other))) => name == known && plain.iter().any(|plain| plain == other),
            (None, None) => name == known,
        })
    }

    /// What its words mean, if its values are words.
    pub fn words(&self) -> Option<&'static WordList> {
        SPECS.words.get(self.words.as_deref()?)
    }
}

impl WordList {
    /// The SQL of what a word means, whatever its case and whether blanks, `_` or `-` join its parts; NULL
    /// for one that is not listed.
    pub fn meaning_sql(&self, word: &str) -> String {
        let branches: String = self
            .meanings
            .iter()
            .map(|(meaning, words)| {
                let plain = format!("translate(lower({word}), '_-', '  ')");
                format!(" WHEN {plain} IN ({}) THEN {}", literals(words), quote_literal(meaning))
            })
            .collect();
        format!("CAST(CASE{branches} END AS {})", self.data_type)
    }

    /// The SQL of the word as far as it says something.
    pub fn said_sql(&self, word: &str) -> String {
        match self.nothing.as_slice() {
            [] => word.to_owned(),
            nothing => {
                format!("CASE WHEN lower({word}) IN ({}) THEN NULL ELSE {word} END", literals(nothing))
            }
        }
    }
}

fn literals(words: &[String]) -> String {
    words.iter().map(|word| quote_literal(word)).collect::<Vec<_>>().join(", ")
}

/// A name as names are compared: in small letters, without blanks and punctuation.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{OpenOptions, Store};

    const KINDS: [RecordKind; 5] = [
        RecordKind::Orders,
        RecordKind::Users,
        RecordKind::Products,
        RecordKind::Activities,
        RecordKind::Members,
    ];

    #[test]
    fn the_list_holds_together() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        for kind in KINDS {
            let spec = kind.spec();
            for name in spec.required.iter().chain(&spec.one_of) {
                assert!(spec.column(name).is_some(), "{kind:?} {name}");
            }
            for column in &spec.columns {
                assert_eq!(column.words().is_some(), column.value == ValueKind::Word, "{}", column.name);
                for (place, known) in column.known_as.iter().enumerate() {
                    assert!(!column.known_as[..place].contains(known), "{kind:?} lists {known} twice");
                    let plain =
                        known.split(" with ").all(|name| name.trim_end_matches('*') == plain_name(name));
                    assert!(plain, "{known} would never be met");
                }
            }
        }
        for (name, list) in &SPECS.words {
            for (meaning, words) in &list.meanings {
                for (place, word) in words.iter().enumerate() {
                    assert!(!word.contains(['_', '-']), "{name}: {word} would never be met");
                    assert!(!words[..place].contains(word), "{name} lists {word} twice");
                    let sql = format!("SELECT CAST({} AS VARCHAR)", list.meaning_sql(&quote_literal(word)));
                    let found: Vec<Option<String>> = store.rows_text("test", &sql, |row| row.get(0)).unwrap();
                    assert_eq!(found, [Some(meaning.clone())], "{name}: {word}");
                    assert!(!list.nothing.contains(word), "{name}: {word} is said to mean nothing, too");
                }
            }
        }
    }

    /// Names of the customer in orders alone, and names that mean the order there.
    const NOT_EVERYWHERE: [&str; 5] = ["주문자id", "emailbilling", "buyeremail", "id", "아이디"];

    #[test]
    fn a_customer_goes_by_the_same_names_in_every_kind_of_record() {
        let kinds = [RecordKind::Orders, RecordKind::Users, RecordKind::Members];
        let names = |kind: RecordKind| &kind.spec().column("customer").unwrap().known_as;
        for kind in kinds {
            for known in names(kind).iter().filter(|known| !NOT_EVERYWHERE.contains(&known.as_str())) {
                for other in kinds {
                    assert!(
                        names(other).contains(known),
                        "`{known}` is a customer in {} and not in {}",
                        kind.as_str(),
                        other.as_str()
                    );
                }
            }
        }
    }

    #[test]
    fn names_are_recognised_whatever_their_case_and_joints() {
        let rank = |column: &str, name: &str, others: &[&str]| {
            let plain: Vec<String> = others.iter().chain([&name]).map(|name| plain_name(name)).collect();
            RecordKind::Orders.spec().column(column).unwrap().rank(&plain_name(name), &plain)
        };
        assert_eq!(rank("customer", "Customer ID", &[]), Some(0));
        assert!(rank("customer", "user-id", &[]) < rank("customer", "E-mail", &[]));
        assert!(rank("order_id", "InvoiceNo", &[]).is_some());
        assert!(rank("quantity", "number_of_cds", &[]).is_some());
        assert_eq!(rank("amount", "Amounts", &[]), None);
        assert!(rank("amount", "결제 금액", &[]).is_some());
        assert_eq!(rank("order_id", "Name", &["Customer"]), None);
        assert!(rank("order_id", "Name", &["Lineitem name"]).is_some());
    }
}
