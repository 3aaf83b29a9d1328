-- what: checksums that do not depend on the engine's version, and the order of a customer's grade changes, version 5
-- grain: none (definitions)
-- parameters: none

-- Until now they were the engine's own hash, which another version of it may compute differently. NULL: not taken.
UPDATE ltv_batch
SET slice_hash = NULL;

-- The run that made the change: runs may share an as-of. Until now a customer's changes at one instant had no order but
-- the one in which they were stored.
ALTER TABLE grade_changes ADD COLUMN run_id BIGINT;

UPDATE grade_changes
SET run_id = numbered.run_id
FROM (
    SELECT changes.place, coalesce(runs.run_id, 0) + changes.nth - 1 AS run_id
    FROM (
        SELECT
            rowid AS place,
            as_of,
            row_number() OVER (PARTITION BY user_id, as_of ORDER BY rowid) AS nth
        FROM grade_changes
    ) AS changes
    LEFT JOIN (SELECT as_of, min(run_id) AS run_id FROM grade_runs GROUP BY as_of) AS runs ON runs.as_of = changes.as_of
) AS numbered
WHERE numbered.place = grade_changes.rowid;
