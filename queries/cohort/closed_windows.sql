-- what: how far the cache of first orders must reach to freeze the staged windows
-- grain: one row
-- parameters: none
SELECT count(*) AS activities, max(window_end) AS last_window_end
FROM closed_windows;
