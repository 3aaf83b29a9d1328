//! Who is in the shop of a file: the cached customers, with the moods of the hour.
//!
//! A simulated shop draws them as its next simulated hours would. In a shop's own data the cache holds whoever ordered last.

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use crate::cache::CustomerCache;
use crate::calendar::{age_band, midnight};
use crate::config::{Config, Layer};
use crate::domain::{Gender, Grade, Status};
use crate::propensity::{Mood, Profile};
use crate::rng::{Stream, Streams};
use crate::simulate::Shop;
use crate::store::{Origin, Row, Store, StoreError};
use crate::{named, query};

/// The customers in the shop in an hour.
#[derive(Clone, Debug)]
pub struct Visitors {
    /// The cache, filled.
    pub cache: CustomerCache,
    /// The mood of each cached customer, in cache order.
    pub moods: Vec<Mood>,
    /// The hour, 0 to 23.
    pub hour: u32,
}

/// A customer's attributes, as the file has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// Our number.
    pub user_id: i64,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Whether the customer is active.
    pub status: Option<Status>,
    /// Whether the customer agreed to marketing.
    pub marketing_agree: Option<bool>,
    /// Grade now.
    pub grade: Grade,
    /// When the customer signed up.
    pub signed_up_at: NaiveDateTime,
}

impl Customer {
    /// What a score needs to know, on a day.
    pub fn profile(&self, on: NaiveDate) -> Profile {
        Profile {
            age_band: self.birth_date.map(|birth_date| age_band(birth_date, on)),
            gender: self.gender,
            status: self.status,
            marketing_agree: self.marketing_agree,
            grade: self.grade,
        }
    }
}

/// The customers in the shop in an hour of the day of `as_of`, who signed up
/// before it, with their moods.
pub fn visitors_at(
    store: &Store,
    config: &Config,
    as_of: NaiveDateTime,
    hour: u32,
) -> Result<Visitors, StoreError> {
    let at = midnight(as_of.date()) + chrono::Duration::hours(i64::from(hour));
    let (cache, mut stream) = match store.meta().origin()? {
        Some(Origin::Simulated) => {
            let mut shop = Shop::of_file(store, &simulated_with(store, config)?, at)?;
            (shop.customers_at(at, as_of), shop.moods_at(at))
        }
        _ => {
            let hours = (at - NaiveDateTime::default()).num_hours();
            (recent_customers(store, config, as_of)?, moods_of_hour(config, hours))
        }
    };
    let moods = (0..cache.len()).map(|_| Mood::draw(&mut stream)).collect();
    Ok(Visitors { cache, moods, hour: at.hour() })
}

/// A simulated shop has the customers that its own settings made; other settings
/// than the file's may score them differently, no more.
fn simulated_with(store: &Store, config: &Config) -> Result<Config, StoreError> {
    let Some(text) = store.meta().config()? else { return Ok(config.clone()) };
    let layer = Layer::from_json("the file's own settings", &text);
    let stored = layer.and_then(|layer| Config::from_layers(&[layer]));
    let stored = stored.map_err(|_| StoreError::BadMeta { key: "config", value: text })?;
    Ok(Config { simulation: stored.simulation, cache: stored.cache, ..config.clone() })
}

fn moods_of_hour(config: &Config, hours_since_1970: i64) -> Stream {
    Streams::new(config.simulation.seed).open("mood", hours_since_1970 as u64)
}

fn recent_customers(
    store: &Store,
    config: &Config,
    as_of: NaiveDateTime,
) -> Result<CustomerCache, StoreError> {
    let capacity = config.cache.users as i64;
    let customers = store.rows(
        query!("propensity/recent_customers.sql"),
        named! { "as_of": as_of, "capacity": capacity },
        |row| Ok((row.get::<_, i64>("user_id")?, profile_of(row, as_of.date())?.code())),
    )?;
    let mut cache = CustomerCache::new(&config.cache);
    cache.refresh(as_of, customers.into_iter());
    Ok(cache)
}

/// A customer by our number.
pub fn customer(store: &Store, user_id: i64) -> Result<Option<Customer>, StoreError> {
    store.optional_row(query!("propensity/customer.sql"), named! { "user_id": user_id }, |row| {
        Ok(Customer {
            user_id: row.get("user_id")?,
            external_id: row.get("external_id")?,
            name: row.get("name")?,
            gender: row.get("gender")?,
            birth_date: row.get("birth_date")?,
            status: row.get("status")?,
            marketing_agree: row.get("marketing_agree")?,
            grade: row.get("grade")?,
            signed_up_at: row.get("signed_up_at")?,
        })
    })
}

/// A customer's number by the shop's own id, or else by ours.
fn find_customer(store: &Store, id: &str) -> Result<Option<i64>, StoreError> {
    store.optional_row(query!("propensity/find_customer.sql"), named! { "id": id }, |row| row.get(0))
}

/// Why there is no customer.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// Nobody has the id.
    #[error("there is no customer `{0}`")]
    Unknown(String),
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A customer by the shop's own id, or else by our number; an error if there is none.
pub fn require_customer(store: &Store, id: &str) -> Result<Customer, CustomerError> {
    let user_id = find_customer(store, id)?;
    let customer = user_id.map(|user_id| customer(store, user_id)).transpose()?.flatten();
    customer.ok_or_else(|| CustomerError::Unknown(id.to_owned()))
}

fn profile_of(row: &Row<'_>, on: NaiveDate) -> Result<Profile, crate::store::RowError> {
    let birth_date: Option<NaiveDate> = row.get("birth_date")?;
    Ok(Profile {
        age_band: birth_date.map(|birth_date| age_band(birth_date, on)),
        gender: row.get("gender")?,
        status: row.get("status")?,
        marketing_agree: row.get("marketing_agree")?,
        grade: row.get("grade")?,
    })
}
