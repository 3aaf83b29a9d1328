-- what: how many new campaigns there are, how many activities of the reserved channel, and how many ends of the
--       written ones are at the begin of a day or at its last minute
-- grain: one row
-- parameters: none
-- reads: import_campaigns, import_records, import_lines
SELECT
    (SELECT count(*) FROM import_campaigns WHERE NOT is_known) AS campaigns_created,
    count(*) FILTER (WHERE lines.is_organic) AS organic,
    count(lines.end_at) AS ends,
    count(*) FILTER (WHERE strftime(lines.end_at, '%H:%M') IN ('00:00', '23:59')) AS ends_of_days
FROM import_records AS records
JOIN import_lines AS lines ON lines.rowid = records.record;
