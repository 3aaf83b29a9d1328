-- what: the cells of repaired rows that changed
-- grain: one row per activity, month offset and field, in the temporary table changed_cells
-- parameters: none
CREATE OR REPLACE TEMP TABLE changed_cells AS
WITH cells_before AS (
    FROM (
        SELECT activity_id, month_offset, CAST(COLUMNS(lambda field: list_contains(measures(), field)) AS VARCHAR)
        FROM rows_before
    )
    UNPIVOT INCLUDE NULLS (value FOR field IN (COLUMNS(* EXCLUDE (activity_id, month_offset))))
),
cells_after AS (
    FROM (
        SELECT activity_id, month_offset, CAST(COLUMNS(lambda field: list_contains(measures(), field)) AS VARCHAR)
        FROM ltv_batch
        WHERE activity_id IN (SELECT activity_id FROM stale_activities)
    )
    UNPIVOT INCLUDE NULLS (value FOR field IN (COLUMNS(* EXCLUDE (activity_id, month_offset))))
)
SELECT before.activity_id, before.month_offset, before.field, before.value AS before, after.value AS after
FROM cells_before AS before
JOIN cells_after AS after
  ON after.activity_id = before.activity_id
 AND after.month_offset = before.month_offset
 AND after.field = before.field
WHERE before.value IS DISTINCT FROM after.value
  -- A checksum that was not taken before is no change.
  AND (before.field <> 'slice_hash' OR before.value IS NOT NULL);
