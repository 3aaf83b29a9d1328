-- what: how many lines cannot be used
-- grain: one row
-- parameters: none
SELECT (SELECT count(problem) FROM import_lines) + (SELECT count(*) FROM import_malformed) AS lines;
