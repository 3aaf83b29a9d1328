-- what: the last written months of each activity, to check for late facts
-- grain: one row per activity and month offset
-- parameters: lookback (how many months an activity)
-- reads: activities, written_rows
WITH last AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM written_rows
    GROUP BY activity_id
)
SELECT
    written.activity_id,
    written.month_offset,
    activities.start_at,
    months_after(activities.start_at, written.month_offset) AS month_start,
    months_after(activities.start_at, written.month_offset + 1) AS month_end,
    CAST(0 AS BIGINT) AS cohort_size,
    written.month_offset AS from_offset
FROM written_rows AS written
JOIN last ON last.activity_id = written.activity_id
JOIN activities ON activities.activity_id = written.activity_id
WHERE written.month_offset > last.last_offset - $lookback
