-- what: the campaign that holds a calendar's activities
-- grain: one row, or none
-- parameters: name
SELECT campaign_id
FROM campaigns
WHERE name = $name
ORDER BY campaign_id
LIMIT 1;
