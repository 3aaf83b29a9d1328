//! The schedule of campaigns: which activities run when, on which channel, at
//! what cost. It is endless: activity `k` is the same however long the
//! simulation is.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

use super::vocabulary::Vocabulary;
use crate::calendar::midnight;
use crate::config::SimulationSettings;
use crate::money::Money;
use crate::rng::{Stream, Streams};
use crate::store::{ActivityRow, CampaignRow};

/// An activity and its effects on the shop.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its row of the file; `activity_id` is the position in the schedule plus one.
    pub row: ActivityRow,
    /// The campaign's name.
    pub campaign_name: String,
    /// End of its acquisition window.
    pub window_end: NaiveDateTime,
    /// Intensity, 1 being the mean.
    pub intensity: f64,
    /// Multiplier on the visit rate of the customers it brings.
    pub quality: f64,
    /// Probability that an order in its window by a customer who agreed to marketing is credited to it.
    pub reach: f64,
}

impl Activity {
    /// Whether an instant is in the acquisition window.
    pub fn runs_at(&self, instant: NaiveDateTime) -> bool {
        self.row.start_at <= instant && instant < self.window_end
    }

    /// The campaign's row of the file.
    pub fn campaign(&self) -> CampaignRow {
        CampaignRow { campaign_id: self.row.campaign_id, name: self.campaign_name.clone() }
    }
}

/// Campaigns per month, among which the month's activities are divided.
const CAMPAIGNS_A_MONTH: u64 = 2;

/// Share of activities without a fixed end, whose window is a month.
const OPEN_ENDED_SHARE: f64 = 0.1;

/// Share of activities without a budget, on the shop's own channels.
const UNBUDGETED_SHARE: f64 = 0.06;

/// Generates activities on demand, by start.
#[derive(Clone, Debug)]
pub struct Schedule {
    streams: Streams,
    start: NaiveDate,
    a_year: u32,
    days: [u32; 2],
    /// Planned number of members of an activity of intensity 1.
    planned_members: f64,
    activities: Vec<Activity>,
}

impl Schedule {
    /// The schedule of a simulation, without activities yet.
    pub fn new(settings: &SimulationSettings, streams: Streams) -> Self {
        let brought_a_year = settings.users as f64 * settings.signup_share * settings.campaign_signup_share;
        Schedule {
            streams,
            start: settings.start,
            a_year: settings.activities,
            days: settings.activity_days,
            planned_members: brought_a_year / f64::from(settings.activities.max(1)),
            activities: Vec::new(),
        }
    }

    /// Generates every activity that starts before an instant.
    pub fn extend_until(&mut self, vocabulary: &Vocabulary, until: NaiveDateTime) {
        if self.a_year == 0 {
            return;
        }
        // Each activity starts inside its own slot of the year, so starts are in order.
        while self.slot_start(self.activities.len() as u64) < until {
            let next = self.make(vocabulary, self.activities.len() as u64);
            self.activities.push(next);
        }
    }

    /// The activities generated so far, by start.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// The activities that run at an instant, with their positions.
    pub fn running_at(&self, instant: NaiveDateTime) -> impl Iterator<Item = (usize, &Activity)> {
        self.activities.iter().enumerate().filter(move |(_, activity)| activity.runs_at(instant))
    }

    /// The average number of activities running at a time.
    pub fn mean_running(&self) -> f64 {
        f64::from(self.a_year) / 365.0 * f64::from(self.days[0] + self.days[1]) / 2.0
    }

    fn slot_start(&self, k: u64) -> NaiveDateTime {
        midnight(self.start) + Duration::hours((k * 8_760 / u64::from(self.a_year)) as i64)
    }

