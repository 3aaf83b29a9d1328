//! Organic cohorts: an activity per month or quarter for customers whose first order
//! belongs to no activity.

use chrono::NaiveDateTime;

use super::error::CohortError;
use super::first_orders::advance_first_orders;
use super::months::Reader;
use crate::store::{Origin, Store, StoreError};
use crate::{named, query};

/// The length of a calendar's acquisition windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarStep {
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
}

impl CalendarStep {
    /// Every step.
    pub const ALL: &'static [CalendarStep] = &[CalendarStep::Month, CalendarStep::Quarter];

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

/// A simulation numbers its campaigns and activities from 1, however long it runs; a
/// calendar's are numbered above this.
const SIMULATED_IDS: i64 = 1_000_000_000;

/// The outcome of making or removing a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarRun {
    /// Activities added.
    pub added: usize,
    /// Activities removed, with their cohorts.
    pub removed: usize,
    /// Written months removed with them.
    pub rows_removed: usize,
}

/// Adds an activity of the reserved channel `organic`, without a budget, for each period in
/// which some customer's first qualifying order before `as_of` belongs to no activity.
/// Existing periods are left unchanged. One transaction.
///
/// # Errors
///
/// [`CohortError::OverlappingCalendar`] if the window of another organic activity overlaps a
/// new period, so that customers would be in two cohorts.
pub fn make_calendar(
    store: &Store,
    step: CalendarStep,
    as_of: NaiveDateTime,
) -> Result<CalendarRun, CohortError> {
    store.require_orders()?;
    store.transaction(|store| add_periods(store, step, as_of))
}

/// [`make_calendar`] after removing calendars with another step. One transaction.
pub fn replace_calendar(
    store: &Store,
    step: CalendarStep,
    as_of: NaiveDateTime,
) -> Result<CalendarRun, CohortError> {
    store.require_orders()?;
    store.transaction(|store| {
        let mut run = CalendarRun::default();
        for other in CalendarStep::ALL.iter().filter(|other| **other != step) {
            remove(store, *other, &mut run)?;
        }
        let added = add_periods(store, step, as_of)?.added;
        Ok(CalendarRun { added, ..run })
    })
}

/// Removes a calendar's activities, of one step or of all, with their cohorts and
/// written months. Other organic activities stay. One transaction.
pub fn remove_calendar(store: &Store, step: Option<CalendarStep>) -> Result<CalendarRun, CohortError> {
    store.require_orders()?;
    store.transaction(|store| {
        let mut run = CalendarRun::default();
        for known in CalendarStep::ALL.iter().filter(|known| step.is_none_or(|step| step == **known)) {
            remove(store, *known, &mut run)?;
        }
        Ok(run)
    })
}

fn add_periods(store: &Store, step: CalendarStep, as_of: NaiveDateTime) -> Result<CalendarRun, CohortError> {
    advance_first_orders(&Reader::new(store, false), as_of)?;
    let period = named! { "part": step.part(), "period_months": step.months(), "as_of": as_of };
    store.execute(query!("cohort/stage_calendar_periods.sql"), period)?;
    refuse_overlaps(store)?;
    let ids_after = match store.meta().origin()? {
        Some(Origin::Simulated) => SIMULATED_IDS,
        _ => 0,
    };
    let campaign_id = match campaign_id(store, step)? {
        Some(campaign_id) => campaign_id,
        None => {
            let named = named! { "name": step.campaign_name(), "ids_after": ids_after };
            store.execute(query!("cohort/add_campaign.sql"), named)?;
            campaign_id(store, step)?.unwrap_or_default()
        }
    };
    let added = store.execute(
        query!("cohort/add_calendar_activities.sql"),
        named! { "part": step.part(), "campaign_id": campaign_id, "ids_after": ids_after },
    )?;
    Ok(CalendarRun { added, ..CalendarRun::default() })
}

fn refuse_overlaps(store: &Store) -> Result<(), CohortError> {
    let overlapping = store.rows(query!("cohort/overlapping_organic.sql"), &[], |row| {
        Ok((row.get::<_, String>("name")?, row.get("start_at")?, row.get("end_at")?))
    })?;
    let activities = overlapping.len();
    match overlapping.into_iter().next() {
        None => Ok(()),
        Some((first, first_start, first_end)) => {
            Err(CohortError::OverlappingCalendar { activities, first, first_start, first_end })
        }
    }
}

fn remove(store: &Store, step: CalendarStep, run: &mut CalendarRun) -> Result<(), CohortError> {
    let campaign = named! { "campaign": step.campaign_name() };
    store.execute(query!("cohort/stage_calendar_activities.sql"), campaign)?;
    let orders: i64 = store.row(query!("cohort/orders_of_calendar.sql"), &[], |row| row.get(0))?;
    if orders > 0 {
        return Err(CohortError::CalendarInUse { orders });
    }
    run.rows_removed += store.execute(query!("cohort/delete_calendar_rows.sql"), &[])?;
    store.execute(query!("cohort/delete_calendar_members.sql"), &[])?;
    run.removed += store.execute(query!("cohort/delete_calendar_activities.sql"), &[])?;
    store.execute(query!("cohort/delete_calendar_campaign.sql"), &[])?;
    Ok(())
}

fn campaign_id(store: &Store, step: CalendarStep) -> Result<Option<i64>, StoreError> {
    store.optional_row(
        query!("cohort/calendar_campaign.sql"),
        named! { "name": step.campaign_name() },
        |row| row.get(0),
    )
}
