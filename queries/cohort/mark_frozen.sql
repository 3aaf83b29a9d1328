-- what: marks the cohorts whose window has closed as frozen, empty ones too
-- grain: one row per activity
-- parameters: none
UPDATE campaign_activities
SET frozen = true
WHERE activity_id IN (SELECT activity_id FROM closed_windows);
