//! Writing the shop into a lake: small tables whole, orders by the months that have changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::LakeError;
use super::found::{Found, remove_month, written_names};
use super::manifest::{MANIFEST, Manifest, PushedMonth, month_folder, sha256_of};
use crate::config::Config;
use crate::export::{ExportTable, Stop, Written, write_month, write_table, write_text};
use crate::query;
use crate::staged;
use crate::store::{Store, StoreError};

/// The tables that are written as a whole, one file each.
const WHOLE: &[&str] = &[
    "users",
    "products",
    "campaigns",
    "campaign_activities",
    "listed_customers",
    "grade_runs",
    "grade_changes",
    "meta",
];

/// What a push wrote of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The table.
    pub name: String,
    /// Where it is: a file, or a folder of months.
    pub path: PathBuf,
    /// Its rows.
    pub rows: usize,
    /// Files written.
    pub written: usize,
    /// Files that hold what they should and were left as they are.
    pub kept: usize,
    /// Bytes of what was written.
    pub bytes: u64,
}

/// Writes the shop into a folder, creating it if necessary. Of the orders, only months that are new or have changed, in
/// the file or in the folder, are written. `begins` is called with the name of each table in turn.
///
/// All files are written before the first is renamed into place, so a push that is stopped or fails leaves the lake
/// unchanged. While they are renamed, `pushed.json` marks the push as unfinished.
///
/// The first push gives the shop a name, which is stored in the file and in `pushed.json`.
///
/// # Errors
///
/// A file of results has no orders to write. Files and months that this shop's pushes did not write are replaced only
/// with `replace`; other things among the orders, and a lake with another shop's results, are always refused. A failure
/// after the first rename is [`LakeError::LeftUnfinished`]; another push repairs it.
pub fn push(
    store: &Store,
    config: &Config,
    lake: &Path,
    replace: bool,
    stop: &Stop,
    begins: impl FnMut(&str),
) -> Result<Vec<Pushed>, LakeError> {
    store.require_orders()?;
    let is_new = !is_folder(lake)?;
    clear(lake);
    let (months, shop) = (order_months(store)?, store.meta().shop()?);
    let found = Found::look(lake, shop.as_deref(), &months, &written_names(WHOLE), replace)?;
    let shop = match shop {
        Some(shop) => shop,
        None => name_shop(store, found.manifest.as_ref())?,
    };
    let orders = lake.join("orders");
    let has_no_orders = !orders.exists();
    fs::create_dir_all(&orders).map_err(|source| LakeError::Io { path: orders.clone(), source })?;
    let job = Job { store, lake, orders: &orders, found: &found, stop };
    let prepared = job.prepare(config, months, begins);
    if prepared.is_err() {
        // Folders that were made for nothing; one with something in it stays.
        let made = [(has_no_orders, orders.as_path()), (is_new, lake)];
        made.iter().filter(|(is_new, _)| *is_new).for_each(|(_, folder)| drop(fs::remove_dir(folder)));
    }
    job.put(shop, prepared?)
}

/// What is written and not in its place yet.
struct Prepared {
    pushed: Vec<Pushed>,
    months: BTreeMap<String, PushedMonth>,
    files: Vec<Written>,
}

struct Job<'a> {
    store: &'a Store,
    lake: &'a Path,
    orders: &'a Path,
    found: &'a Found,
    stop: &'a Stop,
}

impl Job<'_> {
    /// Writes what is not there as it is in the file.
    fn prepare(
        &self,
        config: &Config,
        mut months: BTreeMap<String, PushedMonth>,
        mut begins: impl FnMut(&str),
    ) -> Result<Prepared, LakeError> {
        let mut files = Vec::new();
        begins("orders");
        let mut orders = Pushed {
            name: "orders".to_owned(),
            path: self.orders.to_owned(),
            rows: 0,
            written: 0,
            kept: 0,
            bytes: 0,
        };
        for (name, month) in &mut months {
            orders.rows += month.orders;
            if let Some(sha256) = self.digest_if_same(name, month)? {
                orders.kept += 1;
                month.sha256 = sha256;
                continue;
            }
            let written = self.month(name)?;
            month.sha256 = sha256_of(written.file())?.unwrap_or_default();
            orders.written += 1;
            orders.bytes += written.bytes();
            files.push(written);
        }
        let mut pushed = vec![orders];
        for table in WHOLE.iter().filter_map(|name| ExportTable::named(name)) {
            begins(table.name);
            let path = self.lake.join(format!("{}.parquet", table.name));
            let written = write_table(self.store, table, &path, self.stop)?;
            let (rows, bytes) = (written.rows, written.bytes());
            pushed.push(Pushed { name: table.name.to_owned(), path, rows, written: 1, kept: 0, bytes });
            files.push(written);
        }
        let settings = config.to_json();
        files.push(self.text("settings.json", &settings)?);
        Ok(Prepared { pushed, months, files })
    }

    /// The digest of a month that is there as it is in the file: neither of the two has changed since the last push.
    fn digest_if_same(&self, name: &str, month: &PushedMonth) -> Result<Option<String>, LakeError> {
        let known = self.found.manifest.as_ref().and_then(|manifest| manifest.months.get(name));
        let Some(known) = known.filter(|known| known.orders == month.orders && known.digest == month.digest)
        else {
            return Ok(None);
        };
        let there = sha256_of(&month_folder(self.orders, name).join("orders.parquet"))?;
        Ok(there.filter(|there| *there == known.sha256))
    }

    fn month(&self, name: &str) -> Result<Written, LakeError> {
        let first = NaiveDate::parse_from_str(&format!("{name}-01"), "%Y-%m-%d").map_err(|error| {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, error);
            LakeError::Io { path: month_folder(self.orders, name), source }
        })?;
        Ok(write_month(self.store, &month_folder(self.orders, name), first, self.stop)?)
    }

    fn text(&self, name: &str, text: &str) -> Result<Written, LakeError> {
        let write = |out: &mut dyn std::io::Write| out.write_all(text.as_bytes());
        Ok(write_text(&self.lake.join(name), self.store.path(), write)?)
    }

    /// Puts everything in its place, and removes the months that the file does not hold any more.
    fn put(
        &self,
        shop: String,
        Prepared { pushed, months, files }: Prepared,
    ) -> Result<Vec<Pushed>, LakeError> {
        let mut of_both = self.found.manifest.as_ref().map(|known| known.months.clone()).unwrap_or_default();
        of_both.extend(months.clone());
        // From here on the lake is neither what it was nor what it is to be.
        self.manifest(&Manifest { shop: Some(shop.clone()), finished: false, months: of_both })?.put()?;
        let put = || -> Result<(), LakeError> {
            for file in files {
                file.put()?;
            }
            for month in self.found.months.keys().filter(|month| !months.contains_key(*month)) {
                remove_month(self.orders, month)?;
            }
            self.manifest(&Manifest { shop: Some(shop), finished: true, months })?.put()?;
            Ok(())
        };
        put().map_err(|source| LakeError::LeftUnfinished {
            folder: self.lake.to_owned(),
            source: Box::new(source),
        })?;
        Ok(pushed)
    }

    fn manifest(&self, manifest: &Manifest) -> Result<Written, LakeError> {
        self.text(MANIFEST, &serde_json::to_string_pretty(manifest).unwrap_or_default())
    }
}

