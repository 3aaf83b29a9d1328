-- what: mends from the start where the row to start from was given up
-- grain: one row an activity
-- parameters: none
UPDATE stale_activities
SET from_offset = 0
FROM campaign_activities AS activities
WHERE activities.activity_id = stale_activities.activity_id
  AND stale_activities.from_offset <= activities.kept_from_offset;
