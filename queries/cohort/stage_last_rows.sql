-- what: the activities of which only the last row is to be kept
-- grain: one row per activity with rows
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE stale_activities AS
SELECT activity_id, CAST(max(month_offset) + 1 AS INTEGER) AS from_offset
FROM ltv_batch
WHERE $activity_id IS NULL OR activity_id = $activity_id
GROUP BY activity_id;
