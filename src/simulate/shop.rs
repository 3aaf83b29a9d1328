//! The simulated shop: customers with grades, campaigns and the shelf, day by day.

use chrono::NaiveDateTime;
use rayon::prelude::*;

use super::campaigns::{Activity, Schedule};
use super::catalogue::Catalogue;
use super::people::People;
use super::population::{Person, Population, SignUp, day_start};
use super::times::StepTimes;
use super::visits::Visits;
use super::vocabulary::Vocabulary;
use crate::cache::{CacheUse, ProductCache};
use crate::config::{Config, SimulationSettings};
use crate::domain::Grade;
use crate::propensity::PropensityModel;
use crate::rng::Streams;
use crate::store::{ProductRow, Store, StoreError, UserRow};
use crate::{named, query};

/// The simulated shop at an instant.
#[derive(Clone, Debug)]
pub struct Shop {
    pub(super) config: Config,
    pub(super) model: PropensityModel,
    pub(super) streams: Streams,
    pub(super) vocabulary: Vocabulary,
    pub(super) catalogue: Catalogue,
    pub(super) schedule: Schedule,
    pub(super) population: Population,
    pub(super) people: People,
    pub(super) visits: Visits,
    pub(super) shelf: ProductCache,
    pub(super) shelf_number: Option<u64>,
    /// How often the customers in the shop are replaced, in hours; a divisor of 24.
    pub(super) customer_refresh_hours: u32,
    /// Simulated days whose sign-ups are included.
    pub(super) days_begun: u64,
    pub(super) customers_cached: CacheUse,
    pub(super) times: StepTimes,
}

/// Memory that a customer takes while a shop is opened, when it takes most, in bytes: attributes,
/// visit rates with their alias tables, and what is drawn on the way. Measured over one to ten
/// million customers.
const BYTES_PER_CUSTOMER: u64 = 300;

/// The approximate memory for the customers of a simulation, in bytes.
pub fn memory_needed(settings: &SimulationSettings) -> u64 {
    settings.users.saturating_mul(BYTES_PER_CUSTOMER)
}

impl Shop {
    /// The shop at the start of the first simulated day; all customers are BRONZE.
    pub fn open(config: &Config) -> Self {
        let settings = &config.simulation;
        let streams = Streams::new(settings.seed);
        let vocabulary = Vocabulary::embedded();
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
            catalogue: Catalogue::generate(&vocabulary, &streams),
            schedule: Schedule::new(settings, streams),
            shelf: ProductCache::new(&config.cache),
            shelf_number: None,
            customer_refresh_hours: config.cache.customer_refresh_hours,
            customers_cached: CacheUse { capacity: config.cache.users, ..CacheUse::default() },
            config: config.clone(),
            streams,
            vocabulary,
            population,
            people,
            visits,
            days_begun: 0,
            times: StepTimes::default(),
        }
    }

    /// The shop of a file at an instant: as [`Self::open`], with the day's sign-ups
    /// and each customer's grade as it was then.
    pub fn of_file(store: &Store, config: &Config, at: NaiveDateTime) -> Result<Self, StoreError> {
        let mut shop = Shop::open(config);
        shop.begin_day_of(at);
        shop.set_grades_of(store)?;
        // A customer whose grade changed since then held the one from before the first change.
        let since =
            store.rows(query!("grades/held_before_later_changes.sql"), named! { "at": at }, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        for (user_id, grade) in since {
            shop.set_grade(user_id, grade);
        }
        Ok(shop)
    }

    /// Sets every customer's grade from the file.
    pub fn set_grades_of(&mut self, store: &Store) -> Result<(), StoreError> {
        let above = store.rows(query!("store/user_grades.sql"), &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.people.set_all_grades(Grade::Bronze);
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
            .map(|index| self.population.row(index as u64, self.people.signed_up_at(index), &self.vocabulary))
            .collect()
    }

    /// The activities that start before an instant.
    pub fn activities_before(&self, instant: NaiveDateTime) -> &[Activity] {
        let activities = self.schedule.activities();
        &activities[..activities.partition_point(|activity| activity.row.start_at < instant)]
    }

    /// Sets a customer's grade.
    pub fn set_grade(&mut self, user_id: i64, grade: Grade) {
        self.people.set_grade(user_id, grade);
    }

    /// Sets how often the customers in the shop are replaced, in hours; a divisor of 24.
    pub fn set_customer_refresh_hours(&mut self, hours: u32) {
        self.customer_refresh_hours = hours.clamp(1, 24);
    }

    /// Usage of the customer and the product cache.
    pub fn cache_use(&self) -> (CacheUse, CacheUse) {
        (self.customers_cached, self.shelf.usage())
    }

    /// Time spent by part of the steps.
    pub fn times(&self) -> StepTimes {
        self.times
    }

    /// Advances sign-ups, campaigns and the shelf to the day of an instant.
    pub fn begin_day_of(&mut self, instant: NaiveDateTime) {
        let settings = self.config.simulation.clone();
        let day = (instant.date() - settings.start).num_days().max(0) as u64;
        while self.days_begun <= day {
            let today = self.days_begun;
            self.schedule.extend_until(&self.vocabulary, day_start(&settings, today + 1));
            let sign_ups = self.population.sign_ups_of(today, &self.schedule);
            self.add_sign_ups(today, &sign_ups);
            self.days_begun += 1;
        }
        self.people.advance_age_bands(instant.date());
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

    pub(super) fn step_number(&self, instant: NaiveDateTime) -> u64 {
        (instant - day_start(&self.config.simulation, 0)).num_hours().max(0) as u64
    }
}
