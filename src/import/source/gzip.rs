//! Gzipped text: what its first bytes are once unpacked, and whether it is whole.
//!
//! The engine reads a gzip file that is cut off, or damaged, up to where it makes no
//! sense and says nothing; half a file must not pass for a whole one.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::long_lines::has_long_lines;
use crate::import::error::ImportError;

/// How many bytes show what a file is.
const HEAD: u64 = 512;

/// How many unpacked bytes are checked at a time.
const PIECE: usize = 1 << 18;

/// The first bytes of what a reader gives.
pub(super) fn head(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file that begins so is gzipped.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// A gzipped file, unpacked as it is read; every part's checksum is checked.
pub(super) fn unpacked(path: &str) -> io::Result<impl Read + use<>> {
    Ok(MultiGzDecoder::new(BufReader::with_capacity(PIECE, File::open(path)?)))
}

/// The first unpacked bytes of a gzipped file.
pub(super) fn unpacked_head(path: &str) -> Result<Vec<u8>, ImportError> {
    unpacked(path).and_then(head).map_err(|error| damaged(path, &error))
}

/// Reads a gzipped file to its end, to see that it is whole; whether it has lines that may be too long.
pub(super) fn check_whole(path: &str) -> Result<bool, ImportError> {
    unpacked(path).and_then(has_long_lines).map_err(|error| damaged(path, &error))
}

fn damaged(path: &str, error: &io::Error) -> ImportError {
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the gzipped data is cut off: fetch the file again, or unpack what is left with `gunzip`"
                .to_owned()
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            "the gzipped data is damaged: fetch the file again".to_owned()
        }
        _ => error.to_string(),
    };
    ImportError::Unreadable { path: path.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_file_that_is_cut_off_or_damaged_is_not_whole() {
        let pack = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let text: Vec<u8> =
            (0..20_000_u32).flat_map(|n| format!("{},{}\n", n, n * n % 977).into_bytes()).collect();
        let whole = pack(&text);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.gz");
        let path = path.to_str().unwrap();
        let said = |bytes: &[u8]| {
            std::fs::write(path, bytes).unwrap();
            check_whole(path).map_err(|error| error.to_string())
        };
        assert_eq!(said(&whole), Ok(false));
        assert_eq!(unpacked_head(path).unwrap(), text[..512]);
        assert_eq!(said(&[whole.clone(), pack(b"more")].concat()), Ok(false));
        for cut in [12, whole.len() / 2, whole.len() - 1] {
            assert!(said(&whole[..cut]).unwrap_err().contains("cut off"), "{cut}");
        }
        for flipped in [whole.len() / 2, whole.len() - 6, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[flipped] ^= 0x10;
            assert!(said(&damaged).is_err(), "{flipped}");
        }
    }
}
