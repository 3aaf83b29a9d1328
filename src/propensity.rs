//! Purchase propensity: how likely a customer is to order in an hour.
//!
//! `final = (age + gender + status + marketing + grade) x hour x promotion x life event`
//!
//! Pure functions. The random part (promotion and life event) comes in as
//! [`HourlyEffects`], two words drawn once per customer and hour, so that every
//! score can be explained and reproduced.

use std::cmp::Reverse;

use crate::config::{Config, LifeEvents, Promotion, ScoreTables};
use crate::domain::{AgeBand, Gender, Grade, Status};
use crate::rng::Stream;

/// The attributes of a customer that enter the score. `None` means unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Age band at the scored instant.
    pub age_band: Option<AgeBand>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Whether the customer is active.
    pub status: Option<Status>,
    /// Whether the customer agreed to marketing.
    pub marketing_agree: Option<bool>,
    /// Grade.
    pub grade: Grade,
}

impl Profile {
    /// The number of profiles; codes are below this.
    pub const CODES: usize = 6 * 3 * 3 * 3 * 4;

    /// The profile as an index into tables of all profiles.
    pub fn code(&self) -> u16 {
        let age = self.age_band.map_or(AgeBand::ALL.len(), AgeBand::index);
        let gender = self.gender.map_or(Gender::ALL.len(), Gender::index);
        let status = self.status.map_or(Status::ALL.len(), Status::index);
        let marketing = self.marketing_agree.map_or(2, usize::from);
        (age + 6 * (gender + 3 * (status + 3 * (marketing + 3 * self.grade.index())))) as u16
    }

    /// The profile with this code; codes from [`Self::CODES`] up wrap around.
    pub fn from_code(code: u16) -> Self {
        let mut rest = usize::from(code) % Self::CODES;
        let mut digit = |values: usize| {
            let value = rest % values;
            rest /= values;
            value
        };
        Profile {
            age_band: AgeBand::ALL.get(digit(6)).copied(),
            gender: Gender::ALL.get(digit(3)).copied(),
            status: Status::ALL.get(digit(3)).copied(),
            marketing_agree: [Some(false), Some(true), None][digit(3)],
            grade: Grade::ALL[digit(4)],
        }
    }
}

/// The parts of the base score, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaseScore {
    /// Points for the age band.
    pub age: f64,
    /// Points for the gender.
    pub gender: f64,
    /// Points for the status.
    pub status: f64,
    /// Points for marketing consent.
    pub marketing: f64,
    /// Points for the grade.
    pub grade: f64,
}

impl BaseScore {
    /// The sum of the parts: 0 to 100 with the default tables.
    pub fn total(&self) -> f64 {
        self.age + self.gender + self.status + self.marketing + self.grade
    }
}

/// The random effects on a customer in an hour: two uniform 32-bit words, for the promotion and the life event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourlyEffects {
    /// Decides the promotion boost.
    pub promotion: u32,
    /// Decides the life event.
    pub life_event: u32,
}

impl HourlyEffects {
    /// No promotion and an ordinary hour, whatever the configured probabilities.
    pub const NEUTRAL: HourlyEffects = HourlyEffects { promotion: u32::MAX, life_event: 0 };

    /// The next two words of a stream.
    pub fn draw(stream: &mut Stream) -> Self {
        let bits = stream.bits64();
        HourlyEffects { promotion: bits as u32, life_event: (bits >> 32) as u32 }
    }
}

/// A customer's score with every factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Propensity {
    /// The parts of the base score.
    pub base: BaseScore,
    /// The hour's multiplier.
    pub hour: f64,
    /// The promotion's multiplier.
    pub promotion: f64,
    /// The life event's multiplier.
    pub life_event: f64,
    /// The product of all.
    pub score: f64,
}

/// The model: the settings prepared for scoring.
#[derive(Clone, Debug)]
pub struct PropensityModel {
    tables: ScoreTables,
    promotion: Promotion,
    life_events: LifeEvents,
    promotion_below: u64,
    life_event_below: [u64; 2],
}

/// The bound below which a uniform 32-bit word falls with this probability.
fn threshold(chance: f64) -> u64 {
    (chance.clamp(0.0, 1.0) * 4_294_967_296.0).round() as u64
}

impl PropensityModel {
    /// The model of a configuration.
    pub fn new(config: &Config) -> Self {
        let weights = config.life_events.weights;
        let total: f64 = weights.iter().sum();
        PropensityModel {
            tables: config.score.clone(),
            promotion: config.promotion,
            life_events: config.life_events,
            promotion_below: threshold(config.promotion.chance),
            life_event_below: [threshold(weights[0] / total), threshold((weights[0] + weights[1]) / total)],
        }
    }

