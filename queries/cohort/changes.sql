-- what: the changes made by a repair: cells with their values before and after, rows added and removed
-- grain: one row per activity, month offset and field; no field where a whole row was added or removed
-- parameters: none
WITH after AS (
    SELECT activity_id, month_offset
    FROM ltv_batch
    WHERE activity_id IN (SELECT activity_id FROM stale_activities)
)
SELECT activity_id, month_offset, 'cell' AS kind, field, before, after, list_position(measures(), field) AS place
FROM changed_cells
UNION ALL
SELECT activity_id, month_offset, 'removed', NULL, NULL, NULL, 0
FROM rows_before
ANTI JOIN after USING (activity_id, month_offset)
UNION ALL
SELECT activity_id, month_offset, 'added', NULL, NULL, NULL, 0
FROM after
ANTI JOIN rows_before USING (activity_id, month_offset)
ORDER BY activity_id, month_offset, place, kind;
