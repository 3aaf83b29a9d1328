-- what: the channels that activities have
-- grain: one row a channel
-- parameters: none
SELECT DISTINCT channel
FROM campaign_activities
ORDER BY channel;
