-- what: the windows of frozen cohorts
-- grain: one row per activity, in the temporary table closed_windows
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, cohort, channel, start_at, window_end(start_at, end_at) AS window_end
FROM campaign_activities
WHERE frozen
  AND ($activity_id IS NULL OR activity_id = $activity_id);
