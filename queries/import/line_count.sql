-- what: how many lines were read
-- grain: one row
-- parameters: none
SELECT (SELECT count(*) FROM import_lines) + (SELECT count(*) FROM import_malformed) AS lines;
