-- what: the rows of the activities to repair before the repair
-- grain: one row per row of ltv_batch
-- parameters: none
CREATE OR REPLACE TEMP TABLE rows_before AS
SELECT *
FROM ltv_batch
WHERE activity_id IN (SELECT activity_id FROM stale_activities);
