//! The rules of ARCHITECTURE.md, checked against the sources: which module may use which, that no
//! files depend on each other in a cycle, and what only one module may do.
//!
//! Each rule has a list of exceptions that may only shrink: an exception that is no longer needed
//! fails, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The layers, from the bottom up. A module may use those of the layers below its own.
const LAYERS: &[&[&str]] = &[
    &["domain", "money", "rng", "staged"],
    &["calendar", "lang"],
    &["config"],
    &["propensity"],
    &["cache"],
    &["store", "render"],
    &["customers", "statements"],
    &["segment"],
    &["grades", "cohort", "predict", "experiment"],
    &["simulate", "import", "export", "report"],
    &["lake"],
    &["visitors"],
    &["cli"],
];

/// Modules that use a module of their own layer or of one above, against the rule.
const UPWARD_USES: &[(&str, &str)] = &[];

/// Pairs of files in a dependency cycle.
const CIRCLES: &[(&str, &str)] = &[];

/// Files below `cli` that mention command-line flags, instead of returning facts.
const FLAGS_BELOW_CLI: &[&str] = &[];

#[test]
fn modules_use_only_lower_layers() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let sources = Sources::read();
    assert!(sources.edges().count() > 300, "the sources are not read");
    let mut upwards = BTreeSet::new();
    for (from, to) in sources.edges() {
        let (from, to) = (top(from), top(to));
        if from == to {
            continue;
        }
        let (below, above) = (layer(to), layer(from));
        assert!(above.is_some(), "`{from}` has no layer: add it to LAYERS and to ARCHITECTURE.md");
        assert!(below.is_some(), "`{to}` has no layer: add it to LAYERS and to ARCHITECTURE.md");
        if below >= above {
            upwards.insert((from, to));
        }
    }
    assert_excepted("modules that use others of their layer or above", &upwards, UPWARD_USES);
}

#[test]
fn no_files_depend_on_each_other() {
    let sources = Sources::read();
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let edges: Vec<(&str, &str)> = sources.edges().filter(|(from, to)| !is_within(from, to)).collect();
    for (from, to) in &edges {
        reached.entry(from).or_default().insert(to);
    }
    // The transitive closure.
    loop {
        let mut grows = false;
        for (from, to) in &edges {
            let further = reached.get(to).cloned().unwrap_or_default();
            let known = reached.entry(from).or_default();
            let before = known.len();
            known.extend(further);
            grows |= known.len() > before;
        }
        if !grows {
            break;
        }
    }
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let circles: BTreeSet<(&str, &str)> =
        edges.iter().filter(|(from, to)| from < to && reaches(to, from)).copied().collect();
    assert_excepted("files that depend on each other in a circle", &circles, CIRCLES);
}

#[test]
fn only_the_store_speaks_to_the_engine() {
    let sources = Sources::read();
    let others = sources.files_with(|code| code.contains("duckdb::"), |module| top(module) != "store");
    assert_excepted("files outside the store that name duckdb", &others, &[]);
}

#[test]
fn nothing_below_the_command_prints_or_asks_the_machine() {
    let sources = Sources::read();
    let below = |module: &str| top(module) != "cli" && module != "main";
    let prints = sources.files_with(
        |code| {
            ["println!", "eprintln!", "print!(", "eprint!(", "dbg!", "stdout()", "stderr()"]
                .iter()
                .any(|word| code.contains(word))
        },
        below,
    );
    assert_excepted("files below the command that print", &prints, &[]);
    let asks = sources.files_with(
        |code| ["::now()", "env::var", "env::args", "current_dir("].iter().any(|word| code.contains(word)),
        // `Instant` only measures durations; no result depends on it.
        |module| below(module),
    );
    let asks = asks.into_iter().filter(|module| !sources.only_measures(module)).collect();
    assert_excepted("files below the command that ask for the time or the environment", &asks, &[]);
}

