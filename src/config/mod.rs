//! The settings: every parameter of the models, layered from the embedded defaults,
//! the configuration stored in the file, and the user's TOML.
//!
//! Does no I/O: callers pass in the texts.

mod layers;
mod margin;
mod validate;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{AgeBand, Gender, Grade, Status};
use crate::money::{Currency, Money};

pub use layers::{ConfigError, Layer};
pub use margin::Margin;
pub use validate::MOST_MONTHS;

/// The embedded default configuration, comments included.
pub const DEFAULT_TOML: &str = include_str!("../../data/lifecycle.toml");

/// The effective settings, made and validated by [`Config::from_layers`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// ISO 4217 code of every amount in the file.
    pub currency: String,
    /// The base score's tables and the hour multipliers.
    pub score: ScoreTables,
    /// The hourly promotion boost of customers who agreed to marketing.
    pub promotion: Promotion,
    /// The hourly life event.
    pub life_events: LifeEvents,
    /// Grade criteria, window and intervals.
    pub grades: GradeSettings,
    /// How many customers and products are in the shop at a time.
    pub cache: CacheSettings,
    /// The cohort LTV batch.
    pub cohort: CohortSettings,
    /// The simulated shop.
    pub simulation: SimulationSettings,
}

/// One value per age band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByAge<T> {
    /// Before the 20th birthday.
    #[serde(rename = "10s")]
    pub teens: T,
    /// From the 20th birthday.
    #[serde(rename = "20s")]
    pub twenties: T,
    /// From the 30th birthday.
    #[serde(rename = "30s")]
    pub thirties: T,
    /// From the 40th birthday.
    #[serde(rename = "40s")]
    pub forties: T,
    /// From the 50th birthday.
    #[serde(rename = "50+")]
    pub fifty_plus: T,
}

impl<T: Copy> ByAge<T> {
    /// The value of an age band.
    pub fn get(&self, band: AgeBand) -> T {
        match band {
            AgeBand::Teens => self.teens,
            AgeBand::Twenties => self.twenties,
            AgeBand::Thirties => self.thirties,
            AgeBand::Forties => self.forties,
            AgeBand::FiftyPlus => self.fifty_plus,
        }
    }

    /// The five values, youngest first.
    pub fn to_array(&self) -> [T; 5] {
        [self.teens, self.twenties, self.thirties, self.forties, self.fifty_plus]
    }
}

/// Tables 1-1 and 1-2 of the propensity model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreTables {
    /// The age band assumed for customers without a birth date.
    pub unknown_age: AgeBand,
    /// Points by age band.
    pub age: ByAge<f64>,
    /// Points by gender.
    pub gender: GenderScores,
    /// Points by status.
    pub status: StatusScores,
    /// Points by marketing consent.
    pub marketing: MarketingScores,
    /// Points by grade.
    pub grade: GradeScores,
    /// Multipliers for the hours 0 to 23, by age band.
    pub hours: ByAge<[f64; 24]>,
}

/// Points by gender.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenderScores {
    /// Women.
    #[serde(rename = "F")]
    pub female: f64,
    /// Men.
    #[serde(rename = "M")]
    pub male: f64,
    /// Customers of unknown gender.
    pub unknown: f64,
}

impl GenderScores {
    /// The points of a gender; `None` is unknown.
    pub fn get(&self, gender: Option<Gender>) -> f64 {
        match gender {
            Some(Gender::Female) => self.female,
            Some(Gender::Male) => self.male,
            None => self.unknown,
        }
    }
}

/// Points by status.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusScores {
    /// Active customers.
    #[serde(rename = "ACTIVE")]
    pub active: f64,
    /// Dormant customers.
    #[serde(rename = "DORMANT")]
    pub dormant: f64,
    /// Customers of unknown status.
    pub unknown: f64,
}

impl StatusScores {
    /// The points of a status; `None` is unknown.
    pub fn get(&self, status: Option<Status>) -> f64 {
        match status {
            Some(Status::Active) => self.active,
            Some(Status::Dormant) => self.dormant,
            None => self.unknown,
        }
    }
}

/// Points by marketing consent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketingScores {
    /// Agreed.
    pub agreed: f64,
    /// Did not agree.
    pub not_agreed: f64,
    /// Unknown.
    pub unknown: f64,
}

