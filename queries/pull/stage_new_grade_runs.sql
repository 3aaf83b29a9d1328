-- what: the lake's grade updates that the file does not have, numbered on
-- grain: one row per run
-- parameters: none
CREATE OR REPLACE TEMP TABLE new_grade_runs AS
SELECT
    lake.*,
    (SELECT coalesce(max(run_id), 0) FROM grade_runs) + row_number() OVER (ORDER BY lake.run) AS run_id
FROM lake_grade_runs AS lake
WHERE lake.as_of > coalesce((SELECT max(as_of) FROM grade_runs), TIMESTAMP '0001-01-01');
