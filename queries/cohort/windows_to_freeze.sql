-- what: how far the first orders must be known to freeze every cohort whose window has closed
-- grain: one row
-- parameters: as_of
SELECT
    count(*) AS activities,
    max(coalesce(end_at, start_at + INTERVAL 1 MONTH)) AS last_window_end
FROM campaign_activities
WHERE NOT frozen
  AND coalesce(end_at, start_at + INTERVAL 1 MONTH) <= $as_of;
