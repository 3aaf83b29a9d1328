-- what: how many lines joined the order of another
-- grain: one row
-- parameters: none
SELECT (SELECT count(*) FROM import_lines) - (SELECT count(*) FROM import_merged) AS lines;
