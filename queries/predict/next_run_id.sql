-- what: the number of the next run
-- grain: one row
-- parameters: none
SELECT coalesce(max(run_id), 0) + 1
FROM predict_runs;
