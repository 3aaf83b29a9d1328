-- what: the acquisition windows of frozen cohorts
-- grain: one row an activity
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, channel, start_at, coalesce(end_at, start_at + INTERVAL 1 MONTH) AS window_end
FROM campaign_activities
WHERE frozen
  AND ($activity_id IS NULL OR activity_id = $activity_id);