impl MarketingScores {
    /// The points for consent given or refused; `None` is unknown.
    pub fn get(&self, agreed: Option<bool>) -> f64 {
        match agreed {
            Some(true) => self.agreed,
            Some(false) => self.not_agreed,
            None => self.unknown,
        }
    }
}

/// Points by grade.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
pub struct GradeScores {
    /// VIP.
    pub vip: f64,
    /// GOLD.
    pub gold: f64,
    /// SILVER.
    pub silver: f64,
    /// BRONZE.
    pub bronze: f64,
}

impl GradeScores {
    /// The points of a grade.
    pub fn get(&self, grade: Grade) -> f64 {
        match grade {
            Grade::Vip => self.vip,
            Grade::Gold => self.gold,
            Grade::Silver => self.silver,
            Grade::Bronze => self.bronze,
        }
    }
}

/// The promotion boost, drawn once per customer and hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Probability that a customer who agreed to marketing gets it, 0 to 1.
    pub chance: f64,
    /// The multiplier it gives.
    pub boost: f64,
}

/// The life event, drawn once per customer and hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeEvents {
    /// Relative frequency of each event.
    pub weights: [f64; 3],
    /// The multiplier of each event.
    pub multipliers: [f64; 3],
}

/// What a grade requires; both conditions must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Minimum amount in the window.
    pub min_amount: Money,
    /// Minimum number of orders in the window.
    pub min_orders: i64,
}

/// Grade criteria, window and intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeSettings {
    /// The window's length in calendar months.
    pub window_months: u32,
    /// How often the worker and the live shop update, in seconds.
    pub refresh_interval_secs: u64,
    /// How often `generate` updates, in simulated days.
    pub simulated_interval_days: u32,
    /// Whether customers are demoted by at most one grade per update.
    pub one_step_demotion: bool,
    /// For how many days a grade is kept after it was last earned.
    pub demotion_grace_days: u32,
    /// Requirements for VIP.
    #[serde(rename = "VIP")]
    pub vip: Criterion,
    /// Requirements for GOLD.
    #[serde(rename = "GOLD")]
    pub gold: Criterion,
    /// Requirements for SILVER.
    #[serde(rename = "SILVER")]
    pub silver: Criterion,
}

/// Sizes and refresh intervals of the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    /// Customers in the shop in an hour.
    pub users: usize,
    /// Products on the shelf.
    pub products: usize,
    /// How many of the best-scored customers may order in an hour.
    pub candidates: usize,
    /// How often the customers in the shop are replaced, in simulated hours; a divisor of 24.
    pub customer_refresh_hours: u32,
    /// How often the products on the shelf are replaced, in simulated hours.
    pub product_refresh_hours: u32,
}

/// The cohort LTV batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CohortSettings {
    /// How many months a cohort is followed: offsets 0 to `months - 1`.
    pub months: u32,
    /// The share of revenue that profit and break-even count.
    pub gross_margin: Margin,
}

impl CohortSettings {
    /// Cohorts followed for this many months, with a gross margin of 1: all revenue counts as profit.
    pub const fn without_margin(months: u32) -> Self {
        CohortSettings { months, gross_margin: Margin::WHOLE }
    }
}

