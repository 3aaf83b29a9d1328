//! The `meta` table: facts about the file, by key.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::{Store, StoreError};
use crate::calendar::{format_instant, parse_date, parse_instant};
use crate::{named, query};

/// The instant up to which `first_orders` covers the orders.
const FIRST_ORDERS_BEFORE: &str = "first_orders_before";

/// A counter that every write to a simulation increments.
const GENERATION: &str = "generation";

/// The key of where the orders are that a file's results were computed from.
const ORDERS_ELSEWHERE: &str = "orders_elsewhere";

/// The key of the shop's name for itself.
const SHOP: &str = "shop";

/// Where a file's data came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Made by the simulation.
    Simulated,
    /// A shop's own.
    Imported,
}

impl Origin {
    /// The value of `meta.origin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Origin::Simulated => "simulated",
            Origin::Imported => "imported",
        }
    }
}

/// The facts about a file by their keys; `None` before they are read, and when they may have changed.
///
/// As long as a store is open, no other process can write to the file, so they change through [`Meta`] alone, or
/// through SQL that users run, after which they are [forgotten](Store::forget_facts).
pub(super) type KnownFacts = RefCell<Option<BTreeMap<String, String>>>;

/// Reads and writes `meta`.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    store: &'a Store,
}

impl Store {
    /// The facts about the file.
    pub fn meta(&self) -> Meta<'_> {
        Meta { store: self }
    }

    /// Has the facts read again, since `meta` was written by other means, or a transaction rolled back.
    pub(crate) fn forget_facts(&self) {
        self.facts.take();
    }

    /// Refuses a file that holds results without their orders: whatever is computed from orders would find none.
    pub fn require_orders(&self) -> Result<(), StoreError> {
        match self.meta().orders_elsewhere()? {
            Some(place) => Err(StoreError::OrdersElsewhere { place }),
            None => Ok(()),
        }
    }
}

impl Meta<'_> {
    /// One fact, as text.
    pub fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.known(|facts| facts.get(key).cloned())
    }

    /// Records one fact.
    pub fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let fact = named! { "key": key, "value": value };
        if self.get(key)?.as_deref() == Some(value) {
            return Ok(());
        }
        // Most facts exist already, and updating one takes the engine half as long as replacing it.
        if self.store.execute(query!("store/meta_update.sql"), fact)? == 0 {
            self.store.execute(query!("store/meta_insert.sql"), fact)?;
        }
        self.known(|facts| facts.insert(key.to_owned(), value.to_owned()))?;
        Ok(())
    }

    /// Deletes one fact.
    pub fn unset(&self, key: &str) -> Result<(), StoreError> {
        self.store.execute(query!("store/meta_unset.sql"), named! { "key": key })?;
        self.known(|facts| facts.remove(key))?;
        Ok(())
    }

    /// Does something with all facts, which are read if they are not known.
    fn known<T>(&self, work: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> Result<T, StoreError> {
        let mut facts = self.store.facts.borrow_mut();
        let facts = match &mut *facts {
            Some(facts) => facts,
            unread => {
                let read = self
                    .store
                    .rows(query!("store/meta_all.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
                unread.insert(read.into_iter().collect())
            }
        };
        Ok(work(facts))
    }

    fn parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.get(key)? {
            None => Ok(None),
            Some(value) => match parse(&value) {
                Some(parsed) => Ok(Some(parsed)),
                None => Err(StoreError::BadMeta { key, value }),
            },
        }
    }

    /// The instant recorded under a key.
    pub fn instant(&self, key: &'static str) -> Result<Option<NaiveDateTime>, StoreError> {
        self.parsed(key, |text| parse_instant(text).ok())
    }

    /// Records an instant.
    pub fn set_instant(&self, key: &str, instant: NaiveDateTime) -> Result<(), StoreError> {
        self.set(key, &format_instant(instant))
    }

    /// The data clock: the file's "now". `None` in a file without data.
    pub fn clock(&self) -> Result<Option<NaiveDateTime>, StoreError> {
        self.instant("clock")
    }

    /// Advances the data clock; it never goes back.
    pub fn advance_clock(&self, to: NaiveDateTime) -> Result<(), StoreError> {
        if self.clock()?.is_none_or(|clock| clock < to) {
            self.set_instant("clock", to)?;
        }
        Ok(())
    }

    /// Where the data came from. `None` in a file without data.
    pub fn origin(&self) -> Result<Option<Origin>, StoreError> {
        self.parsed("origin", |text| match text {
            "simulated" => Some(Origin::Simulated),
            "imported" => Some(Origin::Imported),
            _ => None,
        })
    }

    /// The simulation's seed.
    pub fn seed(&self) -> Result<Option<u64>, StoreError> {
        self.parsed("seed", |text| text.parse().ok())
    }

    /// The first simulated day.
    pub fn sim_start(&self) -> Result<Option<NaiveDate>, StoreError> {
        self.parsed("sim_start", |text| parse_date(text).ok())
    }

    /// The instant before which `first_orders` covers every order; `None` if it covers none.
    pub fn first_orders_before(&self) -> Result<Option<NaiveDateTime>, StoreError> {
        self.instant(FIRST_ORDERS_BEFORE)
    }

    /// Records the instant before which `first_orders` covers every order.
    pub fn set_first_orders_before(&self, before: NaiveDateTime) -> Result<(), StoreError> {
        self.set_instant(FIRST_ORDERS_BEFORE, before)
    }

    /// Records that `first_orders` covers no order.
    pub fn unset_first_orders_before(&self) -> Result<(), StoreError> {
        self.unset(FIRST_ORDERS_BEFORE)
    }

    /// How often the simulation has been written to. A writer that released the file tells by it
    /// whether another has written since. 0 in files that predate the counter.
    pub fn generation(&self) -> Result<u64, StoreError> {
        Ok(self.parsed(GENERATION, |text| text.parse().ok())?.unwrap_or(0))
    }

    /// Increments the generation, as every transaction that changes customers, orders, campaigns or
    /// grades must. Does nothing in a file without a simulation.
    pub fn raise_generation(&self) -> Result<(), StoreError> {
        if self.origin()? == Some(Origin::Simulated) {
            self.set_generation(self.generation()? + 1)
        } else {
            Ok(())
        }
    }

    /// Sets the generation, to continue the count when one simulation replaces another.
    pub fn set_generation(&self, generation: u64) -> Result<(), StoreError> {
        self.set(GENERATION, &generation.to_string())
    }

    /// Where the orders are that the file's results were computed from; `None` when they are in the file.
    pub fn orders_elsewhere(&self) -> Result<Option<String>, StoreError> {
        self.get(ORDERS_ELSEWHERE)
    }

    /// Records that the file holds results alone, and where their orders are.
    pub fn set_orders_elsewhere(&self, place: &str) -> Result<(), StoreError> {
        self.set(ORDERS_ELSEWHERE, place)
    }

    /// The shop's name for itself, by which a lake knows whose it is; `None` before the first push.
    pub fn shop(&self) -> Result<Option<String>, StoreError> {
        self.get(SHOP)
    }

    /// Records the shop's name for itself.
    pub fn set_shop(&self, name: &str) -> Result<(), StoreError> {
        self.set(SHOP, name)
    }

    /// The configuration the data was made with, as JSON.
    pub fn config(&self) -> Result<Option<String>, StoreError> {
        self.get("config")
    }
}
