//! Packs the charts' script, which the crate `plotly` embeds as text, so that the binary and every page it writes carry
//! 1.4 MB instead of 7 MB. Also takes its digest, by which a page's Content-Security-Policy lets it run.

use std::path::PathBuf;
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let sources = plotly::Plot::offline_js_sources();
    let script = first_script(&sources).expect("the crate's text begins with plotly.js in a script element");
    assert!(script.contains("plotly.js v"), "the crate's first script is plotly.js");

    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(script.as_bytes()).expect("memory takes what is written");
    let packed = packed.finish().expect("memory takes what is written");

    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    write(&folder, "plotly.js.gz.base64", STANDARD.encode(packed));
    write(&folder, "plotly.js.sha256", STANDARD.encode(Sha256::digest(script.as_bytes())));
}

/// The text of the first script element.
fn first_script(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<script")?;
    let (_, rest) = rest.split_once('>')?;
    rest.split_once("</script>").map(|(script, _)| script)
}

fn write(folder: &std::path::Path, name: &str, text: String) {
    fs::write(folder.join(name), text).expect("the build's own folder takes a file");
}
