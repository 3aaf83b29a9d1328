-- what: inserts the new campaigns
-- grain: one row per campaign
-- parameters: none
-- reads: import_campaigns
INSERT INTO campaigns (campaign_id, name)
SELECT campaign_id, name
FROM import_campaigns
WHERE NOT is_known
ORDER BY campaign_id;
