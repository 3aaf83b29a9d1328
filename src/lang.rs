//! The two languages that people may read: Korean headings come from a list.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

static KOREAN: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/headings.ko.toml"))
        .expect("the embedded list is valid: a test reads it")
});

impl Lang {
    /// A heading, title or note in this language; English where the list has no
    /// Korean for it.
    pub fn heading(self, english: &str) -> String {
        match self {
            Lang::En => english.to_owned(),
            Lang::Ko => KOREAN.get(english).cloned().unwrap_or_else(|| english.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_headings_are_there_and_english_stands_in() {
        assert_eq!(Lang::Ko.heading("Grade"), "등급");
        assert_eq!(Lang::Ko.heading("no such heading"), "no such heading");
        assert_eq!(Lang::En.heading("Grade"), "Grade");
    }
}
