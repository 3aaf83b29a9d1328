-- what: adds a campaign, numbered on
-- grain: one row
-- parameters: name
INSERT INTO campaigns (campaign_id, name)
SELECT coalesce(max(campaign_id), 0) + 1, $name
FROM campaigns;
