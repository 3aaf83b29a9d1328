//! Damaged data files through the library, into a store in memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lifecycle::config::Config;
use lifecycle::import::{
    ActivityImport, BadLines, ImportError, Importer, LinesRead, Negative, OnConflict, OrderImport, Reading,
    RecordImport, UserImport,
};
use lifecycle::rng::Stream;
use lifecycle::store::Store;
use tempfile::TempDir;

use super::mutate::{mangle, mangle_text, pick};
use super::samples::{Records, SAMPLES, Sample};
use crate::instant::At;
use crate::shop::{Customer, Order, Shop};
use crate::worker::Case;

/// A case that takes longer is counted, and its file is shown.
const SLOW: Duration = Duration::from_secs(10);

/// Expressions for `--map`, before they are damaged.
pub const MAPS: &[&str] = &[
    "amount=amount",
    "amount=\"amount\" * \"quantity\"",
    "amount=CAST(amount AS DECIMAL(18,2)) * 2",
    "amount=CASE WHEN customer IN ('c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7') THEN 0 ELSE amount END",
    "customer=upper(customer)",
    "customer=customer || '-' || product",
    "created_at=\"date\" || ''",
    "created_at=date",
    "order_id=NULL",
    "status='Success'",
    "quantity=1 + 1",
];

/// The store that the imports of one worker go into, and the folder that they come from.
pub struct Bench {
    folder: TempDir,
    store: Option<(Store, String)>,
}

impl Bench {
    pub fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("torture-").tempdir().unwrap();
        Bench { folder, store: None }
    }

    /// Imports a damaged file.
    pub fn run(&mut self, case: &mut Case<'_>) {
        let sample = pick(&mut case.dice, SAMPLES);
        let path = self.folder.path().join(sample.name);
        let text = damaged(case, sample, &path);
        let rejects = self.folder.path().join("rejects.csv");
        let _ = fs::remove_file(&rejects);
        let (store, before) = self.store.take().unwrap_or_else(made_store);
        let asked = Asked::draw(&mut case.dice, sample, path.clone(), &rejects);
        let began = Instant::now();
        let read = asked.import(&store);
        if began.elapsed() > SLOW {
            case.count("imports of more than 10 s");
            eprintln!("{:?} {asked:?}", began.elapsed());
        }
        match read {
            Ok(Some(read)) => {
                check_lines(&asked, &read, &rejects);
                check_orders(&asked, &read, &store, &text);
                case.count(if read.bad_lines > 0 { "imports without their bad lines" } else { "imports" });
            }
            Ok(None) => {
                assert_eq!(state(&store), before, "a preview changes nothing");
                self.store = Some((store, before));
                case.count("previews");
            }
            Err(error) => {
                let words = error.to_string();
                assert!(!words.is_empty() && !words.contains("INTERNAL"), "{words}");
                assert_eq!(state(&store), before, "after `{words}`");
                assert!(!rejects.exists(), "rejects of an import that failed: {words}");
                self.store = Some((store, before));
                case.count("imports refused");
            }
        }
        if case.keep {
            let kept = std::env::temp_dir().join("torture-kept");
            fs::create_dir_all(&kept).unwrap();
            fs::copy(&path, kept.join(sample.name)).unwrap();
            println!("kept: {} in {}, {asked:?}", sample.name, kept.display());
        }
    }
}

/// Writes a sample with damage; the text that lies at the path, where it is plain.
pub fn damaged(case: &mut Case<'_>, sample: Sample, path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(case.prepared.join(sample.name)).unwrap();
    let other = fs::read(case.prepared.join(pick(&mut case.dice, SAMPLES).name)).unwrap();
    match case.dice.below(20) {
        0 => widen(&mut case.dice, &mut bytes),
        1 => {}
        _ => mangle(&mut case.dice, &mut bytes, &other),
    }
    fs::write(path, &bytes).unwrap();
    bytes
}

