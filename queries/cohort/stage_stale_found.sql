-- what: the activities to repair by the verification, each from its first differing month
-- grain: one row per activity
-- parameters: none
CREATE OR REPLACE TEMP TABLE stale_activities AS
SELECT activity_id, CAST(min(from_offset) AS INTEGER) AS from_offset
FROM (
    SELECT activity_id, greatest(month_offset, 0) AS from_offset
    FROM row_differences
    UNION ALL
    -- The members' state alone: no row is rewritten.
    SELECT activity_id, 1000000
    FROM member_differences
    WHERE kind = 'state'
)
GROUP BY activity_id;
