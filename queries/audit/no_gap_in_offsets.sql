-- what: rows without the month before
-- grain: one row per violating row of ltv_batch
-- parameters: none
WITH following AS (
    SELECT
        stored.activity_id,
        stored.month_offset,
        lag(stored.month_offset, 1, coalesce(activities.kept_from_offset, 0) - 1) OVER (
            PARTITION BY stored.activity_id ORDER BY stored.month_offset
        ) AS previous
    FROM ltv_batch AS stored
    LEFT JOIN campaign_activities AS activities ON activities.activity_id = stored.activity_id
)
SELECT activity_id, month_offset, 'month ' || (month_offset - 1) || ' is missing' AS found
FROM following
WHERE month_offset > previous + 1
ORDER BY activity_id, month_offset;
