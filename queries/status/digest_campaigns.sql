-- what: the text of every row of campaigns for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(campaign_id AS VARCHAR), '-'),
    coalesce('=' || CAST(name AS VARCHAR), '-')
) AS row_text
FROM campaigns
ORDER BY campaign_id;