/// Many more columns, the same in every line.
fn widen(dice: &mut Stream, bytes: &mut Vec<u8>) {
    let columns = pick(dice, &[2usize, 30, 300]);
    let lines: Vec<String> = String::from_utf8_lossy(bytes)
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let more = (0..columns).map(|column| format!(",{}{column}", if number == 0 { "c" } else { "" }));
            format!("{line}{}", more.collect::<String>())
        })
        .collect();
    *bytes = lines.join("\n").into_bytes();
}

/// An import with its options.
#[derive(Debug)]
struct Asked {
    records: Records,
    reading: Reading,
    bad_lines: BadLines,
    on_conflict: OnConflict,
    negative: Negative,
    only_looks: bool,
}

impl Asked {
    fn draw(dice: &mut Stream, sample: Sample, path: PathBuf, rejects: &Path) -> Self {
        let mut reading = Reading::of([path]);
        if sample.records == Records::Orders {
            if dice.chance(0.2) {
                let map = pick(dice, MAPS);
                let map = if dice.chance(0.5) { mangle_text(dice, map, MAPS[0]) } else { (*map).to_owned() };
                reading.map.extend(map.parse().ok());
            }
            if dice.chance(0.05) {
                reading.date_format =
                    Some(pick(dice, &["%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%Q", "", "%Y%"]).to_owned());
            }
        }
        if dice.chance(0.3) {
            reading.header = Some(dice.chance(0.8));
            reading.delimiter = pick(dice, &[",", ",", ",", ";", "tab", "blanks", "|"]).parse().ok();
        }
        let bad_lines = match dice.below(4) {
            0 => BadLines::Refuse,
            1 => BadLines::Skip { rejects: None },
            _ => BadLines::Skip { rejects: Some(rejects.to_owned()) },
        };
        Asked {
            records: sample.records,
            reading,
            bad_lines,
            on_conflict: pick(dice, &[OnConflict::Error, OnConflict::Skip, OnConflict::Replace]),
            negative: pick(dice, &[Negative::Refund, Negative::Net, Negative::Reject]),
            only_looks: sample.records == Records::Orders && dice.chance(0.1),
        }
    }

    /// What was read; none when nothing was to be written.
    fn import(&self, store: &Store) -> Result<Option<LinesRead>, ImportError> {
        let config = Config::default();
        let records = || RecordImport {
            reading: self.reading.clone(),
            bad_lines: self.bad_lines.clone(),
            on_conflict: self.on_conflict,
        };
        let orders = || OrderImport {
            reading: self.reading.clone(),
            bad_lines: self.bad_lines.clone(),
            on_conflict: self.on_conflict,
            negative: self.negative,
            ..OrderImport::default()
        };
        let mut importer = Importer::new(store, &config);
        Ok(Some(match self.records {
            Records::Orders if self.only_looks => {
                importer.preview_orders(&orders())?;
                return Ok(None);
            }
            Records::Orders => {
                let outcome = importer.orders(&orders())?;
                let used = outcome.orders + outcome.orders_skipped + outcome.lines_merged;
                let good = outcome.read.lines - outcome.read.bad_lines;
                // Lines of orders that are skipped are not told from each other.
                let agrees = if outcome.orders_skipped > 0 { used <= good } else { used == good };
                assert!(agrees, "{good} good lines: {outcome:?}");
                outcome.read
            }
            Records::Users => {
                importer.users(&UserImport { records: records(), ..UserImport::default() })?.read
            }
            Records::Products => importer.products(&records())?.read,
            Records::Activities => {
                importer.activities(&ActivityImport { records: records(), end_inclusive: false })?.read
            }
        }))
    }
}

