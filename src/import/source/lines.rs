//! Which line of a text file the engine's reader gave up at, where it does not say.

use std::io::{self, BufRead, BufReader, Read};

use super::files::Files;
use crate::import::error::ImportError;

/// The most bytes of a line that the engine's reader takes.
pub(super) const LONGEST_LINE: usize = 2_000_000;

/// What the engine's reader may spend on a line with more fields than there are columns: it goes through the whole
/// line for each of them. A second, perhaps; a line of 170,000 commas would take it minutes.
const MOST_WORK: usize = 1_000_000_000;

/// Refuses files with a line that the engine's reader would not get through.
pub(super) fn expect_passable(files: &Files, delimiter: u8) -> Result<(), ImportError> {
    files.paths.iter().try_for_each(|path| expect_passable_file(files, path, delimiter))
}

fn expect_passable_file(files: &Files, path: &str, delimiter: u8) -> Result<(), ImportError> {
    match files.text(path).and_then(|text| first_overfull(text, delimiter, MOST_WORK)) {
        Ok(None) => Ok(()),
        Ok(Some((line, fields))) => {
            let message = format!("the line holds {fields} fields. Check that the file is whole");
            Err(ImportError::Malformed { path: path.to_owned(), line: Some(line), message })
        }
        Err(error) => Err(ImportError::Unreadable { path: path.to_owned(), message: error.to_string() }),
    }
}

/// The first line whose fields times its length are more than `most`, with its number of fields.
fn first_overfull(mut reader: impl Read, delimiter: u8, most: usize) -> io::Result<Option<(u64, usize)>> {
    let mut piece = vec![0; PIECE];
    // Of the line that goes on from the piece before: its length and delimiters.
    let (mut line, mut length, mut delimiters) = (1, 0, 0);
    loop {
        let read = reader.read(&mut piece)?;
        let bytes = &piece[..read];
        let mut start = 0;
        for end in memchr::memchr2_iter(b'\n', b'\r', bytes).chain((read > 0).then_some(read)) {
            let part = &bytes[start..end];
            length += part.len();
            // A short line is not looked at, unless it may go on.
            if end == read || is_long(length, most) {
                delimiters += memchr::memchr_iter(delimiter, part).count();
            }
            if (delimiters + 1).saturating_mul(length) > most {
                return Ok(Some((line, delimiters + 1)));
            }
            if end < read {
                // `\r\n` ends one line.
                line +=
                    u64::from(bytes[end] == b'\n' || bytes.get(end + 1).is_some_and(|next| *next != b'\n'));
                (length, delimiters) = (0, 0);
                start = end + 1;
            }
        }
        if read == 0 {
            return Ok(None);
        }
    }
}

/// Whether a line is long enough to be too much work if every byte of it were a delimiter.
fn is_long(length: usize, most: usize) -> bool {
    length.saturating_mul(length) > most
}

/// Whether a text has a line that [`expect_passable`] might refuse, learned while it is read to its end.
pub(super) fn has_long_lines(mut reader: impl Read) -> io::Result<bool> {
    let mut piece = vec![0; PIECE];
    let (mut length, mut found) = (0, false);
    loop {
        let read = reader.read(&mut piece)?;
        if read == 0 {
            return Ok(found);
        }
        let mut start = 0;
        for end in memchr::memchr2_iter(b'\n', b'\r', &piece[..read]) {
            found |= is_long(length + end - start, MOST_WORK);
            (length, start) = (0, end + 1);
        }
        length += read - start;
        found |= is_long(length, MOST_WORK);
    }
}

/// How many bytes are looked at at a time.
const PIECE: usize = 1 << 18;

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
    fn a_line_of_too_many_fields_is_found_wherever_it_lies() {
        let found = |text: &[u8]| first_overfull(text, b',', 1_000_000).unwrap();
        let many = |n: usize| vec![b','; n];
        let lines = |ends: &str, last: &[u8]| [format!("a,b{ends}c,d{ends}").as_bytes(), last].concat();
        assert_eq!(found(&lines("\n", &many(990))), None);
        assert_eq!(found(&lines("\n", &vec![b'x'; 3 * PIECE])), None);
        for ends in ["\n", "\r\n", "\r"] {
            assert_eq!(found(&lines(ends, &many(1_000))), Some((3, 1_001)), "{ends:?}");
        }
        // Over the edge of a piece, and of two.
        let text = [vec![b'x'; PIECE - 500], b"\n".to_vec(), many(1_000)].concat();
        assert_eq!(found(&text), Some((2, 1_001)));
        let text = [many(900), vec![b'x'; 2 * PIECE], many(900)].concat();
        assert!(found(&text).is_some());
        assert!(has_long_lines(&*vec![b'x'; 40_000]).unwrap() && !has_long_lines(&b"a\nb\n"[..]).unwrap());
    }

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
