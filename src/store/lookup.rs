//! Prefix search for shell completion.

use super::{Store, StoreError};
use crate::{named, query};

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Campaign activities, with their names.
    Activities,
    /// Customers, with their names or the ids that they came with.
    Customers,
}

impl Store {
    /// The first rows whose number starts with `begun`, with their names.
    pub fn look_up(&self, lookup: Lookup, begun: &str) -> Result<Vec<(i64, Option<String>)>, StoreError> {
        let query = match lookup {
            Lookup::Activities => query!("completion/activities.sql"),
            Lookup::Customers => query!("completion/customers.sql"),
        };
        self.rows(query, named! { "begun": begun }, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The engine's version: `v1.5.6`.
    pub fn engine_version(&self) -> Result<String, StoreError> {
        self.row(query!("store/engine_version.sql"), &[], |row| row.get(0))
    }
}
