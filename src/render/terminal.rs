//! What a terminal is given: text that does not act on it.

use std::io::{self, Write};
use std::str;

use super::text::harmless;

/// Passes text on with everything that a terminal would act on made [`harmless`]. Data for programs goes into a
/// file or a pipe as it is; on a terminal it is only looked at.
#[derive(Debug)]
pub struct HarmlessWriter<W: Write> {
    out: W,
    /// The beginning of a character, or of a line end, whose rest is to come.
    begun: Vec<u8>,
}

impl<W: Write> HarmlessWriter<W> {
    /// Over what writes to a terminal.
    pub fn new(out: W) -> Self {
        HarmlessWriter { out, begun: Vec::new() }
    }

    fn pass_on(&mut self, length: usize) -> io::Result<()> {
        let bytes: Vec<u8> = self.begun.drain(..length).collect();
        self.out.write_all(harmless(&String::from_utf8_lossy(&bytes)).as_bytes())
    }
}

impl<W: Write> Write for HarmlessWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        self.pass_on(whole(&self.begun))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(self.begun.len())?;
        self.out.flush()
    }
}

/// How many of the bytes are whole characters and whole line ends.
fn whole(bytes: &[u8]) -> usize {
    let length = match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    length - usize::from(bytes[..length].ends_with(b"\r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_out_as_the_whole_would() {
        let text = "a,\"\u{1b}[31m\"\r\n한\u{202e}글,\u{9b}1m\r\nx\ry";
        let expected = "a,\"\u{fffd}[31m\"\n한\u{fffd}글,\u{fffd}1m\nx\ny";
        for length in 1..text.len() {
            let mut writer = HarmlessWriter::new(Vec::new());
            for piece in text.as_bytes().chunks(length) {
                writer.write_all(piece).unwrap();
            }
            writer.flush().unwrap();
            assert_eq!(String::from_utf8(writer.out).unwrap(), expected, "{length} bytes at a time");
        }
    }

    #[test]
    fn what_is_no_text_is_shown_as_far_as_it_is() {
        let mut writer = HarmlessWriter::new(Vec::new());
        writer.write_all(b"a\xffb\xed\x95").unwrap();
        writer.flush().unwrap();
        assert_eq!(String::from_utf8(writer.out).unwrap(), "a\u{fffd}b\u{fffd}");
    }
}
