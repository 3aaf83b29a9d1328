-- what: the number of lines read, and of those known to be unusable
-- grain: one row
-- parameters: none
-- reads: import_files, import_malformed, import_lines
SELECT
    CAST((SELECT coalesce(sum(lines), 0) FROM import_files) + (SELECT count(*) FROM import_malformed) AS BIGINT) AS lines,
    (SELECT count(problem) FROM import_lines) + (SELECT count(*) FROM import_malformed) AS bad_lines;
