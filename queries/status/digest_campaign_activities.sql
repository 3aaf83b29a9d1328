-- what: the text of every row of campaign_activities for its digest
-- grain: one row per row, in key order
-- parameters: none
SELECT concat_ws(
    chr(31),
    coalesce('=' || CAST(activity_id AS VARCHAR), '-'),
    coalesce('=' || CAST(campaign_id AS VARCHAR), '-'),
    coalesce('=' || CAST(name AS VARCHAR), '-'),
    coalesce('=' || CAST(channel AS VARCHAR), '-'),
    coalesce('=' || CAST(budget AS VARCHAR), '-'),
    coalesce('=' || CAST(start_at AS VARCHAR), '-'),
    coalesce('=' || CAST(end_at AS VARCHAR), '-'),
    coalesce('=' || external_id, '-'),
    -- Left out where it is the usual one, as in files from before there were others.
    '=' || nullif(CAST(cohort AS VARCHAR), 'acquired')
) AS row_text
FROM campaign_activities
ORDER BY activity_id;
