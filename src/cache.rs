//! The customers and products in the shop, in memory and laid out for scoring.
//!
//! Customers and products are refreshed separately, as by the reference's cache
//! worker. Customers are stored by column, so that scoring reads memory in sequence.

use chrono::NaiveDateTime;

use crate::config::CacheSettings;
use crate::domain::{AgeBand, Gender};
use crate::propensity::{self, HourlyEffects, Profile, PropensityModel};

/// Usage of the customer or the product cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Capacity in entries.
    pub capacity: usize,
    /// Entries held now.
    pub entries: usize,
    /// Number of refreshes.
    pub refreshes: u64,
    /// Reads served from it.
    pub hits: u64,
    /// Time of the last refresh, on the data clock.
    pub refreshed_at: Option<NaiveDateTime>,
}

impl CacheUse {
    /// Adds another cache's refreshes and hits; entries are those of the later refresh.
    pub fn absorb(&mut self, other: CacheUse) {
        self.capacity = self.capacity.max(other.capacity);
        self.refreshes += other.refreshes;
        self.hits += other.hits;
        if other.refreshed_at >= self.refreshed_at {
            self.entries = other.entries;
            self.refreshed_at = other.refreshed_at;
        }
    }

    /// Age of the content at an instant, in seconds.
    pub fn age_secs(&self, now: NaiveDateTime) -> Option<i64> {
        self.refreshed_at.map(|at| (now - at).num_seconds())
    }
}

/// The customers in the shop.
#[derive(Clone, Debug, Default)]
pub struct CustomerCache {
    user_ids: Vec<i64>,
    /// Each customer's profile code, which is all that scoring reads.
    codes: Vec<u16>,
    scores: Vec<f64>,
    scratch: Vec<u64>,
    chosen: Vec<usize>,
    usage: CacheUse,
}

impl CustomerCache {
    /// An empty cache with the configured capacity.
    pub fn new(settings: &CacheSettings) -> Self {
        CustomerCache {
            usage: CacheUse { capacity: settings.users, ..CacheUse::default() },
            ..CustomerCache::default()
        }
    }

    /// Replaces the customers, given by `user_id` and profile code; those beyond
    /// the capacity are left out.
    pub fn refresh(&mut self, at: NaiveDateTime, customers: impl Iterator<Item = (i64, u16)>) {
        self.user_ids.clear();
        self.codes.clear();
        for (user_id, code) in customers.take(self.usage.capacity) {
            self.user_ids.push(user_id);
            self.codes.push(code);
        }
        self.usage.entries = self.user_ids.len();
        self.usage.refreshes += 1;
        self.usage.refreshed_at = Some(at);
    }

    /// Scores every cached customer for an hour, with the effects in cache order.
    /// Returns one score per customer.
    pub fn score(
        &mut self,
        model: &PropensityModel,
        hour: u32,
        mut effects: impl FnMut() -> HourlyEffects,
    ) -> &[f64] {
        let by_code = model.hour_scores(hour);
        let agreed: [bool; Profile::CODES] =
            std::array::from_fn(|code| Profile::from_code(code as u16).marketing_agree == Some(true));
        self.scores.clear();
        self.scores.extend(self.codes.iter().map(|code| {
            let (effects, code) = (effects(), usize::from(*code));
            by_code[code]
                * model.promotion_multiplier(agreed[code], effects)
                * model.life_event_multiplier(effects)
        }));
        self.usage.hits += self.scores.len() as u64;
        &self.scores
    }

    /// The best `n` of the scored customers, in cache order, as positions.
    pub fn candidates(&mut self, n: usize) -> &[usize] {
        propensity::select_candidates(&self.scores, &self.user_ids, n, &mut self.scratch, &mut self.chosen);
        &self.chosen
    }

    /// The best `n` of the scored customers, highest first, as positions.
    pub fn top_buyers(&self, n: usize) -> Vec<usize> {
        propensity::select_top_buyers(&self.scores, &self.user_ids, n)
    }

    /// The last score of the customer at a position.
    pub fn score_at(&self, position: usize) -> f64 {
        self.scores[position]
    }

    /// The customer at a position.
    pub fn customer(&self, position: usize) -> (i64, Profile) {
        (self.user_ids[position], Profile::from_code(self.codes[position]))
    }

    /// How many customers are cached.
    pub fn len(&self) -> usize {
        self.user_ids.len()
    }

    /// Whether nobody is cached.
    pub fn is_empty(&self) -> bool {
        self.user_ids.is_empty()
    }

    /// How the cache has been used.
    pub fn usage(&self) -> CacheUse {
        self.usage
    }

    /// How the cache has been used since this was last asked.
    pub fn take_usage(&mut self) -> CacheUse {
        let usage = self.usage;
        self.usage.refreshes = 0;
        self.usage.hits = 0;
        usage
    }
}

/// The group of customers, by gender and age band, that shares a table of product appeal.
pub fn appeal_group(gender: Option<Gender>, band: AgeBand) -> usize {
    let row = match gender {
        Some(Gender::Female) => 0,
        Some(Gender::Male) => 1,
        None => 2,
    };
    row * AgeBand::ALL.len() + band.index()
}

/// How many values [`appeal_group`] has.
pub const APPEAL_GROUPS: usize = 15;

/// The products on the shelf, with an alias table for each group of customers.
#[derive(Clone, Debug, Default)]
pub struct ProductCache {
    products: Vec<u32>,
    by_group: Vec<crate::rng::AliasTable>,
    usage: CacheUse,
}

impl ProductCache {
    /// An empty shelf with the configured capacity.
    pub fn new(settings: &CacheSettings) -> Self {
        ProductCache {
            usage: CacheUse { capacity: settings.products, ..CacheUse::default() },
            ..ProductCache::default()
        }
    }

    /// Replaces the products. `appeal(product, group)` is the weight with which a group of
    /// customers picks a product; not negative.
    pub fn refresh(&mut self, at: NaiveDateTime, products: Vec<u32>, appeal: impl Fn(u32, usize) -> f64) {
        self.products = products;
        self.products.truncate(self.usage.capacity);
        self.by_group = (0..APPEAL_GROUPS)
            .map(|group| {
                crate::rng::AliasTable::new(self.products.iter().map(|product| appeal(*product, group)))
            })
            .collect();
        self.usage.entries = self.products.len();
        self.usage.refreshes += 1;
        self.usage.refreshed_at = Some(at);
    }

    /// A product for a customer of a group, or none when the shelf is empty.
    pub fn pick(&self, group: usize, stream: &mut crate::rng::Stream) -> Option<u32> {
        let table = self.by_group.get(group).filter(|table| !table.is_empty())?;
        Some(self.products[table.draw(stream)])
    }

    /// Counts reads made by the threads that share this shelf.
    pub fn count_hits(&mut self, hits: u64) {
        self.usage.hits += hits;
    }

    /// Usage of the shelf.
    pub fn usage(&self) -> CacheUse {
        self.usage
    }
}
