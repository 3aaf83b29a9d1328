//! One self-contained HTML page: typed tables in, and out comes a page that draws them and loads nothing.
//!
//! The page's script makes every chart, table and figure from the embedded tables, so that its filters apply to all of
//! them. Its Content-Security-Policy allows two scripts, by their digests: the page's own and the chart library, which
//! the browser unpacks. Texts from the data are JSON in an element that is not a script, and become text nodes.

mod packing;
mod table;
mod texts;

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use sha2::{Digest, Sha256};

use super::{Cell, Table};
use crate::lang::Lang;
use crate::money::Currency;
use packing::packed;
use table::TableData;
pub use texts::PageTexts;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const PLOTLY_STYLE: &str = include_str!("plotly.css");

/// The page's own script, part by part.
const SCRIPTS: &[&str] = &[
    include_str!("script/format.js"),
    include_str!("script/data.js"),
    include_str!("script/dom.js"),
    include_str!("script/filters.js"),
    include_str!("script/theme.js"),
    include_str!("script/exhibits.js"),
    include_str!("script/charts/overview.js"),
    include_str!("script/charts/hours.js"),
    include_str!("script/charts/days.js"),
    include_str!("script/charts/concentration.js"),
    include_str!("script/charts/grades.js"),
    include_str!("script/charts/cohorts.js"),
    include_str!("script/charts/retention.js"),
    include_str!("script/charts/ltv.js"),
    include_str!("script/charts/payback.js"),
    include_str!("script/charts/check.js"),
    include_str!("script/main.js"),
];

/// The chart library as packed by the build: gzip in base64.
const PLOTLY: &str = include_str!(concat!(env!("OUT_DIR"), "/plotly.js.gz.base64"));

/// The SHA-256 of the library's text, in base64.
const PLOTLY_DIGEST: &str = include_str!(concat!(env!("OUT_DIR"), "/plotly.js.sha256"));

/// A table of the page, and the command that prints the same rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhibit {
    /// The rows, under the name by which the page's script finds them.
    pub table: Table,
    /// The command line.
    pub command: String,
}

/// The contents of a page.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The language of its texts.
    pub lang: Lang,
    /// The currency of its amounts.
    pub currency: &'a Currency,
    /// The document's title.
    pub title: String,
    /// The line under the heading.
    pub facts_line: String,
    /// Facts that the script needs besides the tables, by key.
    pub facts: Vec<(&'static str, Cell)>,
    /// The closing section about the page: headings and texts.
    pub about: Vec<(String, String)>,
    /// What could not be shown, and why.
    pub left_out: Vec<String>,
    /// The tables.
    pub exhibits: Vec<Exhibit>,
    /// The program and its version.
    pub generator: String,
}

/// Writes the page.
pub fn write(page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
    let texts = PageTexts::of(page.lang);
    let script = format!("(() => {{\n\"use strict\";\n{}}})();", SCRIPTS.concat());
    let policy = policy(&script);
    let mut rest = PAGE;
    while let Some((before, token, after)) = next_token(rest) {
        out.write_all(before.as_bytes())?;
        match token {
            "lang" => out.write_all(page.lang.tag().as_bytes())?,
            "policy" => out.write_all(policy.as_bytes())?,
            "generator" => out.write_all(escaped(&page.generator).as_bytes())?,
            "title" => out.write_all(escaped(&page.title).as_bytes())?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "plotly_style" => out.write_all(PLOTLY_STYLE.as_bytes())?,
            "data" => out.write_all(inert_json(&Document { page, texts })?.as_bytes())?,
            "packed_tables" => out.write_all(packed(&Tables(page))?.as_bytes())?,
            "packed_plotly" => out.write_all(PLOTLY.as_bytes())?,
            "script" => out.write_all(script.as_bytes())?,
            token => {
                let key = token.strip_prefix("t:").expect("the page's tokens are known: a test writes it");
                out.write_all(escaped(texts.get(key)).as_bytes())?;
            }
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

/// The text before the next `{{token}}`, the token, and the text after it.
fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (token, after) = rest.split_once("}}")?;
    Some((before, token, after))
}

/// Nothing is loaded; scripts and styles are allowed by their digests, and images that the page makes itself.
fn policy(script: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}' 'sha256-{PLOTLY_DIGEST}'; style-src 'sha256-{}' 'sha256-{}'; \
         img-src data: blob:; base-uri 'none'; form-action 'none'",
        digest(script),
        digest(STYLE),
        digest(PLOTLY_STYLE),
    )
}

/// Text for HTML, in elements and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// JSON that cannot close the element around it: a `<` occurs only in its strings, where it is escaped.
fn inert_json(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

/// The part that the script reads at once.
struct Document<'a> {
    page: &'a Page<'a>,
    texts: &'static PageTexts,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let page = self.page;
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("generator", &page.generator)?;
        document.serialize_entry("facts", &Facts(&page.facts))?;
        document.serialize_entry("facts_line", &page.facts_line)?;
        document.serialize_entry("about", &page.about)?;
        document.serialize_entry("left_out", &page.left_out)?;
        let currency =
            serde_json::json!({ "code": page.currency.code(), "decimals": page.currency.decimals() });
        document.serialize_entry("currency", &currency)?;
        document.serialize_entry("texts", self.texts)?;
        document.serialize_entry("tables", &serde_json::Map::new())?;
        document.end()
    }
}

struct Facts<'a>(&'a [(&'static str, Cell)]);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, cell)| (key, super::json::Value(cell))))
    }
}

/// The tables by name.
struct Tables<'a>(&'a Page<'a>);

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = |exhibit| TableData { exhibit, lang: self.0.lang };
        serializer.collect_map(self.0.exhibits.iter().map(|exhibit| (&exhibit.table.name, data(exhibit))))
    }
}
