-- what: adds a campaign under the next number
-- grain: one row
-- parameters: name, ids_after
INSERT INTO campaigns (campaign_id, name)
SELECT greatest(coalesce(max(campaign_id), 0), $ids_after) + 1, $name
FROM campaigns;
