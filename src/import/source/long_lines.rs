//! Lines with so many fields that the engine's reader would not get through them.

use std::io::{self, Read};

/// What the engine's reader may spend on a line with more fields than there are columns: it goes through the whole
/// line for each of them. A second, perhaps; a line of 170,000 commas would take it minutes.
const MOST_WORK: usize = 1_000_000_000;

/// The first line that the engine's reader would not get through, and its number of fields.
pub(super) fn first_overfull(reader: impl Read, delimiter: u8) -> io::Result<Option<(u64, usize)>> {
    first_beyond(reader, delimiter, MOST_WORK)
}

fn first_beyond(mut reader: impl Read, delimiter: u8, most: usize) -> io::Result<Option<(u64, usize)>> {
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

/// Whether a text has a line that [`first_overfull`] might find, learned while it is read to its end.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_too_many_fields_is_found_wherever_it_lies() {
        let found = |text: &[u8]| first_beyond(text, b',', 1_000_000).unwrap();
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
}
