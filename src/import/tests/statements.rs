//! The headers of the statements say which temporary tables they read and make.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The statements under a folder, by their paths in it.
fn statements(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(statements(&path));
        } else {
            found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The names of temporary tables and views in a text; what a `(` follows is a macro.
fn names(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices("import_")
        .filter(|(at, _)| !text[..*at].ends_with(is_part))
        .filter_map(|(at, _)| {
            let rest = &text[at..];
            let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            (!rest[end..].starts_with('(')).then_some(&rest[..end])
        })
        .collect()
}

#[test]
fn headers_tell_what_is_read_and_made_and_a_table_has_one_maker() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/import");
    let all = statements(&folder);
    assert!(all.len() > 50, "{} statements", all.len());
    let (_, clean_up) = all.iter().find(|(path, _)| path.ends_with("clean_up.sql")).unwrap();
    let dropped = names(clean_up);
    // By the kind of record that the maker is for: several kinds never meet in one import.
    let mut makers: BTreeMap<(String, PathBuf), Vec<PathBuf>> = BTreeMap::new();
    for (path, text) in &all {
        let (header, body): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("--"));
        let told = |word: &str| -> BTreeSet<&str> {
            header.iter().filter_map(|line| line.strip_prefix(word)).flat_map(names).collect()
        };
        let (reads, makes) = (told("-- reads:"), told("-- makes:"));
        let body: String = body
            .iter()
            .map(|line| line.split(" --").next().unwrap_or_default())
            .filter(|line| !line.trim_start().starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n");
        let made: BTreeSet<&str> = ["TEMP TABLE ", "TEMP VIEW "]
            .iter()
            .flat_map(|create| body.split(create).skip(1))
            .filter_map(|rest| names(rest.split_whitespace().next().unwrap_or_default()).pop_first())
            .collect();
        assert_eq!(made, makes, "{}: `makes:`", path.display());
        if !path.ends_with("clean_up.sql") {
            let met: BTreeSet<&str> = names(&body).difference(&made).copied().collect();
            let reads: BTreeSet<&str> = reads.difference(&made).copied().collect();
            assert_eq!(met, reads, "{}: `reads:`", path.display());
        }
        for table in makes {
            assert!(dropped.contains(table), "{table} is never dropped");
            let kind = path.parent().unwrap().to_owned();
            makers.entry((table.to_owned(), kind)).or_default().push(path.clone());
        }
    }
    for ((table, _), makers) in makers {
        assert_eq!(makers.len(), 1, "{table} is made by {makers:?}");
    }
}
