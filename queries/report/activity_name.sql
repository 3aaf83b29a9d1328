-- what: an activity's name, start and budget
-- grain: one row, or none
-- parameters: activity_id
SELECT name, channel, start_at, budget, frozen
FROM campaign_activities
WHERE activity_id = $activity_id;
