//! A user's expression must be one: no second statement, no comment that
//! swallows what follows, no parenthesis that closes one of ours.
//!
//! The engine's parser has the last word on everything else; this only makes
//! sure that it sees the text where we put it.

/// Why a text is not a single expression, or `Ok`.
pub(super) fn check_single(text: &str) -> Result<(), &'static str> {
    let mut depth = 0usize;
    let mut characters = text.chars().peekable();
    let mut previous = ' ';
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                // E'...' has escapes of its own, which would hide where it ends.
                let escapes = character == '\'' && matches!(previous, 'e' | 'E');
                loop {
                    match characters.next() {
                        None => return Err("a quote is not closed"),
                        Some('\\') if escapes => return Err("E'...' with a backslash is not supported"),
                        Some(inner) if inner == character => break,
                        Some(_) => {}
                    }
                }
            }
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or("a parenthesis closes that was not opened")?,
            ';' => return Err("it must be one expression, without `;`"),
            '$' => return Err("`$` stands for a parameter or a quote; neither can be used here"),
            '-' if characters.peek() == Some(&'-') => return Err("it must not hold a comment (`--`)"),
            '/' if characters.peek() == Some(&'*') => return Err("it must not hold a comment (`/*`)"),
            _ => {}
        }
        previous = character;
    }
    if depth > 0 { Err("a parenthesis is not closed") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_pass_and_anything_else_does_not() {
        for text in
            ["\"Quantity\" * \"UnitPrice\"", "'a;b--(' || x", "(a - -b) / 2", "\"odd;name\"", "'it''s'"]
        {
            assert_eq!(check_single(text), Ok(()), "{text}");
        }
        for text in [
            "",
            " ",
            "1; DROP TABLE orders",
            "1) FROM x --",
            "1 -- x",
            "1 /* x",
            "(1",
            "'open",
            "E'\\'); DROP TABLE orders; SELECT ('",
            "$$ ' $$",
            "$1",
        ] {
            assert!(check_single(text).is_err(), "{text}");
        }
    }
}
