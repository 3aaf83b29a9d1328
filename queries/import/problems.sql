-- what: why lines cannot be used, and where the first of each kind are
-- grain: one row a reason and line, at most five lines a reason
-- parameters: first_line (the line number of a file's first record)
WITH places AS (
    SELECT file, min(rowid) AS first_row
    FROM import_lines
    GROUP BY file
),
bad AS (
    SELECT
        problem,
        count(*) OVER (PARTITION BY problem) AS lines,
        row_number() OVER (PARTITION BY problem ORDER BY import_lines.rowid) AS nth,
        import_lines.file,
        import_lines.rowid - places.first_row + $first_line AS line,
        example,
        import_lines.rowid AS place
    FROM import_lines
    JOIN places ON places.file IS NOT DISTINCT FROM import_lines.file
    WHERE problem IS NOT NULL
)
SELECT problem, lines, file, line, example
FROM bad
WHERE nth <= 5
ORDER BY lines DESC, problem, place;
