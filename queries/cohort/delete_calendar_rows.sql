-- what: deletes the written months of the calendar's cohorts
-- grain: one row per activity and month offset
-- parameters: none
DELETE FROM ltv_batch
WHERE activity_id IN (SELECT activity_id FROM calendar_activities);
