//! Which line of a text file the engine's reader gave up at, where it does not say.

use std::io::{self, BufRead, BufReader, Read};

use super::files::Files;
use super::long_lines::first_overfull;
use crate::import::error::ImportError;

/// The most bytes of a line that the engine's reader takes.
pub(super) const LONGEST_LINE: usize = 2_000_000;

/// Refuses files with a line that the engine's reader would not get through.
pub(super) fn expect_passable(files: &Files, delimiter: u8) -> Result<(), ImportError> {
    files.paths.iter().try_for_each(|path| expect_passable_file(files, path, delimiter))
}

fn expect_passable_file(files: &Files, path: &str, delimiter: u8) -> Result<(), ImportError> {
    match files.text(path).and_then(|text| first_overfull(text, delimiter)) {
        Ok(None) => Ok(()),
        Ok(Some((line, fields))) => {
            let message = format!("the line holds {fields} fields. Check that the file is whole");
            Err(ImportError::Malformed { path: path.to_owned(), line: Some(line), message })
        }
        Err(error) => Err(ImportError::Unreadable { path: path.to_owned(), message: error.to_string() }),
    }
}

/// How text may end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    const fn name(self) -> &'static str {
        match self {
            LineEnd::Lf => "\\n",
            LineEnd::CrLf => "\\r\\n",
            LineEnd::Cr => "\\r",
        }
    }
}

/// What is wrong with a text that the engine's reader cannot be brought through: the
/// first line in one of the files that it could stumble over.
pub(super) fn explain(files: &Files) -> ImportError {
    for path in &files.paths {
        let found = files.text(path).and_then(first_obstacle);
        match found {
            Ok(None) => {}
            Ok(Some((line, message))) => {
                return ImportError::Malformed { path: path.clone(), line: Some(line), message };
            }
            Err(error) => {
                return ImportError::Unreadable { path: path.clone(), message: error.to_string() };
            }
        }
    }
    ImportError::Unreadable {
        path: files.first().to_owned(),
        message: "it is no CSV file, or its quotes are not as they should be: a value that holds a quote, a \
                  delimiter or a line end stands in quotes, and a quote in it is doubled"
            .to_owned(),
    }
}

/// The first line that is not UTF-8, holds a control character, or ends in another way
/// than the first one; lines are counted as an editor counts them.
fn first_obstacle(reader: impl Read) -> io::Result<Option<(u64, String)>> {
    let mut reader = BufReader::new(reader);
    let (mut line, mut text, mut usual, mut quotes) = (0, Vec::new(), None, 0);
    loop {
        text.clear();
        if reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        for (part, end) in parts(&text) {
            line += 1;
            if std::str::from_utf8(part).is_err() {
                return Ok(Some((line, NOT_UTF8.to_owned())));
            }
            if part.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
                return Ok(Some((
                    line,
                    "the line holds what is not text. Check that the file is whole".into(),
                )));
            }
            quotes += part.iter().filter(|byte| **byte == b'"').count();
            // Within quotes a line may end as it likes.
            match (end.filter(|_| quotes % 2 == 0), usual) {
                (Some(end), None) => usual = Some(end),
                (Some(end), Some(usual)) if end != usual => {
                    let fix = if end == LineEnd::Cr || usual == LineEnd::Cr {
                        "tr -s '\\r' '\\n'"
                    } else {
                        "tr -d '\\r'"
                    };
                    let (end, usual) = (end.name(), usual.name());
                    let message = format!(
                        "the line ends in {end}, and those before it in {usual}. Make them alike, as with `{fix}`"
                    );
                    return Ok(Some((line, message)));
                }
                _ => {}
            }
        }
    }
}

/// What a text that is not UTF-8 is said to be.
pub(super) const NOT_UTF8: &str =
    "the text is not UTF-8. Convert the file, as with `iconv -f CP949 -t UTF-8`";

/// The lines in a text that ends at its first `\n`, which lone `\r` may end, too.
fn parts(text: &[u8]) -> impl Iterator<Item = (&[u8], Option<LineEnd>)> {
    let (body, end) = match text {
        [body @ .., b'\r', b'\n'] => (body, Some(LineEnd::CrLf)),
        [body @ .., b'\n'] => (body, Some(LineEnd::Lf)),
        [body @ .., b'\r'] => (body, Some(LineEnd::Cr)),
        body => (body, None),
    };
    let last = body.iter().filter(|byte| **byte == b'\r').count();
    let ends = move |n: usize| if n == last { end } else { Some(LineEnd::Cr) };
    body.split(|byte| *byte == b'\r').enumerate().map(move |(n, part)| (part, ends(n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_in_the_way_is_found() {
        let found = |text: &[u8]| first_obstacle(text).unwrap();
        for whole in ["a\nb\n", "a\r\nb\r\n", "a\rb\r", "a\nb", "", "a\r\n\"b\nb\"\r\n"] {
            assert_eq!(found(whole.as_bytes()), None, "{whole:?}");
        }
        for (text, line, says) in [
            (&b"a\nb\r\nc\n"[..], 2, "ends in \\r\\n, and those before it in \\n"),
            (b"a\r\nb\r\nc\nd\r\n", 3, "tr -d '\\r'"),
            (b"a\nb\rc\n", 2, "tr -s '\\r' '\\n'"),
            (b"a\n\xb1\xe8\n", 2, "iconv"),
            (b"a\nb\nc\0\n", 3, "not text"),
        ] {
            let (at, message) = found(text).unwrap();
            assert_eq!(at, line, "{message}");
            assert!(message.contains(says), "{message}");
        }
    }
}
