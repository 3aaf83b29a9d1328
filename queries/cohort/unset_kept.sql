-- what: clears the mark of deleted early rows where they are written again
-- grain: one row per activity
-- parameters: none
UPDATE campaign_activities
SET kept_from_offset = NULL
WHERE kept_from_offset IS NOT NULL
  AND activity_id IN (SELECT activity_id FROM stale_activities WHERE from_offset = 0);
