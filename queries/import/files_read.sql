-- what: the files that lines were read from
-- grain: one row per file that has lines; of a single file, file is NULL
-- parameters: none
-- reads: import_lines
-- makes: import_files
CREATE OR REPLACE TEMP TABLE import_files AS
SELECT file, min(rowid) AS first_row, count(*) AS lines
FROM import_lines
GROUP BY file;
