//! JSON objects as a source: one a line, one after the other, or in one array.
//!
//! The engine's reader makes doubles of numbers, in which `90071992547409.93` loses a cent. Here a
//! value keeps the text that the file has for it.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::columns::{distinct_names, expect_readable, text_columns};
use super::files::Files;
use super::input::Input;
use super::relation::{FILE_COLUMN, LINES_AS_READ, MALFORMED_COLUMN, Source, TEXT_COLUMN};
use crate::import::error::ImportError;
use crate::store::Store;

/// How many objects pass between two reports of progress.
const REPORT_EVERY: u64 = 100_000;

/// Opens JSON files and takes their objects over. Their keys become columns of texts, whatever the
/// values are; an object in an object is its JSON.
pub(super) fn open(
    store: &Store,
    files: Files,
    progress: &mut dyn FnMut(u64),
) -> Result<Source, ImportError> {
    let places = keys(&files)?;
    if places.is_empty() {
        return Err(ImportError::Unreadable {
            path: files.first().to_owned(),
            message: "it holds no JSON objects: they stand one a line, or in one array".to_owned(),
        });
    }
    expect_readable(files.first(), places.len())?;
    let mut keys: Vec<(&String, &usize)> = places.iter().collect();
    keys.sort_by_key(|(_, place)| **place);
    let names = distinct_names(keys.into_iter().map(|(key, _)| key.clone()).collect());
    let added = [FILE_COLUMN, MALFORMED_COLUMN, TEXT_COLUMN].map(str::to_owned);
    let mut table = store.replace_text_table(LINES_AS_READ, &[names.clone(), added.to_vec()].concat())?;
    let several = files.paths.len() > 1;
    let mut taken = 0;
    for path in &files.paths {
        each(&files, path, &mut |item| {
            let mut cells: Vec<Option<String>> = vec![None; names.len()];
            let object = serde_json::from_str::<Object<Box<RawValue>>>(item).ok();
            for (key, value) in object.iter().flat_map(|object| &object.0) {
                if let Some(cell) = places.get(key).and_then(|place| cells.get_mut(*place)) {
                    *cell = text_of(value.get());
                }
            }
            cells.iter().enumerate().for_each(|(column, cell)| table.push(column, cell.as_deref()));
            table.push(names.len(), several.then_some(path.as_str()));
            table.push(names.len() + 1, object.is_none().then_some("not a JSON object"));
            table.push(names.len() + 2, object.is_none().then_some(item));
            table.end_row()?;
            taken += 1;
            if taken % REPORT_EVERY == 0 {
                progress(taken);
            }
            Ok(())
        })?;
    }
    table.finish()?;
    let source = Source::whole(Input::Files(files), text_columns(names), LINES_AS_READ.to_owned());
    Ok(Source { keeps_texts: true, ..source })
}

/// A value as text: a string's own, `None` for null, and any other as the file writes it.
fn text_of(json: &str) -> Option<String> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).ok(),
        Some(b'n') => None,
        _ => Some(json.to_owned()),
    }
}

/// The keys of all objects with their places, in the order in which they come: one that only a late
/// object has must not be lost.
fn keys(files: &Files) -> Result<HashMap<String, usize>, ImportError> {
    let mut places = HashMap::new();
    for path in &files.paths {
        each(files, path, &mut |item| {
            if let Ok(object) = serde_json::from_str::<Object<IgnoredAny>>(item) {
                for (key, _) in object.0 {
                    let next = places.len();
                    places.entry(key).or_insert(next);
                }
            }
            Ok(())
        })?;
    }
    Ok(places)
}

/// What is done with the text of each value of a file; most are objects.
type Each<'a> = &'a mut dyn FnMut(&str) -> Result<(), ImportError>;

/// Hands every value of a file on.
fn each(files: &Files, path: &str, work: Each<'_>) -> Result<(), ImportError> {
    let unreadable =
        |error: io::Error| ImportError::Unreadable { path: path.to_owned(), message: error.to_string() };
    let mut reader = BufReader::with_capacity(1 << 16, files.text(path).map_err(unreadable)?);
    let first = first_byte(&mut reader).map_err(unreadable)?;
    // By the name of JSON lines a line that is no JSON is known to be one bad line.
    if is_lines(path) {
        return each_line(&mut reader, work).map_err(|error| error.named(path));
    }
    let mut json = serde_json::Deserializer::from_reader(reader);
    let done = if first == Some(b'[') {
        let mut failed = None;
        let read = Items { work, failed: &mut failed }.deserialize(&mut json).and_then(|()| json.end());
        match failed {
            Some(error) => Err(Failure::Import(error)),
            None => read.map_err(Failure::Json),
        }
    } else {
        json.into_iter::<Box<RawValue>>()
            .try_for_each(|item| work(item.map_err(Failure::Json)?.get()).map_err(Failure::Import))
    };
    done.map_err(|error| error.named(path))
}

/// The first byte that is no blank, which stays to be read; a mark of the byte order goes.
fn first_byte(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    loop {
        let buffer = reader.fill_buf()?;
        match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(at) => return Ok(buffer.get(at).copied()),
            None if buffer.is_empty() => return Ok(None),
            None => {
                let blanks = buffer.len();
                reader.consume(blanks);
            }
        }
    }
}

fn is_lines(path: &str) -> bool {
    let name = path.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    plain.ends_with(".jsonl") || plain.ends_with(".ndjson")
}

fn each_line(reader: &mut impl BufRead, work: Each<'_>) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(Failure::Io)? == 0 {
            return Ok(());
        }
        // What is no UTF-8 is no JSON.
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if !text.is_empty() {
            work(text).map_err(Failure::Import)?;
        }
    }
}

/// Why a file could not be read on.
enum Failure {
    Json(serde_json::Error),
    Io(io::Error),
    Import(ImportError),
}

impl Failure {
    fn named(self, path: &str) -> ImportError {
        let path = path.to_owned();
        match self {
            Failure::Import(error) => error,
            Failure::Io(error) => ImportError::Unreadable { path, message: error.to_string() },
            Failure::Json(error) if error.is_io() => {
                ImportError::Unreadable { path, message: error.to_string() }
            }
            Failure::Json(error) => {
                let said = error.to_string();
                let said = said.split(" at line ").next().unwrap_or_default();
                let message = format!("malformed JSON ({said}). Correct the line");
                ImportError::Malformed { path, line: Some(error.line() as u64), message }
            }
        }
    }
}

/// The members of an object, in their order.
struct Object<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Object<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
            type Value = Object<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Hands the items of an array on, one by one, so that the array is never held as a whole.
struct Items<'a, 'b> {
    work: Each<'a>,
    failed: &'b mut Option<ImportError>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Box<RawValue>>()? {
            if let Err(error) = (self.work)(item.get()) {
                *self.failed = Some(error);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
