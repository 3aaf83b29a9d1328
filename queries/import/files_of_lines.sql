-- what: where the records of each file begin, before any is taken out
-- grain: one row a file
-- parameters: none
CREATE OR REPLACE TEMP TABLE import_files AS
SELECT file, min(rowid) AS first_record
FROM import_lines
GROUP BY file;
