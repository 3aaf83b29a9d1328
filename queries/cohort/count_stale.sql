-- what: how many activities are to be repaired
-- grain: one row
-- parameters: none
SELECT count(*) AS activities
FROM stale_activities;
