-- what: adds a day with the start of its window
-- grain: one row
-- parameters: days_ahead, falls_at, window_start
INSERT INTO window_starts (days_ahead, falls_at, window_start)
VALUES ($days_ahead, $falls_at, $window_start);