#[test]
fn nothing_below_the_command_names_a_flag() {
    let sources = Sources::read();
    let named = |text: &str| {
        text.match_indices("--").any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + 2..].chars().next());
            before.is_none_or(|letter| " `'\"(".contains(letter))
                && after.is_some_and(|letter| letter.is_ascii_lowercase())
        })
    };
    let flags: BTreeSet<&str> = sources
        .files
        .iter()
        // The page's script names the commands that print what its charts show.
        .filter(|(module, _)| !module.starts_with("render::page::script"))
        .filter(|(module, file)| top(module) != "cli" && file.texts.iter().any(|text| named(text)))
        .map(|(module, _)| module.as_str())
        .collect();
    assert_excepted("files below the command that name its flags", &flags, FLAGS_BELOW_CLI);
}

/// A file below `queries` that nothing runs is a leftover.
#[test]
fn every_statement_is_run_and_says_what_it_computes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let sources = Sources::read();
    let mut spark = String::new();
    for path in fs::read_dir(root.join("../engines/spark/lifecycle_spark")).unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "py") {
            spark += &fs::read_to_string(path).unwrap();
        }
    }
    let named: BTreeSet<&str> =
        sources.files.values().flat_map(|file| &file.texts).map(String::as_str).collect();
    let (mut read, mut folders) = (0, vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let shown = path.strip_prefix(&root).unwrap().to_str().unwrap();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            // An audit is embedded by its name; the lake's statements are run by the program on Spark.
            let is_run = named.iter().any(|text| text.ends_with(shown))
                || shown.starts_with("audit/") && named.contains(stem)
                || shown.starts_with("lake/macros.") && spark.contains("macros.")
                || shown.starts_with("lake/") && spark.contains(&format!("{stem:?}"));
            assert!(is_run, "nothing runs queries/{shown}");
            let text = fs::read_to_string(&path).unwrap();
            for head in ["-- what:", "-- grain:", "-- parameters:"] {
                let has_head = text.contains(head) || shown.starts_with("schema/");
                assert!(has_head, "queries/{shown} has no line `{head}`");
            }
            read += 1;
        }
    }
    assert!(read > 250, "{read} statements were read");
}

fn assert_excepted<T: Ord + Copy + std::fmt::Debug>(what: &str, found: &BTreeSet<T>, excepted: &[T]) {
    let excepted: BTreeSet<T> = excepted.iter().copied().collect();
    let new: Vec<&T> = found.difference(&excepted).collect();
    let gone: Vec<&T> = excepted.difference(found).collect();
    assert!(new.is_empty(), "{what}: {new:?}");
    assert!(gone.is_empty(), "{what}: no more, take them off the list: {gone:?}");
}

/// The top-level module of a path.
fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Whether one module contains the other: a folder's `mod.rs` declares its contents.
fn is_within(one: &str, other: &str) -> bool {
    let holds =
        |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"));
    holds(one, other) || holds(other, one)
}

/// The sources, by module: `cohort::verify`.
struct Sources {
    files: BTreeMap<String, Source>,
}

/// A file without its comments and tests.
struct Source {
    /// The code, with string literals emptied.
    code: String,
    /// Its string literals.
    texts: Vec<String>,
    /// The modules it names.
    names: BTreeSet<String>,
}

impl Sources {
    fn read() -> Sources {
        let mut found = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
        let modules: BTreeSet<String> = found.iter().map(|(module, _)| module.clone()).collect();
        let files = found.into_iter().map(|(module, text)| {
            let (code, texts) = without_comments(&text);
            let names = named_paths(&code, &module)
                .iter()
                .filter_map(|path| known_module(path, &modules))
                .filter(|name| *name != module)
                .collect();
            (module, Source { code, texts, names })
        });
        Sources { files: files.collect() }
    }

    /// Pairs of a module and a module that it names.
    fn edges(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .flat_map(|(from, file)| file.names.iter().map(move |to| (from.as_str(), to.as_str())))
    }

    fn files_with(&self, has: impl Fn(&str) -> bool, of: impl Fn(&str) -> bool) -> BTreeSet<&str> {
        let files = self.files.iter().filter(|(module, file)| of(module) && has(&file.code));
        files.map(|(module, _)| module.as_str()).collect()
    }

