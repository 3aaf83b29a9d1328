-- what: the new grade updates
-- grain: one row per run
-- parameters: none
INSERT INTO grade_runs (run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze)
SELECT run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze
FROM new_grade_runs
ORDER BY run_id;
