//! One simulated hour: fill the cache, score it, let the best candidates order.
//!
//! A step depends on the seed, its number, the customers who have signed up and
//! their grades, and on nothing that another step of the same day does: so
//! the hours of a day run on all threads.

use std::time::Instant;

use chrono::{Duration, NaiveDateTime, Timelike};
use rayon::prelude::*;

use super::campaigns::Activity;
use super::population::day_start;
use super::shop::Shop;
use super::times::StepTimes;
use super::visits::Selection;
use crate::cache::{CacheUse, CustomerCache, appeal_group};
use crate::domain::OrderStatus;
use crate::propensity::HourlyEffects;
use crate::rng::Stream;
use crate::store::OrderRow;

/// Share of the orders, in its window, of the customers it brought that are credited to a campaign.
const OWN_CREDIT: f64 = 0.92;

impl Shop {
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

    /// The orders of the hours in `[from, to)`, whole hours of one day, in the
    /// order of their time; not numbered yet.
    pub fn simulate(&mut self, from: NaiveDateTime, to: NaiveDateTime) -> Vec<OrderRow> {
        debug_assert_eq!(from.date(), (to - Duration::seconds(1)).date());
        self.begin_day_of(from);
        let mut hours = Vec::new();
        let mut hour = from;
        // The shelf may change within the day: hours with the same shelf run together.
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

        let mut effects = self.streams.open("mood", number);
        worker.cache.score(&self.model, at.hour(), || HourlyEffects::draw(&mut effects));
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
        // Customers stay from one refresh to the next.
        let at = at - Duration::hours(i64::from(at.hour() % self.customer_refresh_hours));
        let mut stream = self.streams.open("visit", self.step_number(at));
        let capacity = self.config.cache.users;
        let visitors = self.visits.draw(&self.people, at, capacity, &mut stream, &mut worker.selection);
        let profiles = self.people.profiles();
        let known = visitors.iter().filter(|position| (**position as usize) < known);
        let customers = known.map(|position| (i64::from(*position) + 1, profiles[*position as usize].code));
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

    /// The effects of the customers in the shop in the hour of an instant.
    pub fn effects_at(&self, instant: NaiveDateTime) -> Stream {
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

/// Buffers that a thread reuses from step to step.
struct Worker {
    cache: CustomerCache,
    selection: Selection,
}

impl Worker {
    fn new(shop: &Shop) -> Self {
        Worker { cache: CustomerCache::new(&shop.config.cache), selection: Selection::default() }
    }
}
