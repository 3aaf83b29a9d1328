//! The embedded lists that the simulated shop is made of: names, regions,
//! categories, campaigns. Each file under `data/` says what it holds.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::ByAge;
use crate::domain::{AgeBand, Gender};

/// Every list.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    pub people: People,
    pub regions: Vec<Weighted>,
    pub categories: Vec<Category>,
    pub campaigns: CampaignWords,
}

/// A word and how often it comes, relative to the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    pub name: String,
    pub weight: f64,
}

/// Family names and given names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub surnames: Vec<Weighted>,
    given: GivenNames,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenNames {
    #[serde(rename = "F")]
    female: Vec<Era>,
    #[serde(rename = "M")]
    male: Vec<Era>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Era {
    born_from: i32,
    names: Vec<String>,
}

impl People {
    /// The given names in use for a gender in a year of birth.
    pub fn given_names(&self, gender: Gender, birth_year: i32) -> &[String] {
        let eras = match gender {
            Gender::Female => &self.given.female,
            Gender::Male => &self.given.male,
        };
        // Whoever was born before the first era bears its names.
        let era = eras.iter().rev().find(|era| era.born_from <= birth_year).or(eras.first());
        era.map_or(&[], |era| &era.names)
    }
}

/// A category of products: prices, quantities, and whom it appeals to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub name: String,
    pub products: usize,
    pub price_median: f64,
    pub price_log_sd: f64,
    pub popularity: f64,
    female: f64,
    male: f64,
    age: ByAge<f64>,
    pub quantity: Vec<f64>,
    pub modifiers: Vec<String>,
    pub items: Vec<String>,
    pub variants: Vec<String>,
}

impl Category {
    /// How strongly the category pulls a customer, 1 being neutral.
    pub fn appeal(&self, gender: Option<Gender>, band: AgeBand) -> f64 {
        let by_gender = match gender {
            Some(Gender::Female) => self.female,
            Some(Gender::Male) => self.male,
            None => 1.0,
        };
        by_gender * self.age.get(band)
    }
}

/// Channels, seasons and themes of campaigns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignWords {
    pub channels: Vec<Channel>,
    seasons: Vec<Season>,
    events: Vec<Event>,
}

/// An advertising channel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    pub name: String,
    pub weight: f64,
    /// Median cost of one member aimed at, KRW.
    pub cost_per_member: f64,
    pub cost_log_sd: f64,
    /// Multiplier on the visit rate of the customers it brings.
    pub quality: f64,
    /// Probability that an order in its window by a customer who agreed to marketing is credited to it.
    pub reach: f64,
    pub titles: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Season {
    months: Vec<u32>,
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    month: u32,
    name: String,
}

impl CampaignWords {
    /// The season's name in a calendar month (1 to 12).
    pub fn season(&self, month: u32) -> &str {
        self.seasons.iter().find(|season| season.months.contains(&month)).map_or("", |season| &season.name)
    }

    /// The themes of a calendar month (1 to 12).
    pub fn events(&self, month: u32) -> Vec<&str> {
        self.events.iter().filter(|event| event.month == month).map(|event| event.name.as_str()).collect()
    }
}

impl Vocabulary {
    /// Reads the embedded lists.
    pub fn embedded() -> Self {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Regions {
            regions: Vec<Weighted>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Categories {
            categories: Vec<Category>,
        }
        Vocabulary {
            people: read(include_str!("../../data/names.toml")),
            regions: read::<Regions>(include_str!("../../data/regions.toml")).regions,
            categories: read::<Categories>(include_str!("../../data/categories.toml")).categories,
            campaigns: read(include_str!("../../data/campaigns.toml")),
        }
    }
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("an embedded list is valid: a test reads them all")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ORGANIC_CHANNEL;

    #[test]
    fn the_lists_are_whole() {
        let vocabulary = Vocabulary::embedded();
        assert_eq!(vocabulary.categories.iter().map(|category| category.products).sum::<usize>(), 2_000);
        assert_eq!(vocabulary.regions.len(), 17);
        for month in 1..=12 {
            assert!(vocabulary.campaigns.events(month).len() >= 3, "month {month}");
            assert!(!vocabulary.campaigns.season(month).is_empty(), "month {month}");
        }
        for gender in Gender::ALL {
            for year in [1870, 1930, 1965, 1985, 1995, 2010] {
                assert!(vocabulary.people.given_names(*gender, year).len() >= 30);
            }
        }
        assert!(vocabulary.campaigns.channels.iter().all(|channel| channel.name != ORGANIC_CHANNEL));
        for category in &vocabulary.categories {
            let names = category.modifiers.len() * category.items.len() * category.variants.len();
            assert!(names >= 6 * category.products, "{}", category.name);
        }
    }
}
