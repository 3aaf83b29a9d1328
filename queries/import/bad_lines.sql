-- what: the unusable lines, with their places in their files
-- grain: one row per line; record counts the source's records from 0, NULL for a line that is none
-- parameters: first_line (the line number of a file's first record)
-- reads: import_files, import_malformed, import_lines
-- makes: import_bad
-- A record's line is its number in its file and the lines set aside before it: as
-- many as have fewer lines before them that are records.
CREATE OR REPLACE TEMP TABLE import_bad AS
WITH aside AS (
    SELECT coalesce(file, '') AS file, line - nth AS before_record, max(nth) + 1 AS lines
    FROM import_malformed
    GROUP BY coalesce(file, ''), line - nth
),
bad AS (
    SELECT
        import_lines.rowid - (SELECT min(first_row) FROM import_files) AS record,
        import_lines.file,
        import_lines.rowid - files.first_row + $first_line AS line,
        problem,
        example
    FROM import_lines
    JOIN import_files AS files ON files.file IS NOT DISTINCT FROM import_lines.file
    WHERE problem IS NOT NULL
)
SELECT record, bad.file, bad.line + coalesce(aside.lines, 0) AS line, problem, example
FROM bad
ASOF LEFT JOIN aside ON aside.file = coalesce(bad.file, '') AND bad.line >= aside.before_record
UNION ALL
SELECT NULL AS record, file, line, problem, text AS example
FROM import_malformed;
