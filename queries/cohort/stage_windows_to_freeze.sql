-- what: the acquisition windows that have closed and are not frozen yet
-- grain: one row an activity
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, channel, start_at, window_end(start_at, end_at) AS window_end
FROM campaign_activities
WHERE NOT frozen
  AND window_end(start_at, end_at) <= $as_of;
