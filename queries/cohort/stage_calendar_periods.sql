-- what: the periods missing from a calendar: those with first orders outside campaigns and no organic activity
-- grain: one row per period, in the temporary table calendar_periods
-- parameters: part (month, quarter), period_months (1, 3), as_of
CREATE OR REPLACE TEMP TABLE calendar_periods AS
WITH periods AS (
    SELECT CAST(date_trunc($part, created_at) AS TIMESTAMP) AS start_at
    FROM first_orders
    WHERE activity_id IS NULL
      AND created_at < $as_of
    GROUP BY 1
),
bounded AS (
    SELECT start_at, start_at + to_months(CAST($period_months AS INTEGER)) AS end_at
    FROM periods
)
SELECT start_at, end_at
FROM bounded
WHERE NOT EXISTS (
    SELECT 1
    FROM campaign_activities AS known
    WHERE known.channel = 'organic'
      AND known.start_at = bounded.start_at
      AND known.end_at = bounded.end_at
);
