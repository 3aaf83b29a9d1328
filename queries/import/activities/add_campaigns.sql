-- what: the campaigns that the file does not know
-- grain: one row a campaign
-- parameters: none
-- reads: import_campaigns
INSERT INTO campaigns (campaign_id, name)
SELECT campaign_id, name
FROM import_campaigns
WHERE NOT is_known
ORDER BY campaign_id;