    /// The score tables.
    pub fn tables(&self) -> &ScoreTables {
        &self.tables
    }

    /// The customer's age band, or the configured default if it is unknown.
    pub fn age_band(&self, known: Option<AgeBand>) -> AgeBand {
        known.unwrap_or(self.tables.unknown_age)
    }

    /// The base score times the hour's multiplier, for every profile by its code.
    pub fn hour_scores(&self, hour: u32) -> [f64; Profile::CODES] {
        std::array::from_fn(|code| {
            let profile = Profile::from_code(code as u16);
            let base = calculate_base_score(self, &profile).total();
            apply_time_variation(self, base, self.age_band(profile.age_band), hour)
        })
    }

    /// The promotion's multiplier under these effects.
    #[inline]
    pub fn promotion_multiplier(&self, agreed: bool, effects: HourlyEffects) -> f64 {
        if agreed && u64::from(effects.promotion) < self.promotion_below { self.promotion.boost } else { 1.0 }
    }

    /// The life event's multiplier under these effects.
    #[inline]
    pub fn life_event_multiplier(&self, effects: HourlyEffects) -> f64 {
        let word = u64::from(effects.life_event);
        let event =
            usize::from(word >= self.life_event_below[0]) + usize::from(word >= self.life_event_below[1]);
        self.life_events.multipliers[event]
    }
}

/// The base score of a customer (the reference's tables 1-1).
pub fn calculate_base_score(model: &PropensityModel, customer: &Profile) -> BaseScore {
    let tables = &model.tables;
    BaseScore {
        age: tables.age.get(model.age_band(customer.age_band)),
        gender: tables.gender.get(customer.gender),
        status: tables.status.get(customer.status),
        marketing: tables.marketing.get(customer.marketing_agree),
        grade: tables.grade.get(customer.grade),
    }
}

/// The score times the multiplier of the age band at an hour. Hours are 0 to 23;
/// others wrap around.
pub fn apply_time_variation(model: &PropensityModel, score: f64, age_band: AgeBand, hour: u32) -> f64 {
    score * model.tables.hours.get(age_band)[hour as usize % 24]
}

/// The score with the promotion boost, if the customer agreed and the hour's effects include it.
pub fn apply_marketing_boost(
    model: &PropensityModel,
    score: f64,
    marketing_agree: Option<bool>,
    effects: HourlyEffects,
) -> f64 {
    score * model.promotion_multiplier(marketing_agree == Some(true), effects)
}

/// The score times the life event's multiplier.
pub fn apply_life_event(model: &PropensityModel, score: f64, effects: HourlyEffects) -> f64 {
    score * model.life_event_multiplier(effects)
}

/// The final score of a customer in an hour, with every factor.
pub fn calculate_propensity(
    model: &PropensityModel,
    customer: &Profile,
    hour: u32,
    effects: HourlyEffects,
) -> Propensity {
    let base = calculate_base_score(model, customer);
    let age_band = model.age_band(customer.age_band);
    let score = apply_time_variation(model, base.total(), age_band, hour);
    let score = apply_marketing_boost(model, score, customer.marketing_agree, effects);
    Propensity {
        base,
        hour: model.tables.hours.get(age_band)[hour as usize % 24],
        promotion: model.promotion_multiplier(customer.marketing_agree == Some(true), effects),
        life_event: model.life_event_multiplier(effects),
        score: apply_life_event(model, score, effects),
    }
}

/// The positions of the `n` best scores, highest first, ties by the lower
/// `user_id`. Scores must be finite and not negative; both slices have the same length.
pub fn select_top_buyers(scores: &[f64], user_ids: &[i64], n: usize) -> Vec<usize> {
    let mut chosen = Vec::new();
    select_candidates(scores, user_ids, n, &mut Vec::new(), &mut chosen);
    chosen.sort_unstable_by_key(|&at| (Reverse(scores[at].to_bits()), user_ids[at]));
    chosen
}

