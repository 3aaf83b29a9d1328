-- what: marks the cohorts whose window has closed as frozen, empty ones too
-- grain: one row an activity
-- parameters: as_of
UPDATE campaign_activities
SET frozen = true
WHERE NOT frozen
  AND coalesce(end_at, start_at + INTERVAL 1 MONTH) <= $as_of;
