//! The columns of a source: how many, and under which names.

use std::collections::HashSet;

use crate::import::error::ImportError;
use crate::store::RelationColumn;

/// The most columns that are read. Every one of them costs each statement over the lines.
const MOST_COLUMNS: usize = 10_000;

/// Refuses more columns than are read.
pub(super) fn expect_readable(path: &str, columns: usize) -> Result<(), ImportError> {
    if columns > MOST_COLUMNS {
        return Err(ImportError::TooManyColumns { path: path.to_owned(), columns, most: MOST_COLUMNS });
    }
    Ok(())
}

/// These names, changed where needed so that each column has one of its own.
pub(super) fn distinct_names(cells: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut known = HashSet::with_capacity(cells.len());
    for (n, cell) in cells.into_iter().enumerate() {
        let plain = if cell.trim().is_empty() { format!("column{}", n + 1) } else { cell };
        let mut name = plain.clone();
        let mut copy = 1;
        while !known.insert(name.to_ascii_lowercase()) {
            name = format!("{plain}_{copy}");
            copy += 1;
        }
        names.push(name);
    }
    names
}

/// Columns of texts.
pub(super) fn text_columns(names: impl IntoIterator<Item = String>) -> Vec<RelationColumn> {
    names.into_iter().map(|name| RelationColumn { name, data_type: "VARCHAR".to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_one_name_can_be_told_apart() {
        let names = distinct_names(["id", "", "ID", "id_1"].map(str::to_owned).to_vec());
        assert_eq!(names, ["id", "column2", "ID_1", "id_1_1"]);
    }
}
