//! The customers as the hours read them: a few bytes each, by column.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use super::population::{Person, SignUp};
use crate::calendar::{age_band, next_age_band_change};
use crate::domain::{AgeBand, Grade};
use crate::propensity::Profile;

/// What sampling and scoring read of a customer: four bytes, side by side.
#[derive(Clone, Copy, Debug)]
pub struct CompactProfile {
    /// The current profile code.
    pub code: u16,
    /// Hour of sign-up, on the sign-up day.
    pub signup_hour: u8,
}

/// All customers; `user_id` is the position plus one.
#[derive(Clone, Debug, Default)]
pub struct People {
    profiles: Vec<CompactProfile>,
    birth_dates: Vec<NaiveDate>,
    signed_up_at: Vec<NaiveDateTime>,
    /// Position in the schedule of the activity that brought the customer, plus one.
    brought_by: Vec<u32>,
    /// The next changes of age band, soonest first.
    birthdays: BinaryHeap<Reverse<(NaiveDate, u32)>>,
}

impl People {
    /// Adds customers as of a day, in order of their sign-up.
    pub fn extend(&mut self, people: &[Person], sign_ups: &[SignUp], on: NaiveDate) {
        let mut birthdays = Vec::with_capacity(people.len());
        for (person, sign_up) in people.iter().zip(sign_ups) {
            let position = self.profiles.len() as u32;
            birthdays.extend(next_age_band_change(person.birth_date, on).map(|at| Reverse((at, position))));
            self.profiles
                .push(CompactProfile { code: person.profile.code(), signup_hour: sign_up.at.hour() as u8 });
            self.birth_dates.push(person.birth_date);
            self.signed_up_at.push(sign_up.at);
            self.brought_by.push(person.brought_by.map_or(0, |activity| activity as u32 + 1));
        }
        self.birthdays.append(&mut birthdays.into());
    }

    /// Advances customers to the next age band on their birthdays.
    pub fn advance_age_bands(&mut self, today: NaiveDate) {
        while let Some(&Reverse((date, position))) = self.birthdays.peek() {
            if date > today {
                break;
            }
            self.birthdays.pop();
            let birth_date = self.birth_dates[position as usize];
            self.change(position as usize, |profile| profile.age_band = Some(age_band(birth_date, today)));
            self.birthdays.extend(next_age_band_change(birth_date, today).map(|at| Reverse((at, position))));
        }
    }

    /// Sets a customer's grade; does nothing if there is no such customer.
    pub fn set_grade(&mut self, user_id: i64, grade: Grade) {
        if let Some(position) = usize::try_from(user_id - 1).ok().filter(|position| *position < self.len()) {
            self.change(position, |profile| profile.grade = grade);
        }
    }

    /// Sets every customer's grade.
    pub fn set_all_grades(&mut self, grade: Grade) {
        for position in 0..self.len() {
            self.change(position, |profile| profile.grade = grade);
        }
    }

    fn change(&mut self, position: usize, change: impl FnOnce(&mut Profile)) {
        let mut profile = Profile::from_code(self.profiles[position].code);
        change(&mut profile);
        self.profiles[position].code = profile.code();
    }

    /// The number of customers who signed up by the end of the current day.
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// The compact profiles.
    pub fn profiles(&self) -> &[CompactProfile] {
        &self.profiles
    }

    /// The profile of the customer at a position.
    pub fn profile(&self, position: usize) -> Profile {
        Profile::from_code(self.profiles[position].code)
    }

    /// The activity that brought the customer at a position, as a position in the schedule.
    pub fn brought_by(&self, position: usize) -> Option<usize> {
        (self.brought_by[position] as usize).checked_sub(1)
    }

    /// When the customer at a position signed up.
    pub fn signed_up_at(&self, position: usize) -> NaiveDateTime {
        self.signed_up_at[position]
    }

    /// The number of customers who signed up before an instant.
    pub fn before(&self, instant: NaiveDateTime) -> usize {
        self.signed_up_at.partition_point(|signed_up_at| *signed_up_at < instant)
    }
}

impl CompactProfile {
    /// The index of the age band; the last one for unknown.
    #[inline]
    pub fn age_index(self) -> usize {
        usize::from(self.code) % (AgeBand::ALL.len() + 1)
    }
}
