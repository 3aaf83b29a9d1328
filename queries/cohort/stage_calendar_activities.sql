-- what: the activities of a calendar
-- grain: one row per activity, in the temporary table calendar_activities
-- parameters: campaign (the name of the calendar's campaign)
CREATE OR REPLACE TEMP TABLE calendar_activities AS
SELECT activities.activity_id, activities.campaign_id
FROM campaign_activities AS activities
JOIN campaigns ON campaigns.campaign_id = activities.campaign_id
WHERE activities.channel = 'organic'
  AND campaigns.name = $campaign;