/// The same selection as [`select_top_buyers`], in the order of the slices: the simulation
/// does not need them sorted. `scratch` is reused between calls.
pub fn select_candidates(
    scores: &[f64],
    user_ids: &[i64],
    n: usize,
    scratch: &mut Vec<u64>,
    chosen: &mut Vec<usize>,
) {
    chosen.clear();
    if n == 0 || scores.is_empty() {
        return;
    }
    if n >= scores.len() {
        chosen.extend(0..scores.len());
        return;
    }
    // Non-negative doubles are ordered as their bits are.
    scratch.clear();
    scratch.extend(scores.iter().map(|score| score.to_bits()));
    let (_, &mut least, _) = scratch.select_nth_unstable_by(n - 1, |a, b| b.cmp(a));
    let least = f64::from_bits(least);
    let above = scores.iter().filter(|score| **score > least).count();
    let mut tied: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] == least).collect();
    if tied.len() > n - above {
        tied.select_nth_unstable_by_key(n - above - 1, |&at| user_ids[at]);
        tied.truncate(n - above);
        tied.sort_unstable();
    }
    let mut tied = tied.into_iter().peekable();
    for (at, score) in scores.iter().enumerate() {
        if *score > least || tied.next_if_eq(&at).is_some() {
            chosen.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use proptest::prelude::*;

    fn gold() -> Profile {
        Profile {
            age_band: Some(AgeBand::Thirties),
            gender: Some(Gender::Female),
            status: Some(Status::Active),
            marketing_agree: Some(true),
            grade: Grade::Gold,
        }
    }

    fn unknown() -> Profile {
        Profile { age_band: None, gender: None, status: None, marketing_agree: None, grade: Grade::Bronze }
    }

    #[test]
    fn the_reference_example_scores_95() {
        let model = PropensityModel::new(&Config::default());
        assert_eq!(calculate_base_score(&model, &gold()).total(), 95.0);
    }

    #[test]
    fn unknown_attributes_count_as_documented() {
        let model = PropensityModel::new(&Config::default());
        let base = calculate_base_score(&model, &unknown());
        assert_eq!((base.age, base.gender, base.status, base.marketing), (25.0, 12.0, 10.0, 8.0));
        let at_eight = calculate_propensity(&model, &unknown(), 20, HourlyEffects::NEUTRAL);
        assert_eq!(at_eight.score, 65.0 * 1.8);
    }

    #[test]
    fn promotion_needs_consent_and_luck() {
        let model = PropensityModel::new(&Config::default());
        let lucky = HourlyEffects { promotion: 0, life_event: 0 };
        assert_eq!(apply_marketing_boost(&model, 100.0, Some(true), lucky), 130.0);
        assert_eq!(apply_marketing_boost(&model, 100.0, Some(false), lucky), 100.0);
        assert_eq!(apply_marketing_boost(&model, 100.0, None, lucky), 100.0);
        assert_eq!(apply_marketing_boost(&model, 100.0, Some(true), HourlyEffects::NEUTRAL), 100.0);
    }

    #[test]
    fn draws_come_with_the_configured_chances() {
        let model = PropensityModel::new(&Config::default());
        let mut stream = Streams::new(11).open("mood", 0);
        let (mut boosts, mut events) = (0, [0; 3]);
        for _ in 0..100_000 {
            let effects = HourlyEffects::draw(&mut stream);
            boosts += usize::from(model.promotion_multiplier(true, effects) == 1.3);
            let multiplier = model.life_event_multiplier(effects);
            events[[1.0, 1.5, 3.0].iter().position(|m| *m == multiplier).unwrap()] += 1;
        }
        assert!((19_500..20_500).contains(&boosts), "{boosts}");
        assert!((84_500..85_500).contains(&events[0]), "{events:?}");
        assert!((2_800..3_200).contains(&events[2]), "{events:?}");
    }

    #[test]
    fn codes_name_every_profile_once() {
        let codes: Vec<u16> =
            (0..Profile::CODES as u16).map(|code| Profile::from_code(code).code()).collect();
        assert!(codes.iter().enumerate().all(|(at, code)| at == usize::from(*code)));
        assert_eq!(Profile::from_code(gold().code()), gold());
        assert_eq!(Profile::from_code(unknown().code()), unknown());
    }

    #[test]
    fn ties_go_to_the_lower_user_id() {
        let scores = [5.0, 9.0, 5.0, 5.0, 1.0];
        assert_eq!(select_top_buyers(&scores, &[40, 10, 30, 20, 50], 3), [1, 3, 2]);
        assert_eq!(select_top_buyers(&scores, &[40, 10, 30, 20, 50], 0), [0usize; 0]);
        assert_eq!(select_top_buyers(&scores, &[40, 10, 30, 20, 50], 99).len(), 5);
    }

    proptest! {
        #[test]
        fn selection_equals_a_full_sort(values in prop::collection::vec(0u8..20, 0..200), n in 0usize..220) {
            let scores: Vec<f64> = values.iter().map(|v| f64::from(*v) * 7.5).collect();
            let ids: Vec<i64> = (0..scores.len() as i64).map(|at| (at * 7919) % 1009).collect();
            let mut sorted: Vec<usize> = (0..scores.len()).collect();
            sorted.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(ids[a].cmp(&ids[b])));
            sorted.truncate(n);
            prop_assert_eq!(select_top_buyers(&scores, &ids, n), sorted);
        }
    }
}
