//! Grades by where the customers come from: the mix at each update, who moved, and who is about to.

use chrono::{Duration, NaiveDateTime};

use super::{Overview, Period};
use crate::calendar::subtract_months;
use crate::config::GradeSettings;
use crate::domain::Grade;
use crate::grades::{GapQuestion, runs_between, stage_at_risk, stage_gaps};
use crate::money::Money;
use crate::store::{Datum, DatumType, EngineFailure, Row, StoreError};
use crate::{named, query};

/// How many updates a mix has at most: more than a chart or a reader can tell apart.
const MOST_UPDATES: usize = 120;

/// How many days ahead a customer who may fall is looked for.
pub const RISK_DAYS: u32 = 30;

/// The most that a customer close to the next grade lacks: a fifth, of the amount and of the orders.
pub const NEAR_DISTANCE: f64 = 0.2;

/// Customers by grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // each is its grade's
pub struct GradeCounts {
    pub vip: i64,
    pub gold: i64,
    pub silver: i64,
    pub bronze: i64,
}

impl GradeCounts {
    fn read(row: &Row<'_>) -> Result<Self, EngineFailure> {
        Ok(GradeCounts {
            vip: row.get("vip")?,
            gold: row.get("gold")?,
            silver: row.get("silver")?,
            bronze: row.get("bronze")?,
        })
    }

    /// Adds other customers.
    pub fn add(&mut self, other: GradeCounts) {
        self.vip += other.vip;
        self.gold += other.gold;
        self.silver += other.silver;
        self.bronze += other.bronze;
    }
}

/// What customers of one origin held after an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeMix {
    /// The update's as-of.
    pub as_of: NaiveDateTime,
    /// Their channel; `None`: without an order.
    pub channel: Option<String>,
    /// Their start month; `None`: without an order.
    pub start_month: Option<String>,
    /// How many held each grade.
    pub held: GradeCounts,
}

/// Where customers of one origin went from a grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeMoves {
    /// The first instant and the last.
    pub span: Period,
    /// The grade at the first; `None`: signed up in between.
    pub from_grade: Option<Grade>,
    /// Their channel; `None`: without an order.
    pub channel: Option<String>,
    /// Their start month; `None`: without an order.
    pub start_month: Option<String>,
    /// How many held each grade at the last.
    pub held: GradeCounts,
}

/// Customers of one origin with the same outlook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeOutlook {
    /// What may become of the grade: `at_risk` falls within [`RISK_DAYS`] days if nothing more is bought, `near` lacks no more
    /// than [`NEAR_DISTANCE`] of the next one.
    pub outlook: String,
    /// The grade they hold.
    pub grade: Grade,
    /// The grade they would fall or rise to.
    pub to_grade: Grade,
    /// Their channel; `None`: without an order.
    pub channel: Option<String>,
    /// Their start month; `None`: without an order.
    pub start_month: Option<String>,
    /// How many they are.
    pub customers: i64,
    /// Of those at risk, what they bought in the grades' window; of those near, what they lack of the amount.
    pub value: Money,
}

impl Overview<'_> {
    /// The mix after the period's updates, thinned out evenly to some hundred; the last is always there.
    pub fn grade_mix(&self) -> Result<Vec<GradeMix>, StoreError> {
        let Period { from, to } = self.period;
        // An update at the end itself has taken effect by then.
        let mut updates: Vec<NaiveDateTime> = runs_between(self.store, from, to + Duration::microseconds(1))?
            .iter()
            .map(|run| run.as_of)
            .collect();
        updates.dedup();
        let step = updates.len().div_ceil(MOST_UPDATES).max(1);
        let staged: Vec<_> =
            updates.iter().rev().step_by(step).map(|as_of| vec![Datum::Timestamp(*as_of)]).collect();
        self.store.fill_temporary("mix_updates", &[("as_of".to_owned(), DatumType::Timestamp)], &staged)?;
        self.store.execute(query!("grades/stage_steps.sql"), &[])?;
        let asked = named! { "channel": self.origin.channel, "start_month": self.origin.start_month };
        self.store.rows(query!("report/grade_mix.sql"), asked, |row| {
            Ok(GradeMix {
                as_of: row.get("as_of")?,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                held: GradeCounts::read(row)?,
            })
        })
    }

    /// Who went where between the period's first update and its end; nothing without an update.
    pub fn grade_moves(&self) -> Result<Vec<GradeMoves>, StoreError> {
        let to = self.period.to;
        let runs = runs_between(self.store, self.period.from, to + Duration::microseconds(1))?;
        let Some(from) = runs.first().map(|run| run.as_of) else { return Ok(Vec::new()) };
        self.store.execute(query!("grades/stage_moves.sql"), named! { "from": from, "to": to })?;
        let asked = named! { "channel": self.origin.channel, "start_month": self.origin.start_month };
        self.store.rows(query!("report/grade_moves.sql"), asked, |row| {
            Ok(GradeMoves {
                span: Period { from, to },
                from_grade: row.get("from_grade")?,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                held: GradeCounts::read(row)?,
            })
        })
    }

    /// Who may fall and who is near the next grade at the period's end, by the criteria.
    pub fn grade_outlook(&self, settings: &GradeSettings) -> Result<Vec<GradeOutlook>, StoreError> {
        let as_of = self.period.to;
        stage_at_risk(self.store, as_of, settings, RISK_DAYS, "customers_at_risk")?;
        let near = GapQuestion { within: Some(NEAR_DISTANCE), limit: i64::MAX, ..GapQuestion::default() };
        stage_gaps(self.store, as_of, settings, near, "customers_near")?;
        let asked = named! {
            "window_start": subtract_months(as_of, settings.window_months),
            "as_of": as_of,
            "channel": self.origin.channel,
            "start_month": self.origin.start_month,
        };
        self.store.rows(query!("report/grade_outlook.sql"), asked, |row| {
            Ok(GradeOutlook {
                outlook: row.get("outlook")?,
                grade: row.get("grade")?,
                to_grade: row.get("to_grade")?,
                channel: row.get("channel")?,
                start_month: row.get("start_month")?,
                customers: row.get("customers")?,
                value: row.get("value")?,
            })
        })
    }
}
