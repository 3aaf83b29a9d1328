-- what: rows of months that are open, or were open when they were collected
-- grain: one row per violating row of ltv_batch
-- parameters: as_of
WITH ends AS (
    SELECT
        stored.activity_id,
        stored.month_offset,
        stored.collected_at,
        activities.start_at + to_months(stored.month_offset + 1) AS month_end
    FROM ltv_batch AS stored
    JOIN campaign_activities AS activities ON activities.activity_id = stored.activity_id
    WHERE stored.month_offset BETWEEN 0 AND longest_cohort()
)
SELECT
    activity_id,
    month_offset,
    'the month ends ' || month_end || ', the row was collected ' || collected_at AS found
FROM ends
WHERE month_end > $as_of
   OR month_end > collected_at
ORDER BY activity_id, month_offset;
