-- what: the activities to repair from one month on: those that have rows
-- grain: one row per activity
-- parameters: from_offset, activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE stale_activities AS
SELECT DISTINCT activity_id, CAST($from_offset AS INTEGER) AS from_offset
FROM ltv_batch
WHERE $activity_id IS NULL OR activity_id = $activity_id;
