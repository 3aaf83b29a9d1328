//! A text cut into its statements, and the words of each.
//!
//! Knows quotes and comments, so that a `;` or a word within them is none. The engine has the last
//! word on everything else.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or keyword, or a number.
    Word,
    /// A quoted name.
    QuotedName,
    /// A quoted text.
    QuotedText,
    Semicolon,
    Open,
    Close,
    /// Any other character.
    Symbol,
}

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Where it begins and ends, in bytes of the whole text.
    pub start: usize,
    pub end: usize,
    /// How many parentheses are open around it.
    pub depth: usize,
}

/// The tokens of a text; blanks and comments are none.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let after_first = at + first.len_utf8();
        let (kind, end) = if first.is_whitespace() || first == '\u{feff}' {
            at = after_first;
            continue;
        } else if rest.starts_with("--") {
            at = rest.find('\n').map_or(text.len(), |length| at + length);
            continue;
        } else if rest.starts_with("/*") {
            at += comment_length(rest);
            continue;
        } else if first == '\'' {
            (TokenKind::QuotedText, at + quoted_length(rest, '\'', false))
        } else if first == '"' {
            (TokenKind::QuotedName, at + quoted_length(rest, '"', false))
        } else if matches!(first, 'e' | 'E') && rest[1..].starts_with('\'') {
            (TokenKind::QuotedText, at + 1 + quoted_length(&rest[1..], '\'', true))
        } else if let Some(length) = dollar_quote_length(rest) {
            (TokenKind::QuotedText, at + length)
        } else if is_word(first) {
            (TokenKind::Word, at + rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()))
        } else {
            let kind = match first {
                ';' => TokenKind::Semicolon,
                '(' => TokenKind::Open,
                ')' => TokenKind::Close,
                _ => TokenKind::Symbol,
            };
            (kind, after_first)
        };
        if kind == TokenKind::Close {
            depth = depth.saturating_sub(1);
        }
        found.push(Token { kind, start: at, end, depth });
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Semicolon => depth = 0,
            _ => {}
        }
        at = end;
    }
    found
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// The length of a comment, which may hold others.
fn comment_length(text: &str) -> usize {
    let (mut at, mut open) = (0, 0_usize);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            open += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            open -= 1;
            at += 2;
            if open == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a quoted text, in which the quote stands for itself when it is
/// doubled, or behind a backslash where those count.
fn quoted_length(text: &str, quote: char, escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if escapes && letter == '\\' {
            letters.next();
        } else if letter == quote {
            match letters.peek() {
                Some((_, next)) if *next == quote => {
                    letters.next();
                }
                _ => return at + letter.len_utf8(),
            }
        }
    }
    text.len()
}

/// The length of `$$ ... $$` or `$tag$ ... $tag$`.
fn dollar_quote_length(text: &str) -> Option<usize> {
    let tag = text.strip_prefix('$')?;
    let end = tag.find('$')?;
    let is_tag = |tag: &str| {
        tag.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            && !tag.starts_with(|letter: char| letter.is_ascii_digit())
    };
    if !is_tag(&tag[..end]) {
        return None;
    }
    let mark = &text[..end + 2];
    let body = &text[mark.len()..];
    Some(body.find(mark).map_or(text.len(), |length| 2 * mark.len() + length))
}

/// A statement of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// From its first token to its last: without comments around it.
    pub text: &'a str,
    /// The line that it begins on, 1 for the first.
    pub line: usize,
    /// Its tokens, placed in its own text.
    pub tokens: Vec<Token>,
}

/// The statements of a text; what is between two `;` and holds nothing is none.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let tokens = tokens(text);
    let parts = tokens.split(|token| token.kind == TokenKind::Semicolon).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (start, end) = (part[0].start, part[part.len() - 1].end);
            let own = |token: &Token| Token { start: token.start - start, end: token.end - start, ..*token };
            Piece {
                text: &text[start..end],
                line: text[..start].matches('\n').count() + 1,
                tokens: part.iter().map(own).collect(),
            }
        })
        .collect()
}

impl Piece<'_> {
    /// A token's text in capitals when it is a bare word.
    pub fn word(&self, token: &Token) -> Option<String> {
        (token.kind == TokenKind::Word).then(|| self.text[token.start..token.end].to_uppercase())
    }

    /// Whether a name occurs in it, bare or quoted, in whatever case.
    pub fn names(&self, name: &str) -> bool {
        self.tokens.iter().any(|token| {
            let text = &self.text[token.start..token.end];
            match token.kind {
                TokenKind::Word => text.eq_ignore_ascii_case(name),
                TokenKind::QuotedName => text.trim_matches('"').eq_ignore_ascii_case(name),
                _ => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        pieces(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn only_a_bare_semicolon_parts_statements() {
        let cases: &[(&str, &[&str])] = &[
            ("SELECT 1", &["SELECT 1"]),
            (" SELECT 1 ; ; SELECT 2;\n", &["SELECT 1", "SELECT 2"]),
            ("SELECT ';', \";\" ; SELECT 2", &["SELECT ';', \";\"", "SELECT 2"]),
            ("SELECT 'it''s;' || E'\\';' ; x", &["SELECT 'it''s;' || E'\\';'", "x"]),
            ("SELECT $$;$$, $t$ ; $$ ; $t$; x", &["SELECT $$;$$, $t$ ; $$ ; $t$", "x"]),
            ("SELECT $1; x", &["SELECT $1", "x"]),
            ("-- a; b\nSELECT 1 -- c; d\n; /* e; /* f; */ g; */ x", &["SELECT 1", "x"]),
            ("SELECT name '; y", &["SELECT name '; y"]),
            ("한글; \u{feff}x", &["한글", "x"]),
            ("", &[]),
            ("-- nothing", &[]),
            ("/* open", &[]),
            (" ;;; ", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_statement_knows_its_line_and_its_depths() {
        let pieces = pieces("SELECT 1;\n\n-- two\n  SELECT (a, (b)) c");
        assert_eq!((pieces[0].line, pieces[1].line), (1, 4));
        let depths: Vec<usize> = pieces[1].tokens.iter().map(|token| token.depth).collect();
        assert_eq!(depths, [0, 0, 1, 1, 1, 2, 1, 0, 0]);
        assert!(pieces[1].names("B") && !pieces[1].names("d"));
    }
}
