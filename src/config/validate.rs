//! Validation of the settings, once they are read.

use super::{Config, ConfigError, Criterion};
use crate::domain::{AgeBand, Grade};
use crate::money::{Currency, Money};

/// The longest span in months that is accepted: a century. `longest_cohort()` in `queries/store/macros.sql` is the same.
pub const MOST_MONTHS: u32 = 1_200;

type Checked = Result<(), ConfigError>;

fn impossible(key: &str, message: &str) -> Checked {
    Err(ConfigError::Impossible { key: key.to_owned(), message: message.to_owned() })
}

/// The largest factor allowed: a score multiplies several of these and must stay finite.
const LARGEST: f64 = 1e6;

fn at_least_zero(key: &str, value: f64) -> Checked {
    if (0.0..=LARGEST).contains(&value) {
        Ok(())
    } else {
        impossible(key, "must be a number from 0 to 1,000,000")
    }
}

fn positive(key: &str, value: f64) -> Checked {
    if (1e-6..=LARGEST).contains(&value) {
        Ok(())
    } else {
        impossible(key, "must be a number above 0 (0.000001 to 1,000,000)")
    }
}

fn share(key: &str, value: f64) -> Checked {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { impossible(key, "must be between 0 and 1") }
}

fn weights(key: &str, values: &[f64]) -> Checked {
    for value in values {
        at_least_zero(key, *value)?;
    }
    if values.iter().sum::<f64>() > 0.0 {
        Ok(())
    } else {
        impossible(key, "at least one weight must be above 0")
    }
}

fn within(key: &str, value: u64, least: u64, most: u64) -> Checked {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        impossible(key, &format!("must be between {least} and {most}"))
    }
}

impl Config {
    /// Rejects settings out of range, naming the key.
    pub(super) fn validate(&self) -> Checked {
        if Currency::new(&self.currency).is_none() {
            return impossible("currency", "must be an ISO 4217 code such as KRW or USD");
        }
        self.validate_scores()?;
        self.validate_grades()?;
        self.validate_cache()?;
        within("cohort.months", self.cohort.months.into(), 1, 120)?;
        self.validate_simulation()
    }

    fn validate_scores(&self) -> Checked {
        let score = &self.score;
        for band in AgeBand::ALL {
            at_least_zero(&format!("score.age.{band}"), score.age.get(*band))?;
            for multiplier in score.hours.get(*band) {
                at_least_zero(&format!("score.hours.{band}"), multiplier)?;
            }
        }
        for (key, value) in
            [("F", score.gender.female), ("M", score.gender.male), ("unknown", score.gender.unknown)]
        {
            at_least_zero(&format!("score.gender.{key}"), value)?;
        }
        let status = &score.status;
        for (key, value) in
            [("ACTIVE", status.active), ("DORMANT", status.dormant), ("unknown", status.unknown)]
        {
            at_least_zero(&format!("score.status.{key}"), value)?;
        }
        let marketing = &score.marketing;
        for (key, value) in [
            ("agreed", marketing.agreed),
            ("not_agreed", marketing.not_agreed),
            ("unknown", marketing.unknown),
        ] {
            at_least_zero(&format!("score.marketing.{key}"), value)?;
        }
        for grade in Grade::ALL {
            at_least_zero(&format!("score.grade.{grade}"), score.grade.get(*grade))?;
        }
        share("promotion.chance", self.promotion.chance)?;
        at_least_zero("promotion.boost", self.promotion.boost)?;
        weights("life_events.weights", &self.life_events.weights)?;
        for multiplier in self.life_events.multipliers {
            at_least_zero("life_events.multipliers", multiplier)?;
        }
        Ok(())
    }

