-- what: marks the cohorts that the lake has frozen, and no others
-- grain: one row per activity
-- parameters: none
UPDATE campaign_activities
SET frozen = activity_id IN (SELECT activity_id FROM lake_frozen), kept_from_offset = NULL;
