-- what: the number of lines read, and of those known to be unusable
-- grain: one row
-- parameters: none
-- reads: import_source, import_malformed, import_lines
SELECT
    (SELECT count(*) FROM import_source) + (SELECT count(*) FROM import_malformed) AS lines,
    (SELECT count(problem) FROM import_lines) + (SELECT count(*) FROM import_malformed) AS bad_lines;
