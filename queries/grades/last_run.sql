-- what: the latest instant that grades were updated as of, and the number of runs
-- grain: one row
-- parameters: none
SELECT max(as_of) AS as_of, count(*) AS runs
FROM grade_runs;
