//! The shape of each format, and that all of them hold the same values.

use serde_json::{Map, Value};

/// From here on, whole numbers are not exact as doubles.
const BEYOND_DOUBLES: f64 = 9_007_199_254_740_992.0;

/// Names of times taken, which differ from run to run.
fn is_time(key: &str) -> bool {
    key.starts_with("seconds")
}

/// The output of a call.
pub struct Printed {
    pub what: String,
    pub out: String,
}

/// Columns that hold values of other columns, as texts.
const OF_ANY_TYPE: &[&str] = &["example", "stored", "expected", "before", "after"];

/// The age groups have names of their own.
const AGE_GROUPS: &[&str] = &["10s", "20s", "30s", "40s", "50+"];

/// A name that a program can rely on.
fn is_key(key: &str) -> bool {
    if AGE_GROUPS.contains(&key) {
        return true;
    }
    let mut letters = key.chars();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a key's name says that its values are money; some ratios have similar names.
fn is_money(key: &str) -> bool {
    let money = ["amount", "revenue", "budget", "profit", "cac", "price", "order_value", "ltv_cumulative"];
    money.iter().any(|word| key.contains(word))
        && !["ratio", "rate", "orders", "_pct"].iter().any(|word| key.contains(word))
}

fn check_value(what: &str, key: &str, value: &Value) {
    let what = format!("{what}: {key} is {value}");
    assert!(is_key(key), "{what}");
    match value {
        Value::String(_) if OF_ANY_TYPE.contains(&key) => {}
        Value::String(text) => {
            assert!(
                !["", "-", "NaN", "null", "true", "false", "yes", "no"].contains(&text.as_str()),
                "{what}"
            );
            // Money is a text where a double could lose decimals, otherwise a number.
            if let Some((_, decimals)) = text.split_once('.')
                && decimals.len() == 2
                && let Ok(amount) = text.parse::<f64>()
            {
                assert!(decimals != "00" || amount.abs() >= BEYOND_DOUBLES, "{what}");
            } else {
                let is_number = text.parse::<f64>().is_ok();
                assert!(!is_number || ["hour", "external_id", "order_id", "label"].contains(&key), "{what}");
            }
        }
        Value::Number(number) => assert!(!is_money(key) || number.is_i64(), "{what}"),
        Value::Bool(_) | Value::Null => {}
        Value::Array(_) | Value::Object(_) => panic!("{what}"),
    }
}

fn check_rows<'a>(what: &str, rows: &'a [Value]) -> Vec<&'a Map<String, Value>> {
    let rows: Vec<&Map<String, Value>> =
        rows.iter().map(|row| row.as_object().unwrap_or_else(|| panic!("{what}: {row}"))).collect();
    for row in &rows {
        assert!(row.keys().eq(rows[0].keys()), "{what}: the keys differ from row to row");
        row.iter().for_each(|(key, value)| check_value(what, key, value));
    }
    rows
}

/// The records of an RFC 4180 text, the header first.
fn records(csv: &Printed) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.out.as_bytes());
    let records: Vec<Vec<String>> = reader
        .records()
        .map(|record| {
            record.unwrap_or_else(|error| panic!("{}: {error}", csv.what)).iter().map(str::to_owned).collect()
        })
        .collect();
    assert!(csv.out.ends_with("\r\n"), "{}", csv.what);
    let mut header = records[0].clone();
    header.sort();
    header.dedup();
    assert_eq!(header.len(), records[0].len(), "{}: a name comes twice", csv.what);
    // Writing it again gives the same text, so nothing is quoted needlessly.
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    records.iter().for_each(|record| writer.write_record(record).unwrap());
    assert_eq!(String::from_utf8(writer.into_inner().unwrap()).unwrap(), csv.out, "{}", csv.what);
    records
}

/// Asserts that a CSV field holds the same as the JSON value.
fn check_field(what: &str, key: &str, field: &str, value: &Value) {
    if is_time(key) {
        return;
    }
    let same = match value {
        Value::Null => field.is_empty(),
        Value::Bool(value) => field == value.to_string(),
        // This test's JSON reader may be off in the last bits.
        Value::Number(number) => field.parse::<f64>().is_ok_and(|field| {
            let number = number.as_f64().unwrap();
            field == number
                || (number.fract() != 0.0 && (field - number).abs() <= 4.0 * f64::EPSILON * number.abs())
        }),
        // JSON writes an instant with a T, CSV with a blank.
        Value::String(text) => field == text || field.replacen(' ', "T", 1) == *text,
        Value::Array(_) | Value::Object(_) => false,
    };
    assert!(same, "{what}: {key} is `{field}` in CSV and {value} in JSON");
}

