-- what: the latest instant that grades were updated as of, the number of runs, and the last one's number
-- grain: one row
-- parameters: none
SELECT max(as_of) AS as_of, count(*) AS runs, coalesce(max(run_id), 0) AS last_run_id
FROM grade_runs;
