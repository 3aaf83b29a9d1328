-- what: the last written months of each activity, to check for late facts
-- grain: one row per activity and month offset
-- parameters: lookback (how many months an activity)
CREATE OR REPLACE TEMP TABLE checked_months AS
WITH last AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM ltv_batch
    GROUP BY activity_id
)
SELECT
    stored.activity_id,
    stored.month_offset,
    activities.start_at,
    activities.start_at + to_months(stored.month_offset) AS month_start,
    activities.start_at + to_months(stored.month_offset + 1) AS month_end,
    stored.monthly_revenue,
    stored.monthly_orders,
    stored.slice_hash
FROM ltv_batch AS stored
JOIN last ON last.activity_id = stored.activity_id
JOIN campaign_activities AS activities ON activities.activity_id = stored.activity_id
WHERE stored.month_offset > last.last_offset - $lookback
  AND stored.month_offset BETWEEN 0 AND longest_cohort()
  AND activities.frozen;
