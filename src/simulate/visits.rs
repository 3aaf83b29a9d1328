//! Who is in the shop: customers drawn by their visit rates, fading with age.
//!
//! Customers are kept in blocks of one sign-up day, each with an alias table
//! over its rates for each way to fade; a block's pull fades as a whole, so one
//! small table over the blocks, made anew each day, does the rest. A draw costs
//! the same for ten thousand and ten million customers.
//!
//! Who has just signed up came to buy something: for a fortnight a newcomer
//! visits on top of the lasting rate, all newcomers alike.

use std::ops::Range;

use chrono::{NaiveDateTime, Timelike};

use super::people::{Face, People};
use super::population::Person;
use crate::config::{ByAge, SimulationSettings};
use crate::domain::AgeBand;
use crate::rng::{AliasTable, Stream};

/// Customers who signed up on one day.
#[derive(Clone, Debug)]
struct Block {
    positions: Range<u32>,
    signup_day: i64,
    /// The rates of those who stay.
    regular: AliasTable,
    /// The rates of those who lapse.
    lapsing: AliasTable,
    /// What each customer's lasting rate is, and whether it lapses: for small shops.
    rates: Vec<(f32, bool)>,
}

/// A way to draw from a block today.
#[derive(Clone, Copy, Debug)]
enum Pull {
    /// Those who stay, by their rates.
    Regular(usize),
    /// Those who lapse, by their rates.
    Lapsing(usize),
    /// As newcomers, all alike.
    Newcomers(usize),
}

/// Draws the customers of an hour.
#[derive(Clone, Debug)]
pub struct Visits {
    fade_days: f64,
    fade_power: f64,
    lapsing_days: f64,
    newcomer_visits: f64,
    newcomer_days: i64,
    presence: ByAge<[f64; 24]>,
    blocks: Vec<Block>,
    pulls: Vec<Pull>,
    today: AliasTable,
    day: i64,
}

/// Below this many customers for each place in the cache, every customer gets
/// a key: sampling without replacement by rejection would take too many tries.
const CROWDED: usize = 8;

/// How many draws are made before the first is looked up, so that their ways
/// through memory overlap.
const BATCH: usize = 64;

/// Scratch for one thread: which customers are already in.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    bits: Vec<u64>,
    picked: Vec<u32>,
}

/// Who may come in an hour, and how likely each age group does.
struct Door<'a> {
    faces: &'a [Face],
    /// The first customer who signs up today.
    today_first: u32,
    hour: u8,
    /// By age group, then for an unknown one.
    presence: [f64; AgeBand::ALL.len() + 1],
}

