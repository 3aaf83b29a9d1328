-- what: the first differences of rows, by key
-- grain: one row per difference
-- parameters: most
SELECT activity_id, month_offset, kind, field, stored, expected
FROM row_differences
ORDER BY activity_id, month_offset, place, kind, stored, expected
LIMIT $most;
