-- what: the acquisition windows that have closed and are not frozen yet
-- grain: one row an activity
-- parameters: as_of
CREATE OR REPLACE TEMP TABLE closed_windows AS
SELECT activity_id, channel, start_at, coalesce(end_at, start_at + INTERVAL 1 MONTH) AS window_end
FROM campaign_activities
WHERE NOT frozen
  AND coalesce(end_at, start_at + INTERVAL 1 MONTH) <= $as_of;
