-- what: deletes the rows of the runs as of an instant
-- grain: none
-- parameters: as_of
DELETE FROM predict_checks
WHERE run_id IN (SELECT run_id FROM predict_runs WHERE as_of = $as_of);
