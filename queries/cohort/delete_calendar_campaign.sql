-- what: deletes the calendar's campaign if it has no activities left
-- grain: one row
-- parameters: none
DELETE FROM campaigns
WHERE campaign_id IN (SELECT campaign_id FROM calendar_activities)
  AND campaign_id NOT IN (SELECT campaign_id FROM campaign_activities);
