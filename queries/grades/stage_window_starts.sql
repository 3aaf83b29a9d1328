-- what: creates an empty list of the starts of windows
-- grain: one row per day ahead; 0 is the as-of itself
-- parameters: none
CREATE OR REPLACE TEMP TABLE window_starts (
    days_ahead INTEGER NOT NULL,
    falls_at TIMESTAMP NOT NULL,
    window_start TIMESTAMP NOT NULL
);
