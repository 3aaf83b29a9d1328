-- what: the campaigns written so far
-- grain: one row per campaign
-- parameters: none
SELECT campaign_id
FROM campaigns
ORDER BY campaign_id;
