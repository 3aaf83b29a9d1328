-- what: the channels of activities
-- grain: one row per channel
-- parameters: none
SELECT DISTINCT channel
FROM campaign_activities
ORDER BY channel;
