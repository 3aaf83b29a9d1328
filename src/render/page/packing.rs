//! Compression: gzip in base64, which every browser unpacks without a library.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

/// A value as JSON, compressed, in base64.
pub(super) fn packed(value: &impl Serialize) -> io::Result<String> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut gzip, value)?;
    gzip.flush()?;
    Ok(STANDARD.encode(gzip.finish()?))
}