    fn validate_grades(&self) -> Checked {
        let grades = &self.grades;
        within("grades.window_months", grades.window_months.into(), 1, MOST_MONTHS.into())?;
        within("grades.refresh_interval_secs", grades.refresh_interval_secs, 1, 366 * 86_400)?;
        within("grades.simulated_interval_days", grades.simulated_interval_days.into(), 1, 366)?;
        within("grades.demotion_grace_days", grades.demotion_grace_days.into(), 0, 366)?;
        let ladder = [("SILVER", grades.silver), ("GOLD", grades.gold), ("VIP", grades.vip)];
        let mut below = ("BRONZE", Criterion { min_amount: Money::ZERO, min_orders: 0 });
        for (grade, criterion) in ladder {
            let falls = |field: &str| {
                let message =
                    format!("must not be below {}'s: criteria must not fall from SILVER to VIP", below.0);
                impossible(&format!("grades.{grade}.{field}"), &message)
            };
            if criterion.min_amount < below.1.min_amount {
                return falls("min_amount");
            }
            if criterion.min_orders < below.1.min_orders {
                return falls("min_orders");
            }
            below = (grade, criterion);
        }
        Ok(())
    }

    fn validate_cache(&self) -> Checked {
        let cache = &self.cache;
        within("cache.users", cache.users as u64, 1, 10_000_000)?;
        within("cache.products", cache.products as u64, 1, 1_000_000)?;
        within("cache.candidates", cache.candidates as u64, 1, 10_000_000)?;
        within("cache.product_refresh_hours", cache.product_refresh_hours.into(), 1, 8_760)?;
        let hours = cache.customer_refresh_hours;
        if hours == 0 || 24 % hours != 0 {
            return impossible("cache.customer_refresh_hours", "must divide 24: 1, 2, 3, 4, 6, 8, 12 or 24");
        }
        if cache.candidates > cache.users {
            return impossible(
                "cache.candidates",
                "must not exceed cache.users: candidates are chosen among the cached customers",
            );
        }
        Ok(())
    }

    fn validate_simulation(&self) -> Checked {
        let simulation = &self.simulation;
        within("simulation.seed", simulation.seed, 0, i64::MAX as u64)?;
        within("simulation.days", simulation.days.into(), 1, 36_525)?;
        within("simulation.users", simulation.users, 1, 100_000_000)?;
        within("simulation.activities", simulation.activities.into(), 0, 36_500)?;
        within("simulation.history_days", simulation.history_days.into(), 1, 36_525)?;
        let year = chrono::Datelike::year(&simulation.start);
        within("simulation.start", u64::try_from(year).unwrap_or(0), 1950, 2200)?;
        if !(0.0..=100.0).contains(&simulation.signup_share) {
            return impossible("simulation.signup_share", "must be between 0 and 100");
        }
        at_least_zero("simulation.conversion", simulation.conversion)?;
        positive("simulation.visit_shape", simulation.visit_shape)?;
        positive("simulation.visit_cap", simulation.visit_cap)?;
        share("simulation.lapsing_share", simulation.lapsing_share)?;
        positive("simulation.lapsing_days", simulation.lapsing_days)?;
        positive("simulation.fade_days", simulation.fade_days)?;
        at_least_zero("simulation.fade_power", simulation.fade_power)?;
        at_least_zero("simulation.newcomer_visits", simulation.newcomer_visits)?;
        within("simulation.newcomer_days", simulation.newcomer_days.into(), 0, 365)?;
        for band in AgeBand::ALL {
            for chance in simulation.presence.get(*band) {
                share(&format!("simulation.presence.{band}"), chance)?;
            }
        }
        share("simulation.female_share", simulation.female_share)?;
        share("simulation.active_share", simulation.active_share)?;
        share("simulation.marketing_share", simulation.marketing_share)?;
        share("simulation.campaign_signup_share", simulation.campaign_signup_share)?;
        weights("simulation.age_weights", &simulation.age_weights.to_array())?;
        weights("simulation.status_weights", &simulation.status_weights)?;
        let [shortest, longest] = simulation.activity_days;
        within("simulation.activity_days", shortest.into(), 1, 365)?;
        within("simulation.activity_days", longest.into(), shortest.into(), 365)
    }
}
