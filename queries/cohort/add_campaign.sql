-- what: adds a campaign, numbered on
-- grain: one row
-- parameters: name, ids_after
INSERT INTO campaigns (campaign_id, name)
SELECT greatest(coalesce(max(campaign_id), 0), $ids_after) + 1, $name
FROM campaigns;
