//! What a push remembers of itself, in `pushed.json` beside what it wrote.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::LakeError;

/// The manifest's name in a lake.
pub(super) const MANIFEST: &str = "pushed.json";

/// What was pushed, and by which shop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The shop's name for itself; pushes of early versions left none.
    #[serde(default)]
    pub shop: Option<String>,
    /// Whether all that the push wrote is in its place.
    #[serde(default = "yes")]
    pub finished: bool,
    /// The months of orders that are there, as `2024-01`.
    pub months: BTreeMap<String, PushedMonth>,
}

/// A month of orders in a lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PushedMonth {
    /// How many there are.
    pub orders: usize,
    /// What tells whether they have changed in the file.
    pub digest: String,
    /// What tells whether they have changed in the lake; pushes of early versions left none.
    #[serde(default)]
    pub sha256: String,
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// The manifest in a lake; `None` where there is none, or none that can be understood.
    pub fn read(lake: &Path) -> Option<Self> {
        let text = is_file(&lake.join(MANIFEST)).then(|| fs::read_to_string(lake.join(MANIFEST)).ok())??;
        serde_json::from_str(&text).ok()
    }

    /// Whether one of these months was pushed as it is: two shops have no month in common.
    pub fn agrees_with(&self, months: &BTreeMap<String, PushedMonth>) -> bool {
        let is_same =
            |known: &PushedMonth, month: &PushedMonth| month.orders > 0 && known.digest == month.digest;
        self.months.iter().any(|(name, known)| months.get(name).is_some_and(|month| is_same(known, month)))
    }
}

/// Refuses a lake that a push began to change and did not finish.
pub(super) fn require_finished(lake: &Path) -> Result<(), LakeError> {
    match Manifest::read(lake) {
        Some(Manifest { finished: false, .. }) => Err(LakeError::Unfinished { folder: lake.to_owned() }),
        _ => Ok(()),
    }
}

/// The file of a month in the folder of the orders.
pub(super) fn month_folder(orders: &Path, month: &str) -> PathBuf {
    orders.join(format!("month={month}"))
}

/// The digest of a file; `None` for what is no file.
pub(super) fn sha256_of(path: &Path) -> Result<Option<String>, LakeError> {
    if !is_file(path) {
        return Ok(None);
    }
    let mut hash = Sha256::new();
    File::open(path)
        .and_then(|mut file| io::copy(&mut file, &mut hash))
        .map_err(|source| LakeError::Io { path: path.to_owned(), source })?;
    Ok(Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Whether something can be read to its end: a pipe may have none.
fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}
