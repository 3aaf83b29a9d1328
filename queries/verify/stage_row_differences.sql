-- what: every cell of the batch that differs, and rows that are missing or extra
-- grain: one row per activity, month offset and field; the field is empty where the row is missing or too many
-- parameters: months (how many offsets a cohort has), activity_id (NULL for all)
CREATE OR REPLACE TEMP TABLE row_differences AS
WITH stored AS (
    -- Of several rows the first, then the least: equal ones need no order.
    SELECT *, row_number() OVER (PARTITION BY activity_id, month_offset ORDER BY collected_at, ltv_batch) AS copy
    FROM ltv_batch
    WHERE $activity_id IS NULL OR activity_id = $activity_id
),
stored_cells AS (
    FROM (
        SELECT activity_id, month_offset, CAST(COLUMNS(lambda field: list_contains(measures(), field)) AS VARCHAR)
        FROM stored
        WHERE copy = 1
    )
    UNPIVOT INCLUDE NULLS (value FOR field IN (COLUMNS(* EXCLUDE (activity_id, month_offset))))
),
expected_cells AS (
    FROM (
        SELECT activity_id, month_offset, CAST(COLUMNS(lambda field: list_contains(measures(), field)) AS VARCHAR)
        FROM expected_rows
    )
    UNPIVOT INCLUDE NULLS (value FOR field IN (COLUMNS(* EXCLUDE (activity_id, month_offset))))
),
cells AS (
    SELECT
        stored.activity_id, stored.month_offset, list_position(measures(), stored.field) AS place, stored.field,
        stored.value AS stored, expected.value AS expected
    FROM stored_cells AS stored
    JOIN expected_cells AS expected
      ON expected.activity_id = stored.activity_id
     AND expected.month_offset = stored.month_offset
     AND expected.field = stored.field
    -- A checksum that was not taken is no difference.
    WHERE stored.field <> 'slice_hash' OR stored.value IS NOT NULL
    UNION ALL
    -- After all others: a row that was collected before its month had closed.
    SELECT
        stored.activity_id, stored.month_offset, len(measures()) + 1, 'collected_at',
        CAST(stored.collected_at AS VARCHAR), expected.until_at || ' or later'
    FROM stored
    JOIN expected_rows AS expected
      ON expected.activity_id = stored.activity_id AND expected.month_offset = stored.month_offset
    WHERE stored.copy = 1
      AND stored.collected_at < expected.until_at
)
SELECT activity_id, month_offset, 'cell' AS kind, place, field, stored, expected
FROM cells
WHERE stored IS DISTINCT FROM expected
UNION ALL
SELECT activity_id, month_offset, 'extra', 0, NULL, NULL, NULL
FROM stored
LEFT JOIN expected_rows AS expected USING (activity_id, month_offset)
WHERE copy > 1 OR expected.activity_id IS NULL
UNION ALL
SELECT activity_id, month_offset, 'missing', 0, NULL, NULL, NULL
FROM expected_rows
LEFT JOIN stored USING (activity_id, month_offset)
WHERE stored.activity_id IS NULL
  AND month_offset < $months;
