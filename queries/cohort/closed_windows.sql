-- what: how far the cache of first orders must reach to freeze the staged windows, and the range of orders for touched cohorts
-- grain: one row
-- parameters: none
SELECT
    count(*) AS activities,
    max(window_end) FILTER (WHERE cohort = 'acquired') AS acquired_until,
    min(start_at) FILTER (WHERE cohort = 'touched') AS touched_from,
    max(window_end) FILTER (WHERE cohort = 'touched') AS touched_until
FROM closed_windows;