    /// Whether a file reads the clock only to measure durations.
    fn only_measures(&self, module: &str) -> bool {
        let code = &self.files[module].code;
        let asks = code.matches("::now()").count();
        asks == code.matches("Instant::now()").count()
            && !["env::var", "env::args", "current_dir("].iter().any(|word| code.contains(word))
    }
}

/// Every source file below a folder except tests, with the name of its module.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
        if name == "tests" || name == "lib" {
            continue;
        } else if path.is_dir() {
            collect(&path, &inner, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = if name == "mod" { prefix.to_owned() } else { inner };
            found.push((module, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The code before the file's tests, without comments and with string literals emptied; and the literals.
fn without_comments(source: &str) -> (String, Vec<String>) {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    let (mut code, mut texts) = (String::new(), Vec::new());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if letter == '"' {
            let (text, after) = quoted(&rest[1..]);
            code.push_str("\"\"");
            texts.push(text.to_owned());
            rest = after;
        } else {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    (code, texts)
}

/// A string literal up to its closing quote, and the rest.
fn quoted(rest: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in rest.char_indices() {
        match letter {
            '"' if !escaped => return (&rest[..at], &rest[at + 1..]),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    (rest, "")
}

/// The paths that code names from the crate's root, as `cohort::verify::Cell`. The command names the
/// library as `lifecycle`.
fn named_paths(code: &str, module: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (start, root) in [("crate::", ""), ("lifecycle::", ""), ("super::", "super"), ("self::", "self")] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || "_:$".contains(letter)) {
                continue;
            }
            let mut base = match root {
                "super" => parent(module),
                "self" => module.to_owned(),
                _ => String::new(),
            };
            let mut tree = &code[at + start.len()..];
            while let Some(rest) = tree.strip_prefix("super::") {
                (tree, base) = (rest, parent(&base));
            }
            expand(tree, &base, &mut paths);
        }
    }
    paths
}

fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned())
}

/// Adds every path of a tree such as `cohort::{self, verify::{Cell, Row}}`; returns the rest after the tree.
fn expand<'a>(tree: &'a str, base: &str, paths: &mut Vec<String>) -> &'a str {
    let tree = tree.trim_start();
    if let Some(mut rest) = tree.strip_prefix('{') {
        loop {
            rest = expand(rest, base, paths).trim_start();
            match rest.strip_prefix(',') {
                Some(more) if !more.trim_start().starts_with('}') => rest = more,
                Some(more) => return more.trim_start().strip_prefix('}').unwrap_or(more),
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = tree.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(tree.len());
    let (name, rest) = tree.split_at(end);
    let path = match (base, name) {
        ("", name) => name.to_owned(),
        (base, "self" | "") => base.to_owned(),
        (base, name) => format!("{base}::{name}"),
    };
    match rest.strip_prefix("::") {
        Some(further) => expand(further, &path, paths),
        None => {
            paths.push(path);
            // `Name as Other`.
            rest.strip_prefix(" as ").map_or(rest, |other| {
                other.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_')
            })
        }
    }
}

/// The innermost module of a path.
fn known_module(path: &str, modules: &BTreeSet<String>) -> Option<String> {
    let mut path = path.to_owned();
    while !path.is_empty() {
        if modules.contains(&path) {
            return Some(path);
        }
        path = parent(&path);
    }
    None
}

#[test]
fn paths_are_parsed() {
    let code = "use crate::cohort::{self, verify::{Cell, Row as R}, due};\nlet x = super::super::store::open(crate::money::Money::ZERO);";
    let mut paths = named_paths(code, "report::cohort::pool");
    paths.sort();
    assert_eq!(
        paths,
        [
            "cohort",
            "cohort::due",
            "cohort::verify::Cell",
            "cohort::verify::Row",
            "money::Money::ZERO",
            "report::store::open"
        ]
    );
    let (code, texts) = without_comments("a(\"x // \\\" --y\"); // crate::b\nc('\"');");
    assert_eq!((code.as_str(), texts.as_slice()), ("a(\"\"); \nc();", &["x // \\\" --y".to_owned()][..]));
}
