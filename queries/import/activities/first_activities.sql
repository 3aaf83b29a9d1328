-- what: the first lines as understood
-- grain: one row per line, at most five
-- parameters: none
-- reads: import_lines
SELECT
    id, name, coalesce(campaign, campaign_id) AS campaign, channel, budget,
    import_shown(start_at) AS start_at, import_shown(end_at) AS end_at, CAST(cohort AS VARCHAR)
FROM import_lines
ORDER BY rowid
LIMIT 5;