impl Door<'_> {
    /// Whether the customer has signed up by the hour.
    #[inline]
    fn is_in(&self, position: u32, face: Face) -> bool {
        position < self.today_first || face.signup_hour < self.hour
    }

    /// The chance that the customer, who would visit, does.
    #[inline]
    fn chance(&self, position: u32) -> f64 {
        let face = self.faces[position as usize];
        if self.is_in(position, face) { self.presence[face.age_index()] } else { 0.0 }
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
            pulls: Vec::new(),
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
        self.blocks.push(Block {
            positions: first as u32..(first + people.len()) as u32,
            signup_day,
            regular: rates(false),
            lapsing: rates(true),
            rates: people.iter().map(|person| (person.visit_rate, person.lapses)).collect(),
        });
    }

    /// Weighs the blocks for a day.
    pub fn begin_day(&mut self, day: i64) {
        self.day = day;
        self.pulls.clear();
        let mut weights = Vec::with_capacity(self.blocks.len() * 2);
        for (at, block) in self.blocks.iter().enumerate() {
            let [regular, lapsing] = self.fade(block);
            self.pulls.extend([Pull::Regular(at), Pull::Lapsing(at)]);
            weights.extend([block.regular.total() * regular, block.lapsing.total() * lapsing]);
            let newcomer = self.newcomer_pull(block);
            if newcomer > 0.0 {
                self.pulls.push(Pull::Newcomers(at));
                weights.push(newcomer * block.positions.len() as f64);
            }
        }
        self.today = AliasTable::new(weights.iter().copied());
    }

    /// How much of their first day's visits those who stay and those who lapse
    /// still make.
    fn fade(&self, block: &Block) -> [f64; 2] {
        let age = (self.day - block.signup_day).max(0) as f64;
        let regular = libm::pow(1.0 + age / self.fade_days, -self.fade_power);
        [regular, libm::exp(-age / self.lapsing_days)]
    }

    /// What each customer of a block visits as a newcomer.
    fn newcomer_pull(&self, block: &Block) -> f64 {
        let age = (self.day - block.signup_day).max(0);
        if age < self.newcomer_days { self.newcomer_visits } else { 0.0 }
    }

    /// The customers in the shop in an hour of the day begun last: distinct, at
    /// most `capacity`, everybody if no more have signed up. Positions.
    pub fn draw<'t>(
        &self,
        people: &People,
        at: NaiveDateTime,
        capacity: usize,
        stream: &mut Stream,
        taken: &'t mut Taken,
    ) -> &'t [u32] {
        let faces = people.faces();
        taken.reset(faces.len());
        let hour = at.hour() as u8;
        let [teens, twenties, thirties, forties, fifty_plus] =
            self.presence.to_array().map(|hours| hours[usize::from(hour)]);
        let door = Door {
            faces,
            today_first: self.first_of_today(),
            hour,
            presence: [teens, twenties, thirties, forties, fifty_plus, 1.0],
        };
        let is_in = |position: u32| door.is_in(position, faces[position as usize]);
        let everybody = 0..faces.len() as u32;
        let not_yet = (door.today_first.min(everybody.end)..everybody.end).filter(|p| !is_in(*p)).count();
        let eligible = faces.len() - not_yet;
        if eligible <= capacity {
            taken.picked.extend(everybody.filter(|position| is_in(*position)));
        } else if eligible < capacity * CROWDED {
            self.draw_by_keys(&door, capacity, stream, taken);
        } else {
            self.draw_by_rejection(&door, capacity, stream, taken);
        }
        &taken.picked
    }

    fn first_of_today(&self) -> u32 {
        let today = self.blocks.iter().rev().take_while(|block| block.signup_day == self.day);
        today.map(|block| block.positions.start).min().unwrap_or(u32::MAX)
    }

    /// Draws one by one, those who are in already drawn again. Very uneven rates
    /// could make the last places slow to fill: the bound on the tries keeps an
    /// hour's cost in hand, and a shop then is a little emptier.
    fn draw_by_rejection(&self, door: &Door<'_>, capacity: usize, stream: &mut Stream, taken: &mut Taken) {
        if self.today.is_empty() {
            return; // nobody visits at all
        }
        let mut batch = [(0u32, 0.0f64); BATCH];
        for _ in 0..(capacity * 4 * CROWDED).div_ceil(BATCH) {
            for slot in &mut batch {
                let position = self.draw_one(stream);
                *slot = (position, f64::from(stream.bits32()) / 4_294_967_296.0);
            }
            let comes = batch.map(|(position, luck)| luck < door.chance(position));
            for ((position, _), comes) in batch.iter().zip(comes) {
                if comes && taken.insert(*position) && taken.picked.len() == capacity {
                    return;
                }
            }
        }
    }

    #[inline]
    fn draw_one(&self, stream: &mut Stream) -> u32 {
        let (at, drawn) = match self.pulls[self.today.draw(stream)] {
            Pull::Regular(at) => (at, self.blocks[at].regular.draw(stream)),
            Pull::Lapsing(at) => (at, self.blocks[at].lapsing.draw(stream)),
            Pull::Newcomers(at) => (at, stream.below(self.blocks[at].positions.len() as u64) as usize),
        };
        self.blocks[at].positions.start + drawn as u32
    }

    /// Weighted sampling without replacement by exponential keys (Efraimidis and
    /// Spirakis 2006): the same law as drawing one by one.
    fn draw_by_keys(&self, door: &Door<'_>, capacity: usize, stream: &mut Stream, taken: &mut Taken) {
        let mut keys: Vec<(f64, u32)> = Vec::with_capacity(door.faces.len());
        for block in &self.blocks {
            let (fade, newcomer) = (self.fade(block), self.newcomer_pull(block));
            for (position, (rate, lapses)) in block.positions.clone().zip(&block.rates) {
                let visits = fade[usize::from(*lapses)] * f64::from(*rate) + newcomer;
                let key = -libm::log(1.0 - stream.unit()) / (visits * door.chance(position));
                if key.is_finite() {
                    keys.push((key, position));
                }
            }
        }
        if keys.len() > capacity {
            keys.select_nth_unstable_by(capacity - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            keys.truncate(capacity);
        }
        taken.picked.extend(keys.iter().map(|(_, position)| *position));
        taken.picked.sort_unstable();
    }
}

impl Taken {
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
