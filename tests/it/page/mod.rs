//! The page of `lifecycle report`: what is embedded equals what the commands print, and a browser shows it.

mod browser;
mod shown;
mod written;

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

/// The text of an element of the page, by the end of its opening tag.
fn element<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    rest.split_once("</script>").unwrap().0
}

/// The tables that a page embeds, by name.
fn tables(page: &str) -> serde_json::Map<String, Value> {
    let packed = STANDARD.decode(element(page, "packed-tables")).unwrap();
    let mut json = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut json).unwrap();
    serde_json::from_str(&json).unwrap()
}

/// A command line as the page states it, split as a shell would, without the program's name.
fn arguments(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    assert_eq!(words.remove(0), "lifecycle", "{command}");
    words
}
