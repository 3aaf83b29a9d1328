//! Sampling the customers in the shop by their visit rates, which fade with the time since sign-up.
//!
//! Customers who signed up on the same day form a block, with one alias table over the rates of those who
//! stay and one over those who lapse. A block's weight fades as a whole, so a small table over the blocks,
//! rebuilt each day, is all that changes: a draw costs the same for ten thousand customers and for ten million.
//!
//! Newcomers signed up to buy something: for a fortnight they visit more, all of them
//! alike, on top of their lasting rate.

use std::ops::Range;

use chrono::{NaiveDateTime, Timelike};

use super::people::{CompactProfile, People};
use super::population::Person;
use crate::config::{ByAge, SimulationSettings};
use crate::domain::AgeBand;
use crate::rng::{self, AliasTable, Stream};

/// Customers who signed up on one day.
#[derive(Clone, Debug)]
struct Block {
    positions: Range<u32>,
    signup_day: i64,
    /// What each customer's lasting rate is, and whether it lapses: for small shops.
    rates: Vec<(f32, bool)>,
}

/// A part of a block that today's draws can come from: the regular, the lapsing, or the newcomers.
#[derive(Clone, Copy, Debug)]
struct SamplingSource {
    /// The position of the block's first customer.
    first: u32,
    /// The number of its customers.
    customers: u32,
    /// Their rates: which of [`Visits::tables`]; none for newcomers, who all have the same weight.
    table: Option<u32>,
}

/// Samples the customers of an hour.
#[derive(Clone, Debug)]
pub struct Visits {
    fade_days: f64,
    fade_power: f64,
    lapsing_days: f64,
    newcomer_visits: f64,
    newcomer_days: i64,
    presence: ByAge<[f64; 24]>,
    blocks: Vec<Block>,
    /// Two for each block: the rates of those who stay, and of those who lapse.
    tables: Vec<AliasTable>,
    sources: Vec<SamplingSource>,
    today: AliasTable,
    day: i64,
}

/// From this many customers for each place in the cache on, customers are drawn by rejection. With fewer
/// it would take too many tries, and every customer gets a key instead.
const REJECTION_FROM: usize = 8;

/// How many customers are drawn at once. Each look-up is made for all of them before the next one: of a million
/// customers nearly every one misses the processor's cache, and misses that do not wait for each other overlap.
const BATCH: usize = 64;

/// The customers selected so far; each thread reuses its own.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    bits: Vec<u64>,
    picked: Vec<u32>,
}

/// A draw of a customer: the random bits, in the order of the stream, and whom they select.
#[derive(Clone, Copy, Debug, Default)]
struct Draw {
    source: u64,
    customer: u64,
    /// Compared with the chance of a visit in this hour.
    luck: u32,
    position: u32,
    /// Whether the customer visits in this hour.
    visits: bool,
}

impl Draw {
    #[inline]
    fn new(stream: &mut Stream) -> Self {
        Draw { source: stream.bits64(), customer: stream.bits64(), luck: stream.bits32(), ..Draw::default() }
    }
}

/// Who can visit in an hour, with the probability for each age band.
struct Eligibility<'a> {
    profiles: &'a [CompactProfile],
    /// The first customer who signs up today.
    today_first: u32,
    hour: u8,
    /// By age band; the last one for unknown.
    presence: [f64; AgeBand::ALL.len() + 1],
}

impl Eligibility<'_> {
    /// Whether the customer has signed up by the hour.
    #[inline]
    fn has_signed_up(&self, position: u32, profile: CompactProfile) -> bool {
        position < self.today_first || profile.signup_hour < self.hour
    }

    /// The probability that a sampled customer does visit.
    #[inline]
    fn chance(&self, position: u32) -> f64 {
        let profile = self.profiles[position as usize];
        if self.has_signed_up(position, profile) { self.presence[profile.age_index()] } else { 0.0 }
    }
}

