-- what: the starts of the windows of several instants
-- grain: one row per day ahead; 0 is the as-of itself
-- parameters: falls_at, window_starts (the instants and their windows' starts, in the same order)
CREATE OR REPLACE TEMP TABLE window_starts AS
SELECT
    CAST(generate_subscripts(falls_at, 1) - 1 AS INTEGER) AS days_ahead,
    unnest(falls_at) AS falls_at,
    unnest(window_starts) AS window_start
FROM (SELECT $falls_at AS falls_at, $window_starts AS window_starts);
