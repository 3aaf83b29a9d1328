//! What the engine's readers say when they give up, in a paragraph: their messages go on with their
//! options and every remedy they know.

use super::files::Format;
use super::input::Input;
use super::lines::{LONGEST_LINE, NOT_UTF8, explain};
use crate::import::error::ImportError;
use crate::store::StoreError;

/// A reader's failure in our words.
pub(in crate::import) fn read_failure(input: &Input, error: &StoreError) -> ImportError {
    let message = error.engine_message();
    let after =
        |mark: &str| message.split_once(mark).and_then(|(_, rest)| rest.lines().next()).map(str::trim);
    let path = after("file = ").unwrap_or(input.first()).to_owned();
    let first = error.engine_says();
    if input.format() == Format::Parquet {
        let message = if first.contains("magic bytes") || first.contains("too small to be a Parquet file") {
            "it is no Parquet file, or not a whole one: fetch it again".to_owned()
        } else {
            format!("{first}. Write it again, or save it as CSV")
        };
        return ImportError::Unreadable { path, message };
    }
    if first.contains("state machine reached an invalid state")
        && let Input::Files(files) = input
    {
        return explain(files);
    }
    let Some(line) = after("CSV Error on Line: ").and_then(|number| number.parse().ok()) else {
        return ImportError::Evaluation { path, message: first };
    };
    let original = after("Original Line: ").unwrap_or_default();
    let shown: String = original.chars().take(60).collect();
    let message = if message.contains("not utf-8") {
        NOT_UTF8.to_owned()
    } else if message.contains("Maximum line size") {
        format!(
            "the line is longer than {LONGEST_LINE} bytes (`{shown}…`). See whether it lacks a line end, or a quote \
             is not closed"
        )
    } else {
        // The explanation is the line after the original one.
        let explanation = message.lines().nth(2).unwrap_or_default().trim();
        format!("{}: `{shown}`. Correct the line", explanation.trim_end_matches('.'))
    };
    ImportError::Malformed { path, line: Some(line), message }
}
