-- what: the campaigns that are written
-- grain: one row a campaign
-- parameters: none
SELECT campaign_id
FROM campaigns
ORDER BY campaign_id;