/// JSON and CSV: an array of objects and the same rows, or one object and its own
/// values as one row.
pub fn check_payload(json: &Printed, csv: &Printed, is_array: bool) {
    let what = json.what.as_str();
    let document: Value = serde_json::from_str(&json.out).unwrap_or_else(|error| panic!("{what}: {error}"));
    let mut records = records(csv).into_iter();
    let header = records.next().unwrap();
    let records: Vec<Vec<String>> = records.collect();
    assert!(header.iter().all(|key| is_key(key)), "{}: {header:?}", csv.what);
    let rows: Vec<Map<String, Value>> = if is_array {
        let rows = document.as_array().unwrap_or_else(|| panic!("{what} is no array"));
        check_rows(what, rows).into_iter().cloned().collect()
    } else {
        let record = document.as_object().unwrap_or_else(|| panic!("{what} is no object"));
        let mut own = Map::new();
        for (key, value) in record {
            match value {
                Value::Array(rows) => {
                    assert!(is_key(key), "{what}: {key}");
                    check_rows(&format!("{what}: {key}"), rows);
                }
                value => {
                    check_value(what, key, value);
                    own.insert(key.clone(), value.clone());
                }
            }
        }
        vec![own]
    };
    assert_eq!(records.len(), rows.len(), "{what}: rows of CSV and JSON");
    for (record, row) in records.iter().zip(&rows) {
        assert!(row.keys().eq(&header), "{what}: keys of CSV {header:?} and JSON {:?}", row.keys());
        row.iter().zip(record).for_each(|((key, value), field)| check_field(what, key, field, value));
    }
}

/// The settings: JSON is nested, CSV names each leaf by its path, the text is TOML.
pub fn check_document(json: &Printed, csv: &Printed, table: &Printed) {
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let from_toml: toml::Table = toml::from_str(&table.out).unwrap();
    let from_toml = serde_json::to_value(&from_toml).unwrap();
    assert_eq!(with_doubles(from_toml), with_doubles(document.clone()), "{}", json.what);
    let records = records(csv);
    assert_eq!(records[0], ["key", "value"]);
    for record in &records[1..] {
        let leaf = record[0].split('.').try_fold(&document, |value, key| value.get(key));
        assert!(leaf.is_some_and(|leaf| !leaf.is_object()), "{}: {record:?}", csv.what);
    }
    fn leaves(value: &Value) -> usize {
        value.as_object().map_or(1, |object| object.values().map(leaves).sum())
    }
    assert_eq!(records.len() - 1, leaves(&document), "{}", csv.what);
}

/// A document in which 12 and 12.0 are the same.
fn with_doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(values) => values.into_iter().map(with_doubles).collect(),
        Value::Object(values) => {
            Value::Object(values.into_iter().map(|(key, value)| (key, with_doubles(value))).collect())
        }
        other => other,
    }
}

/// The cells of a line of a Markdown table.
fn cells(line: &str) -> Vec<String> {
    let inner =
        line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")).unwrap_or_else(|| panic!("{line}"));
    let mut cells = vec![String::new()];
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek().is_some_and(char::is_ascii_punctuation) => {
                cells.last_mut().unwrap().push(letters.next().unwrap())
            }
            '|' => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The tables of a Markdown text, not counting fenced code.
fn tables(markdown: &Printed) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let (mut in_fence, mut in_table) = (false, false);
    for line in markdown.out.lines() {
        in_fence ^= line.starts_with("```");
        let is_row = !in_fence && line.starts_with('|');
        if is_row && !in_table {
            tables.push(Vec::new());
        }
        if is_row {
            tables.last_mut().unwrap().push(cells(line));
        }
        in_table = is_row;
    }
    assert!(!in_fence, "{}: a fence is open", markdown.what);
    for table in &tables {
        assert!(table.len() > 2, "{}: a table without rows", markdown.what);
        assert!(table.iter().all(|row| row.len() == table[0].len()), "{}: {table:?}", markdown.what);
        assert!(table[1].iter().all(|cell| ["---", "---:"].contains(&cell.as_str())), "{}", markdown.what);
    }
    tables
}

/// Whether a line holds these texts one after the other.
fn holds_in_order(line: &str, texts: &[String]) -> bool {
    let mut rest = line;
    texts.iter().all(|text| match rest.find(text.as_str()) {
        Some(at) => {
            rest = &rest[at + text.len()..];
            true
        }
        None => false,
    })
}

/// Tables and Markdown: each row of one is a row of the other, in the same order, and
/// an array of JSON has as many rows.
pub fn check_people(table: &Printed, markdown: &Printed, json: &Printed) {
    let tables = tables(markdown);
    let mut lines = table.out.lines();
    for row in tables.iter().flat_map(|rows| rows.iter().take(1).chain(&rows[2..])) {
        // Times differ, and totals are bold in Markdown.
        let texts: Vec<String> = row.iter().map(|cell| cell.trim_matches('*').to_owned()).collect();
        let told = if texts[0].starts_with("Time") { &texts[..1] } else { &texts };
        let found = lines.any(|line| holds_in_order(line, told));
        assert!(found, "{}: no line has {row:?} in its place:\n{}", table.what, table.out);
    }
    let document: Value = serde_json::from_str(&json.out).unwrap();
    if let (Some(rows), Some(first)) = (document.as_array(), tables.first()) {
        let totals = first.iter().filter(|row| row.iter().any(|cell| cell.starts_with("**"))).count();
        assert_eq!(first.len() - 2 - totals, rows.len(), "{}: rows of Markdown and JSON", markdown.what);
    }
    assert!(table.out.ends_with('\n') && !table.out.ends_with("\n\n"), "{}", table.what);
    assert!(markdown.out.ends_with('\n') && !markdown.out.ends_with("\n\n"), "{}", markdown.what);
}
