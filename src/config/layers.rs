//! Layers of settings, each overriding the one below, with errors that name the key.

use toml::{Table, Value};

use super::{Config, DEFAULT_TOML};

/// An error in the settings. Every message names the key or the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The text is not TOML.
    #[error("{origin} is not valid TOML: {message}")]
    Syntax {
        /// Where the text came from.
        origin: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A key that no setting has.
    #[error("{origin}: unknown key `{key}`{}", suggestion.as_ref().map(|s| format!(" (did you mean `{s}`?)")).unwrap_or_default())]
    UnknownKey {
        /// Where the key was given.
        origin: String,
        /// The dotted key.
        key: String,
        /// The nearest key that exists.
        suggestion: Option<String>,
    },
    /// A value of the wrong type.
    #[error("configuration key `{key}`: {message}")]
    WrongType {
        /// The dotted key.
        key: String,
        /// What was expected.
        message: String,
    },
    /// A value out of range.
    #[error("configuration key `{key}`: {message}")]
    Impossible {
        /// The dotted key.
        key: String,
        /// What the value must be.
        message: String,
    },
}

/// One layer of settings: only the keys it changes.
#[derive(Clone, Debug)]
pub struct Layer {
    origin: String,
    table: Table,
}

impl Layer {
    /// Reads a layer from TOML. `origin` names the text in errors.
    pub fn from_toml(origin: &str, text: &str) -> Result<Self, ConfigError> {
        let table = text.parse::<Table>().map_err(|error| ConfigError::Syntax {
            origin: origin.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        Ok(Layer { origin: origin.to_owned(), table: dates_as_text(table) })
    }

    /// Reads a layer from the JSON that [`Config::to_json`] writes.
    pub fn from_json(origin: &str, text: &str) -> Result<Self, ConfigError> {
        let table = serde_json::from_str(text)
            .map_err(|error| ConfigError::Syntax { origin: origin.to_owned(), message: error.to_string() })?;
        Ok(Layer { origin: origin.to_owned(), table })
    }

    /// A layer that sets one key, given dotted: `simulation.seed`.
    pub fn from_key(origin: &str, key: &str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        for part in key.rsplit('.') {
            value = Value::Table(Table::from_iter([(part.to_owned(), value)]));
        }
        let Value::Table(table) = value else { unreachable!("a key has at least one part") };
        Layer { origin: origin.to_owned(), table }
    }

    /// Whether it sets a key of the first level.
    pub fn gives(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }
}

impl Config {
    /// The embedded default with each layer over the one before.
    pub fn from_layers(layers: &[Layer]) -> Result<Self, ConfigError> {
        let default: Table = DEFAULT_TOML.parse().map_err(|error: toml::de::Error| ConfigError::Syntax {
            origin: "the embedded configuration".to_owned(),
            message: error.to_string(),
        })?;
        let mut merged = default.clone();
        for layer in layers {
            refuse_unknown_keys(&layer.origin, "", &layer.table, &default)?;
            merge(&mut merged, &layer.table);
        }
        let config: Config = serde_path_to_error::deserialize(Value::Table(merged)).map_err(|error| {
            ConfigError::WrongType {
                key: error.path().to_string(),
                message: error.into_inner().to_string().lines().next().unwrap_or_default().to_owned(),
            }
        })?;
        config.validate()?;
        Ok(config)
    }

    /// The effective settings as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("settings are tables of numbers and words")
    }

    /// The effective settings as JSON, on one line: what a file remembers.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("settings are tables of finite numbers and words")
    }

    /// Every setting as dotted key and value, in the order of the default.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        fn walk(prefix: &str, value: &serde_json::Value, pairs: &mut Vec<(String, String)>) {
            match value {
                serde_json::Value::Object(map) => {
                    for (key, inner) in map {
                        walk(&join(prefix, key), inner, pairs);
                    }
                }
                serde_json::Value::String(text) => pairs.push((prefix.to_owned(), text.clone())),
                other => pairs.push((prefix.to_owned(), other.to_string())),
            }
        }
        let mut pairs = Vec::new();
        let value = serde_json::to_value(self).expect("settings are tables of finite numbers and words");
        walk("", &value, &mut pairs);
        pairs
    }
}

/// Converts bare TOML dates to text, so that dates may be quoted or not.
fn dates_as_text(table: Table) -> Table {
    let convert = |value| match value {
        Value::Datetime(date) => Value::String(date.to_string()),
        Value::Table(inner) => Value::Table(dates_as_text(inner)),
        other => other,
    };
    table.into_iter().map(|(key, value)| (key, convert(value))).collect()
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn refuse_unknown_keys(origin: &str, prefix: &str, given: &Table, known: &Table) -> Result<(), ConfigError> {
    for (key, value) in given {
        let dotted = join(prefix, key);
        match (known.get(key), value) {
            (None, _) => {
                let nearest = known
                    .keys()
                    .map(|candidate| (strsim::damerau_levenshtein(candidate, key), candidate))
                    .filter(|(distance, _)| *distance <= 3)
                    .min();
                return Err(ConfigError::UnknownKey {
                    origin: origin.to_owned(),
                    key: dotted,
                    suggestion: nearest.map(|(_, candidate)| join(prefix, candidate)),
                });
            }
            (Some(Value::Table(inner)), Value::Table(value)) => {
                refuse_unknown_keys(origin, &dotted, value, inner)?;
            }
            (Some(Value::Table(_)), _) => {
                return Err(ConfigError::WrongType { key: dotted, message: "a table is needed".to_owned() });
            }
            (Some(_), _) => {}
        }
    }
    Ok(())
}

fn merge(base: &mut Table, over: &Table) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}
