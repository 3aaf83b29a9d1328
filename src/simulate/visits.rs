//! Who is in the shop: customers drawn by their visit rates, fading with age.
//!
//! Customers are kept in blocks of one sign-up day, each with an alias table
//! over its rates for each way to fade; a block's pull fades as a whole, so one small table over the
//! blocks, made anew each day, does the rest. A draw costs the same for ten
//! thousand and ten million customers.
//!
//! Who has just signed up came to buy something: for a fortnight a newcomer
//! visits on top of the lasting rate, all newcomers alike.

use std::ops::Range;

use chrono::{NaiveDateTime, Timelike};

use super::population::Person;
use crate::config::{ByAge, SimulationSettings};
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
}

/// A block and how its customers are drawn today.
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

/// Scratch for one thread: which customers are already in.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    bits: Vec<u64>,
    picked: Vec<u32>,
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

    /// Adds the customers at these positions, who signed up on a day (days since
    /// the start; negative before it). Positions come in order.
    pub fn add(&mut self, signup_day: i64, range: Range<usize>, people: &[Person]) {
        let rates = |lapsing: bool| {
            let rate = move |person: &Person| {
                if person.lapses() == lapsing { f64::from(person.visit_rate) } else { 0.0 }
            };
            AliasTable::new(people[range.clone()].iter().map(rate))
        };
        let positions = range.start as u32..range.end as u32;
        self.blocks.push(Block { positions, signup_day, regular: rates(false), lapsing: rates(true) });
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
        people: &[Person],
        at: NaiveDateTime,
        capacity: usize,
        stream: &mut Stream,
        taken: &'t mut Taken,
    ) -> &'t [u32] {
        taken.reset(people.len());
        let today_first = self.first_of_today();
        let hour = at.hour();
        let is_in =
            |position: u32| position < today_first || u32::from(people[position as usize].signup_hour) < hour;
        let by_band = self.presence.to_array().map(|hours| hours[hour as usize]);
        let presence = |position: u32| by_band[people[position as usize].age_band(at.date()).index()];
        let eligible =
            people.len() - (today_first as usize..people.len()).filter(|p| !is_in(*p as u32)).count();
        if eligible <= capacity {
            taken.picked.extend((0..people.len() as u32).filter(|position| is_in(*position)));
        } else if eligible < capacity * CROWDED {
            let pull = |position: u32| if is_in(position) { presence(position) } else { 0.0 };
            self.draw_by_keys(people, &pull, capacity, stream, taken);
        } else {
            let comes = |position: u32, luck: f64| is_in(position) && luck < presence(position);
            self.draw_by_rejection(&comes, capacity, stream, taken);
        }
        &taken.picked
    }

    fn first_of_today(&self) -> u32 {
        let today = self.blocks.iter().rev().take_while(|block| block.signup_day == self.day);
        today.map(|block| block.positions.start).min().unwrap_or(u32::MAX)
    }

    fn draw_by_rejection(
        &self,
        comes: &impl Fn(u32, f64) -> bool,
        capacity: usize,
        stream: &mut Stream,
        taken: &mut Taken,
    ) {
        // Very uneven rates could make the last places slow to fill; the bound
        // keeps an hour's cost in hand, and a shop then is a little emptier.
        for _ in 0..capacity * 4 * CROWDED {
            let position = match self.pulls[self.today.draw(stream)] {
                Pull::Regular(at) => {
                    self.blocks[at].positions.start + self.blocks[at].regular.draw(stream) as u32
                }
                Pull::Lapsing(at) => {
                    self.blocks[at].positions.start + self.blocks[at].lapsing.draw(stream) as u32
                }
                Pull::Newcomers(at) => {
                    let positions = &self.blocks[at].positions;
                    positions.start + stream.below(positions.len() as u64) as u32
                }
            };
            let luck = f64::from(stream.bits32()) / 4_294_967_296.0;
            if comes(position, luck) && taken.insert(position) && taken.picked.len() == capacity {
                return;
            }
        }
    }

    /// Weighted sampling without replacement by exponential keys (Efraimidis and
    /// Spirakis 2006): the same law as drawing one by one.
    fn draw_by_keys(
        &self,
        people: &[Person],
        presence: &impl Fn(u32) -> f64,
        capacity: usize,
        stream: &mut Stream,
        taken: &mut Taken,
    ) {
        let mut pulls = vec![0.0; people.len()];
        for block in &self.blocks {
            let (fade, newcomer) = (self.fade(block), self.newcomer_pull(block));
            for position in block.positions.clone() {
                let person = &people[position as usize];
                let fade = fade[usize::from(person.lapses())];
                let visits = fade * f64::from(person.visit_rate) + newcomer;
                pulls[position as usize] = visits * presence(position);
            }
        }
        let mut keys: Vec<(f64, u32)> = pulls
            .iter()
            .enumerate()
            .map(|(position, pull)| (-libm::log(1.0 - stream.unit()) / pull, position as u32))
            .filter(|(key, _)| key.is_finite())
            .collect();
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
