//! Text measured in terminal columns, where a Korean syllable takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many terminal columns the text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text on one line and harmless to a terminal: line breaks and tabs become
/// blanks, other control characters (an escape sequence among the data) the
/// replacement character.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // One line break is one blank, whichever way it is written.
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\t' => line.push(' '),
            _ if letter.is_control() => line.push(char::REPLACEMENT_CHARACTER),
            _ => line.push(letter),
        }
    }
    line
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
    let mut lines = Vec::new();
    let mut current = String::new();
    for mut word in line.split_whitespace() {
        let blank = usize::from(!current.is_empty());
        if !current.is_empty() && width(&current) + blank + width(word) > limit {
            lines.push(std::mem::take(&mut current));
        }
        while width(word) > limit {
            // At least one character a line, or a wide one would never leave a
            // terminal of one column.
            let first = word.chars().next().map_or(0, char::len_utf8);
            let (line, rest) = word.split_at(head(word, limit).len().max(first));
            lines.push(line.to_owned());
            word = rest;
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines
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
