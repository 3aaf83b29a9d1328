//! The simulated shop: everything that a step of one hour reads, and the step.
//!
//! A step depends on the seed, its number, the customers who have signed up and
//! their grades, and on nothing that another step of the same day did: so
//! the hours of a day run on all threads.

use std::time::{Duration as WallTime, Instant};

use chrono::{Duration, NaiveDateTime, Timelike};
use rayon::prelude::*;

use super::campaigns::{Activity, Schedule};
use super::catalogue::Catalogue;
use super::people::People;
use super::population::{Person, Population, SignUp, day_start};
use super::visits::{Taken, Visits};
use super::words::Words;
use crate::cache::{CacheUse, CustomerCache, ProductCache, appeal_group};
use crate::config::{Config, SimulationSettings};
use crate::domain::{Grade, OrderStatus};
use crate::propensity::{Mood, PropensityModel};
use crate::rng::{Stream, Streams};
use crate::store::{OrderRow, ProductRow, Store, StoreError, UserRow};
use crate::{named, query};

/// Wall time by part of a step, added over threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct StepTimes {
    /// Drawing who is in the shop.
    pub sampling: WallTime,
    /// Scoring them and choosing the candidates.
    pub scoring: WallTime,
    /// Making the orders.
    pub ordering: WallTime,
}

impl StepTimes {
    pub(super) fn plus(self, other: StepTimes) -> StepTimes {
        StepTimes {
            sampling: self.sampling + other.sampling,
            scoring: self.scoring + other.scoring,
            ordering: self.ordering + other.ordering,
        }
    }
}

/// The simulated shop at an instant.
#[derive(Clone, Debug)]
pub struct Shop {
    config: Config,
    model: PropensityModel,
    streams: Streams,
    words: Words,
    catalogue: Catalogue,
    schedule: Schedule,
    population: Population,
    people: People,
    visits: Visits,
    shelf: ProductCache,
    shelf_number: Option<u64>,
    /// How long the same customers stay in the shop; divides 24.
    customer_refresh_hours: u32,
    /// Simulated days whose sign-ups are in.
    days_begun: u64,
    customers_cached: CacheUse,
    times: StepTimes,
}

/// Share of a campaign's own customers' orders in its window that are credited to it.
const OWN_CREDIT: f64 = 0.92;

/// Memory that a customer takes while a shop is opened, when it takes most, in bytes: attributes,
/// visit rates with their alias tables, and what is drawn on the way. Measured over one to ten
/// million customers.
const BYTES_PER_CUSTOMER: u64 = 300;

/// About how much memory a simulation of these settings needs for its customers, in bytes.
pub fn memory_needed(settings: &SimulationSettings) -> u64 {
    settings.users.saturating_mul(BYTES_PER_CUSTOMER)
}

impl Shop {
    /// The shop at the start of the first simulated day, nobody's grade known.
    pub fn open(config: &Config) -> Self {
        let settings = &config.simulation;
        let streams = Streams::new(settings.seed);
        let words = Words::embedded();
        let population = Population::new(settings, streams);
        let sign_ups = population.first_sign_ups();
        let drawn: Vec<Person> = sign_ups
            .par_iter()
            .enumerate()
            .map(|(index, sign_up)| population.person(index as u64, sign_up, settings.start))
            .collect();
        let mut visits = Visits::new(settings);
        let mut first = 0;
        while first < drawn.len() {
            let date = sign_ups[first].at.date();
            let until = first + sign_ups[first..].partition_point(|sign_up| sign_up.at.date() == date);
            visits.add((date - settings.start).num_days(), first, &drawn[first..until]);
            first = until;
        }
        let mut people = People::default();
        people.extend(&drawn, &sign_ups, settings.start);
        Shop {
            model: PropensityModel::new(config),
            catalogue: Catalogue::generate(&words, &streams),
            schedule: Schedule::new(settings, streams),
            shelf: ProductCache::new(&config.cache),
            shelf_number: None,
            customer_refresh_hours: config.cache.customer_refresh_hours,
            customers_cached: CacheUse { capacity: config.cache.users, ..CacheUse::default() },
            config: config.clone(),
            streams,
            words,
            population,
            people,
            visits,
            days_begun: 0,
            times: StepTimes::default(),
        }
    }

