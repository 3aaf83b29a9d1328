-- what: updates existing activities
-- grain: one row per activity
-- parameters: budget, end_at (whether the source gives them)
-- reads: import_campaigns, import_records, import_lines
-- An empty value of a column that the source gives is unknown; a name, a campaign, a channel and a kind of cohort stay.
UPDATE campaign_activities
SET
    campaign_id = coalesce(brought.campaign_id, campaign_activities.campaign_id),
    name = coalesce(brought.name, campaign_activities.name),
    channel = coalesce(brought.channel, campaign_activities.channel),
    budget = CASE WHEN $budget THEN brought.budget ELSE campaign_activities.budget END,
    start_at = brought.start_at,
    end_at = CASE WHEN $end_at THEN brought.end_at ELSE campaign_activities.end_at END,
    cohort = coalesce(brought.cohort, campaign_activities.cohort)
FROM (
    SELECT
        records.number AS activity_id,
        import_campaigns.campaign_id,
        lines.name,
        CASE WHEN lines.is_organic THEN 'organic' ELSE lines.channel END AS channel,
        lines.budget,
        lines.start_at,
        lines.end_at,
        lines.cohort
    FROM import_records AS records
    JOIN import_lines AS lines ON lines.rowid = records.record
    LEFT JOIN import_campaigns ON import_campaigns.key = coalesce(lines.campaign_id, lines.campaign)
    WHERE records.is_known
) AS brought
WHERE brought.activity_id = campaign_activities.activity_id;
