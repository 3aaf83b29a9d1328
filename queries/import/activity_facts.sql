-- what: how many new campaigns there are, and how many activities of the reserved channel
-- grain: one row
-- parameters: none
SELECT
    (SELECT count(*) FROM import_campaigns WHERE NOT is_known) AS campaigns_created,
    count(*) FILTER (WHERE lines.is_organic) AS organic
FROM import_records AS records
JOIN import_lines AS lines ON lines.rowid = records.line;
