-- what: inserts the new activities
-- grain: one row per activity
-- parameters: none
-- reads: import_campaigns, import_records, import_lines
INSERT INTO campaign_activities (activity_id, external_id, campaign_id, name, channel, budget, start_at, end_at, cohort)
SELECT
    records.number,
    lines.id,
    import_campaigns.campaign_id,
    coalesce(lines.name, lines.id),
    CASE WHEN lines.is_organic THEN 'organic' ELSE coalesce(lines.channel, 'unknown') END,
    lines.budget,
    lines.start_at,
    lines.end_at,
    coalesce(lines.cohort, CAST('acquired' AS cohort_kind))
FROM import_records AS records
JOIN import_lines AS lines ON lines.rowid = records.record
JOIN import_campaigns ON import_campaigns.key = coalesce(lines.campaign_id, lines.campaign, 'no campaign')
WHERE NOT records.is_known
ORDER BY records.number;
