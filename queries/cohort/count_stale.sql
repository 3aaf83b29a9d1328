-- what: the number of activities to repair
-- grain: one row
-- parameters: none
SELECT count(*) AS activities
FROM stale_activities;
