-- what: the acquisition windows of frozen cohorts
-- grain: one row an activity
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, channel, start_at, window_end(start_at, end_at) AS window_end
FROM campaign_activities
WHERE frozen
  AND ($activity_id IS NULL OR activity_id = $activity_id);
