//! Case files: titled tables of `|`-separated cells, with comments.
//!
//! ```text
//! # a comment
//! [orders]
//! order | user | amount
//! 1     | 7    | 1000     # another
//! ```

use std::str::FromStr;

/// A titled table of a case file.
#[derive(Debug)]
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Reads all tables of a case file.
pub fn read_tables(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        if let Some(title) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            tables.push(Table { title: title.to_owned(), columns: Vec::new(), rows: Vec::new() });
            continue;
        }
        let table = tables.last_mut().expect("a row stands under a title");
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        if table.columns.is_empty() {
            table.columns = cells;
        } else {
            assert_eq!(cells.len(), table.columns.len(), "[{}]: {line}", table.title);
            table.rows.push(cells);
        }
    }
    tables
}

impl Table {
    /// Fails on an unknown column, so that typos are noticed.
    pub fn allow_columns(&self, known: &[&str]) {
        for column in &self.columns {
            assert!(known.contains(&column.as_str()), "[{}]: unknown column {column}", self.title);
        }
    }

    /// A cell of a row; `None` for `-` and where the table lacks the column.
    pub fn cell<'a>(&self, row: &'a [String], column: &str) -> Option<&'a str> {
        let position = self.columns.iter().position(|name| name == column)?;
        Some(row[position].as_str()).filter(|cell| *cell != "-")
    }

    /// A cell read as a value.
    pub fn value<T: FromStr>(&self, row: &[String], column: &str) -> Option<T> {
        self.cell(row, column).map(|cell| match cell.parse() {
            Ok(value) => value,
            Err(_) => panic!("[{}]: cannot read {column} `{cell}`", self.title),
        })
    }

    /// A required cell.
    pub fn needed<T: FromStr>(&self, row: &[String], column: &str) -> T {
        self.value(row, column).unwrap_or_else(|| panic!("[{}]: {column} is missing in {row:?}", self.title))
    }

    /// An amount, in hundredths.
    pub fn amount(&self, row: &[String], column: &str) -> Option<i64> {
        self.cell(row, column).map(hundredths)
    }
}

/// `1000` or `1000.5` or `-3.25` in hundredths.
pub fn hundredths(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(fraction.len() <= 2, "{text} has more than two places");
    sign * format!("{units}{fraction:0<2}").replace('_', "").parse::<i64>().expect("an amount")
}

/// A double written as `2.5`, or as the division that gives it, `200/3`.
pub fn quotient(text: &str) -> f64 {
    let number = |part: &str| part.replace('_', "").parse::<f64>().expect("a number");
    match text.split_once('/') {
        Some((dividend, divisor)) => number(dividend) / number(divisor),
        None => number(text),
    }
}
