-- what: how much a verification compared
-- grain: one row
-- parameters: activity_id (NULL for all)
SELECT
    (SELECT count(DISTINCT activity_id) FROM ltv_batch WHERE $activity_id IS NULL OR activity_id = $activity_id) AS activities,
    (SELECT count(*) FROM ltv_batch WHERE $activity_id IS NULL OR activity_id = $activity_id) AS rows,
    (
        SELECT count(DISTINCT (stored.activity_id, stored.month_offset))
        FROM ltv_batch AS stored
        JOIN expected_rows AS expected
          ON expected.activity_id = stored.activity_id AND expected.month_offset = stored.month_offset
    ) AS compared_rows,
    -- The measures, and when the row was collected.
    len(measures()) + 1 AS fields,
    (SELECT count(*) FROM row_differences WHERE kind = 'cell') AS differing_cells,
    (SELECT count(*) FROM row_differences WHERE kind = 'missing') AS missing_rows,
    (SELECT count(*) FROM row_differences WHERE kind = 'extra') AS extra_rows,
    (SELECT count(*) FROM cohort_members WHERE $activity_id IS NULL OR activity_id = $activity_id) AS members,
    (SELECT count(*) FROM member_differences) AS differing_members;
