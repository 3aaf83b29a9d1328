//! Packs the charts' script, which the crate `plotly` embeds as text, so that the binary and every page it writes carry
//! 1.4 MB instead of 7 MB. Also takes its digest, by which a page's Content-Security-Policy lets it run.
//!
//! Built against the engine's shared library instead of with the engine inside, the program is told where it is.

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
    find_shared_engine();
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

/// Without the feature `bundled`: writes the place of libduckdb into the program, so that it runs without LD_LIBRARY_PATH.
fn find_shared_engine() {
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    let bundled = env::var_os("CARGO_FEATURE_BUNDLED").is_some();
    if bundled || env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("unix") {
        return;
    }
    let folders = match env::var("DUCKDB_LIB_DIR") {
        Ok(folder) => vec![folder],
        // DUCKDB_DOWNLOAD_LIB puts it beside the dependencies.
        Err(_) => vec!["$ORIGIN/deps".to_owned(), "$ORIGIN".to_owned()],
    };
    for folder in folders {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
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
