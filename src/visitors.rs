//! The customers in the shop of a file at an hour, with their random effects.
//!
//! A simulated shop samples them as its next simulated hours would. For a shop's own data, they are the latest customers.

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use crate::cache::CustomerCache;
use crate::calendar::{age_band, midnight};
use crate::config::{Config, Layer};
use crate::propensity::{HourlyEffects, Profile};
use crate::rng::{Stream, Streams};
use crate::simulate::Shop;
use crate::store::{Origin, Row, Store, StoreError};
use crate::{named, query};

/// The customers in the shop in an hour.
#[derive(Clone, Debug)]
pub struct Visitors {
    /// The cache, filled.
    pub cache: CustomerCache,
    /// The effects of each cached customer, in cache order.
    pub effects: Vec<HourlyEffects>,
    /// The hour, 0 to 23.
    pub hour: u32,
}

/// The customers in the shop in an hour of the day of `as_of`, who signed up
/// before it, with their effects.
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
            (shop.customers_at(at, as_of), shop.effects_at(at))
        }
        _ => {
            let hours = (at - NaiveDateTime::default()).num_hours();
            (recent_customers(store, config, as_of)?, effects_of_hour(config, hours))
        }
    };
    let effects = (0..cache.len()).map(|_| HourlyEffects::draw(&mut stream)).collect();
    Ok(Visitors { cache, effects, hour: at.hour() })
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

fn effects_of_hour(config: &Config, hours_since_1970: i64) -> Stream {
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

fn profile_of(row: &Row<'_>, on: NaiveDate) -> Result<Profile, crate::store::EngineFailure> {
    let birth_date: Option<NaiveDate> = row.get("birth_date")?;
    Ok(Profile {
        age_band: birth_date.map(|birth_date| age_band(birth_date, on)),
        gender: row.get("gender")?,
        status: row.get("status")?,
        marketing_agree: row.get("marketing_agree")?,
        grade: row.get("grade")?,
    })
}
