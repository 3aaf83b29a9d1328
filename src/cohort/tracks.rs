//! Activities with what their months are made of.

use chrono::NaiveDateTime;

use super::selection::Selection;
use crate::money::Money;
use crate::store::{Row, RowError, Store, StoreError};
use crate::{named, query};

/// What one activity's month is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthSums {
    /// The month's revenue.
    pub revenue: Money,
    /// The month's orders.
    pub orders: i64,
    /// Members who bought in it.
    pub active: i64,
    /// Revenue so far.
    pub ltv: Money,
    /// Revenue so far less budget.
    pub profit: Money,
    /// Members with two or more orders so far.
    pub repeat: i64,
}

/// An activity and its months.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The activity.
    pub activity_id: i64,
    /// Its name.
    pub name: String,
    /// Its channel.
    pub channel: String,
    /// Its campaign: number and name.
    pub campaign: (i64, String),
    /// When it started.
    pub start_at: NaiveDateTime,
    /// What it cost.
    pub budget: Option<Money>,
    /// Members, once the cohort is frozen and has some.
    pub size: Option<i64>,
    /// The months by offset; `None` where one is not written.
    pub months: Vec<Option<MonthSums>>,
}

/// The wanted activities that started before an instant, with their months, by start.
pub fn tracks(store: &Store, as_of: NaiveDateTime, selection: &Selection) -> Result<Vec<Track>, StoreError> {
    let mut tracks: Vec<Track> = Vec::new();
    store.each(query!("report/tracks.sql"), named! { "as_of": as_of }, |row| {
        let activity_id: i64 = row.get("activity_id")?;
        if tracks.last().is_none_or(|track| track.activity_id != activity_id) {
            tracks.push(read_track(activity_id, row)?);
        }
        let offset: Option<i64> = row.get("month_offset")?;
        if let (Some(offset), Some(track)) = (offset.and_then(|n| usize::try_from(n).ok()), tracks.last_mut())
        {
            track.months.resize(track.months.len().max(offset + 1), None);
            track.months[offset] = Some(read_month(row)?);
        }
        Ok(())
    })?;
    tracks.retain(|track| selection.takes(track.start_at.date(), &track.channel));
    Ok(tracks)
}

fn read_track(activity_id: i64, row: &Row<'_>) -> Result<Track, RowError> {
    Ok(Track {
        activity_id,
        name: row.get("name")?,
        channel: row.get("channel")?,
        campaign: (row.get("campaign_id")?, row.get::<_, Option<String>>("campaign")?.unwrap_or_default()),
        start_at: row.get("start_at")?,
        budget: row.get("budget")?,
        size: row.get("cohort_size")?,
        months: Vec::new(),
    })
}

fn read_month(row: &Row<'_>) -> Result<MonthSums, RowError> {
    Ok(MonthSums {
        revenue: row.get("monthly_revenue")?,
        orders: row.get("monthly_orders")?,
        active: row.get("active_users")?,
        ltv: row.get("ltv_cumulative")?,
        profit: row.get("cumulative_profit")?,
        repeat: row.get("repeat_customers")?,
    })
}