    fn make(&self, vocabulary: &Vocabulary, k: u64) -> Activity {
        let mut stream = self.streams.open("activity", k);
        let slot = self.slot_start(k);
        let slot_hours = (self.slot_start(k + 1) - slot).num_hours().max(1) as u64;
        let start_at = slot + Duration::hours(stream.below(slot_hours) as i64);
        let [shortest, longest] = self.days;
        let days = f64::from(shortest) + stream.below(u64::from(longest - shortest) + 1) as f64;
        let channel_weights: Vec<f64> =
            vocabulary.campaigns.channels.iter().map(|channel| channel.weight).collect();
        let channel = &vocabulary.campaigns.channels[stream.weighted(&channel_weights)];
        let intensity = stream.log_normal(0.9, 0.45);
        let open_ended = stream.chance(OPEN_ENDED_SHARE);
        let unbudgeted = stream.chance(UNBUDGETED_SHARE);
        let cost = stream.log_normal(channel.cost_per_member, channel.cost_log_sd);
        let mean_days = f64::from(shortest + longest) / 2.0;
        let budget = round_budget(self.planned_members * intensity * days / mean_days * cost);

        let end_at = (!open_ended).then(|| start_at + Duration::days(days as i64));
        let (campaign_id, campaign_name) = self.campaign(vocabulary, start_at.date(), &mut stream);
        let category = &vocabulary.categories[stream.below(vocabulary.categories.len() as u64) as usize].name;
        let name = channel.titles[stream.below(channel.titles.len() as u64) as usize]
            .replace("{season}", vocabulary.campaigns.season(start_at.month()))
            .replace("{event}", &campaign_name)
            .replace("{category}", category)
            .replace("{nth}", &(k / 12 + 1).to_string());
        Activity {
            row: ActivityRow {
                activity_id: k as i64 + 1,
                campaign_id,
                name,
                channel: channel.name.clone(),
                budget: (!unbudgeted).then_some(budget),
                start_at,
                end_at,
            },
            campaign_name,
            window_end: end_at.unwrap_or_else(|| crate::calendar::add_months(start_at, 1)),
            intensity,
            quality: channel.quality,
            reach: channel.reach,
        }
    }

    /// One of the campaigns of a simulated month, and its number.
    fn campaign(&self, vocabulary: &Vocabulary, date: NaiveDate, stream: &mut Stream) -> (i64, String) {
        let month = i64::from(date.year() - self.start.year()) * 12 + i64::from(date.month())
            - i64::from(self.start.month());
        let which = stream.below(CAMPAIGNS_A_MONTH);
        let events = vocabulary.campaigns.events(date.month());
        // A month's themes are distinct: a random one, and its neighbour.
        let first = self.streams.open("campaign", month as u64).below(events.len() as u64);
        let event = events[((first + which) % events.len() as u64) as usize];
        (month * CAMPAIGNS_A_MONTH as i64 + which as i64 + 1, format!("{} {event}", date.year()))
    }
}

/// A round budget: a multiple of 100,000, at least that.
fn round_budget(raw: f64) -> Money {
    Money::from_hundredths((raw / 100_000.0).round().clamp(1.0, 1e9) as i64 * 100_000 * 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;
    use crate::config::Config;

    #[test]
    fn the_schedule_does_not_depend_on_its_horizon() {
        let vocabulary = Vocabulary::embedded();
        let settings = Config::default().simulation;
        let at = |text| parse_instant(text).unwrap();
        let mut short = Schedule::new(&settings, Streams::new(5));
        short.extend_until(&vocabulary, at("2024-05-01"));
        short.extend_until(&vocabulary, at("2025-01-15"));
        let mut long = Schedule::new(&settings, Streams::new(5));
        long.extend_until(&vocabulary, at("2026-01-15"));
        let rows =
            |schedule: &Schedule| schedule.activities().iter().map(|a| a.row.clone()).collect::<Vec<_>>();
        assert_eq!(rows(&long)[..short.activities().len()], rows(&short));
        assert!((36..=37).contains(&short.activities().len()), "{}", short.activities().len());
        assert!(rows(&long).is_sorted_by_key(|row| row.start_at));
    }
}
