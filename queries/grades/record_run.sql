-- what: records a run, numbered on
-- grain: one row
-- parameters: as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze
INSERT INTO grade_runs (run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze)
SELECT coalesce(max(run_id), 0) + 1, $as_of, $customers, $promoted, $demoted, $kept, $vip, $gold, $silver, $bronze
FROM grade_runs;
