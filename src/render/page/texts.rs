//! The page's own texts, one file per language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::lang::Lang;

/// The page's texts in one language, by key.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct PageTexts(BTreeMap<String, String>);

static ENGLISH: LazyLock<PageTexts> = LazyLock::new(|| read(include_str!("../../../data/page.en.toml")));
static KOREAN: LazyLock<PageTexts> = LazyLock::new(|| read(include_str!("../../../data/page.ko.toml")));

fn read(toml: &str) -> PageTexts {
    PageTexts(toml::from_str(toml).expect("the embedded texts are valid: a test reads them"))
}

impl PageTexts {
    /// The texts in a language.
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &ENGLISH,
            Lang::Ko => &KOREAN,
        }
    }

    /// A text; its key if there is none, which a test rules out.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_braces(text: &str) -> impl Iterator<Item = &str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }

    /// The placeholders of a text, not counting words that depend on a number (`{n|day|days}`), which a language may
    /// not need.
    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = in_braces(text).filter(|name| !name.contains('|')).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_placeholders() {
        let (english, korean) = (PageTexts::of(Lang::En), PageTexts::of(Lang::Ko));
        let keys = |texts: &'static PageTexts| texts.0.keys().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(keys(english), keys(korean));
        for (key, text) in &english.0 {
            assert_eq!(placeholders(text), placeholders(korean.get(key)), "{key}");
            assert!(!text.is_empty() && !korean.get(key).is_empty(), "{key}");
        }
    }

    #[test]
    fn a_word_for_one_or_many_depends_on_a_value_of_the_text() {
        for texts in [PageTexts::of(Lang::En), PageTexts::of(Lang::Ko)] {
            for (key, text) in &texts.0 {
                for choice in in_braces(text).filter(|name| name.contains('|')) {
                    let parts: Vec<&str> = choice.split('|').collect();
                    assert!(
                        matches!(parts[..], [name, _, _] if placeholders(text).contains(&name)),
                        "{key}: {choice}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_script_uses_texts_that_exist() {
        let script = super::super::SCRIPTS.concat();
        for rest in script.split("text(\"").skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            let completed = rest[key.len()..].starts_with("\" +");
            let known = |texts: &PageTexts| match completed {
                true => texts.0.keys().any(|known| known.starts_with(key)),
                false => texts.0.contains_key(key),
            };
            assert!(known(PageTexts::of(Lang::En)), "`{key}`");
        }
    }
}
