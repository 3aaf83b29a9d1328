-- what: records a run of the grade update
-- grain: one row
-- parameters: run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze
INSERT INTO grade_runs (run_id, as_of, customers, promoted, demoted, kept, vip, gold, silver, bronze)
VALUES ($run_id, $as_of, $customers, $promoted, $demoted, $kept, $vip, $gold, $silver, $bronze);
