-- what: the first lines as they are understood
-- grain: one row a line, at most five
-- parameters: none
SELECT id, name, coalesce(campaign, campaign_id) AS campaign, channel, budget, start_at, end_at
FROM import_lines
ORDER BY rowid
LIMIT 5;
