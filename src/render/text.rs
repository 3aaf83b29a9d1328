//! Text measured in terminal columns, where a Korean syllable takes two.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many terminal columns the text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text harmless to a terminal, its line breaks kept: tabs become blanks, other control characters
/// (an escape sequence among the data) and those that reorder or hide the text around them become the
/// replacement character.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(|letter| letter != '\n' && is_harmful(letter)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => shown.push('\n'),
            '\t' => shown.push(' '),
            // One line break, whichever way it is written.
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
            _ if is_harmful(letter) => shown.push(char::REPLACEMENT_CHARACTER),
            _ => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// The same on one line: a line break is a blank.
pub(super) fn one_line(text: &str) -> String {
    harmless(text).replace('\n', " ")
}

/// Whether a character changes more than its own place: control characters, and Unicode's format
/// characters (embeddings and overrides of direction, invisible operators, tags). The two that join letters
/// within a word (U+200C, U+200D) are part of writing and stay.
pub(super) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text cut to `limit` columns, its end replaced by `…` when it is longer.
pub(super) fn truncate(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut kept = head(text, limit.saturating_sub(1)).trim_end().to_owned();
    if limit > 0 {
        kept.push('…');
    }
    kept
}

/// The longest beginning of the text that takes at most `limit` columns.
fn head(text: &str, limit: usize) -> &str {
    let mut used = 0;
    let mut end = text.len();
    for (position, letter) in text.char_indices() {
        used += letter.width().unwrap_or(0);
        if used > limit {
            end = position;
            break;
        }
    }
    let mut kept = &text[..end];
    // A variation selector can make a sequence wider than its characters.
    while width(kept) > limit {
        let mut letters = kept.chars();
        letters.next_back();
        kept = letters.as_str();
    }
    kept
}

/// The text broken between words into lines of at most `limit` columns; a word
/// that is wider than a line is broken within. Line breaks in the text stay.
pub(super) fn wrap(text: &str, limit: Option<usize>) -> Vec<String> {
    text.lines()
        .map(one_line)
        .flat_map(|line| match limit {
            Some(limit) if width(&line) > limit => wrap_line(&line, limit),
            _ => vec![line.trim_end().to_owned()],
        })
        .collect()
}

fn wrap_line(line: &str, limit: usize) -> Vec<String> {
    let words = textwrap::Options::new(limit)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(line.trim(), words).into_iter().map(Cow::into_owned).collect()
}

/// Writes blocks of text with a blank line between; one without lines is
/// skipped.
pub(super) fn write_blocks(blocks: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for block in blocks {
        let block = block.trim_end_matches('\n');
        if block.is_empty() {
            continue;
        }
        if !first {
            writeln!(out)?;
        }
        writeln!(out, "{block}")?;
        first = false;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_a_wide_character() {
        assert_eq!(truncate("abcdef", 6), "abcdef");
        assert_eq!(truncate("abcdef", 5), "abcd…");
        assert_eq!(truncate("가나다라", 8), "가나다라");
        assert_eq!(truncate("가나다라", 7), "가나다…");
        assert_eq!(truncate("가나다라", 6), "가나…");
        assert_eq!(truncate("ab cdef", 4), "ab…");
        // Two wide, of which its characters take one and none.
        let sun = "☀\u{fe0f}";
        assert_eq!(truncate(&sun.repeat(3), 3), format!("{sun}…"));
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(one_line("a\r\nb\tc\nd"), "a b c d");
        assert_eq!(one_line("\u{1b}[31mred"), "\u{fffd}[31mred");
        assert_eq!(harmless("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
        for harmful in
            ["\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200f}", "\u{feff}", "\u{e0041}"]
        {
            assert_eq!(harmless(&format!("a{harmful}b")), "a\u{fffd}b", "{harmful:?}");
        }
        for written in ["한글", "👩\u{200d}🔬", "می\u{200c}خواهم", "☀\u{fe0f}", "a\nb"] {
            assert!(matches!(harmless(written), Cow::Borrowed(same) if same == written), "{written}");
        }
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three", None), ["one two three"]);
        assert_eq!(wrap("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrap("한 줄에 두 칸", Some(7)), ["한 줄에", "두 칸"]);
        assert_eq!(wrap("a\nb  ", Some(80)), ["a", "b"]);
        assert_eq!(wrap("to abcdefgh", Some(3)), ["to", "abc", "def", "gh"]);
        assert_eq!(wrap("가나", Some(1)), ["가", "나"]);
        assert_eq!(wrap("ab", Some(0)), ["a", "b"]);
    }
}