    /// The shop of a file at an instant: as [`Self::open`], with the day's sign-ups
    /// and everybody's grade as it was then.
    pub fn of_file(store: &Store, config: &Config, at: NaiveDateTime) -> Result<Self, StoreError> {
        let mut shop = Shop::open(config);
        shop.begin_day_of(at);
        shop.set_grades_of(store)?;
        // Whoever changed since then held the grade of the first such change.
        let since =
            store.rows(query!("grades/held_before_later_changes.sql"), named! { "at": at }, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        for (user_id, grade) in since {
            shop.set_grade(user_id, grade);
        }
        Ok(shop)
    }

    /// Gives everybody the grade that the file says they hold now.
    pub fn set_grades_of(&mut self, store: &Store) -> Result<(), StoreError> {
        let above = store.rows(query!("store/user_grades.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.people.set_everybody(Grade::Bronze);
        for (user_id, grade) in above {
            self.set_grade(user_id, grade);
        }
        Ok(())
    }

    /// The products' rows.
    pub fn products(&self) -> Vec<ProductRow> {
        self.catalogue.products().iter().map(|product| product.row.clone()).collect()
    }

    /// How many customers have signed up before an instant.
    pub fn customers_before(&self, instant: NaiveDateTime) -> usize {
        self.people.before(instant)
    }

    /// The rows of the customers at these positions, as they signed up.
    pub fn user_rows(&self, range: std::ops::Range<usize>) -> Vec<UserRow> {
        range
            .into_par_iter()
            .map(|index| self.population.row(index as u64, self.people.signed_up_at(index), &self.words))
            .collect()
    }

    /// The activities that start before an instant.
    pub fn activities_before(&self, instant: NaiveDateTime) -> &[Activity] {
        let activities = self.schedule.activities();
        &activities[..activities.partition_point(|activity| activity.row.start_at < instant)]
    }

    /// Tells the shop a customer's grade.
    pub fn set_grade(&mut self, user_id: i64, grade: Grade) {
        self.people.set_grade(user_id, grade);
    }

    /// How long the same customers stay in the shop, in hours; a divisor of 24.
    pub fn set_customer_refresh_hours(&mut self, hours: u32) {
        self.customer_refresh_hours = hours.clamp(1, 24);
    }

    /// How the customer and the product cache have been used.
    pub fn cache_use(&self) -> (CacheUse, CacheUse) {
        (self.customers_cached, self.shelf.usage())
    }

    /// Where the steps' time went.
    pub fn times(&self) -> StepTimes {
        self.times
    }

    /// Brings the sign-ups, campaigns and shelf up to the day of an instant.
    pub fn begin_day_of(&mut self, instant: NaiveDateTime) {
        let settings = self.config.simulation.clone();
        let day = (instant.date() - settings.start).num_days().max(0) as u64;
        while self.days_begun <= day {
            let today = self.days_begun;
            self.schedule.extend_until(&self.words, day_start(&settings, today + 1));
            let sign_ups = self.population.sign_ups_of(today, &self.schedule);
            self.add_sign_ups(today, &sign_ups);
            self.days_begun += 1;
        }
        self.people.celebrate_birthdays(instant.date());
        self.visits.begin_day(day as i64);
    }

    fn add_sign_ups(&mut self, day: u64, sign_ups: &[SignUp]) {
        let first = self.people.len();
        let number = |at: usize| (first + at) as u64;
        let people: Vec<Person> = sign_ups
            .iter()
            .enumerate()
            .map(|(at, sign_up)| self.population.person(number(at), sign_up, sign_up.at.date()))
            .collect();
        self.visits.add(day as i64, first, &people);
        self.people.extend(&people, sign_ups, day_start(&self.config.simulation, day).date());
    }

    fn refresh_shelf(&mut self, instant: NaiveDateTime) {
        let hours = self.step_number(instant);
        let number = hours / u64::from(self.config.cache.product_refresh_hours);
        if self.shelf_number != Some(number) {
            let mut stream = self.streams.open("shelf", number);
            let products = self.catalogue.shelf(self.config.cache.products, &mut stream);
            let catalogue = &self.catalogue;
            self.shelf.refresh(instant, products, |product, group| catalogue.appeal(product, group));
            self.shelf_number = Some(number);
        }
    }

    fn step_number(&self, instant: NaiveDateTime) -> u64 {
        (instant - day_start(&self.config.simulation, 0)).num_hours().max(0) as u64
    }

    /// The orders of the hours in `[from, to)`, whole hours of one day, in the
    /// order of their time; not numbered yet.
    pub fn simulate(&mut self, from: NaiveDateTime, to: NaiveDateTime) -> Vec<OrderRow> {
        debug_assert_eq!(from.date(), (to - Duration::seconds(1)).date());
        self.begin_day_of(from);
        let mut hours = Vec::new();
        let mut hour = from;
        // A shelf may change within the day: hours that share one run together.
        while hour < to {
            self.refresh_shelf(hour);
            let shelf_until =
                (self.shelf_number.unwrap_or(0) + 1) * u64::from(self.config.cache.product_refresh_hours);
            let until = to.min(day_start(&self.config.simulation, 0) + Duration::hours(shelf_until as i64));
            let together: Vec<NaiveDateTime> =
                (0..(until - hour).num_hours()).map(|h| hour + Duration::hours(h)).collect();
            let shop = &*self;
            let done: Vec<HourOfOrders> = together
                .par_iter()
                .map_init(|| Worker::new(shop), |worker, at| shop.step(*at, worker))
                .collect();
            hours.extend(done);
            hour = until;
        }
        self.collect(hours)
    }

    fn collect(&mut self, hours: Vec<HourOfOrders>) -> Vec<OrderRow> {
        let mut orders: Vec<OrderRow> = Vec::with_capacity(hours.iter().map(|hour| hour.orders.len()).sum());
        for hour in hours {
            self.times.sampling += hour.times.sampling;
            self.times.scoring += hour.times.scoring;
            self.times.ordering += hour.times.ordering;
            self.shelf.count_hits(hour.orders.len() as u64);
            self.customers_cached.absorb(hour.customers);
            orders.extend(hour.orders);
        }
        orders
    }

    /// One step: fill the cache, score it, let the best candidates order.
    fn step(&self, at: NaiveDateTime, worker: &mut Worker) -> HourOfOrders {
        let number = self.step_number(at);
        let started = Instant::now();
        self.fill_cache(at, self.people.len(), worker);
        let filled = Instant::now();

        let mut moods = self.streams.open("mood", number);
        worker.cache.score(&self.model, at.hour(), || Mood::draw(&mut moods));
        let candidates = worker.cache.candidates(self.config.cache.candidates).to_vec();
        let scored = Instant::now();

        let mut stream = self.streams.open("order", number);
        let running: Vec<(usize, &Activity)> = self
            .schedule
            .activities()
            .iter()
            .enumerate()
            .filter(|(_, activity)| {
                activity.row.start_at < at + Duration::hours(1) && at < activity.window_end
            })
            .collect();
        let mut orders: Vec<OrderRow> = Vec::new();
        for candidate in candidates {
            let chance = worker.cache.score_at(candidate) / 100.0 * self.config.simulation.conversion;
            if stream.chance(chance) {
                let (user_id, _) = worker.cache.customer(candidate);
                orders.extend(self.order(user_id, at, &running, &mut stream));
            }
        }
        orders.sort_by_key(|order| (order.created_at, order.user_id));
        HourOfOrders {
            customers: worker.cache.take_usage(),
            orders,
            times: StepTimes {
                sampling: filled - started,
                scoring: scored - filled,
                ordering: scored.elapsed(),
            },
        }
    }

    /// Loads the hour's customers into the cache, of the first `known` ones.
    fn fill_cache(&self, at: NaiveDateTime, known: usize, worker: &mut Worker) {
        // Whoever came in at the last refresh is still there.
        let at = at - Duration::hours(i64::from(at.hour() % self.customer_refresh_hours));
        let mut stream = self.streams.open("visit", self.step_number(at));
        let capacity = self.config.cache.users;
        let visitors = self.visits.draw(&self.people, at, capacity, &mut stream, &mut worker.taken);
        let faces = self.people.faces();
        let known = visitors.iter().filter(|position| (**position as usize) < known);
        let customers = known.map(|position| (i64::from(*position) + 1, faces[*position as usize].code));
        worker.cache.refresh(at, customers);
    }

    /// The customers in the shop in the hour of an instant, as that step sees them,
    /// of those who signed up before `known_before`.
    pub fn customers_at(&mut self, instant: NaiveDateTime, known_before: NaiveDateTime) -> CustomerCache {
        self.begin_day_of(instant);
        let at = instant.date().and_hms_opt(instant.hour(), 0, 0).unwrap_or(instant);
        let mut worker = Worker::new(self);
        let known = self.customers_before(known_before);
        self.fill_cache(at, known, &mut worker);
        worker.cache
    }

    /// The moods of the customers in the shop in the hour of an instant.
    pub fn moods_at(&self, instant: NaiveDateTime) -> Stream {
        self.streams.open("mood", self.step_number(instant))
    }

    fn order(
        &self,
        user_id: i64,
        at: NaiveDateTime,
        running: &[(usize, &Activity)],
        stream: &mut Stream,
    ) -> Option<OrderRow> {
        let position = user_id as usize - 1;
        let profile = self.people.profile(position);
        let created_at = at + Duration::seconds(stream.below(3_600) as i64);
        let group = appeal_group(profile.gender, self.model.age_band(profile.age_band));
        let product = self.shelf.pick(group, stream)?;
        let quantity = self.catalogue.quantity(product, stream);
        let status = OrderStatus::ALL[stream.weighted(&self.config.simulation.status_weights)];
        let agreed = profile.marketing_agree == Some(true);
        let activity_id = credit(self.people.brought_by(position), agreed, created_at, running, stream);
        let row = &self.catalogue.products()[product as usize].row;
        Some(OrderRow {
            order_id: 0,
            external_id: None,
            user_id,
            product_id: Some(row.product_id),
            activity_id,
            quantity,
            unit_price: row.price,
            amount: row.price.times(i64::from(quantity))?,
            status,
            created_at,
        })
    }
}

/// The activity that an order is credited to: the one that brought the
/// customer, while it runs; or one that reached the customer by chance.
fn credit(
    brought_by: Option<usize>,
    agreed: bool,
    created_at: NaiveDateTime,
    running: &[(usize, &Activity)],
    stream: &mut Stream,
) -> Option<i64> {
    let (own, reached) = (stream.unit(), stream.unit());
    let at = running.iter().filter(|(_, activity)| activity.runs_at(created_at));
    let brought = at.clone().find(|(position, _)| brought_by == Some(*position));
    if let Some((_, activity)) = brought.filter(|_| own < OWN_CREDIT) {
        return Some(activity.row.activity_id);
    }
    if !agreed {
        return None;
    }
    let mut left = reached;
    at.map(|(_, activity)| activity)
        .find(|activity| {
            left -= activity.reach * activity.intensity;
            left < 0.0
        })
        .map(|activity| activity.row.activity_id)
}

struct HourOfOrders {
    orders: Vec<OrderRow>,
    customers: CacheUse,
    times: StepTimes,
}

/// What one thread reuses from step to step.
struct Worker {
    cache: CustomerCache,
    taken: Taken,
}

impl Worker {
    fn new(shop: &Shop) -> Self {
        Worker { cache: CustomerCache::new(&shop.config.cache), taken: Taken::default() }
    }
}