impl Visits {
    /// No customers yet.
    pub fn new(settings: &SimulationSettings) -> Self {
        Visits {
            fade_days: settings.fade_days,
            fade_power: settings.fade_power,
            lapsing_days: settings.lapsing_days,
            newcomer_visits: settings.newcomer_visits,
            newcomer_days: i64::from(settings.newcomer_days),
            presence: settings.presence,
            blocks: Vec::new(),
            tables: Vec::new(),
            sources: Vec::new(),
            today: AliasTable::default(),
            day: i64::MIN,
        }
    }

    /// Adds the customers who signed up on a day (days since the start; negative
    /// before it), the first of them at position `first`. Blocks come in order.
    pub fn add(&mut self, signup_day: i64, first: usize, people: &[Person]) {
        if people.is_empty() {
            return;
        }
        let rates = |lapses: bool| {
            let rate = move |person: &Person| {
                if person.lapses == lapses { f64::from(person.visit_rate) } else { 0.0 }
            };
            AliasTable::new(people.iter().map(rate))
        };
        self.tables.extend([rates(false), rates(true)]);
        self.blocks.push(Block {
            positions: first as u32..(first + people.len()) as u32,
            signup_day,
            rates: people.iter().map(|person| (person.visit_rate, person.lapses)).collect(),
        });
    }

    /// Weights the blocks for a day.
    pub fn begin_day(&mut self, day: i64) {
        self.day = day;
        self.sources.clear();
        let mut weights = Vec::with_capacity(self.blocks.len() * 2);
        for (block, (at, tables)) in self.blocks.iter().zip(self.tables.chunks_exact(2).enumerate()) {
            let source = |table: Option<usize>| SamplingSource {
                first: block.positions.start,
                customers: block.positions.len() as u32,
                table: table.map(|table| table as u32),
            };
            self.sources.extend([source(Some(2 * at)), source(Some(2 * at + 1))]);
            weights.extend(tables.iter().zip(self.fade(block)).map(|(table, fade)| table.total() * fade));
            let newcomer = self.newcomer_weight(block);
            if newcomer > 0.0 {
                self.sources.push(source(None));
                weights.push(newcomer * block.positions.len() as f64);
            }
        }
        self.today = AliasTable::new(weights.iter().copied());
    }

    /// The share of their first day's visits that those who stay and those who lapse still make.
    fn fade(&self, block: &Block) -> [f64; 2] {
        let age = (self.day - block.signup_day).max(0) as f64;
        let regular = libm::pow(1.0 + age / self.fade_days, -self.fade_power);
        [regular, libm::exp(-age / self.lapsing_days)]
    }

    /// The extra visits of each newcomer of a block, in units of the mean rate.
    fn newcomer_weight(&self, block: &Block) -> f64 {
        let age = (self.day - block.signup_day).max(0);
        if age < self.newcomer_days { self.newcomer_visits } else { 0.0 }
    }

