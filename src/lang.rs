//! English and Korean for tables and logs: titles, headings, notes, and the log lines of a grade
//! update. `data/headings.ko.toml` maps the English text to the Korean.
//!
//! Errors, hints and help stay in English, where they can be searched for.

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
    /// The language as HTML and other programs name it (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    /// A heading, title or note in this language; the English itself where no Korean is listed.
    pub fn heading(self, english: &str) -> String {
        match self {
            Lang::En => english.to_owned(),
            Lang::Ko => KOREAN.get(english).cloned().unwrap_or_else(|| english.to_owned()),
        }
    }
}

impl Lang {
    /// A message in this language, with its placeholders filled in.
    pub fn message(self, english: &str, values: &[(&str, &str)]) -> String {
        filled(self.heading(english), values)
    }
}

/// A text with its `{name}` placeholders replaced; call it after translation.
pub fn filled<'a>(words: String, values: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> String {
    values.into_iter().fold(words, |words, (name, value)| words.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in braces.
    fn places(words: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn every_entry_is_used_and_has_the_same_places_for_values() {
        let mut sources = String::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let unused: Vec<&String> =
            KOREAN.keys().filter(|english| !sources.contains(&format!("{english:?}"))).collect();
        assert!(unused.is_empty(), "{unused:#?}");
        for (english, korean) in KOREAN.iter() {
            assert_eq!(places(english), places(korean), "{english}");
        }
    }

    #[test]
    fn korean_headings_are_there_and_english_stands_in() {
        assert_eq!(Lang::Ko.heading("Grade"), "등급");
        assert_eq!(Lang::Ko.heading("no such heading"), "no such heading");
        assert_eq!(Lang::En.heading("Grade"), "Grade");
    }
}
