-- what: how many lines cannot be used
-- grain: one row
-- parameters: none
SELECT count(problem)
FROM import_lines;
