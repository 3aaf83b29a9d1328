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
    use std::collections::HashSet;
    use std::path::PathBuf;

    use super::*;

    /// The names in braces.
    fn places(words: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        places.sort_unstable();
        places
    }

    /// The library's and the command's files, without their tests.
    fn sources() -> Vec<(PathBuf, String)> {
        let mut sources = Vec::new();
        let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.file_stem().is_some_and(|name| name == "tests") {
                    continue;
                } else if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
                    sources.push((path, code));
                }
            }
        }
        sources
    }

    #[test]
    fn every_entry_is_used_and_has_the_same_places_for_values() {
        let sources: String = sources().into_iter().map(|(_, text)| text).collect();
        let unused: Vec<&String> =
            KOREAN.keys().filter(|english| !sources.contains(&format!("{english:?}"))).collect();
        assert!(unused.is_empty(), "{unused:#?}");
        for (english, korean) in KOREAN.iter() {
            assert_eq!(places(english), places(korean), "{english}");
        }
    }

    /// The quoted texts at the start of a call's arguments, as they stand in the source; a path such as
    /// `Kind::Id` may come before them.
    fn leading_texts(arguments: &str) -> Vec<&str> {
        let mut texts = Vec::new();
        let mut rest = arguments.trim_start();
        if rest.starts_with("Kind::") {
            rest = rest.split_once(',').map_or("", |(_, rest)| rest.trim_start());
        }
        while let Some(text) = rest.strip_prefix('"') {
            let escaped = |end: &usize| text[..*end].ends_with('\\');
            let end = text.match_indices('"').map(|(end, _)| end).find(|end| !escaped(end)).unwrap();
            texts.push(&rest[..end + 2]);
            rest = text[end + 1..].trim_start_matches(',').trim_start();
        }
        texts
    }

    /// The same in every language.
    const NOT_TRANSLATED: [&str; 4] = ["\"A\"", "\"B\"", "\"SHA-256\"", "\"{pool}: {note}\""];

    #[test]
    fn every_heading_title_and_note_of_a_table_has_its_korean() {
        // Which of a call's texts is shown: a column's key comes before its heading.
        let calls = [
            ("Column::new(", 1),
            ("Column::text(", 1),
            ("Column::number(", 1),
            (".title(", 0),
            ("able.note(", 0),
            (" .note(", 0),
            ("Phrase::new(", 0),
        ];
        let listed: HashSet<String> = KOREAN.keys().map(|english| format!("{english:?}")).collect();
        let (mut seen, mut missing) = (0, Vec::new());
        for (path, text) in sources() {
            for (call, place) in calls {
                for (at, _) in text.match_indices(call) {
                    let texts = leading_texts(&text[at + call.len()..]);
                    let Some(english) = texts.get(place).filter(|english| **english != "\"\"") else {
                        continue;
                    };
                    seen += 1;
                    if !listed.contains(*english) && !NOT_TRANSLATED.contains(english) {
                        missing.push(format!("{}: {english}", path.display()));
                    }
                }
            }
        }
        assert!(seen > 300, "the sources are not read: {seen}");
        assert!(missing.is_empty(), "not in data/headings.ko.toml: {missing:#?}");
    }

    #[test]
    fn korean_headings_are_there_and_english_stands_in() {
        assert_eq!(Lang::Ko.heading("Grade"), "등급");
        assert_eq!(Lang::Ko.heading("no such heading"), "no such heading");
        assert_eq!(Lang::En.heading("Grade"), "Grade");
    }
}
