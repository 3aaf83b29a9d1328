-- what: frozen members that differ from what the orders give, and members whose state is not theirs
-- grain: one row per activity, member and difference
-- parameters: activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE member_differences AS
WITH frozen AS (
    SELECT *
    FROM cohort_members
    WHERE $activity_id IS NULL OR activity_id = $activity_id
),
last_written AS (
    SELECT activity_id, max(month_offset) AS last_offset
    FROM expected_months
    GROUP BY activity_id
)
SELECT frozen.activity_id, frozen.user_id, 'left' AS kind, 'first_order_id' AS field,
    CAST(frozen.first_order_id AS VARCHAR) AS stored, NULL AS expected
FROM frozen
ANTI JOIN expected_members AS expected
  ON expected.user_id = frozen.user_id AND expected.activity_id = frozen.activity_id
UNION ALL
SELECT expected.activity_id, expected.user_id, 'joined', 'first_order_id', NULL, CAST(expected.order_id AS VARCHAR)
FROM expected_members AS expected
ANTI JOIN frozen ON frozen.user_id = expected.user_id AND frozen.activity_id = expected.activity_id
UNION ALL
SELECT frozen.activity_id, frozen.user_id, 'moved', 'first_order_id',
    coalesce(frozen.first_order_id || ' at ' || frozen.first_order_at, 'none'),
    coalesce(expected.order_id || ' at ' || expected.created_at, 'none')
FROM frozen
JOIN expected_members AS expected
  ON expected.user_id = frozen.user_id AND expected.activity_id = frozen.activity_id
WHERE frozen.first_order_id IS DISTINCT FROM expected.order_id
   OR frozen.first_order_at IS DISTINCT FROM expected.created_at
UNION ALL
SELECT frozen.activity_id, frozen.user_id, 'state', 'first_offset, repeat_offset',
    concat(coalesce(CAST(frozen.first_offset AS VARCHAR), '-'), ', ', coalesce(CAST(frozen.repeat_offset AS VARCHAR), '-')),
    concat(coalesce(CAST(expected.first_offset AS VARCHAR), '-'), ', ', coalesce(CAST(expected.repeat_offset AS VARCHAR), '-'))
FROM frozen
LEFT JOIN last_written ON last_written.activity_id = frozen.activity_id
LEFT JOIN expected_state AS expected
  ON expected.user_id = frozen.user_id AND expected.activity_id = frozen.activity_id
-- Beyond the written months the first order is what the freezing found.
WHERE CASE WHEN frozen.first_offset <= coalesce(last_written.last_offset, -1) THEN frozen.first_offset END
        IS DISTINCT FROM expected.first_offset
   OR frozen.repeat_offset IS DISTINCT FROM expected.repeat_offset;
