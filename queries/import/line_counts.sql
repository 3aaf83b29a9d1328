-- what: how many lines were read, and how many of them cannot be used
-- grain: one row
-- parameters: none
SELECT
    count(*) + (SELECT count(*) FROM import_malformed) AS lines,
    count(problem) + (SELECT count(*) FROM import_malformed) AS bad
FROM import_lines;