    /// The customers in the shop in an hour of the day begun last: distinct, at
    /// most `capacity`, everyone if no more have signed up. Positions.
    pub fn draw<'t>(
        &self,
        people: &People,
        at: NaiveDateTime,
        capacity: usize,
        stream: &mut Stream,
        selection: &'t mut Selection,
    ) -> &'t [u32] {
        let profiles = people.profiles();
        selection.reset(profiles.len());
        let hour = at.hour() as u8;
        let [teens, twenties, thirties, forties, fifty_plus] =
            self.presence.to_array().map(|hours| hours[usize::from(hour)]);
        let eligibility = Eligibility {
            profiles,
            today_first: self.first_of_today(),
            hour,
            presence: [teens, twenties, thirties, forties, fifty_plus, 1.0],
        };
        let has_signed_up = |position: u32| eligibility.has_signed_up(position, profiles[position as usize]);
        let everyone = 0..profiles.len() as u32;
        let not_yet =
            (eligibility.today_first.min(everyone.end)..everyone.end).filter(|p| !has_signed_up(*p)).count();
        let eligible = profiles.len() - not_yet;
        if eligible <= capacity {
            selection.picked.extend(everyone.filter(|position| has_signed_up(*position)));
        } else if eligible < capacity * REJECTION_FROM {
            self.draw_by_keys(&eligibility, capacity, stream, selection);
        } else {
            self.draw_by_rejection(&eligibility, capacity, stream, selection);
        }
        &selection.picked
    }

    fn first_of_today(&self) -> u32 {
        let today = self.blocks.iter().rev().take_while(|block| block.signup_day == self.day);
        today.map(|block| block.positions.start).min().unwrap_or(u32::MAX)
    }

    /// Draws one customer after the other and skips those already selected. With very uneven rates the last
    /// places fill slowly: the number of tries is bounded, and the shop is then a little emptier.
    fn draw_by_rejection(
        &self,
        eligibility: &Eligibility<'_>,
        capacity: usize,
        stream: &mut Stream,
        selection: &mut Selection,
    ) {
        if self.today.is_empty() {
            return; // All rates are zero.
        }
        let mut draws = [Draw::default(); BATCH];
        for _ in 0..(capacity * 4 * REJECTION_FROM).div_ceil(BATCH) {
            for draw in &mut draws {
                *draw = Draw::new(stream);
            }
            for draw in &mut draws {
                draw.position = self.position(draw);
            }
            for draw in &mut draws {
                draw.visits = f64::from(draw.luck) / 4_294_967_296.0 < eligibility.chance(draw.position);
            }
            for draw in &draws {
                if draw.visits && selection.insert(draw.position) && selection.picked.len() == capacity {
                    return;
                }
            }
        }
    }

    /// The position of the customer that a draw selects.
    #[inline]
    fn position(&self, draw: &Draw) -> u32 {
        let source = self.sources[self.today.index(draw.source)];
        let drawn = match source.table {
            Some(table) => self.tables[table as usize].index(draw.customer),
            None => rng::scale(draw.customer, u64::from(source.customers)) as usize,
        };
        source.first + drawn as u32
    }

    /// Weighted sampling without replacement by exponential keys (Efraimidis and
    /// Spirakis 2006): the same law as drawing one by one.
    fn draw_by_keys(
        &self,
        eligibility: &Eligibility<'_>,
        capacity: usize,
        stream: &mut Stream,
        selection: &mut Selection,
    ) {
        let mut keys: Vec<(f64, u32)> = Vec::with_capacity(eligibility.profiles.len());
        for block in &self.blocks {
            let (fade, newcomer) = (self.fade(block), self.newcomer_weight(block));
            for (position, (rate, lapses)) in block.positions.clone().zip(&block.rates) {
                let visits = fade[usize::from(*lapses)] * f64::from(*rate) + newcomer;
                let key = -libm::log(1.0 - stream.unit()) / (visits * eligibility.chance(position));
                if key.is_finite() {
                    keys.push((key, position));
                }
            }
        }
        if keys.len() > capacity {
            keys.select_nth_unstable_by(capacity - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            keys.truncate(capacity);
        }
        selection.picked.extend(keys.iter().map(|(_, position)| *position));
        selection.picked.sort_unstable();
    }
}

impl Selection {
    fn reset(&mut self, people: usize) {
        for position in self.picked.drain(..) {
            if let Some(word) = self.bits.get_mut(position as usize / 64) {
                *word = 0;
            }
        }
        self.bits.resize(people.div_ceil(64), 0);
    }

    fn insert(&mut self, position: u32) -> bool {
        let (word, bit) = (position as usize / 64, 1u64 << (position % 64));
        let fresh = self.bits[word] & bit == 0;
        if fresh {
            self.bits[word] |= bit;
            self.picked.push(position);
        }
        fresh
    }
}
