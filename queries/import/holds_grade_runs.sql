-- what: whether the file's grades were ever updated
-- grain: one row
-- parameters: none
SELECT EXISTS (SELECT 1 FROM grade_runs);
