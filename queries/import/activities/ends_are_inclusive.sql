-- what: end dates are inclusive (the last day, or the last minute), for this connection
-- grain: none (definitions)
-- parameters: none
CREATE OR REPLACE TEMP MACRO import_end(end_at) AS
    CASE
        WHEN end_at = date_trunc('day', end_at) THEN end_at + INTERVAL 1 DAY
        WHEN end_at = date_trunc('minute', end_at) THEN end_at + INTERVAL 1 MINUTE
        ELSE date_trunc('second', end_at) + INTERVAL 1 SECOND
    END;
