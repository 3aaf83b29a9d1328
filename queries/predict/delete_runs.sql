-- what: deletes the runs as of an instant
-- grain: none
-- parameters: as_of
DELETE FROM predict_runs
WHERE as_of = $as_of;
