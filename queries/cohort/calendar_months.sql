-- what: adds the organic activities that a calendar lacks: one a period with first orders outside campaigns
-- grain: one row a new activity
-- parameters: part (month, quarter), period_months (1, 3), as_of, campaign_id, ids_after
INSERT INTO campaign_activities (activity_id, campaign_id, name, channel, budget, start_at, end_at)
WITH periods AS (
    SELECT CAST(date_trunc($part, created_at) AS TIMESTAMP) AS start_at
    FROM first_orders
    WHERE activity_id IS NULL
      AND created_at < $as_of
    GROUP BY 1
),
missing AS (
    SELECT start_at, start_at + to_months(CAST($period_months AS INTEGER)) AS end_at
    FROM periods
    WHERE NOT EXISTS (
        SELECT 1
        FROM campaign_activities AS known
        WHERE known.channel = 'organic'
          AND known.start_at = periods.start_at
          AND known.end_at = periods.start_at + to_months(CAST($period_months AS INTEGER))
    )
)
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
FROM missing
ORDER BY start_at;
