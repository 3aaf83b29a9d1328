//! What a push finds in its folder: its own earlier work, which it may replace, and other people's, which it may not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::LakeError;
use super::error::Whose;
use super::files::entries;
use super::manifest::{MANIFEST, Manifest, PushedMonth, month_folder};
use crate::export::is_month_of_orders;

/// What there is of the shop in a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What the shop's last push remembers.
    pub manifest: Option<Manifest>,
    /// Folders of months that are there, by name.
    pub months: BTreeMap<String, PathBuf>,
}

impl Found {
    /// Looks into a folder before anything is written there. `written` are the names of what will be, and `replace`
    /// says that what is there under these names may go whoever wrote it.
    pub fn look(
        lake: &Path,
        shop: Option<&str>,
        months: &BTreeMap<String, PushedMonth>,
        written: &[String],
        replace: bool,
    ) -> Result<Self, LakeError> {
        let there = Manifest::read(lake);
        let whose = match &there {
            None => Some(Whose::Unknown),
            Some(manifest) => whose(manifest, shop, months),
        };
        if let Some(whose) = whose {
            let names: Vec<String> = written.iter().filter(|name| is_there(lake, name)).cloned().collect();
            if !names.is_empty() && !replace {
                return Err(LakeError::NotOurs { folder: lake.to_owned(), names, whose });
            }
            if !entries(&lake.join("out"))?.is_empty() && whose == Whose::Another {
                return Err(LakeError::ResultsOfAnother { folder: lake.to_owned() });
            }
        }
        let manifest = there.filter(|_| whose.is_none());
        let months = months_there(lake, manifest.as_ref(), replace)?;
        Ok(Found { manifest, months })
    }
}

/// Whose manifest it is; `None` for this shop's.
fn whose(manifest: &Manifest, shop: Option<&str>, months: &BTreeMap<String, PushedMonth>) -> Option<Whose> {
    match (&manifest.shop, shop) {
        (Some(theirs), Some(ours)) => (theirs != ours).then_some(Whose::Another),
        // Before a shop has a name, or before manifests had it, orders tell.
        _ if manifest.agrees_with(months) => None,
        (Some(_), None) => Some(Whose::Another),
        (None, _) => Some(Whose::Unnamed),
    }
}

fn is_there(lake: &Path, name: &str) -> bool {
    let path = lake.join(name);
    match fs::metadata(&path) {
        Ok(found) if found.is_dir() => fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_some()),
        _ => fs::symlink_metadata(&path).is_ok(),
    }
}

/// The months in a lake. Whatever else would be read as orders is refused, and so is a month that no push of this shop
/// wrote unless it may be replaced.
fn months_there(
    lake: &Path,
    manifest: Option<&Manifest>,
    replace: bool,
) -> Result<BTreeMap<String, PathBuf>, LakeError> {
    let orders = lake.join("orders");
    let mut months = BTreeMap::new();
    let mut strange = Vec::new();
    for path in entries(&orders)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Engines pass over what is hidden.
        if name.starts_with(['.', '_']) {
            continue;
        }
        let month = name.strip_prefix("month=").unwrap_or_default();
        let is_known = manifest.is_some_and(|manifest| manifest.months.contains_key(month));
        if is_month_of_orders(&path) && (is_known || replace) {
            months.insert(month.to_owned(), path);
        } else {
            strange.push(format!("orders/{name}"));
        }
    }
    strange.sort();
    if strange.is_empty() {
        return Ok(months);
    }
    // A month of ours with something else in it, or no month at all, is not ours to remove.
    let removable = strange.iter().all(|name| is_month_of_orders(&lake.join(name)));
    Err(LakeError::Strange { folder: lake.to_owned(), names: strange, removable })
}

/// The names under which a push writes.
pub(super) fn written_names(tables: &[&str]) -> Vec<String> {
    let files = tables.iter().map(|table| format!("{table}.parquet"));
    let rest = ["orders", "settings.json", MANIFEST].map(str::to_owned);
    files.chain(rest).collect()
}

/// Removes a month's folder, in which is nothing but its orders.
pub(super) fn remove_month(orders: &Path, month: &str) -> Result<(), LakeError> {
    let folder = month_folder(orders, month);
    match fs::remove_dir_all(&folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(LakeError::Io { path: folder, source })
        }
        _ => Ok(()),
    }
}