/// The file of rejects holds the lines that were counted as bad, each once.
fn check_lines(asked: &Asked, read: &LinesRead, rejects: &Path) {
    assert!(read.bad_lines >= 0 && read.bad_lines <= read.lines, "{read:?}");
    let told: i64 = read.problems.iter().map(|problem| problem.count).sum();
    assert_eq!(told, read.bad_lines, "problems and bad lines: {read:?}");
    let BadLines::Skip { rejects: Some(_) } = asked.bad_lines else {
        assert!(!rejects.exists());
        return;
    };
    let rejected = rejected_lines(rejects);
    assert_eq!(rejected.len() as i64, read.bad_lines, "lines among the rejects: {read:?}");
    let distinct: BTreeSet<i64> = rejected.iter().map(|(line, _)| *line).collect();
    assert_eq!(distinct.len(), rejected.len(), "a line is rejected twice");
}

/// The numbers of rejected lines, with their cells.
fn rejected_lines(path: &Path) -> Vec<(i64, csv::StringRecord)> {
    let bytes = fs::read(path).unwrap();
    let text = String::from_utf8(bytes).expect("rejects are UTF-8");
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let number = header.iter().position(|name| name == "reject_line").expect("a column of line numbers");
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[number].parse().unwrap(), record)
        })
        .collect()
}

/// Of a plain file every line's order is in the store or among the rejects, and each reject is that line.
fn check_orders(asked: &Asked, read: &LinesRead, store: &Store, bytes: &[u8]) {
    let Some(lines) = plain_lines(asked, bytes) else { return };
    let BadLines::Skip { rejects: Some(path) } = &asked.bad_lines else { return };
    let rejected = rejected_lines(path);
    let ids: BTreeSet<String> = store
        .rows_text("torture", "SELECT external_id FROM orders WHERE external_id IS NOT NULL", |row| {
            row.get(0)
        })
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(lines.len() as i64, read.lines, "lines of the file");
    for (number, id) in &lines {
        let rejects: Vec<_> = rejected.iter().filter(|(line, _)| line == number).collect();
        let is_in = ids.contains(*id);
        // A good line may share its order with a bad one, which takes it along.
        assert!(is_in || !rejects.is_empty(), "line {number}, order {id}, is nowhere");
        for (_, cells) in rejects {
            assert!(cells.iter().any(|cell| cell.contains(id)), "line {number} is not order {id}: {cells:?}");
        }
    }
}

/// The numbers and order ids of a comma-separated file whose every line can be cut at its commas.
fn plain_lines<'a>(asked: &Asked, bytes: &'a [u8]) -> Option<Vec<(i64, &'a str)>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let plain = |letter: char| letter == '\n' || !letter.is_control() && letter != '"' && letter != '\'';
    let hinted = asked.reading.header == Some(true) && asked.reading.delimiter == ",".parse().ok();
    if !hinted
        || !asked.reading.map.is_empty()
        || !text.chars().all(plain)
        || asked.records != Records::Orders
    {
        return None;
    }
    let mut lines = text.lines().zip(1..);
    if !lines.next()?.0.starts_with("order_id,customer,") {
        return None;
    }
    lines
        .map(|(line, number)| {
            let id = line.split(',').next()?;
            let digits = id.strip_prefix('o')?;
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some((number, id))
        })
        .collect()
}

/// A store with a few customers, orders, and a written batch.
fn made_store() -> (Store, String) {
    let at = |text: &str| text.parse::<At>().unwrap();
    let customer = |id| Customer { id, grade: "BRONZE".to_owned(), signed_up_at: at("2023-01-01") };
    let order = |id| Order {
        id,
        user: id % 3 + 1,
        activity: None,
        amount: id * 1_000,
        status: "Success".to_owned(),
        created_at: at(&format!("2024-01-{id:02}")),
    };
    let shop = Shop {
        customers: (1..=3).map(customer).collect(),
        orders: (1..=9).map(order).collect(),
        ..Shop::default()
    };
    let store = shop.stored();
    store.meta().advance_clock(at("2024-02-01").naive()).unwrap();
    let state = state(&store);
    (store, state)
}

/// What the store holds, in one text.
fn state(store: &Store) -> String {
    let digests = store.digests().unwrap();
    digests.iter().map(|digest| format!("{} {} {}\n", digest.table, digest.rows, digest.sha256)).collect()
}
