-- what: adds the staged periods as organic activities
-- grain: one row per new activity
-- parameters: part (month, quarter), campaign_id, ids_after
INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, budget, start_at, end_at)
SELECT
    (SELECT greatest(coalesce(max(activity_id), 0), $ids_after) FROM campaign_activities)
        + row_number() OVER (ORDER BY start_at),
    $campaign_id,
    CASE $part
        WHEN 'quarter' THEN strftime(start_at, '%Y') || ' Q' || quarter(start_at)
        ELSE strftime(start_at, '%Y-%m')
    END || ' organic',
    'organic',
    NULL,
    start_at,
    end_at
FROM calendar_periods
ORDER BY start_at;
