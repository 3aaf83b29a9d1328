-- what: unsets that early rows were given up, where they are written again
-- grain: one row an activity
-- parameters: none
UPDATE campaign_activities
SET kept_from_offset = NULL
WHERE kept_from_offset IS NOT NULL
  AND activity_id IN (SELECT activity_id FROM stale_activities WHERE from_offset = 0);