/// The simulated shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulationSettings {
    /// Seed of every random stream.
    pub seed: u64,
    /// The first simulated day.
    pub start: NaiveDate,
    /// How many days `generate` simulates.
    pub days: u32,
    /// Customers at the start.
    pub users: u64,
    /// Campaign activities a year.
    pub activities: u32,
    /// Sign-ups a year, as a share of the customers at the start.
    pub signup_share: f64,
    /// The first customers signed up over this many days before the start.
    pub history_days: u32,
    /// A candidate orders with probability `min(1, score / 100 x conversion)`.
    pub conversion: f64,
    /// Shape of the Gamma distribution of visit rates across customers.
    pub visit_shape: f64,
    /// The highest visit rate, as a multiple of the mean.
    pub visit_cap: f64,
    /// Days after sign-up at which visits start to fade.
    pub fade_days: f64,
    /// Exponent of the fading; 0 for none.
    pub fade_power: f64,
    /// Share of women among customers.
    pub female_share: f64,
    /// Share of ACTIVE customers.
    pub active_share: f64,
    /// Share of customers who agreed to marketing.
    pub marketing_share: f64,
    /// Relative number of customers in each age band at sign-up.
    pub age_weights: ByAge<f64>,
    /// Weights of Success, Failed, Cancelled and Refunded.
    pub status_weights: [f64; 4],
    /// Share of sign-ups that campaigns bring, at mean intensity.
    pub campaign_signup_share: f64,
    /// Length of an acquisition window in days: shortest and longest.
    pub activity_days: [u32; 2],
    /// Share of customers who lapse.
    pub lapsing_share: f64,
    /// Mean number of days before they lapse.
    pub lapsing_days: f64,
    /// A newcomer's extra visits, as a multiple of the mean customer's on the first day.
    pub newcomer_visits: f64,
    /// For how many days since sign-up a customer is a newcomer.
    pub newcomer_days: u32,
    /// Probability that a visit is possible at an hour, by age band.
    pub presence: ByAge<[f64; 24]>,
}

impl Config {
    /// The currency to show amounts in.
    pub fn currency(&self) -> Currency {
        Currency::new(&self.currency).unwrap_or_default()
    }
}

impl Default for Config {
    /// The embedded configuration.
    fn default() -> Self {
        Config::from_layers(&[]).expect("the embedded configuration is valid: a test reads it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(toml: &str) -> Result<Config, ConfigError> {
        Config::from_layers(&[Layer::from_toml("test.toml", toml)?])
    }

    fn message(toml: &str) -> String {
        with(toml).expect_err("an error").to_string()
    }

    #[test]
    fn the_embedded_default_holds_the_reference_numbers() {
        let config = Config::default();
        assert_eq!(config.score.age.to_array(), [12.0, 20.0, 25.0, 22.0, 18.0]);
        assert_eq!(config.score.hours.teens[21], 1.8);
        assert_eq!(config.score.hours.fifty_plus[11], 1.6);
        assert_eq!(config.grades.vip.min_amount, Money::from_units(2_000_000).unwrap());
        assert_eq!(config.currency().code(), "KRW");
    }

    #[test]
    fn a_file_gives_only_what_it_changes() {
        let config =
            with("currency = 'USD'\n[grades.VIP]\nmin_amount = 3_000_000.5\n[score.age]\n30s = 26").unwrap();
        assert_eq!(config.grades.vip.min_amount, Money::from_hundredths(300_000_050));
        assert_eq!(config.grades.vip.min_orders, 10);
        assert_eq!(config.score.age.thirties, 26.0);
        assert_eq!(config.score.age.twenties, 20.0);
    }

    #[test]
    fn effective_settings_survive_toml_and_json() {
        let config = with("[grades.SILVER]\nmin_amount = 30.25").unwrap();
        assert_eq!(with(&config.to_toml()).unwrap(), config);
        let stored = Layer::from_json("the file", &config.to_json()).unwrap();
        assert_eq!(Config::from_layers(&[stored]).unwrap(), config);
    }

    #[test]
    fn errors_name_the_key() {
        assert!(message("[grades.VIP]\nmin_amout = 1").contains("grades.VIP.min_amout"));
        assert!(message("[grades.VIP]\nmin_amout = 1").contains("min_amount"));
        assert!(message("[cache]\nusers = 'many'").contains("cache.users"));
        assert!(message("[life_events]\nweights = [85, -12, 3]").contains("life_events.weights"));
        assert!(message("[grades.GOLD]\nmin_amount = 5_000_000").contains("grades.VIP.min_amount"));
        assert!(message("[cache]\ncandidates = 2000").contains("cache.candidates"));
        assert!(message("[score.hours]\n30s = [1.0]").contains("score.hours.30s"));
        assert!(message("currency = 'won'").contains("currency"));
        assert!(message("[cohort]\ngross_margin = 1.2").contains("cohort.gross_margin"));
        assert!(message("[promotion]\nchance = nan").contains("promotion.chance"));
        assert!(message("[promotion\n").contains("test.toml"));
        assert!(message("score = 3").contains("score"));
    }
}
