-- what: deletes the calendar's activities
-- grain: one row per activity
-- parameters: none
DELETE FROM campaign_activities
WHERE activity_id IN (SELECT activity_id FROM calendar_activities);