/// Whether a lake is there.
fn is_folder(lake: &Path) -> Result<bool, LakeError> {
    match fs::metadata(lake) {
        Ok(found) if !found.is_dir() => Err(LakeError::NotFolder { path: lake.to_owned() }),
        Ok(_) => Ok(true),
        Err(_) => Ok(false),
    }
}

/// Takes away what killed pushes have left.
fn clear(lake: &Path) {
    let names = written_names(WHOLE);
    staged::clear_folder(lake, |name| names.iter().any(|ours| ours.as_bytes() == name));
    staged::clear_folder(&lake.join("orders"), |name| name.starts_with(b"month="));
}

/// Gives the shop a name: the one under which its lake knows it, or a new one.
fn name_shop(store: &Store, known: Option<&Manifest>) -> Result<String, StoreError> {
    let name = match known.and_then(|known| known.shop.clone()) {
        Some(name) => name,
        None => store.row(query!("store/new_name.sql"), &[], |row| row.get(0))?,
    };
    store.meta().set_shop(&name)?;
    Ok(name)
}

/// The months that hold orders, with how many and what tells whether they have changed.
fn order_months(store: &Store) -> Result<BTreeMap<String, PushedMonth>, StoreError> {
    let months = store.rows(query!("export/order_months.sql"), &[], |row| {
        let (month, orders): (NaiveDate, i64) = (row.get(0)?, row.get(1)?);
        let pushed = PushedMonth {
            orders: orders.unsigned_abs() as usize,
            digest: row.get(2)?,
            sha256: String::new(),
        };
        Ok((month.format("%Y-%m").to_string(), pushed))
    })?;
    Ok(months.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::super::manifest::require_finished;
    use super::*;
    use crate::store::OpenOptions;

    #[test]
    fn a_push_that_cannot_put_its_files_in_their_places_says_so_and_the_next_one_repairs_the_lake() {
        let store = Store::in_memory(OpenOptions::default()).unwrap();
        let orders = "INSERT INTO orders (order_id, user_id, amount, status, created_at)
             VALUES (1, 1, 1, 'Success', '2024-01-31'), (2, 1, 2, 'Success', '2024-02-01')";
        store.execute_text("a test's orders", orders).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let lake = folder.path().join("lake");
        let (config, stop) = (Config::default(), Stop::default());
        push(&store, &config, &lake, false, &stop, |_| {}).unwrap();
        store.execute_text("a refund", "UPDATE orders SET status = 'Refunded'").unwrap();
        let found = Found {
            manifest: Manifest::read(&lake),
            months: BTreeMap::from([("2024-01".to_owned(), lake.join("orders/month=2024-01"))]),
        };
        let job =
            Job { store: &store, lake: &lake, orders: &lake.join("orders"), found: &found, stop: &stop };
        let prepared = job.prepare(&config, order_months(&store).unwrap(), |_| {}).unwrap();
        assert_eq!((prepared.pushed[0].written, prepared.pushed[0].kept), (2, 0));
        require_finished(&lake).unwrap();
        fs::remove_dir_all(prepared.files[1].file().parent().unwrap()).unwrap();
        let error = job.put(store.meta().shop().unwrap().unwrap(), prepared).unwrap_err();
        assert!(matches!(error, LakeError::LeftUnfinished { .. }), "{error}");
        assert!(matches!(require_finished(&lake), Err(LakeError::Unfinished { .. })));
        let pushed = push(&store, &config, &lake, false, &stop, |_| {}).unwrap();
        // The month that came to its place is whole.
        assert_eq!((pushed[0].written, pushed[0].kept), (1, 1));
        require_finished(&lake).unwrap();
    }
}
