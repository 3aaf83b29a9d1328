-- what: records the month from which an activity's rows were kept
-- grain: one row per activity
-- parameters: none
UPDATE campaign_activities
SET kept_from_offset = kept.from_offset - 1
FROM stale_activities AS kept
WHERE kept.activity_id = campaign_activities.activity_id
  AND kept.from_offset > 1;
