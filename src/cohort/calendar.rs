//! Organic cohorts: an activity for each month or quarter in which customers
//! who came through no campaign first ordered.

use chrono::NaiveDateTime;

use super::batch::{Reader, learn_first_orders};
use crate::store::{Origin, Store, StoreError};
use crate::{named, query};

/// How long a calendar's cohorts acquire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarStep {
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
}

impl CalendarStep {
    const fn part(self) -> &'static str {
        match self {
            CalendarStep::Month => "month",
            CalendarStep::Quarter => "quarter",
        }
    }

    const fn months(self) -> i64 {
        match self {
            CalendarStep::Month => 1,
            CalendarStep::Quarter => 3,
        }
    }

    const fn campaign_name(self) -> &'static str {
        match self {
            CalendarStep::Month => "Organic, by month",
            CalendarStep::Quarter => "Organic, by quarter",
        }
    }
}

/// A simulation numbers its own campaigns and activities on from 1, however long it
/// goes on: those of a calendar lie behind these.
const SIMULATED_IDS: i64 = 1_000_000_000;

/// What a calendar run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarRun {
    /// The instant up to which first orders were seen.
    pub as_of: NaiveDateTime,
    /// Activities added.
    pub added: usize,
}

/// Adds an activity of the reserved channel `organic`, without a budget, for
/// each period in which a customer's first counted order belongs to no
/// activity; periods that are there already stay as they are. One transaction.
pub fn make_calendar(
    store: &Store,
    step: CalendarStep,
    as_of: NaiveDateTime,
) -> Result<CalendarRun, StoreError> {
    store.transaction(|store| {
        learn_first_orders(&Reader::new(store, false), as_of)?;
        let ids_after = match store.meta().origin()? {
            Some(Origin::Simulated) => SIMULATED_IDS,
            _ => 0,
        };
        let known = campaign_id(store, step)?;
        let campaign_id = match known {
            Some(campaign_id) => campaign_id,
            None => {
                let named = named! { "name": step.campaign_name(), "ids_after": ids_after };
                store.execute(query!("cohort/add_campaign.sql"), named)?;
                self::campaign_id(store, step)?.unwrap_or_default()
            }
        };
        let added = store.execute(
            query!("cohort/calendar_months.sql"),
            named! {
                "part": step.part(),
                "period_months": step.months(),
                "as_of": as_of,
                "campaign_id": campaign_id,
                "ids_after": ids_after,
            },
        )?;
        Ok(CalendarRun { as_of, added })
    })
}

fn campaign_id(store: &Store, step: CalendarStep) -> Result<Option<i64>, StoreError> {
    store.optional_row(
        query!("cohort/calendar_campaign.sql"),
        named! { "name": step.campaign_name() },
        |row| row.get(0),
    )
}
